"""The mailbox that replies and bounces come to: each new e-mail is told once, in order, as soon as it is known of.

Not here: IMAP (imap.py), what an e-mail says (incoming.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from dialerd.adapters.mail import incoming
from dialerd.adapters.mail.imap import AT_ONCE, Found, ImapPost, MailboxLostError
from dialerd.domain.errors import DialerdError
from dialerd.log import logger
from dialerd.ports import Clock, Mailbox, MessageSink
from dialerd.routesettings import ImapSettings

_log = logger(__name__)

_SOON_S = 5.0
_LATER_S = 60.0


class Post(Protocol):
    """A connection to the mailbox; each operation blocks, and raises MailboxLostError."""

    def look(self, position: tuple[int, int] | None, since: datetime) -> Found: ...
    def wait(self) -> bool: ...
    def close(self) -> None: ...


class Inbox:
    """`connect` makes a connection; in place of IMAP in tests."""

    def __init__(
        self,
        route: str,
        settings: ImapSettings,
        clock: Clock,
        mailbox: Mailbox,
        *,
        connect: Callable[[], Post] | None = None,
    ) -> None:
        self._route = route
        self._poll_s = settings.poll_s
        self._clock = clock
        self._mailbox = mailbox
        self._connect = connect or (lambda: ImapPost(settings))
        self._said = ""

    async def run(self, sink: MessageSink) -> None:
        """Until cancelled: look, tell, remember, and wait for the next."""
        since = self._clock.now().replace(microsecond=0)  # a mailbox knows no less than seconds
        while True:
            wait_s = self._poll_s
            try:
                await self._read(sink, since)
            except DialerdError as error:  # it cannot be stored now: once more, soon
                self._say(str(error))
                wait_s = min(_SOON_S, self._poll_s)
            except MailboxLostError as error:
                self._say(str(error))
                wait_s = min(_LATER_S, self._poll_s)
            await self._clock.sleep(wait_s)

    async def _read(self, sink: MessageSink, since: datetime) -> None:
        """Over one connection: for as long as the server tells of what comes, else once."""
        post = self._connect()
        try:
            while True:
                while await self._once(post, sink, since):
                    pass
                self._said = ""
                if not await asyncio.to_thread(post.wait):
                    return
        finally:
            # Shielded: who is ended just now would else take the closing with it, before a thread has begun it.
            await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, post.close))

    async def _once(self, post: Post, sink: MessageSink, since: datetime) -> bool:
        """Tell what is new, at most some; whether there may be more. What is told is remembered before the next."""
        position = await self._mailbox.position(self._route)
        found = await asyncio.to_thread(post.look, position, since)
        if position is None:  # what lay there before us is no answer to us
            await self._mailbox.advance(self._route, found.uidvalidity, found.last)
            return True
        for uid, octets in found.mails:
            name = f"{found.uidvalidity}.{uid}"
            event = await asyncio.to_thread(incoming.read, octets, fallback_id=name, at=self._clock.now())
            if event is not None:
                await sink.on_message_event(self._route, event)
            await self._mailbox.advance(self._route, found.uidvalidity, uid)
        return len(found.mails) == AT_ONCE

    def _say(self, reason: str) -> None:
        """In the log when the reason is new."""
        if reason != self._said:
            _log.error(f"route {self._route}: its mailbox: {reason}", action="mailbox_lost", route=self._route)
        self._said = reason
