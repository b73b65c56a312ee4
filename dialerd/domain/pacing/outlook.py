"""What the next seconds bring, given how long each call and each agent has been at it: people who answer, agents freed.

Not here: the estimates themselves (race.py, durations.py) and what to do about it (predictive.py).

For each class of things (ringing, detecting, talking, wrapping) and each age, a row of a table: P(counts at look-ahead
u), as the first three cumulants of a yes-or-no thing. Summed over what is there they describe
    excess(u) = people who answered and hold an agent at u + patience - agents who were busy and are free by then.
Somebody who answers at u is abandoned when excess(u) reaches the number of ready agents. A person who answers, is
served and is done again before u + patience holds nobody: with short conversations that is most of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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

_FEW = _ROWS // 4
"""So many rows are picked and added up sooner than the whole table is multiplied by how often each is there."""


def cumulants(chances: Array, *, sign: float = 1.0) -> Array:
    """[:, 0] mean, [:, 1] variance, [:, 2] third cumulant of what is there (`sign` 1) or leaves (-1) with a chance."""
    mean = sign * chances
    variance = chances * (1.0 - chances)
    return np.stack((mean, variance, variance * (sign - 2.0 * mean)), axis=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
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
        lags = np.diff(amd.first_within(np.zeros(1), after)[0], prepend=0.0)
        picked_up = np.diff(ring.first_within(_LINE_AGES, edges), axis=1, prepend=0.0)
        people = picked_up @ _from_then_on(lags)
        table = np.zeros((_ROWS, 4, size))
        table[:_DETECTING, :3] = cumulants(np.clip(people @ held, 0.0, 1.0))
        table[:_DETECTING, 3] = table[:_DETECTING, 0]  # what hangs on the answer rate
        arrivals = people[0]
        self.weights = arrivals / max(float(arrivals.sum()), 1e-12)
        heard = np.diff(amd.first_within(_DETECT_AGES, edges), axis=1, prepend=0.0)
        table[_DETECTING:_TALKING, :3] = cumulants(np.clip(heard @ held, 0.0, 1.0))

        ahead = edges - 0.5 + patience
        talked = self._free_after(talk, wrap, _AGENT_AGES, ahead, wraps)
        table[_TALKING:_WRAPPING, :3] = cumulants(talked * returns, sign=-1.0)
        table[_WRAPPING:, :3] = cumulants(wrap.within(_AGENT_AGES, ahead) * returns, sign=-1.0)
        self.fresh = table[0]
        self._table = table.reshape(_ROWS, 4 * size)

    def _free_after(self, talk: Durations, wrap: Durations, ages: Array, horizons: Array, wraps: float) -> Array:
        """P(talked and wrapped up within h | has talked a)."""
        cells = np.arange(1.0, np.ceil(horizons[-1]) + 1)
        ending = np.diff(talk.within(ages, cells), axis=1, prepend=0.0)
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

    def excess(self, ringing: Array, detecting: Array, talking: Array, wrapping: Array, waiting: int) -> Excess:
        """Of what is there now, by ages; the sums cost the same for any number of calls and agents."""
        rows = np.concatenate(
            (
                np.minimum((ringing * 2.0).astype(np.intp), len(_LINE_AGES) - 1),
                np.minimum((detecting * 4.0).astype(np.intp), len(_DETECT_AGES) - 1) + _DETECTING,
                _AGENT_AGES.searchsorted(talking, side="right") + (_TALKING - 1),
                _AGENT_AGES.searchsorted(wrapping, side="right") + (_WRAPPING - 1),
            )
        )
        if len(rows) < _FEW:
            total: Array = np.add.reduce(self._table[rows], axis=0)
        else:
            total = np.bincount(rows, minlength=_ROWS) @ self._table
        mean, variance, third, answers = total.reshape(4, self.size)
        return Excess(mean=mean + waiting, variance=variance, third=third, answers=answers)


def _from_then_on(after: Array) -> Array:
    """[c, u]: what holds `u - c` cells after cell c; before that nothing does."""
    cell = np.arange(len(after))
    lag = cell[None, :] - cell[:, None]
    found: Array = np.where(lag >= 0, after[lag], 0.0)
    return found
