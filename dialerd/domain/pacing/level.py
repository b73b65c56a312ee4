"""A share that may drift (calls answered, people among the answers), counted as events against what was to be expected.

Not here: what is expected of a call that has run so long (race.py).

Several memories run side by side, from some tens of events to a thousand, each a Gamma posterior; they are weighted
by how well each foretold what came next. A steady share is thus known to a tenth or better, and a share that jumps
is followed within some tens of events, with nothing to set. All memories begin at the same weak guess. One of them
sleeps through silences, so that after one two answers tell that all is as before.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from dialerd.domain.pacing.silence import Silence

_MEMORIES = (25.0, 80.0, 250.0, 1500.0)
_SLEEPER = 2
"""Which of them sleeps through silences."""

_TRUST_MEMORY = 400.0
"""Events over which a memory's foretelling counts for its weight."""

_KEPT_WORTH = 60.0
"""Events that a share taken up from an earlier process counts for at most: the world may have changed meanwhile."""

_FLOOR = 0.002
"""No memory is ever given up: it has to be there when the world changes."""


class DriftingLevel:
    """`mean` and `relative_sd` of the share. `exposure` is what was to be expected if the share were one."""

    def __init__(self, *, guess: float, worth: float) -> None:
        """`worth`: how many events the first guess counts for."""
        self._events = [worth] * len(_MEMORIES)
        self._exposure = [worth / guess] * len(_MEMORIES)
        self._weights = [1.0 / len(_MEMORIES)] * len(_MEMORIES)
        self._guess = (worth / 4, worth / 4 / guess)  # never wholly forgotten, so that nothing divides by zero
        self.silence = Silence(guess)
        self._settle()

    def see(self, events: int, exposure: float) -> None:
        """`events` happened where `mean * exposure` were to be expected."""
        if exposure <= 0.0 and not events:
            return
        exposure = max(exposure, 1e-6)
        before, after = self._events, self._exposure
        fits = [_log_likelihood(events, exposure, a, b) for a, b in zip(before, after, strict=True)]
        best, expected = max(fits), self.mean * exposure
        fade, exp = math.exp(-expected / _TRUST_MEMORY), math.exp
        weights = [w**fade * exp(fit - best) for w, fit in zip(self._weights, fits, strict=True)]
        total = sum(weights)
        self._weights = [max(_FLOOR, w / total) for w in weights]
        awake, (own_events, own_exposure) = self.silence.see(events, exposure, self._slept), self._guess
        for index, memory in enumerate(_MEMORIES):
            told, exposed = awake if index == _SLEEPER else (events, exposure)
            kept = exp(-max(float(told), self.mean * exposed, 0.0) / memory)
            lost = 1 - kept
            before[index] = before[index] * kept + told + own_events * lost
            after[index] = after[index] * kept + exposed + own_exposure * lost
        self._settle()

    def learnt(self) -> dict[str, Any]:
        """What another one can take up, as plain numbers."""
        return {
            "events": [round(each, 3) for each in self._events],
            "exposure": [round(each, 3) for each in self._exposure],
            "weights": [round(each, 5) for each in self._weights],
            "silence": [round(self.silence.usual, 5), round(self.silence.missed, 2)],
        }

    def take_up(self, learnt: Mapping[str, Any]) -> None:
        events, exposure, weights = ([float(x) for x in learnt[key]] for key in ("events", "exposure", "weights"))
        parts = [min(1.0, _KEPT_WORTH / each) for each in events]
        self._events = [each * part for each, part in zip(events, parts, strict=True)]
        self._exposure = [each * part for each, part in zip(exposure, parts, strict=True)]
        self._weights = [max(_FLOOR, each) for _, each in zip(_MEMORIES, weights, strict=True)]
        self._settle()
        usual, missed = map(float, learnt.get("silence", (self._slept, 0.0)))
        self.silence = Silence(usual, missed)

    def _settle(self) -> None:
        total = mean = 0.0
        means = []
        for w, a, b in zip(self._weights, self._events, self._exposure, strict=True):
            total += w
            means.append(a / b)
            mean += w * means[-1]
        mean /= total
        self._slept = means[_SLEEPER]
        spread = 0.0
        for w, m, b in zip(self._weights, means, self._exposure, strict=True):
            spread += w * (m / b + (m - mean) ** 2)
        self.mean = mean
        self.relative_sd = math.sqrt(spread / total) / mean


def _log_likelihood(events: int, exposure: float, a: float, b: float) -> float:
    """Of so many events under a Gamma(a, b) share: negative binomial."""
    fit = a * math.log(b / (b + exposure))
    if events:
        fit += math.lgamma(a + events) - math.lgamma(a) + events * math.log(exposure / (b + exposure))
    return fit
