"""A QueueWatch looks at Asterisk's own queues on one server; what it tells and what is asked of it.

Not here: any behaviour (adapters/ami), what is made of it (engine/queuedesk.py).
"""

from __future__ import annotations

from typing import Protocol

from dialerd.domain.appqueue import QueueEvent
from dialerd.domain.words import AttemptId
from dialerd.ports.exchange import Reply


class QueueSink(Protocol):
    """Where it delivers. Called in the order things arrived; must return at once and never raise."""

    def on_queue_event(self, exchange: str, event: QueueEvent) -> None: ...


class QueueWatch(Protocol):
    """The queues of one Asterisk. Says QueuesSeen when it is connected and now and then after, QueuesLost when not."""

    @property
    def name(self) -> str:
        """That of the exchange it belongs to."""
        ...

    async def run(self, sink: QueueSink) -> None:
        """Connect, deliver events, reconnect with backoff; returns when cancelled."""
        ...

    async def pull_out(self, attempt_id: AttemptId) -> Reply:
        """Take somebody who waits out of the queue and back to us: LeftQueue follows from the exchange."""
        ...
