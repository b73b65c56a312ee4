"""Callbacks: calls that were promised for a time. When one is due, whose it is, what holds it, what comes after a try.

Not here: asking for one (usecases/callbacks.py), its way through claim and settle (usecases/callingback.py), the gates
that hold every call (gates.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from dialerd.domain.disposition import MEANINGS
from dialerd.domain.errors import BadInputError
from dialerd.domain.retry import UNSPENT_RETRY_S
from dialerd.domain.schedule import moment_of
from dialerd.domain.words import (
    AttemptId,
    CallbackId,
    CallbackState,
    CampaignId,
    ContactId,
    Disposition,
    Mode,
    RunId,
    TargetId,
)

WINDOW = timedelta(minutes=10)
"""A callback dialed within so much of the time asked for is on time. Power mode, which dials ahead of its agents, takes
it from so much earlier on; every other mode dials at the time itself."""

LONGEST_FALLBACK_MIN = 43_200
_FARTHEST = timedelta(days=366)
_ASKED_FOR = frozenset({Disposition.ABANDONED, Disposition.NO_AGENT})
"""Endings that are ours, not the customer's: the call that was promised has not taken place."""


class CallbackRules(BaseModel):
    """The `[callbacks]` table of a campaign.

    At most `max` callbacks are dialed in each `interval_min` minutes (None: no limit; intervals are counted from 0:00
    UTC). One that reaches nobody is tried `tries` times, `retry_after_min` apart. An agent's own is anybody's
    `fallback_min` after its time. One that could not be dialed for `expire_h` hours expires.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    max: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    interval_min: Annotated[int, Field(ge=1, le=1440)] = 15
    tries: Annotated[int, Field(ge=1, le=100)] = 3
    retry_after_min: Annotated[float, Field(ge=0, le=43200)] = 10.0
    fallback_min: Annotated[float, Field(ge=0, le=LONGEST_FALLBACK_MIN)] = 10.0
    expire_h: Annotated[float, Field(gt=0, le=8784)] = 168.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """One callback. `due_at` is the time asked for, by the wall clock of `zone`; `planned_at` when it is to be dialed,
    later where its interval was full or a try reached nobody.

    `target_id` None: no run has it, it waits for the campaign's next one. `zones`: where the number may lie.
    `fallback_after` None: an agent's own never becomes anybody's. `resume_at`: when its target is dialed without it;
    None: not at all. `disposition`: how its last try ended.
    """

    id: CallbackId
    campaign_id: CampaignId
    contact_id: ContactId
    number: str
    zones: tuple[str, ...]
    zone: str
    due_at: datetime
    planned_at: datetime
    expires_at: datetime
    created_by: str
    created_at: datetime
    agent: str | None = None
    fallback_after: timedelta | None = None
    notes: str = ""
    state: CallbackState = CallbackState.SCHEDULED
    is_urgent: bool = False
    tries: int = 0
    run_id: RunId | None = None
    target_id: TargetId | None = None
    resume_at: datetime | None = None
    attempt_id: AttemptId | None = None
    dialed_at: datetime | None = None
    disposition: Disposition | None = None
    reason: str = ""
    ended_at: datetime | None = None

    def local(self, moment: datetime) -> datetime:
        """The moment by the wall clock that the customer's time was given in."""
        return moment.astimezone(ZoneInfo(self.zone))


# When: a time read, and a place found for it.


def read_due(text: str, *, zones: Iterable[str]) -> datetime:
    """A time as people write it: with an offset a moment, without one a wall clock's reading in the zones.

    Raises BadInputError where it is no time, or would be another moment in another of the zones.
    """
    try:
        given = datetime.fromisoformat(text)
        if given.tzinfo is not None:
            return given.astimezone(UTC)
    except (ValueError, OverflowError):
        hint = "write 2026-12-01T15:00, by the customer's clock, or 2026-12-01T15:00-05:00"
        raise BadInputError(f"{text[:40]!r} is no time", hint=hint) from None
    names = tuple(zones)
    moments = {moment_of(given, zone) for zone in names}
    if len(moments) != 1:
        where = f"may be in {', '.join(names)}" if names else "has no known time zone"
        raise BadInputError(f"the customer {where}", hint="name the zone that is meant, or give the time an offset")
    return moments.pop()


def check_due(at: datetime, now: datetime) -> None:
    """Raises BadInputError for a time that is past, or so far ahead that it is a slip."""
    if at < now:
        raise BadInputError(f"{at.isoformat(timespec='minutes')} is past", hint="give a time that is still to come")
    if at > now + _FARTHEST:
        raise BadInputError(
            f"{at.isoformat(timespec='minutes')} is more than {_FARTHEST.days} days ahead", hint="give an earlier time"
        )


@dataclass(frozen=True, slots=True)
class Planned:
    """When a callback is to be dialed; `reason` where that is not the time asked for."""

    at: datetime
    reason: str = ""


def interval_of(at: datetime, rules: CallbackRules) -> tuple[datetime, datetime]:
    """The interval of the quota that a moment falls in: from its start up to, not including, its end."""
    length = timedelta(minutes=rules.interval_min)
    midnight = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight + (at - midnight) // length * length
    return start, min(start + length, midnight + timedelta(days=1))


