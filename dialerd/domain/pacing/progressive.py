"""Progressive pace: exactly one call per ready agent, started as soon as one is ready; nobody can be abandoned.

Not here: which agent gets which call (the longest idle one: the agent desk).
"""

from __future__ import annotations

from collections.abc import Sequence

from dialerd.domain.pacing.events import PacingEvent
from dialerd.domain.pacing.view import PacingView

LOOK_S = 60.0
"""Pacers that only events move need no clock; looking again now and then costs nothing."""


class ProgressivePacer:
    """Needs no settings and learns nothing."""

    def decide(self, view: PacingView) -> int:
        return max(0, view.unclaimed)

    def observe(self, event: PacingEvent) -> None:
        """Nothing that happens changes one call per ready agent."""

    def cancel(self, view: PacingView) -> Sequence[int]:
        return ()

    def next_at(self, now: float) -> float:
        return now + LOOK_S
