"""Two endings in a race: a call is answered or fails, a verdict is human or machine; which, and when, given its age.

Not here: durations with one ending (durations.py), what the answers are used for (outlook.py).

The *shape* (when each ending comes) is a life table with a long memory: calls still running and calls we hung up count
for the time they ran, so that neither early failures nor late cancelling bend it. The *share* of the first ending is
followed apart and quickly (level.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dialerd.domain.pacing.level import DriftingLevel

Array = NDArray[np.float64]

_SHAPE_MEMORY = 3000.0


class Ending(IntEnum):
    """How one ended. `CUT`: we ended it ourselves, before it could either way."""

    FIRST = 0
    SECOND = 1
    CUT = 2


class Race:
    """Bins of `step_s`, the last one open. `share` of the first ending to begin with, worth `worth` endings.

    `first_at`, `second_at`: the weight of each ending in each bin to begin with. `hurried`: follow the share from what
    runs, not only from what has ended, where endings take long.
    """

    def __init__(
        self, *, step_s: float, share: float, worth: float, first_at: Array, second_at: Array, hurried: bool
    ) -> None:
        self.step_s = step_s
        self.bins = len(first_at)
        self._edges = np.arange(self.bins + 1) * step_s
        self.level = DriftingLevel(guess=share, worth=worth)
        self.seen = 0
        self._hurried = hurried
        self._ended = np.array([first_at, second_at, np.zeros(self.bins)])
        self._new: list[tuple[Ending, float]] = []  # and the seconds, since the last look
        self._looked_at: float | None = None
        self._fit(np.zeros(self.bins))

    def ended(self, ending: Ending, after_s: float) -> None:
        """One ended so."""
        self.seen += ending is not Ending.CUT
        self._new.append((ending, max(0.0, after_s)))

    def look(self, now: float, ages: Array) -> None:
        """Count what ran since the last look: `ages` are those that run now."""
        since = 0.0 if self._looked_at is None else max(0.0, now - self._looked_at)
        self._looked_at = now
        if self._hurried:
            exposure = 0.0
            if len(ages) and since:
                exposure += float(self._unit[self.bin_of(ages)] @ np.minimum(ages, since))
            for _, after_s in self._new:  # each ended somewhere between the looks
                exposure += float(self._unit[self._bin(after_s)]) * min(after_s, since) / 2
        else:
            exposure = float(sum(1 for ending, _ in self._new if ending is not Ending.CUT))
        self.level.see(sum(1 for ending, _ in self._new if ending is Ending.FIRST), exposure)
        for ending, after_s in self._new:
            self._ended[ending, self._bin(after_s)] += 1.0
        if self._new:
            self._ended *= (1.0 - 1.0 / _SHAPE_MEMORY) ** len(self._new)
            self._new.clear()

    def learnt(self) -> dict[str, Any]:
        """What another one can take up, as plain numbers."""
        return {"seen": self.seen, "level": self.level.learnt(), "ended": np.round(self._ended, 3).tolist()}

    def take_up(self, learnt: Mapping[str, Any]) -> None:
        ended = np.array(learnt["ended"], dtype=np.float64)
        if ended.shape != self._ended.shape:
            raise ValueError(f"bins are {ended.shape}, not {self._ended.shape}")
        self.level.take_up(learnt["level"])
        self.seen, self._ended = int(learnt["seen"]), ended
        self._fit(np.zeros(self.bins))

    def _bin(self, age: float) -> int:
        return min(self.bins - 1, int(age / self.step_s))

    def bin_of(self, ages: Array) -> NDArray[np.intp]:
        return np.minimum((ages if self.step_s == 1.0 else ages * (1.0 / self.step_s)).astype(np.intp), self.bins - 1)

    def refresh(self, ages: Array) -> None:
        """Fit the shape anew: `first_cdf` and `second_cdf` at the bins' right edges."""
        self._fit(np.bincount(self.bin_of(ages), minlength=self.bins).astype(np.float64))

    def _fit(self, running: Array) -> None:
        first, second, cut = self._ended
        cut = cut + running
        ended = first + second + cut
        at_risk = np.cumsum(ended[::-1])[::-1] - cut / 2
        hazard_1 = first / np.maximum(at_risk, 1e-9)
        hazard_2 = second / np.maximum(at_risk, 1e-9)
        left = np.cumprod(np.maximum(0.0, 1.0 - hazard_1 - hazard_2))
        alive = np.concatenate(([1.0], left[:-1]))
        come_1, come_2 = np.cumsum(alive * hazard_1), np.cumsum(alive * hazard_2)
        self.first_cdf = come_1 / max(come_1[-1], 1e-12)
        self.second_cdf = come_2 / max(come_2[-1], 1e-12)
        # per second and per unit of share: the hazard of the first ending in the middle of each bin
        share = min(0.999, self.level.mean)
        mid_1 = 1.0 - (self.first_cdf + np.concatenate(([0.0], self.first_cdf[:-1]))) / 2
        mid_2 = 1.0 - (self.second_cdf + np.concatenate(([0.0], self.second_cdf[:-1]))) / 2
        density = np.diff(self.first_cdf, prepend=0.0) / self.step_s
        self._unit = density / np.maximum(share * mid_1 + (1 - share) * mid_2, 1e-9)

    @property
    def first_mean_s(self) -> float:
        """How long those take that end the first way."""
        middles = (np.arange(self.bins) + 0.5) * self.step_s
        return float(middles @ np.diff(self.first_cdf, prepend=0.0))

    def first_within(self, ages: Array, horizons: Array) -> Array:
        """P(ends the first way within h | has run a): one row per age, one column per horizon."""
        share = min(0.999, self.level.mean)
        edges = self._edges
        cdf_1 = np.concatenate(([0.0], self.first_cdf))
        cdf_2 = np.concatenate(([0.0], self.second_cdf))
        now_1, now_2 = np.interp(ages, edges, cdf_1), np.interp(ages, edges, cdf_2)
        then_1 = np.interp(ages[:, None] + horizons[None, :], edges, cdf_1)
        alive = share * (1 - now_1) + (1 - share) * (1 - now_2)
        gone = alive < 1e-6
        found: Array = share * (then_1 - now_1[:, None]) / np.where(gone, 1.0, alive)[:, None]
        found[gone] = 0.0
        return found
