"""A route for e-mail: one that sends, and what comes back, put together.

Not here: sending (smtp.py), the mailbox (inbox.py), one click (oneclick.py).
"""

from __future__ import annotations

import asyncio

from dialerd.adapters.mail.inbox import Inbox
from dialerd.adapters.mail.oneclick import OneClick
from dialerd.adapters.mail.smtp import Sender
from dialerd.domain.errors import DialerdError
from dialerd.domain.words import AttemptId, Channel
from dialerd.log import logger
from dialerd.ports import About, Clock, Mailbox, Message, MessageSink, OptOutCame, SendReply
from dialerd.routesettings import MailSettings
from dialerd.serving import serving
from dialerd.tasks import end, spawn

_log = logger(__name__)

_AGAIN_S = 10.0


class MailRoute:
    """Implements ports.MessageRoute."""

    channel = Channel.EMAIL

    def __init__(self, settings: MailSettings, clock: Clock, mailbox: Mailbox) -> None:
        self.name = settings.name
        self.window = settings.window
        self.rate = settings.messages_per_second
        self._settings = settings
        self._clock = clock
        self._sender = Sender(settings, clock)
        self._inbox = Inbox(settings.name, settings.imap, clock, mailbox) if settings.imap else None

    @property
    def is_up(self) -> bool:
        return self._sender.presence.is_there

    async def run(self, sink: MessageSink) -> None:
        tasks = [spawn(f"sending of route {self.name}", self._sender.watch(sink))]
        if self._inbox is not None:
            tasks.append(spawn(f"mailbox of route {self.name}", self._inbox.run(sink)))
        if self._settings.unsubscribe_listen:
            tasks.append(
                spawn(f"one click of route {self.name}", self._listen(self._settings.unsubscribe_listen, sink))
            )
        try:
            await asyncio.gather(*tasks)
        finally:
            await end(*tasks)

    async def send(self, message: Message) -> SendReply:
        return await self._sender.send(message)

    def take_back(self, attempt_id: AttemptId) -> None:
        self._sender.take_back(attempt_id)

    def may_have(self, attempt_id: AttemptId) -> bool:
        return self._sender.may_have(attempt_id)

    async def _listen(self, listen: str, sink: MessageSink) -> None:
        async def stop(attempt_id: AttemptId) -> bool:
            event = OptOutCame(
                id=f"one click {attempt_id}",
                about=About(attempt_id=attempt_id),
                at=self._clock.now(),
                how="one click in an e-mail",
            )
            try:
                await sink.on_message_event(self.name, event)
            except DialerdError as error:
                _log.error(f"route {self.name}: not stored: {error}", action="event_not_stored", route=self.name)
                return False
            return True

        while True:
            try:
                async with serving(OneClick(stop).application, listen):
                    await asyncio.Event().wait()
            except OSError as error:
                _log.error(f"route {self.name}: cannot listen on {listen}: {error}", action="no_one_click")
                await self._clock.sleep(_AGAIN_S)
