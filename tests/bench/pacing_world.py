"""The worlds that pacers are tried in: how people answer, how long they talk, when agents are there; each call's fate.

Not here: playing a shift (pacing_shift.py). A call's fate hangs on the seed and its number only, so that every pacer
meets the same people in the same order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

SHIFT_S = 8 * 3600.0


def steady(share: float) -> Callable[[float], float]:
    return lambda at: share


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Seconds and shares. `answer_rate` of dials at a moment; `fails` of the unanswered end after 1 to 5 s, the others
    ring to `max_ring_s`. `machines` of the answered are such; `heard_as_machine`: of machines and of people.
    `staff(agents)`: (moment, agent, is there from now on), beside everybody being there at the start.
    """

    name: str
    answer_rate: Callable[[float], float] = field(default=steady(0.20))
    ring_s: tuple[float, float] = (12.0, 0.5)  # mean, coefficient of variation
    max_ring_s: float = 25.0
    fails: float = 0.15
    talk_s: tuple[float, float] = (120.0, 1.0)
    wrap_up_s: tuple[float, float] = (20.0, 0.7)
    amd: bool = False
    machines: float = 0.0
    heard_as_machine: tuple[float, float] = (0.92, 0.02)
    staff: Callable[[int], Sequence[tuple[float, int, bool]]] = field(default=lambda agents: ())


def _lunch(agents: int) -> list[tuple[float, int, bool]]:
    """Half an hour off in two shifts, all at once."""
    found = []
    for agent in range(agents):
        gone = 4 * 3600.0 + (agent % 2) * 1800.0
        found += [(gone, agent, False), (gone + 1800.0, agent, True)]
    return found


def _come_and_go(agents: int) -> list[tuple[float, int, bool]]:
    """Everybody is away for ten minutes in every hour and a quarter, each at another time."""
    found = []
    for agent in range(agents):
        at = 600.0 + 4500.0 * agent / agents
        while at + 600.0 < SHIFT_S:
            found += [(at, agent, False), (at + 600.0, agent, True)]
            at += 4500.0
    return found


_BASE = World(name="base")
WORLDS = {
    world.name: world
    for world in (
        _BASE,
        replace(_BASE, name="p10", answer_rate=steady(0.10)),
        replace(_BASE, name="p40", answer_rate=steady(0.40)),
        replace(_BASE, name="talk60", talk_s=(60.0, 1.0)),
        replace(_BASE, name="talk180", talk_s=(180.0, 1.0)),
        replace(_BASE, name="amd", answer_rate=steady(0.35), amd=True, machines=0.40),
        replace(_BASE, name="drift", answer_rate=lambda at: 0.2 * (1 + 0.5 * math.sin(2 * math.pi * at / 3600.0))),
        replace(_BASE, name="step", answer_rate=lambda at: 0.15 if at < 7200.0 else 0.375),
    )
}
"""The eight worlds that every pacer is judged in."""

OTHERS = {
    world.name: world
    for world in (
        replace(_BASE, name="p60", answer_rate=steady(0.60)),
        replace(_BASE, name="p3", answer_rate=steady(0.03)),
        replace(_BASE, name="talk20", talk_s=(20.0, 1.0), wrap_up_s=(5.0, 0.7)),
        replace(_BASE, name="bursts", answer_rate=lambda at: 0.45 if at % 1800.0 < 240.0 else 0.15),
        replace(_BASE, name="jumps", answer_rate=lambda at: 0.08 if at % 7200.0 < 3600.0 else 0.5),
        replace(_BASE, name="lunch", staff=_lunch),
        replace(_BASE, name="breaks", staff=_come_and_go),
        replace(_BASE, name="slow", ring_s=(25.0, 0.5), max_ring_s=60.0),
        replace(_BASE, name="fixedtalk", talk_s=(90.0, 0.1), wrap_up_s=(10.0, 0.1)),
        replace(_BASE, name="amd60", answer_rate=steady(0.60), amd=True, machines=0.60),
        replace(_BASE, name="from0", answer_rate=lambda at: 0.0 if at < 3600.0 else 0.6),
        replace(_BASE, name="outages", answer_rate=lambda at: 0.0 if at % 3600.0 < 900.0 else 0.6),
    )
}
"""Worlds that nothing was tuned in."""

_BLOCK = 4096


@dataclass(slots=True)
class Fate:
    """What will become of one call, whenever it is dialed."""

    answers: float  # answered where the answer rate is above it
    ring_s: float
    fail_s: float  # 0: rings to the end
    machine: bool
    heard_as_machine: bool
    verdict_s: float
    talk_s: float
    wrap_up_s: float


class Fates:
    """The fates of a seed's calls, drawn as they are asked for."""

    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self._dice = np.random.default_rng([seed, 20])
        self._drawn: list[Fate] = []

    def __getitem__(self, number: int) -> Fate:
        while number >= len(self._drawn):
            self._draw()
        return self._drawn[number]

    def _draw(self) -> None:
        world, dice = self._world, self._dice
        coins = dice.random((5, _BLOCK))
        machine = coins[1] < world.machines
        heard = np.where(machine, coins[2] < world.heard_as_machine[0], coins[2] < world.heard_as_machine[1])
        heard &= world.amd
        talk = _lognormal(dice, world.talk_s)
        talk = np.where(machine, np.minimum(talk, 8.0), talk)  # an agent who hears a machine hangs up
        columns = (
            coins[0],
            _lognormal(dice, world.ring_s),
            np.where(coins[3] < world.fails, 1.0 + 4.0 * coins[4], 0.0),
            machine,
            heard,
            0.5 + 3.5 * dice.random(_BLOCK) if world.amd else np.zeros(_BLOCK),
            talk,
            _lognormal(dice, world.wrap_up_s),
        )
        self._drawn += [Fate(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def _lognormal(dice: np.random.Generator, shape: tuple[float, float]) -> NDArray[np.float64]:
    mean, variation = shape
    sigma2 = math.log(1.0 + variation * variation)
    return dice.lognormal(math.log(mean) - sigma2 / 2, math.sqrt(sigma2), _BLOCK)
