"""Agentless pace: at most so many calls at once, at most so many a second.

Not here: the trunk's own limits, which hold over all campaigns that share it.
"""

from __future__ import annotations

from collections.abc import Sequence

from dialerd.domain.pacing.events import CallStarted, PacingEvent
from dialerd.domain.pacing.rate import RateLimit
from dialerd.domain.pacing.view import PacingView


class AgentlessPacer:
    """`max_calls` counts every call that is up, ringing ones included; `calls_per_second` every call started."""

    def __init__(self, *, max_calls: int, calls_per_second: float) -> None:
        self.max_calls = max_calls
        self._rate = RateLimit(rate=calls_per_second)

    def decide(self, view: PacingView) -> int:
        free = self.max_calls - view.calls_up
        return max(0, min(free, self._rate.available(view.now) - view.unsent))

    def observe(self, event: PacingEvent) -> None:
        if isinstance(event, CallStarted):
            self._rate = self._rate.take(event.at)

    def cancel(self, view: PacingView) -> Sequence[int]:
        return ()

    def next_at(self, now: float) -> float:
        return self._rate.room_at(now)

    def assume_spent(self, at: float) -> None:
        """An earlier process may have dialed at full rate until `at`."""
        self._rate = self._rate.spent(at)

    def change_pace(self, *, max_calls: int, calls_per_second: float) -> None:
        """Take another pace while the run goes on; tokens already spent stay spent."""
        self.max_calls = max_calls
        self._rate = self._rate.changed(calls_per_second)
