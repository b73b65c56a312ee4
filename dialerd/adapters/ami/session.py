"""ports.QueueWatch over AMI: connected with backoff, everything seen again every few seconds, which proves it alive.

Not here: the connection itself (wire.py), what a message means (translate.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from itertools import count

from dialerd import tls
from dialerd.adapters.ami import translate
from dialerd.adapters.ami.wire import CONNECT_S, Message, Wire, connect
from dialerd.domain.appqueue import QueuesLost
from dialerd.domain.backoff import Backoff
from dialerd.domain.errors import SettingsError
from dialerd.domain.words import AttemptId
from dialerd.log import logger
from dialerd.ports import Clock, Done, Failed, Gone, QueueSink, Reply
from dialerd.serversettings import AmiSettings
from dialerd.tasks import end, spawn

_log = logger(__name__)

LOOK_S = 5.0
_ANSWER_S = 5.0
_WAITS = Backoff(first_s=0.2, longest_s=5.0)


class _Lost(Exception):
    """The connection is of no use any more; the message is the reason."""


class AmiQueues:
    """The queues of the Asterisk called `name`. `is_quiet`: what is seen is told to the sink only, not to the log."""

    def __init__(self, name: str, settings: AmiSettings, clock: Clock, *, is_quiet: bool = False) -> None:
        self.name = name
        self._settings = settings
        self._clock = clock
        self._wire: Wire | None = None
        self._replies: dict[str, asyncio.Future[Message]] = {}
        self._ids = count(1)
        self._reason = ""
        self._is_quiet = is_quiet

    async def run(self, sink: QueueSink) -> None:
        waits = _WAITS
        while True:
            began = self._clock.steady()
            try:
                await self._connected(sink)
            except (_Lost, OSError, SettingsError, TimeoutError) as error:
                self._say_lost(_explained(error, self._settings), sink)
            waits = waits.after(self._clock.steady() - began - CONNECT_S)
            await self._clock.sleep(waits.wait_s)
            waits = waits.longer()

    async def pull_out(self, attempt_id: AttemptId) -> Reply:
        # By its unique id, which is the attempt's; Asterisk finds a channel by either.
        action = {"Action": "Redirect", "Channel": attempt_id, "Context": "dialerd", "Exten": "late", "Priority": "1"}
        try:
            reply = await self._ask(action)
        except (_Lost, OSError, TimeoutError) as error:
            return Failed(f"AMI of Asterisk {self.name}: {error}", is_unclear=True)
        if reply.get("Response") == "Success":
            return Done()
        text = reply.get("Message")
        return Gone() if "not exist" in text or "No such channel" in text else Failed(text)

    async def _connected(self, sink: QueueSink) -> None:
        """Until it is lost. Raises _Lost, OSError, TimeoutError, SettingsError."""
        loop = asyncio.get_running_loop()
        over: asyncio.Future[None] = loop.create_future()

        def on_message(message: Message | None) -> None:
            if message is None:
                if not over.done():
                    over.set_result(None)
            else:
                self._take(message, sink)

        secret = self._settings.secret()
        context = tls.trusting(self._settings.ca_file) if self._settings.is_over_tls else None
        self._wire = wire = await connect(*self._settings.place, on_message, context=context)
        try:
            await self._log_in(secret)
            is_first = True
            while not over.done():
                await self._look(sink)
                if is_first:
                    if not self._is_quiet:
                        text = f"connected to AMI of Asterisk {self.name}"
                        _log.info(text, action="ami_connected", asterisk=self.name)
                    is_first, self._reason = False, ""
                await self._wait(over)
            raise _Lost("the connection was closed")
        finally:
            self._wire = None
            wire.close()
            for reply in self._replies.values():
                reply.cancel()
            self._replies.clear()

    async def _wait(self, over: asyncio.Future[None]) -> None:
        """Until it is time to look again, or the connection has ended."""
        pause = spawn(f"pause of AMI {self.name}", self._clock.sleep(LOOK_S))
        try:
            await asyncio.wait({over, pause}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end(pause)

    async def _log_in(self, secret: str) -> None:
        action = {"Action": "Login", "Username": self._settings.username, "Secret": secret, "Events": "agent"}
        reply = await self._ask(action)
        if reply.get("Response") != "Success":
            raise _Lost(f"user {self._settings.username} is refused: {reply.get('Message') or 'no reason given'}")

    async def _look(self, sink: QueueSink) -> None:
        reply = await self._ask({"Action": "QueueStatus"})
        if reply.get("Response") != "Success":
            raise _Lost(f"QueueStatus is refused: {reply.get('Message')} (is app_queue.so loaded?)")
        listed = list(translate.blocks(reply.data))
        sink.on_queue_event(self.name, translate.to_seen(listed))
        for headers in listed:  # what happened while it was being told
            if (event := translate.to_event(headers)) is not None:
                sink.on_queue_event(self.name, event)

    async def _ask(self, action: Mapping[str, str]) -> Message:
        """Raises _Lost, OSError, TimeoutError."""
        if self._wire is None:
            raise _Lost("not connected")
        action_id = f"dialerd-{next(self._ids)}"
        reply: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._replies[action_id] = reply
        try:
            self._wire.send({**action, "ActionID": action_id})
            async with asyncio.timeout(_ANSWER_S):
                await asyncio.wait({reply})
            if reply.cancelled():
                raise _Lost("the connection was closed")
            return reply.result()
        finally:
            self._replies.pop(action_id, None)

    def _take(self, message: Message, sink: QueueSink) -> None:
        """A reply to whoever asked, an event to the sink, as they come."""
        if message.get("Event"):
            if (event := translate.to_event(message.headers)) is not None:
                sink.on_queue_event(self.name, event)
            return
        reply = self._replies.get(message.get("ActionID"))
        if reply is not None and not reply.done():
            reply.set_result(message)

    def _say_lost(self, reason: str, sink: QueueSink) -> None:
        """Tell the sink every time, the log only when the reason is new."""
        if reason != self._reason and not self._is_quiet:
            text = f"the queues of Asterisk {self.name} cannot be seen: {reason}"
            _log.error(text, action="ami_lost", asterisk=self.name)
        self._reason = reason
        sink.on_queue_event(self.name, QueuesLost(reason))


def _explained(error: Exception, settings: AmiSettings) -> str:
    match error:
        case TimeoutError():
            return f"AMI at {settings.url} does not answer"
        case OSError():
            return f"AMI at {settings.url} cannot be reached: {tls.trouble(error) or error.strerror or error}"
        case _:
            return f"AMI at {settings.url}: {error}"
