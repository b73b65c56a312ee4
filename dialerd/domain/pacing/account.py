"""A predictive pacer's account of itself: what it believes, what binds it, what it decided last.

Not here: the deciding (predictive.py); printing it (cli).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from dialerd.domain.pacing.view import AbandonMeter


class Limit(StrEnum):
    """What kept a decision from more calls."""

    LEARNING = "too few calls have ended to know how people answer: one call per ready agent"
    OVER_CAP = "an abandon meter is over its cap: one call per ready agent"
    RISK = "one more person might find no agent"
    MAX_CALLS = "the most calls at once"
    PER_AGENT = "the most calls per agent"
    SILENCE = "nobody answers: were all to answer again at once, more would find no agent than may be abandoned"
    NO_AGENTS = "no agent is at work"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """At `at` on the view's clock: so many calls were started beside those in flight, and why not more.

    `theta`: the chance of finding no agent that a call might have at most.
    """

    at: float
    calls: int
    in_flight: int
    ready: int
    busy: int
    theta: float
    limit: Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimates:
    """`answer_rate` of calls, its `answer_rate_sd` (absolute); `human_rate` of answers; mean seconds."""

    answer_rate: float
    answer_rate_sd: float
    human_rate: float
    ring_s: float
    talk_s: float
    wrap_up_s: float
    calls_ended: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """`decisions`: the latest that started calls or met another limit, newest last. `meter`: the tightest."""

    estimates: Estimates
    theta: float
    meter: AbandonMeter
    limit: Limit
    decisions: tuple[Decision, ...]


@runtime_checkable
class Accountable(Protocol):
    """A pacer that learns: it can tell of itself, hand on what it knows, and its target can be changed."""

    def account(self) -> Account: ...

    def learnt(self) -> dict[str, Any]: ...

    def take_up(self, learnt: Mapping[str, Any]) -> bool: ...

    def change_pace(self, *, target: float, late_cancel: bool) -> None: ...


_NAMES = {kind: tuple(each.name for each in fields(kind)) for kind in (Decision, Estimates, AbandonMeter)}


def as_table(account: Account, *, steady: float, now: datetime) -> dict[str, Any]:
    """For the store and for people: moments as ISO 8601, shares and seconds rounded. `steady` is the view's `now`."""

    def moment(at: float) -> str:
        return (now - timedelta(seconds=steady - at)).isoformat(timespec="milliseconds")

    decisions = [_rounded(each) | {"at": moment(each.at)} for each in account.decisions]
    return {
        "at": moment(steady),
        "estimates": _rounded(account.estimates),
        "risk_allowed": round(account.theta, 4),
        "meter": _rounded(account.meter) | {"room": round(account.meter.room, 2)},
        "limit": account.limit.value,
        "decisions": decisions,
    }


def _rounded(row: Decision | Estimates | AbandonMeter) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for name in _NAMES[type(row)]:
        value = getattr(row, name)
        table[name] = round(value, 4) if isinstance(value, float) else value
    return table
