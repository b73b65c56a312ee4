"""What the next seconds bring, given how long each call and each agent has been at it: people who answer, agents freed.

Not here: the estimates themselves (race.py, durations.py) and what to do about it (predictive.py).

For each class of things (ringing, detecting, talking, wrapping) and each age, a row of a table: P(counts at look-ahead
u), as the first three cumulants of a yes-or-no thing. Summed over what is there they describe
    excess(u) = people who answered and hold an agent at u + patience - agents who were busy and are free by then.
Somebody who answers at u is abandoned when excess(u) reaches the number of ready agents. A person who answers, is
served and is done again before u + patience holds nobody: with short conversations that is most of them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dialerd.domain.pacing.ages import Ages
from dialerd.domain.pacing.durations import Durations
from dialerd.domain.pacing.race import Race

Array = NDArray[np.float64]

_STEP_S = 1.0
_FARTHEST_S = 90
_COVERED = 0.99
"""The look-ahead ends where so many of the answers of a fresh call have come."""

_LINE_AGES = np.arange(0.0, 90.0, 0.5)
_DETECT_AGES = np.arange(0.0, 15.0, 0.25)
_AGENT_AGES = np.concatenate((np.arange(0.0, 60.0, 1.0), 60.0 * 1.04 ** np.arange(0, 110)))

# Where the rows of each class begin in the one table that all are looked up in; ringing calls are the first.
_DETECTING = len(_LINE_AGES)
_TALKING = _DETECTING + len(_DETECT_AGES)
_WRAPPING = _TALKING + len(_AGENT_AGES)
_ROWS = _WRAPPING + len(_AGENT_AGES)

# Each class's ages begin at a number of its own, so that one search finds the rows of all. What is a rounding error
# younger than new is new.
_APART_S = 1e6
_BEGINS = np.concatenate((_LINE_AGES, _DETECT_AGES + _APART_S, _AGENT_AGES + 2 * _APART_S, _AGENT_AGES + 3 * _APART_S))
_BEGINS[[0, _DETECTING, _TALKING, _WRAPPING]] -= 1.0

_FEW = _ROWS // 4
"""So many rows are picked and added up sooner than the whole table is multiplied by how often each is there."""


def put_cumulants(rows: Array, chances: Array, *, sign: float = 1.0) -> None:
    """Write [:, 0] mean, [:, 1] variance, [:, 2] third cumulant of what is there (`sign` 1) or leaves (-1) with a
    chance."""
    mean = chances if sign == 1.0 else sign * chances
    variance = chances * (1.0 - chances)
    rows[:, 0], rows[:, 1], rows[:, 2] = mean, variance, variance * (sign - 2.0 * mean)


def _steps(reached: Array) -> Array:
    """What is added in each cell, along the rows of what is reached by its end."""
    found = reached.copy()
    found[:, 1:] -= reached[:, :-1]
    return found


class Excess(NamedTuple):
    """Cumulants of the excess at each look-ahead, and the part of its mean that hangs on the answer rate."""

    mean: Array
    variance: Array
    third: Array
    answers: Array


class Outlook:
    """Tables, built by `refresh` from the estimates and good for some seconds."""

    def refresh(
        self, ring: Race, amd: Race, talk: Durations, wrap: Durations, *, wraps: float, returns: float, patience: float
    ) -> None:
        """`wraps`: the share of conversations followed by wrap-up; `returns`: of agents who come back from it."""
        horizons = np.arange(1.0, _FARTHEST_S + 1)
        answers = ring.first_within(np.zeros(1), horizons)[0]
        covered = int(np.searchsorted(answers, _COVERED * answers[-1])) + 1
        delays = amd.first_within(np.zeros(1), horizons - 0.5)[0]
        covered += int(np.searchsorted(delays, 0.9 * delays[-1]))
        size = self.size = min(_FARTHEST_S, max(4, covered))
        edges = np.arange(1.0, size + 1)
        held = self._held(talk, wrap, size, patience, wraps, returns)

        # a person on the line: picked up in cell c, a verdict l cells later
        after: Array = np.arange(size, dtype=np.float64) + 0.5
        lags = _steps(amd.first_within(np.zeros(1), after))[0]
        picked_up = _steps(ring.first_within(_LINE_AGES, edges))
        people = picked_up @ _from_then_on(lags)
        table = np.zeros((_ROWS, 4, size))
        put_cumulants(table[:_DETECTING], np.clip(people @ held, 0.0, 1.0))
        table[:_DETECTING, 3] = table[:_DETECTING, 0]  # what hangs on the answer rate
        arrivals = people[0]
        self.weights = arrivals / max(float(arrivals.sum()), 1e-12)
        heard = _steps(amd.first_within(_DETECT_AGES, edges))
        put_cumulants(table[_DETECTING:_TALKING], np.clip(heard @ held, 0.0, 1.0))

        ahead = edges - 0.5 + patience
        talked = self._free_after(talk, wrap, _AGENT_AGES, ahead, wraps)
        put_cumulants(table[_TALKING:_WRAPPING], talked * returns, sign=-1.0)
        put_cumulants(table[_WRAPPING:], wrap.within(_AGENT_AGES, ahead) * returns, sign=-1.0)
        self.fresh = table[0]
        self._table = table.reshape(_ROWS, 4 * size)

    def _free_after(self, talk: Durations, wrap: Durations, ages: Array, horizons: Array, wraps: float) -> Array:
        """P(talked and wrapped up within h | has talked a)."""
        cells = np.arange(1.0, np.ceil(horizons[-1]) + 1)
        ending = _steps(talk.within(ages, cells))
        lag = horizons[None, :] - (cells[:, None] - 0.5)
        wrapped = wraps * wrap.within(np.zeros(1), lag.ravel())[0].reshape(lag.shape) + (1.0 - wraps)
        return ending @ np.where(lag > 0.25, wrapped, np.where(lag > -0.25, wrapped / 2, 0.0))

    def _held(
        self, talk: Durations, wrap: Durations, size: int, patience: float, wraps: float, returns: float
    ) -> Array:
        """[c, u]: P(somebody who comes in cell c is there by the middle of cell u and still holds an agent)."""
        lags: Array = np.arange(size, dtype=np.float64) + patience
        holds = 1.0 - self._free_after(talk, wrap, np.zeros(1), lags, wraps)[0] * returns
        holds[0] *= 0.5
        return _from_then_on(holds)

    def excess(self, ages: Ages, waiting: int) -> Excess:
        """Of what is there now; the sums cost the same for any number of calls and agents."""
        shifted = ages.together.copy()
        for begin in ages.begins:
            shifted[begin:] += _APART_S
        rows = _BEGINS.searchsorted(shifted, side="right") - 1
        if len(rows) < _FEW:
            total: Array = np.add.reduce(self._table.take(rows, axis=0), axis=0)
        else:
            total = np.bincount(rows, minlength=_ROWS) @ self._table
        mean, variance, third, answers = total.reshape(4, self.size)
        return Excess(mean + waiting if waiting else mean, variance, third, answers)


def _from_then_on(after: Array) -> Array:
    """[c, u]: what holds `u - c` cells after cell c; before that nothing does."""
    lags, comes_later = _lags(len(after))
    found: Array = after[lags]
    found[comes_later] = 0.0
    return found


@lru_cache(maxsize=_FARTHEST_S)
def _lags(size: int) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    cell = np.arange(size)
    lag = cell[None, :] - cell[:, None]
    return lag, lag < 0
