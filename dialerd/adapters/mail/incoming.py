"""What an e-mail that came to us says: a bounce, an unsubscription, a reply; read from whatever octets there are.

Not here: fetching it (inbox.py), what it leads to. Bounces are those of RFC 3464; what else a server writes is kept as
automatic (RFC 3834), and no rule acts on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message as Mail
from email.policy import compat32
from email.utils import getaddresses, parseaddr
from html import unescape

from dialerd.adapters.mail.letter import attempt_in, tag_of
from dialerd.domain.words import AttemptId
from dialerd.ports import About, Accepted, Delivered, MessageEvent, OptOutCame, ReplyCame, Undelivered

_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
_ID = re.compile(r"<[^<>\s]{1,250}>")
_MOST_TEXT = 10_000
_MOST_PARTS = 200  # within one another they cost more than their length
_QUOTE = re.compile(
    r"^\s*(>|On .{5,200}wrote:\s*$|Am .{5,200}schrieb.*:\s*$|Le .{5,200} écrit\s*:\s*$|-{2,}.*Original"
    r"|_{8,}\s*$|\*?(From|Von|De)\s?:\*?\s.*[@<\[]"  # Outlook's
    r"|(Sent from my|Get Outlook for|Gesendet von|Von meinem .{1,60} gesendet|Envoyé de mon|Enviado desde mi)\b)",
    re.I,
)
# A program that cuts its lines cuts this one, since our address in it is long.
_WROTE = re.compile(
    r"^[ \t]*(On|Am|Le|El)\b[^\n]{5,200}?(\n[^\n]{0,120}?){0,2}\b(wrote|schrieb|écrit|escribió)\b"
    r"[^\n:]{0,80}(\n[^\n:]{0,120})?:[ \t]*$",
    re.M,
)
_LINE_ENDS = re.compile(r"<(br|/p|/div|/tr|/li|/h[1-6]|hr)\b[^<>]{0,200}>", re.I)
_TAGS = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]{0,2000}>", re.S | re.I)
_STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")


def read(octets: bytes, *, fallback_id: str, at: datetime) -> MessageEvent | None:
    """What it tells us; None: nothing that concerns us, or that can be read. `fallback_id`: where it has no name.

    Never fails: one e-mail that nobody can read must not keep us from those behind it.
    """
    if octets.count(b"oundary") > _MOST_PARTS:
        return None
    try:
        return _read(octets, fallback_id, at)
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError):
        return None  # the email package gives up on some octets in ways of its own


def _read(octets: bytes, fallback_id: str, at: datetime) -> MessageEvent | None:
    mail = message_from_bytes(octets, policy=compat32)
    tag = _tag(mail)
    if _kind(mail) == "multipart/report":
        return _bounce(mail, tag[1] if tag else None, at)
    named = _ID.search(_header(mail, "Message-ID"))
    event_id = named.group() if named else fallback_id
    sender = parseaddr(_header(mail, "From"))[1].lower()[:254]
    if tag and tag[0] == "u":
        about = About(attempt_id=tag[1])
        return OptOutCame(id=event_id, about=about, at=at, how="e-mail to List-Unsubscribe", sender=sender)
    if "@" not in sender:
        return None
    return ReplyCame(
        id=event_id,
        sender=sender,
        recipient=parseaddr(_header(mail, "To"))[1][:254],
        subject=_header(mail, "Subject")[:500],
        text=_said(mail),
        at=at,
        about=_about(mail, tag[1] if tag else None),
        is_automatic=_is_automatic(mail, sender),
    )


def _about(mail: Mail, attempt_id: AttemptId | None) -> About:
    """By the address it was written to, else by the messages that it answers, the newest first."""
    named = _ID.findall(f"{_header(mail, 'In-Reply-To')} {' '.join(reversed(_header(mail, 'References').split()))}")
    ids = tuple(dict.fromkeys(named))[:20]
    return About(attempt_id=attempt_id or next(filter(None, map(attempt_in, ids)), None), message_ids=ids)


def _tag(mail: Mail) -> tuple[str, AttemptId] | None:
    addresses = getaddresses([_header(mail, name) for name in _TO])
    return next(filter(None, (tag_of(address) for _, address in addresses)), None)


# Bounces


def _bounce(mail: Mail, attempt_id: AttemptId | None, at: datetime) -> MessageEvent | None:
    parts = list(mail.walk())
    about = About(attempt_id=attempt_id or _returned(parts))
    if about.attempt_id is None:
        return None
    for block in _blocks(parts):
        action, status = _header(block, "Action").strip().lower(), _header(block, "Status").strip()
        match action:
            case "failed":
                said = _header(block, "Diagnostic-Code") or status
                code = _STATUS.search(status) or _STATUS.search(said)
                is_lasting = code is not None and code.group(1) == "5"
                return Undelivered(about=about, at=at, reason=" ".join(said.split())[:300], is_lasting=is_lasting)
            case "delayed" | "relayed" | "expanded":
                return Accepted(about=about, at=at)
            case "delivered":
                return Delivered(about=about, at=at)
    return None


def _blocks(parts: list[Mail]) -> Iterator[Mail]:
    """Of message/delivery-status: one about the message, then one for each recipient; each is written like headers."""
    for part in parts:
        if _kind(part) == "message/delivery-status":
            content = part.get_payload()
            if isinstance(content, list):
                yield from (each for each in content if isinstance(each, Mail))


def _returned(parts: list[Mail]) -> AttemptId | None:
    """By the id of the message that came back, or of its headers."""
    for part in parts:
        if _kind(part) in ("text/rfc822-headers", "message/rfc822"):
            content = part.get_payload()
            text = _text(part) if isinstance(content, str) else ""
            named = [*_ID.findall(text), *(_header(each, "Message-ID") for each in content if isinstance(each, Mail))]
            if (found := next(filter(None, map(attempt_in, named)), None)) is not None:
                return found
    return None


# Replies


def _is_automatic(mail: Mail, sender: str) -> bool:
    submitted = _header(mail, "Auto-Submitted").strip().lower()
    return (
        (submitted not in ("", "no"))
        or _header(mail, "Precedence").strip().lower() in ("bulk", "junk", "list", "auto_reply")
        or any(mail.get(name) is not None for name in ("X-Autoreply", "X-Autorespond", "List-Id"))
        or _header(mail, "Return-Path").strip() == "<>"
        or sender.partition("@")[0] in ("mailer-daemon", "postmaster", "noreply", "no-reply")
    )


def _said(mail: Mail) -> str:
    """What is new in it: its text as far as the first line that quotes ours."""
    written = [part for part in mail.walk() if part.get_content_disposition() != "attachment"]
    plain = next((part for part in written if _kind(part) == "text/plain"), None)
    marked = next((part for part in written if _kind(part) == "text/html"), None)
    text = "" if plain is None else _text(plain)
    if not text.strip() and marked is not None:
        text = unescape(_TAGS.sub(" ", _LINE_ENDS.sub("\n", _text(marked))))
    text = text.replace("\r\n", "\n")
    cut = _WROTE.search(text)
    lines = []
    for line in (text if cut is None else text[: cut.start()]).split("\n"):
        if _QUOTE.match(line[:400]) or line.rstrip() == "--":
            break
        lines.append(line.rstrip())
    return "\n".join(lines).strip()[:_MOST_TEXT]


def _text(part: Mail) -> str:
    content = part.get_payload(decode=True)
    octets = content if isinstance(content, bytes) else b""
    try:
        return _whole(octets[: 4 * _MOST_TEXT].decode(part.get_content_charset() or "utf-8", "replace"))
    except (LookupError, ValueError):  # no such charset
        return octets[: 4 * _MOST_TEXT].decode("utf-8", "replace")


def _whole(text: str) -> str:
    """Without the halves of characters that some charsets (utf-7) bring by themselves: no database takes them."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _kind(part: Mail) -> str:
    return part.get_content_type()


def _header(mail: Mail, name: str) -> str:
    """A header as text, its encoded words read; empty: there is none, or it cannot be read."""
    raw = mail.get(name)
    if raw is None:
        return ""
    try:
        text = str(make_header(decode_header(str(raw))))
    except (MessageError, LookupError, ValueError):
        text = str(raw)
    return " ".join(_whole(text).split())[:4000]
