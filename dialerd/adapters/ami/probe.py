"""Look at one AMI once (for doctor): the queues, and whether people may be brought back.

Not here: the connection's life (session.py).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from dialerd.adapters.ami.session import AmiQueues
from dialerd.domain.appqueue import QueueEvent, QueuesLost, QueuesSeen
from dialerd.domain.words import AttemptId
from dialerd.ports import Clock, Failed
from dialerd.serversettings import AmiSettings
from dialerd.tasks import end, spawn

_NOBODY = AttemptId("d" + "0" * 32)
"""No channel has it: that the redirect is refused for that, and not for want of the right, is what is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmiFound:
    """The names of its queues, and whether the user may redirect."""

    queues: frozenset[str]
    may_redirect: bool


async def probe(name: str, settings: AmiSettings, clock: Clock) -> AmiFound | str:
    """What there is; else why it cannot be used."""
    watch, first = AmiQueues(name, settings, clock, is_quiet=True), _First()
    running = spawn(f"probe of AMI {name}", watch.run(first))
    try:
        found = await first.event
        if isinstance(found, QueuesLost):
            return found.reason
        assert isinstance(found, QueuesSeen), "nothing else comes first"
        return AmiFound(queues=found.queues, may_redirect=not isinstance(await watch.pull_out(_NOBODY), Failed))
    finally:
        await end(running)


class _First:
    """Implements ports.QueueSink: keeps what is told first."""

    def __init__(self) -> None:
        self.event: asyncio.Future[QueueEvent] = asyncio.get_running_loop().create_future()

    def on_queue_event(self, exchange: str, event: QueueEvent) -> None:
        if not self.event.done() and isinstance(event, QueuesSeen | QueuesLost):
            self.event.set_result(event)
