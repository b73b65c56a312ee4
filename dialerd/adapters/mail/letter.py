"""A message as an e-mail: its headers, by which what comes back is known again.

Not here: sending it (smtp.py), reading what comes back (incoming.py).

Everything that comes back goes to one mailbox whose server takes `name+tag@domain` for `name@domain` (RFC 5233): the
tag is the attempt's id, for replies and bounces behind an r, for unsubscribing behind a u.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr

from dialerd.domain.words import ATTEMPT_ID, AttemptId
from dialerd.ports import Message
from dialerd.routesettings import MailSettings

_TAG = re.compile(r"\+([ru])(d[0-9a-f]{32})@", re.I)


class _Words(UnstructuredHeader, BaseHeader):
    """A header of addresses and ids, which may be longer than a line, and are never to be encoded (RFC 2047, 5.3)."""

    def fold(self, *, policy: Policy) -> str:
        if not str(self).isascii():
            return super().fold(policy=policy)
        return f"{self.name}: {f'{policy.linesep} '.join(str(self).split())}{policy.linesep}"


_HEADERS = HeaderRegistry()
for _name in ("list-unsubscribe", "in-reply-to", "references"):
    _HEADERS.map_to_type(_name, _Words)
_POLICY = SMTP.clone(header_factory=_HEADERS)


def letter(message: Message, settings: MailSettings, *, now: datetime) -> EmailMessage:
    """The e-mail of a message. Raises ValueError where an address or the subject cannot stand in a header."""
    made = EmailMessage(policy=_POLICY)
    name, address = parseaddr(settings.sender)
    made["From"] = _address(name, message.sender or address)
    made["To"] = _address("", message.recipient)
    made["Reply-To"] = _address(name, reply_address(settings, message.attempt_id))
    made["Subject"] = message.subject
    made["Date"] = format_datetime(now)
    made["Message-ID"] = message_id(settings, message.attempt_id)
    if message.answers:
        made["In-Reply-To"] = made["References"] = message.answers
    made["List-Unsubscribe"], one_click = _unsubscribe(settings, message.attempt_id)
    if one_click:
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(message.text)
    if message.html:
        made.add_alternative(message.html, subtype="html")
    return made


def message_id(settings: MailSettings, attempt_id: AttemptId) -> str:
    """The same for the same attempt: a message that was sent twice is shown once by many readers."""
    return f"<{attempt_id}@{settings.reply_address.rpartition('@')[2]}>"


def reply_address(settings: MailSettings, attempt_id: AttemptId) -> str:
    """Where replies to this message and its bounces come to."""
    return _tagged(settings, f"r{attempt_id}")


def tag_of(address: str) -> tuple[str, AttemptId] | None:
    """What an address of ours is for (`r` or `u`), and of which attempt; None: it is none of ours."""
    found = _TAG.search(address)
    return (found.group(1).lower(), AttemptId(found.group(2).lower())) if found else None


def attempt_in(message_id: str) -> AttemptId | None:
    """The attempt whose message has this id, where it is one of ours."""
    local = message_id.strip("<> ").partition("@")[0]
    return AttemptId(local) if ATTEMPT_ID.match(local) else None


def _unsubscribe(settings: MailSettings, attempt_id: AttemptId) -> tuple[str, bool]:
    """List-Unsubscribe (RFC 2369), and whether it can be done with one click (RFC 8058)."""
    by_mail = f"<mailto:{_tagged(settings, f'u{attempt_id}')}?subject=unsubscribe>"
    if not settings.unsubscribe_url:
        return by_mail, False
    return f"<{settings.unsubscribe_url.replace('{token}', attempt_id)}>, {by_mail}", True


def _tagged(settings: MailSettings, tag: str) -> str:
    local, _, domain = settings.reply_address.rpartition("@")
    return f"{local}+{tag}@{domain}"


def _address(name: str, address: str) -> Address:
    """Raises ValueError for what is no address."""
    if any(character in address for character in "\r\n") or address.count("@") != 1:
        raise ValueError("it is no e-mail address")
    return Address(display_name=name, addr_spec=address)
