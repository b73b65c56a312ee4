"""Power pace: a fixed number of calls per ready agent.

Not here: reserving an agent while its calls are dialed (the agent desk); the pace that looks ahead (predictive.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from dialerd.domain.errors import BadInputError
from dialerd.domain.pacing.events import PacingEvent
from dialerd.domain.pacing.progressive import LOOK_S
from dialerd.domain.pacing.view import AbandonMeter, PacingView

MOST_PER_AGENT = 10


def over_cap(meters: Sequence[AbandonMeter]) -> Sequence[AbandonMeter]:
    """The meters that hold a fixed ratio to one call per agent."""
    return [meter for meter in meters if meter.room < 0]


class PowerPacer:
    """`ratio` calls per ready agent, 1 to 10. One call per agent while any abandon meter is over its cap."""

    def __init__(self, *, ratio: int = 2) -> None:
        if not 1 <= ratio <= MOST_PER_AGENT:
            raise BadInputError(f"ratio = {ratio}: power takes 1 to {MOST_PER_AGENT} calls per ready agent")
        self.ratio = ratio

    def decide(self, view: PacingView) -> int:
        ratio = 1 if over_cap(view.meters) else self.ratio
        return max(0, ratio * len(view.ready) - view.calls_for_agents)

    def observe(self, event: PacingEvent) -> None:
        """A fixed ratio learns nothing."""

    def cancel(self, view: PacingView) -> Sequence[int]:
        return ()

    def next_at(self, now: float) -> float:
        return now + LOOK_S

    def change_pace(self, *, ratio: int) -> None:
        """Take another ratio while the run goes on."""
        self.ratio = PowerPacer(ratio=ratio).ratio
