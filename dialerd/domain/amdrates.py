"""How often detection was wrong, by what agents said afterwards: people taken for machines, machines let through.

Not here: the calls themselves (ports.Detections), how detection decides (amd.py), better parameters (amdreplay.py).

Agents only hear what detection lets through, so what it calls a machine is judged by the calls that were held out:
drawn by chance, and given to agents whatever it said. What agents say of them stands for all calls of that verdict.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from dialerd.domain.words import Verdict

_Z95, _Z97 = 1.959964, 2.241403
"""Of 95 %, and of 97.5 %: two such intervals hold together in 95 %."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Answered calls alike. `said`: detection's verdict. `was_served`: it went on as a person's; where detection said
    machine, it was held out. `found`: what the agent found, HUMAN or MACHINE; None: no agent, or none that said it."""

    said: Verdict
    was_served: bool
    found: Verdict | None
    calls: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share that was measured, and where it lies in 95 of 100 such cases. `calls`: those it was measured by."""

    value: float
    low: float
    high: float
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What detection said of answered calls, and how often it was wrong; None: nobody has said anything of such calls.

    `machine_error`: people among those that it calls machines, which is what the campaign's key of that name is for.
    `machines_passed`: machines among those that it lets through. `people_lost`: the share of all people that it calls
    machines (false positives). `machines_missed`: the share of all machines that it lets through (false negatives).
    """

    people: int
    unsure: int
    machines: int
    held_out: int
    machine_error: Share | None
    machines_passed: Share | None
    people_lost: Share | None
    machines_missed: Share | None


def rates(calls: Iterable[Heard]) -> Rates:
    """The figures of some calls."""
    said = dict.fromkeys(Verdict, 0)
    held_out, found = 0, {(is_machine, as_found): 0 for is_machine in (True, False) for as_found in Verdict}
    for each in calls:
        is_machine = each.said is Verdict.MACHINE
        said[each.said] += each.calls
        held_out += each.calls if is_machine and each.was_served else 0
        if each.found is not None and each.was_served:
            found[is_machine, each.found] += each.calls
    stopped, passed = said[Verdict.MACHINE], said[Verdict.HUMAN] + said[Verdict.UNSURE]
    people_stopped, machines_stopped = found[True, Verdict.HUMAN], found[True, Verdict.MACHINE]
    people_passed, machines_passed = found[False, Verdict.HUMAN], found[False, Verdict.MACHINE]
    return Rates(
        people=said[Verdict.HUMAN],
        unsure=said[Verdict.UNSURE],
        machines=stopped,
        held_out=held_out,
        machine_error=share(people_stopped, people_stopped + machines_stopped),
        machines_passed=share(machines_passed, people_passed + machines_passed),
        people_lost=_of_both(stopped, (people_stopped, machines_stopped), passed, (people_passed, machines_passed)),
        machines_missed=_of_both(passed, (machines_passed, people_passed), stopped, (machines_stopped, people_stopped)),
    )


def share(part: int, whole: int, z: float = _Z95) -> Share | None:
    """A share with its interval by Wilson, which holds for few calls and for none or all of them, too.

    >>> share(2, 40)
    Share(value=0.05, low=0.013821, high=0.165039, calls=40)
    """
    if not whole:
        return None
    p, scale = part / whole, 1 + z * z / whole
    middle, reach = p + z * z / (2 * whole), z * sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole))
    low = 0.0 if part == 0 else max(0.0, (middle - reach) / scale)  # what rounding leaves of nought
    high = 1.0 if part == whole else min(1.0, (middle + reach) / scale)
    return Share(value=round(p, 6), low=round(low, 6), high=round(high, 6), calls=whole)


def _of_both(side: int, found: tuple[int, int], other: int, found_there: tuple[int, int]) -> Share | None:
    """The share of a kind that lies on one side of the verdict: `found` there, of `side` calls, and `found_there` on
    the other, each as (of the kind, of the other kind). Its interval holds in at least 95 of 100 cases."""
    here, there = share(found[0], sum(found), _Z97), share(found_there[0], sum(found_there), _Z97)
    if (here is None and side) or (there is None and other):
        return None  # of those calls nothing is known
    here, there = here or _NONE, there or _NONE
    part = _part(side * here.value, other * there.value)
    if part is None:
        return None
    low, high = _part(side * here.low, other * there.high), _part(side * here.high, other * there.low)
    return Share(
        value=round(part, 6),
        low=round(part if low is None else low, 6),
        high=round(part if high is None else high, 6),
        calls=here.calls + there.calls,
    )


_NONE = Share(value=0.0, low=0.0, high=0.0, calls=0)


def _part(here: float, there: float) -> float | None:
    return here / (here + there) if here + there else None
