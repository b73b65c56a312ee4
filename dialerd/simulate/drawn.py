"""People drawn from rates: each call anew, by the hour at which it is made.

Not here: the rates (domain/rates.py), what becomes of the calls (forecast.py), the agents' own doings (staff.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from zoneinfo import ZoneInfo

from dialerd.domain.rates import Rates
from dialerd.ports import Clock, Dice
from dialerd.simulate.callees import Behaviour, Listener

_NORMAL = NormalDist()
_NO_ANSWER = Behaviour(answers=False, ring_s=0.0)
_BUSY = Behaviour(answers=False, ring_s=0.5, rings=False, cause=17, sip_code=486)
_INVALID = Behaviour(answers=False, ring_s=0.2, rings=False, cause=1, sip_code=404)

_ALONE_S = 20.0  # who hears a message, or nobody, stays so long


def spread_out(mean_s: float, spread: float, draw: float) -> float:
    """A duration about `mean_s` (seconds), log-normal with that coefficient of variation; `draw` in [0, 1)."""
    if spread == 0.0 or mean_s == 0.0:
        return mean_s
    sigma = math.sqrt(math.log(1.0 + spread * spread))
    return mean_s * math.exp(sigma * _NORMAL.inv_cdf(min(max(draw, 1e-9), 1.0 - 1e-9)) - sigma * sigma / 2.0)


class DrawnCallees:
    """Implements callees.Callees: nobody is the same twice. `listener`: makes what the next person listens with."""

    def __init__(
        self, rates: Rates, clock: Clock, dice: Dice, *, listener: Callable[[], Listener] | None = None
    ) -> None:
        self._rates = rates
        self._listener = listener
        self._clock = clock
        self._dice = dice
        self._zone = ZoneInfo(rates.zone)

    def behaviour(self, number: str) -> Behaviour:
        rates, draw = self._rates, self._dice.draw
        mark = draw()
        if mark < rates.busy:
            return _BUSY
        if mark < rates.busy + rates.invalid:
            return _INVALID
        if mark >= rates.busy + rates.invalid + self._answered():
            return _NO_ANSWER
        ring_s = rates.ring_s * (0.5 + draw())
        if draw() < rates.machine:
            return Behaviour(ring_s=ring_s, amd=("MACHINE", "MAXWORDS-5-4"), amd_s=rates.amd_s + 1.0, leaves_s=30.0)
        talk_s = spread_out(rates.talk_s, rates.spread, draw())
        listener = None if self._listener is None else self._listener()
        leaves_s = rates.amd_s + _ALONE_S
        return Behaviour(ring_s=ring_s, amd_s=rates.amd_s, leaves_s=leaves_s, talk_s=talk_s, listener=listener)

    def _answered(self) -> float:
        answered = self._rates.answered
        return answered[0] if len(answered) == 1 else answered[self._clock.now().astimezone(self._zone).hour]
