"""The mailbox that replies and bounces come to, read over IMAP (imapclient, in a thread): each new e-mail once.

Not here: what an e-mail says (incoming.py). It is only looked at, never marked or deleted: the mailbox is the admin's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from imaplib import IMAP4

from imapclient import IMAPClient

from dialerd import tls
from dialerd.adapters.mail import incoming
from dialerd.domain.errors import DialerdError
from dialerd.log import logger
from dialerd.ports import Clock, Mailbox, MessageSink
from dialerd.routesettings import ImapSettings

_log = logger(__name__)

_ANSWER_S = 30.0
_SOON_S = 5.0
_AT_ONCE = 50
_MOST_OCTETS = 262_144
"""Of one e-mail; what is behind is attachments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """E-mails behind the last one that was read, oldest first. `newest`: the last UID that there is."""

    uidvalidity: int
    newest: int
    mails: tuple[tuple[int, bytes], ...] = ()


Look = Callable[[tuple[int, int] | None], Found]


class Inbox:
    """`look` fetches what is behind a position; in place of IMAP in tests."""

    def __init__(
        self, route: str, settings: ImapSettings, clock: Clock, mailbox: Mailbox, *, look: Look | None = None
    ) -> None:
        self._route = route
        self._settings = settings
        self._clock = clock
        self._mailbox = mailbox
        self._look = look or self._look_by_imap
        self._said = ""

    async def run(self, sink: MessageSink) -> None:
        """Until cancelled: look, tell, remember."""
        while True:
            try:
                while await self._once(sink):
                    pass
                self._said = ""
            except DialerdError as error:  # it cannot be stored now: once more, soon
                self._say(str(error))
                await self._clock.sleep(min(_SOON_S, self._settings.poll_s))
                continue
            except (IMAP4.error, OSError) as error:
                self._say(tls.trouble(error) or str(error))
            await self._clock.sleep(self._settings.poll_s)

    async def _once(self, sink: MessageSink) -> bool:
        """Tell what is new, at most some; whether there may be more. What is told is remembered before the next."""
        position = await self._mailbox.position(self._route)
        found = await asyncio.to_thread(self._look, position)
        if position is None:  # what lay there before us is no answer to us
            await self._mailbox.advance(self._route, found.uidvalidity, found.newest)
            return False
        for uid, octets in found.mails:
            name = f"{found.uidvalidity}.{uid}"
            event = await asyncio.to_thread(incoming.read, octets, fallback_id=name, at=self._clock.now())
            if event is not None:
                await sink.on_message_event(self._route, event)
            await self._mailbox.advance(self._route, found.uidvalidity, uid)
        return len(found.mails) == _AT_ONCE

    def _say(self, reason: str) -> None:
        """In the log when the reason is new."""
        if reason != self._said:
            _log.error(f"route {self._route}: its mailbox: {reason}", action="mailbox_lost", route=self._route)
        self._said = reason

    # In a thread

    def _look_by_imap(self, position: tuple[int, int] | None) -> Found:
        settings = self._settings
        context = None if settings.security == "none" else tls.trusting(settings.ca_file)
        is_tls = settings.security == "tls"
        client = IMAPClient(
            settings.host, settings.port, ssl=is_tls, ssl_context=context if is_tls else None, timeout=_ANSWER_S
        )
        try:
            if settings.security == "starttls":
                client.starttls(context)
            client.login(settings.username, settings.secret())
            return _read_folder(client, settings.folder, position)
        finally:
            with suppress(IMAP4.error, OSError):
                client.logout()


def _read_folder(client: IMAPClient, folder: str, position: tuple[int, int] | None) -> Found:
    """A folder that was made anew (another UIDVALIDITY) is read from its beginning: its e-mails have names."""
    opened = client.select_folder(folder, readonly=True)
    uidvalidity, newest = int(opened[b"UIDVALIDITY"]), int(opened.get(b"UIDNEXT", 1)) - 1
    if position is None:
        return Found(uidvalidity=uidvalidity, newest=newest)
    last = position[1] if position[0] == uidvalidity else 0
    uids = sorted(uid for uid in client.search(["UID", f"{last + 1}:*"]) if uid > last)[:_AT_ONCE]
    part = f"BODY.PEEK[]<0.{_MOST_OCTETS}>"
    fetched = client.fetch(uids, [part]) if uids else {}
    mails = tuple((uid, bytes(_octets(fetched.get(uid, {})))) for uid in uids)
    return Found(uidvalidity=uidvalidity, newest=newest, mails=mails)


def _octets(answer: dict[bytes, object]) -> bytes:
    """An e-mail that was deleted meanwhile has none."""
    return next((value for key, value in answer.items() if key.startswith(b"BODY[]") and isinstance(value, bytes)), b"")
