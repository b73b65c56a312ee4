"""Which parameters of detection are better: each of a grid is tried on recordings of which it is known who answered.

Not here: one replay (amdreplay.py), drawing what came of it (amdchart.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from statistics import median

from dialerd.domain.amdreplay import Parameters, replay

FEW = 100
"""Recordings of each kind below which a suggestion is little more than a guess."""

_INITIAL = (2000, 2500, 3500)
_GREETING = (1500, 1800, 2200, 2600, 3200)
_AFTER = (500, 700, 900)
_WORD = (80, 120)
_BETWEEN = (50, 120)
_WORDS = (2, 3, 4, 6)
_THRESHOLD = (256, 400, 512)


@dataclass(frozen=True, slots=True)
class Heard:
    """A recording from the answer on: the mean level of each frame of 20 ms, and whether a machine answered."""

    name: str
    is_machine: bool
    levels: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What parameters came to. `people_lost` of `people` were taken for machines, `machines_missed` of `machines` were
    not; `unsure` got no verdict at all (and are among the missed where they are machines). `to_person_s` and
    `to_machine_s`: the median time to a verdict of people and of machines; None: there were none."""

    parameters: Parameters
    people: int
    machines: int
    people_lost: int
    machines_missed: int
    unsure: int
    to_person_s: float | None
    to_machine_s: float | None

    @property
    def lost_share(self) -> float:
        return self.people_lost / self.people if self.people else 0.0

    @property
    def missed_share(self) -> float:
        return self.machines_missed / self.machines if self.machines else 0.0


def try_on(heard: Sequence[Heard], parameters: Parameters) -> Trial:
    """What the parameters make of the recordings."""
    lost = missed = unsure = 0
    times: dict[bool, list[int]] = {True: [], False: []}
    for each in heard:
        said = replay(each.levels, parameters)
        times[each.is_machine].append(said.after_ms)
        unsure += said.status == "NOTSURE"
        if each.is_machine:
            missed += said.status != "MACHINE"
        else:
            lost += said.status == "MACHINE"
    return Trial(
        parameters=parameters,
        people=len(times[False]),
        machines=len(times[True]),
        people_lost=lost,
        machines_missed=missed,
        unsure=unsure,
        to_person_s=median(times[False]) / 1000 if times[False] else None,
        to_machine_s=median(times[True]) / 1000 if times[True] else None,
    )


def grid(base: Parameters) -> Iterator[Parameters]:
    """The parameters that are tried; the longest time and the longest word stay those of `base`."""
    for initial, greeting, after, word, between, words, threshold in product(
        _INITIAL, _GREETING, _AFTER, _WORD, _BETWEEN, _WORDS, _THRESHOLD
    ):
        yield replace(
            base,
            initial_silence=initial,
            greeting=greeting,
            after_greeting_silence=after,
            min_word_length=word,
            between_words_silence=between,
            max_words=words,
            threshold=threshold,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """`now`: the parameters in use. `best`: those that none of the `tried` beats in both people lost and machines
    missed, fewest people lost first. `suggested`: of them and `now`, what costs least with a person lost as dear as
    `weight` machines missed."""

    now: Trial
    tried: int
    best: Sequence[Trial]
    suggested: Trial
    weight: float


def tune(
    heard: Sequence[Heard],
    *,
    now: Parameters,
    weight: float,
    tries: Sequence[Parameters] | None = None,
    on_try: Callable[[], None] = lambda: None,
) -> Tuning:
    """Try the grid, or `tries`, on the recordings. `on_try` is called after each."""
    trials: list[Trial] = []
    for each in tuple(grid(now)) if tries is None else tries:
        trials.append(try_on(heard, each))
        on_try()
    current = try_on(heard, now)
    best = _unbeaten([*trials, current])
    suggested = min([current, *best], key=partial(_cost, weight=weight))  # of those alike the first: what is in use
    return Tuning(now=current, tried=len(trials), best=best, suggested=suggested, weight=weight)


def _cost(trial: Trial, *, weight: float) -> float:
    return weight * trial.lost_share + trial.missed_share


def _unbeaten(trials: Sequence[Trial]) -> list[Trial]:
    """Of those that lose and miss as many, the one that is quickest with people."""
    best: list[Trial] = []
    order = sorted(trials, key=lambda each: (each.people_lost, each.machines_missed, each.to_person_s or 0.0))
    for each in order:
        if not best or each.machines_missed < best[-1].machines_missed:
            best.append(each)
    return best
