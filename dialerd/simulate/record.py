"""The simulated exchange's own record of every call, the referee of the tests on virtual time, and what it is asked.

Not here: the real carrier's record, which is asked the same (tests/lab/record.py; that one must run without dialerd).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class SimulatedCall:
    """One row: what a carrier would have seen. `ending` says who or what ended it; empty: it goes on. `heard`: the
    sounds that the callee has heard to the end."""

    number: str
    invited_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    heard: tuple[str, ...] = ()
    ending: str = ""  # callee | dialer | timeout | dialplan | no application | restart


def peak_calls(calls: Iterable[SimulatedCall]) -> int:
    """The most calls up at one moment, from INVITE to end; one that ends as another begins is not up with it."""
    steps: list[tuple[datetime, int]] = []
    for call in calls:
        steps.append((call.invited_at, 1))
        if call.ended_at is not None:
            steps.append((call.ended_at, -1))
    up = most = 0
    for _, change in sorted(steps):
        up += change
        most = max(most, up)
    return most


def peak_rate(calls: Iterable[SimulatedCall], *, window_s: float = 1.0) -> int:
    """The most INVITEs within any window of that length, its later end left out."""
    moments = sorted(call.invited_at.timestamp() for call in calls)
    most = first = 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - window_s:
            first += 1
        most = max(most, last - first + 1)
    return most
