"""What a seed stands for: a small campaign, whom it calls, and what breaks when. The same seed draws the same.

Not here: making it happen (happenings.py), what must hold (referee.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from dialerd.simulate.callees import BY_ENDING, Behaviour
from dialerd.simulate.faults import Faults

MODES = ("agentless", "flow", "strategy", "progressive", "preview", "power", "predictive")
_ENDINGS = ("00", "00", "33", "35", "39", "31", "01", "02", "03", "05", "06", "07", "10", "11", "16", "19", "20", "04")
_KEYS = ("", "", "1", "2", "3", "4", "5", "9", "7")
_BREAKS: Mapping[str, float] = {  # how likely each is to be among what happens, and the longest it lasts
    "cut": 8.0,
    "restart": 8.0,
    "refuse": 10.0,
    "storm": 40.0,
    "vanish": 0.0,
    "unreachable": 20.0,
    "kill": 10.0,
    "doom": 3.0,
    "doom by steps": 3.0,
    "terminate": 10.0,
    "stop": 30.0,
    "full": 15.0,
    "locked": 12.0,
    "unreadable": 6.0,
    "jump": 0.0,
}
_ASKS = (
    "caller",
    "pause",
    "leave",
    "ready",
    "hold run",
    "resume run",
    "hold",
    "resume",
    "pass on",
    "hang up",
    "callback",
)
_MORE_ASKS = ("dnc", "legs", "listen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """`lasts_s` of what lasts; `by` is how far, how many or whom, as the kind has it."""

    at_s: float
    kind: str
    lasts_s: float
    by: float

    def __str__(self) -> str:
        return f"{self.at_s:6.2f} s {self.kind} ({self.lasts_s:.2f} s, {self.by:.3f})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """How somebody who is called behaves: as that ending does, and pressing those keys."""

    ending: str
    keys: str

    def behaviour(self, *, presses: bool) -> Behaviour:
        pressed = tuple((2.0 + 2.5 * n, key) for n, key in enumerate(self.keys if presses else ""))
        found = BY_ENDING[self.ending]
        return replace(found, ring_s=3.0) if self.ending == "20" else replace(found, presses=pressed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """`faults` are those of the line, and go on until the troubles are over at `calm_s`."""

    seed: int
    mode: str
    people: tuple[Person, ...]
    keys: Mapping[str, Any]
    queue: Mapping[str, Any]
    agents: int
    blended: bool
    faults: Faults
    commit_s: float
    refresh_s: float
    happenings: tuple[Happening, ...]
    calm_s: float = field(default=0.0)

    def story(self) -> str:
        """For people: everything in a line each."""
        who = " ".join(person.ending + (f":{person.keys}" if person.keys else "") for person in self.people)
        lines = [
            f"seed {self.seed}: {self.mode}, {self.agents} agents {dict(self.queue)}{' blended' * self.blended}",
            f"  calls {who}; {dict(self.keys)}",
            f"  commits take {self.commit_s} s, looks every {self.refresh_s} s, {self.faults}",
            *(f"  {each}" for each in self.happenings),
        ]
        return "\n".join(lines)


def draw(seed: int) -> Drawn:
    dice = Random(seed)
    mode = dice.choice(MODES)
    has_agents = mode not in ("agentless",)
    happenings = sorted((_happening(dice) for _ in range(dice.choice((1, 3, 5, 7, 10)))), key=lambda each: each.at_s)
    calm_s = max((each.at_s + each.lasts_s for each in happenings), default=0.0) + 5.0
    return Drawn(
        seed=seed,
        mode=mode,
        people=tuple(
            Person(ending=dice.choice(_ENDINGS), keys=dice.choice(_KEYS) if mode in ("flow", "strategy") else "")
            for _ in range(dice.randint(4, 9))
        ),
        keys=_keys(dice, mode),
        queue={"legs": dice.choice(("kept", "on_demand")), "wrap_up_s": dice.choice((0, 3, 10))},
        agents=dice.randint(1, 3) if has_agents else 0,
        blended=dice.random() < 0.3,
        faults=_faults(dice),
        commit_s=dice.choice((0.0, 0.0, 0.002, 0.05, 0.5)),
        refresh_s=dice.choice((2.0, 5.0, 10.0)),
        happenings=tuple(happenings),
        calm_s=min(calm_s, 150.0),
    )


def _keys(dice: Random, mode: str) -> dict[str, Any]:
    keys: dict[str, Any] = {
        "max_ring_s": dice.choice((16, 20)),
        "max_attempts": dice.choice((1, 1, 2, 3)),
        "retry_after_min": dice.choice((1, 2)),
        "amd": dice.random() < 0.5,
        "order": dice.choice(("fifo", "lifo", "random")),
    }
    if mode in ("agentless", "flow", "strategy"):
        keys |= {"max_calls": dice.choice((2, 4, 10)), "calls_per_second": dice.choice((1, 5))}
    if mode == "preview":
        keys["preview"] = {"timer_s": dice.choice((2, 5))}
    if mode != "strategy" and dice.random() < 0.5:
        keys["callbacks"] = {"tries": dice.choice((1, 2))}
    if dice.random() < 0.2:  # closed for some minutes in the middle of it
        keys["hours"] = {"timezone": "UTC", "mon-sun": ["00:00-15:01", "15:04-24:00"]}
    return keys


def _happening(dice: Random) -> Happening:
    kind = dice.choice(tuple(_BREAKS)) if dice.random() < 0.65 else dice.choice(_ASKS + _MORE_ASKS)
    longest_s = _BREAKS.get(kind, 0.0)
    return Happening(
        at_s=round(dice.uniform(0.2, 90.0), 3),
        kind=kind,
        lasts_s=round(longest_s * dice.random() ** 2, 3),
        by=min(0.999, round(dice.random(), 3)),  # below 1: it chooses among people, legs, agents
    )


def _faults(dice: Random) -> Faults:
    """None at all in a third, so that what the rest breaks is seen by itself."""
    if dice.random() < 0.33:
        return Faults()

    def share(most: float) -> float:
        return round(most * dice.random(), 3) if dice.random() < 0.5 else 0.0

    return Faults(
        lose_reply=share(0.2),
        lose_command=share(0.2),
        delay_reply=share(0.2),
        lose_event=share(0.1),
        double_event=share(0.3),
        delay_event=share(0.3),
        delay_s=round(3 * dice.random(), 3),
    )