def plan(wanted_at: datetime, rules: CallbackRules, taken: Iterable[datetime]) -> Planned:
    """The time wanted, or the beginning of the next interval with room.

    `taken`: when the campaign's other callbacks are planned for, in order, from the beginning of that interval on; read
    only as far as the intervals are full.
    """
    if rules.max is None:
        return Planned(wanted_at)
    first = interval_of(wanted_at, rules)
    start, end = first
    count = 0
    for at in taken:
        if at >= end:
            if count < rules.max:
                break
            start, end = interval_of(end, rules)
            count = 0
            if at >= end:
                break
        count += 1
    if count >= rules.max:
        start, end = interval_of(end, rules)
    if start == first[0]:
        return Planned(wanted_at)
    return Planned(start, f"the {rules.max} callbacks of {rules.interval_min} minutes are taken before")


# Now: may it be dialed, and by whom.


@dataclass(frozen=True, slots=True)
class ForAgent:
    """Only this agent may have it, until then (None: for good)."""

    agent: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ForAny:
    """Whoever is free may have it; `reason` where it was an agent's own."""

    reason: str = ""


def whose(callback: Callback, now: datetime) -> ForAgent | ForAny:
    """Who is to talk to the customer, were it dialed now."""
    if callback.agent is None:
        return ForAny()
    if callback.fallback_after is None:
        return ForAgent(callback.agent, None)
    until = callback.planned_at + callback.fallback_after
    if now < until:
        return ForAgent(callback.agent, until)
    return ForAny(f"agent {callback.agent} did not come free until {_minute(callback.local(until))}")


@dataclass(frozen=True, slots=True)
class MayDial:
    """It is due, and it is the turn of `turn`."""

    turn: ForAgent | ForAny


@dataclass(frozen=True, slots=True)
class Waits:
    """Not now; asked again at `until`."""

    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class TooLate:
    """It could not be dialed in time, and will not be any more."""

    reason: str


Judged = MayDial | Waits | TooLate


def opens_at(callback: Callback, mode: Mode) -> datetime:
    """From when on it goes before every other target."""
    return callback.planned_at - WINDOW if mode is Mode.POWER and not callback.is_urgent else callback.planned_at


def set_for(callback: Callback) -> str:
    """Why a contact whose callback is still to come is not called."""
    return f"a callback is set for {_minute(callback.local(callback.planned_at))}"


def judge(
    callback: Callback,
    *,
    rules: CallbackRules,
    mode: Mode = Mode.AGENTLESS,
    dialed: int = 0,
    agent: str | None = None,
    now: datetime,
) -> Judged:
    """Whether a scheduled callback is due, apart from the gates that hold every call.

    `dialed`: the campaign's other callbacks that were dialed in the interval of `now`; `agent`: who is kept free for
    the call. One that is urgent is not held by the quota.
    """
    if now >= callback.expires_at:
        return TooLate(f"it could not be dialed until {_minute(callback.local(callback.expires_at))}")
    opens = opens_at(callback, mode)
    if now < opens:
        return Waits(set_for(callback), opens)
    if rules.max is not None and dialed >= rules.max and not callback.is_urgent:
        end = interval_of(now, rules)[1]
        return Waits(f"{dialed} callbacks of {rules.max} in {rules.interval_min} minutes are dialed", end)
    turn = ForAny("the campaign has no agents") if mode is Mode.AGENTLESS else whose(callback, now)
    if isinstance(turn, ForAgent) and turn.agent != agent:
        return Waits(f"the callback waits for agent {turn.agent}", turn.until or callback.expires_at)
    return MayDial(turn)


def state_at(callback: Callback, now: datetime) -> CallbackState:
    """The state as people are shown it."""
    if callback.state is not CallbackState.SCHEDULED or now < callback.planned_at:
        return callback.state
    return CallbackState.EXPIRED if now >= callback.expires_at else CallbackState.DUE


def is_late(callback: Callback, now: datetime) -> bool:
    """Whether it was, or by now would be, dialed outside the window around the time asked for."""
    dialed_at = callback.dialed_at if callback.state is not CallbackState.SCHEDULED else None
    return (dialed_at or callback.ended_at or now) > callback.due_at + WINDOW


# After a try.


@dataclass(frozen=True, slots=True)
class Again:
    """Dialed again, not before `at`."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Over:
    """The callback has ended in `state`."""

    state: CallbackState
    reason: str


def after(
    callback: Callback, *, disposition: Disposition, spent: bool, rules: CallbackRules, now: datetime
) -> Again | Over:
    """What becomes of a callback whose call has ended so. `callback.tries` counts this one where it was spent."""
    if not spent:
        return Again(now + timedelta(seconds=UNSPENT_RETRY_S), "the trunk refused; no try was spent")
    if not (MEANINGS[disposition].retried or disposition in _ASKED_FOR):
        return Over(CallbackState.DONE, "")
    if callback.tries >= rules.tries:
        return Over(CallbackState.EXPIRED, f"{callback.tries} of {rules.tries} tries are made")
    at = now + timedelta(minutes=rules.retry_after_min)
    if at >= callback.expires_at:
        return Over(CallbackState.EXPIRED, "the next try would come too late")
    return Again(at, f"{disposition} is tried again")


def _minute(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")
