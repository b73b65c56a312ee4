"""The all-knowing bound: it knows beforehand what becomes of every call, and not when agents get free.

Not here: rules that could be used (pacing_rivals.py). It dials the next call that a person will answer when the people
expected to be abandoned more for it are within `theta`; calls that nobody answers it dials as they come: they cost
nothing. `theta` is steered so that the share abandoned ends at the cap.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dialerd.domain.pacing import Abandoned, Connected, PacingEvent, PacingView
from dialerd.domain.pacing.ages import Ages, ages_of
from dialerd.domain.pacing.estimates import PacingEstimates
from dialerd.domain.pacing.outlook import Outlook
from dialerd.domain.pacing.risk import chance_of_at_least

if TYPE_CHECKING:
    from tests.bench.pacing_shift import Shift

_GAIN = 6.0
"""By which theta is steered, per agent; at most a twentieth of it."""

_THETA_MOST = 0.9
_IN_VAIN = 500
"""So many in a row that nobody answers, and it looks again at the next moment: an outage would be dialed through."""

_JUST_BEGUN = Ages(np.zeros(1), (0, 0, 1))
"""One talk."""


class AllKnowingPacer:
    """`attach` gives it the shift that it sees through."""

    def __init__(self, *, cap: float = 0.03) -> None:
        self._cap = cap
        self._log_theta = math.log(0.1)
        self._estimates = PacingEstimates()
        self._outlook = Outlook()
        self._arrives: dict[int, float] = {}  # calls in flight that a person answers -> when they want an agent
        self._asked = -1
        self._shift: Shift

    def attach(self, shift: Shift) -> None:
        self._shift = shift
        self._gain = _GAIN / max(20, len(shift.ready))

    def observe(self, event: PacingEvent) -> None:
        match event:
            case Connected():
                self._log_theta += self._gain * self._cap
            case Abandoned():
                self._log_theta -= self._gain * (1.0 - self._cap)
            case _:
                self._estimates.observe(event)
        self._log_theta = min(math.log(_THETA_MOST), max(-9.0, self._log_theta))

    def decide(self, view: PacingView) -> int:
        shift, now = self._shift, view.now
        agents = ages_of(PacingView(now=now, talking=view.talking, wrapping=view.wrapping))
        if self._estimates.refresh(now, agents):
            self._outlook.refresh(
                self._estimates.ring, self._estimates.amd, self._estimates.talk, self._estimates.wrap_up,
                wraps=self._estimates.wraps(len(view.wrapping)), returns=self._estimates.returns,
                patience=view.patience,
            )  # fmt: skip
            served = self._outlook.excess(_JUST_BEGUN, 0)
            self._kept = 1.0 + served.mean  # P(still holds an agent), by cells after the connection
        freed = self._outlook.excess(agents, 0)
        self._arrives = {call: at for call, at in self._arrives.items() if at > now}
        others = np.sort(np.array(list(self._arrives.values()))) - now
        calls = in_vain = 0
        while calls < 5000 and in_vain < _IN_VAIN:
            fate = shift.fates[shift.dialed + calls]
            if not shift.is_answered(fate) or fate.heard_as_machine:
                calls, in_vain = calls + 1, in_vain + 1
                continue
            in_vain = 0
            own = fate.ring_s + (fate.verdict_s if shift.world.amd else 0.0)
            if self._harm(
                own,
                others,
                freed.mean,
                freed.variance,
                len(view.ready) - len(view.waiting),
            ) > math.exp(self._log_theta):
                break
            self._arrives[shift.dialed + calls] = now + own
            others = np.sort(np.append(others, own))
            calls += 1
        return calls

    def _harm(
        self,
        own: float,
        others: NDArray[np.float64],
        freed: NDArray[np.float64],
        spread: NDArray[np.float64],
        free: int,
    ) -> float:
        """People abandoned more, about: this one if nobody is free; whoever comes later and misses just one agent."""
        at = np.append(own, others[others > own])
        cells = np.arange(len(freed)) + 0.5
        lags = at[:, None] - others[None, :]
        held = np.where(lags >= 0.0, np.interp(lags, cells, self._kept), 0.0)
        held[np.arange(1, len(at)), np.searchsorted(others, at[1:])] = 0.0  # not oneself
        mean = np.interp(at, cells, freed) + held.sum(axis=1)
        variance = np.interp(at, cells, spread) + (held * (1.0 - held)).sum(axis=1)
        third = np.zeros(len(at))
        reached = chance_of_at_least(free, mean, variance, third)
        pushed = chance_of_at_least(free - 1, mean[1:], variance[1:], third[1:])
        return float(reached[0] + (pushed - reached[1:]).sum())

    def cancel(self, view: PacingView) -> Sequence[int]:
        return ()

    def next_at(self, now: float) -> float:
        return now
