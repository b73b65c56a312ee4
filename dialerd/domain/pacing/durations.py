"""How long something still takes that has taken so long: a conversation, a wrap-up.

Not here: things with two endings (race.py).

A hazard, constant within bins that grow with age, each drawn towards the hazard over all ages until it has seen enough
itself; what still runs counts for the time it has run. Nothing is assumed about the shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_MEMORY = 1500.0
_DRAW = 2.0
"""Events' worth by which each bin is drawn towards the hazard over all ages."""


def _edges() -> Array:
    edges, width = [0.0], 1.0
    while edges[-1] < 7200.0:
        edges.append(edges[-1] + width)
        width = max(1.0, edges[-1] * 0.22)
    return np.array(edges)


_EDGES = _edges()
_WIDTHS = np.diff(_EDGES)


class Durations:
    """`guess_s`: the mean to begin with, worth `worth` endings."""

    def __init__(self, *, guess_s: float, worth: float) -> None:
        self.seen = 0
        self._guess = (worth, worth * guess_s)
        self._ended = np.zeros(len(_WIDTHS))
        self._within = np.zeros(len(_WIDTHS))  # seconds that the ended ones spent in their last bin
        self._since = 0
        self.refresh(np.zeros(0))

    def ended(self, after_s: float) -> None:
        """One took so long. Less than nothing is what a clock that was set makes of it: nothing is learnt."""
        if after_s < 0.0:
            return
        self.seen += 1
        self._since += 1
        place = min(len(_WIDTHS) - 1, int(np.searchsorted(_EDGES, after_s, side="right")) - 1)
        self._ended[place] += 1.0
        self._within[place] += min(after_s - _EDGES[place], _WIDTHS[place])

    def refresh(self, ages: Array) -> None:
        """Fit anew; `ages` of those that run now."""
        kept = (1.0 - 1.0 / _MEMORY) ** self._since
        self._since = 0
        self._ended *= kept
        self._within *= kept
        longer = np.cumsum(self._ended[::-1])[::-1] - self._ended
        exposure = longer * _WIDTHS + self._within
        if len(ages):
            exposure += np.clip(ages[:, None] - _EDGES[None, :-1], 0.0, _WIDTHS[None, :]).sum(axis=0)
        overall = (self._ended.sum() + self._guess[0]) / (exposure.sum() + self._guess[1])
        hazard = (self._ended + _DRAW) / (exposure + _DRAW / overall)
        self.mean_s = float(1.0 / overall)
        self._cumulative = np.concatenate(([0.0], np.cumsum(hazard * _WIDTHS)))

    def learnt(self) -> dict[str, Any]:
        """What another one can take up, as plain numbers."""
        return {
            "seen": self.seen,
            "ended": np.round(self._ended, 3).tolist(),
            "within": np.round(self._within, 3).tolist(),
        }

    def take_up(self, learnt: Mapping[str, Any]) -> None:
        ended, within = (np.array(learnt[key], dtype=np.float64) for key in ("ended", "within"))
        if not ended.shape == within.shape == _WIDTHS.shape:
            raise ValueError(f"bins are {ended.shape} and {within.shape}, not {_WIDTHS.shape}")
        self.seen, self._ended, self._within = int(learnt["seen"]), ended, within
        self.refresh(np.zeros(0))

    def within(self, ages: Array, horizons: Array) -> Array:
        """P(ends within h | has taken a): one row per age, one column per horizon (below zero: 0)."""
        then = np.interp(ages[:, None] + np.maximum(0.0, horizons)[None, :], _EDGES, self._cumulative)
        found: Array = -np.expm1(np.interp(ages, _EDGES, self._cumulative)[:, None] - then)
        return found
