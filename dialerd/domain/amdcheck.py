"""Whether a server's detection said what it should have of the sound that it was given.

Not here: the replay itself (amdreplay.py), where the recordings are (amdhouse.py).

AMD() waits for frames by the clock, so that a server without time for all its calls misses some, gives up sooner, and
takes people for machines or for nothing; the replay has no clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dialerd.domain.amdreplay import ENDED, FRAME_MS, Parameters, replay

_TAIL = 3  # frames by which a recording may be shorter than what AMD() heard: both are ended at the same moment
_GAVE_UP = re.compile(r"NOTSURE (TOOLONG|NOAUDIODATA)-\d+\Z")


class Agreement(StrEnum):
    AGREES = "agrees"
    DIFFERS = "differs"
    STARVED = "starved"  # it gave up by the clock before it had heard its time: frames were late, or never came


def compare(levels: Sequence[int], said: str, given: Parameters) -> Agreement:
    """`said`: the live "AMDSTATUS AMDCAUSE" of a call of which AMD() heard these frames; the cause may be unknown."""
    if _GAVE_UP.match(said) and len(levels) * FRAME_MS < given.total_analysis_time - _TAIL * FRAME_MS:
        return Agreement.STARVED
    found = replay([*levels, *([levels[-1]] * _TAIL if levels else ())], given)
    if found.cause == ENDED or found.cause.startswith("TOOLONG"):
        return Agreement.AGREES if _GAVE_UP.match(said) or said == "NOTSURE" else Agreement.DIFFERS
    return Agreement.AGREES if said in (found.status, f"{found.status} {found.cause}") else Agreement.DIFFERS


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerCheck:
    """One server's calls of which the sound is there. `wrong_share`: those that differ or starved."""

    asterisk: str
    checked: int
    agrees: int
    differs: int
    starved: int

    @property
    def wrong_share(self) -> float:
        return (self.differs + self.starved) / self.checked if self.checked else 0.0


LEAST = 20
"""Calls below which nothing is said of a server: a few wrong ones may be chance."""


def by_server(found: Iterable[tuple[str, Agreement]]) -> list[ServerCheck]:
    """Server and agreement of each call, added up by server."""
    counts: dict[str, dict[Agreement, int]] = {}
    for asterisk, agreement in found:
        counts.setdefault(asterisk, dict.fromkeys(Agreement, 0))[agreement] += 1
    return [
        ServerCheck(
            asterisk=asterisk,
            checked=sum(each.values()),
            agrees=each[Agreement.AGREES],
            differs=each[Agreement.DIFFERS],
            starved=each[Agreement.STARVED],
        )
        for asterisk, each in sorted(counts.items())
    ]
