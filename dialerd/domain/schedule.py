"""When a campaign starts by itself: one occurrence, or one every N days, weeks, months or years.

Not here: who fires them (engine/timetable.py), what a start does (usecases/schedules.py).

The rule, in the schedule's zone, by the wall clock:
- `start` is the first occurrence's date and time; later ones are at the same time of day.
- `end` without `every` ends the one occurrence. With `every`, its time of day ends each occurrence, on the same day or,
  where that is not after the start, on the next; and no occurrence begins at or after `end`, nor goes on past it.
- Weeks are counted from the week of `start` (Monday first); `on` names weekdays in them, else it is that of `start`.
- A month without the day of `start` has its occurrence on its last day; so has February for the 29th.
- A time that a clock change leaves out means the first moment after the gap; one that it repeats means the first.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import count, islice
from typing import Literal, cast
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, field_validator, model_validator
from pydantic import Field as Key

from dialerd.domain.hours import WEEKDAYS

SCRUB_AHEAD = timedelta(minutes=15)
"""How long before a start the lists are held against filter and do-not-call lists once more."""

Unit = Literal["day", "week", "month", "year"]

_EVERY = re.compile(r"([1-9]\d{0,2}) (day|week|month|year)s?\Z")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?\Z")
_YEARS = range(2000, 3000)  # what lies outside is a slip of the hand, and near the end of what a date can hold


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """Aware moments; `ends_at` None: it goes on until its targets are done. `precedence`: over the contact hours."""

    start_at: datetime
    ends_at: datetime | None
    precedence: bool


class Schedule(BaseModel):
    """The `[schedule]` table. `timezone` None: that of the contact hours."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    start: str
    end: str | None = None
    timezone: str | None = None
    every: str | None = None
    on: tuple[str, ...] = Key(default=(), strict=False)
    precedence: bool = False

    @field_validator("start", "end", mode="before")
    @classmethod
    def _moment(cls, value: object) -> object:
        text = value.isoformat() if isinstance(value, datetime) and value.tzinfo is None else value
        if text is None:
            return None
        if not isinstance(text, str) or not _MOMENT.match(text):
            raise ValueError('a moment is written "2026-12-01T09:00", without an offset: the zone is a key of its own')
        if datetime.fromisoformat(text).year not in _YEARS:
            raise ValueError(f"its year is not within {_YEARS.start} to {_YEARS.stop - 1}")
        return text.replace(" ", "T")

    @field_validator("every")
    @classmethod
    def _every(cls, value: str | None) -> str | None:
        if value is not None and not _EVERY.match(value):
            raise ValueError('every is "N days", "N weeks", "N months" or "N years", N from 1 to 999')
        return value

    @model_validator(mode="after")
    def _fits(self) -> Schedule:
        if self.last is not None and self.last <= self.first:
            raise ValueError("end is not after start")
        if unknown := set(self.on) - set(WEEKDAYS):
            raise ValueError(f"on: {', '.join(sorted(unknown))}: weekdays are {' '.join(WEEKDAYS)}")
        if self.on and self.period[1] != "week":
            raise ValueError('on names weekdays, which only every = "N weeks" has')
        if self.precedence and self.end is None:
            raise ValueError("precedence over the contact hours needs an end: without one it would call all night")
        return self

    @property
    def first(self) -> datetime:
        return datetime.fromisoformat(self.start)

    @property
    def last(self) -> datetime | None:
        return None if self.end is None else datetime.fromisoformat(self.end)

    @cached_property
    def period(self) -> tuple[int, Unit | None]:
        """N and the unit; (0, None) for one occurrence."""
        found = _EVERY.match(self.every) if self.every else None
        return (int(found[1]), cast(Unit, found[2])) if found else (0, None)


def occurrences(schedule: Schedule, *, zone: str, after: datetime) -> Iterator[Occurrence]:
    """Those that start later than `after`, in order; without end where the schedule has none."""
    local = after.astimezone(ZoneInfo(zone)).date() - timedelta(days=2)  # a gap may move a start to the next day
    for day in _days(schedule, local):
        found = _on(schedule, day, zone)
        if found is None:
            return
        if found.start_at > after:
            yield found


def next_occurrence(schedules: Sequence[tuple[Schedule, str]], *, after: datetime) -> Occurrence | None:
    """The first one of several schedules, each with its zone, that starts later than `after`."""
    firsts = (next(occurrences(schedule, zone=zone, after=after), None) for schedule, zone in schedules)
    return min((each for each in firsts if each is not None), default=None, key=lambda each: each.start_at)


def occurrence_at(schedules: Sequence[tuple[Schedule, str]], start_at: datetime) -> Occurrence | None:
    """The one that starts at just that moment; None: none does."""
    found = next_occurrence(schedules, after=start_at - timedelta(microseconds=1))
    return found if found is not None and found.start_at == start_at else None


def next_occurrences(schedules: Sequence[tuple[Schedule, str]], *, after: datetime, limit: int) -> list[Occurrence]:
    """The first `limit` of all the schedules together."""
    walks = (islice(occurrences(schedule, zone=zone, after=after), limit) for schedule, zone in schedules)
    return sorted((each for walk in walks for each in walk), key=lambda each: each.start_at)[:limit]


def due_occurrence(schedules: Sequence[tuple[Schedule, str]], *, since: datetime, now: datetime) -> Occurrence | None:
    """The latest one that has started after `since` and not ended by `now`: to be started, unless it was.

    Earlier ones that were missed too are not made up for: each is a fresh run on all contacts.
    """
    due: Occurrence | None = None
    for schedule, zone in schedules:
        for each in occurrences(schedule, zone=zone, after=max(since, now - _LOOK_BACK)):
            if each.start_at > now:
                break
            if (each.ends_at is None or now < each.ends_at) and (due is None or each.start_at > due.start_at):
                due = each
    return due


_LOOK_BACK = timedelta(days=400)  # longer down than that, and nobody expects last year's start


def _on(schedule: Schedule, day: date, zone: str) -> Occurrence | None:
    """The occurrence of one date; None: the schedule is over by then."""
    start = datetime.combine(day, schedule.first.time())
    end = schedule.last
    if schedule.every and end is not None:
        if start >= end:
            return None
        stop = datetime.combine(day, end.time())
        if stop <= start:
            stop += timedelta(days=1)
        end = min(stop, end)
    start_at, ends_at = moment_of(start, zone), None if end is None else moment_of(end, zone)
    if ends_at is not None and ends_at <= start_at:  # both fell into the same gap
        ends_at = start_at + timedelta(minutes=1)
    return Occurrence(start_at=start_at, ends_at=ends_at, precedence=schedule.precedence)


def moment_of(local: datetime, zone: str) -> datetime:
    """The moment of a wall clock's reading, in UTC: after a gap where there is none, the first where there are two."""
    info = ZoneInfo(zone)
    at = local.replace(tzinfo=info, fold=0).astimezone(UTC)
    if at.astimezone(info).replace(tzinfo=None) == local:
        return at
    # In a gap the two folds are the offsets before and after it; the gap ends where the later offset begins to hold.
    before = local.replace(tzinfo=info, fold=0).utcoffset()
    after = local.replace(tzinfo=info, fold=1).utcoffset()
    assert before is not None
    assert after is not None
    low, high = (local - after).replace(tzinfo=UTC), (local - before).replace(tzinfo=UTC)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(info).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def _days(schedule: Schedule, after: date) -> Iterator[date]:
    """The dates of a schedule's occurrences, beginning near `after`."""
    first, (n, unit) = schedule.first.date(), schedule.period
    match unit:
        case None:
            yield first
        case "day":
            begin = max(0, (after - first).days // n)
            yield from (first + timedelta(days=n * k) for k in count(begin))
        case "week":
            monday = first - timedelta(days=first.weekday())
            weekdays = sorted(WEEKDAYS.index(name) for name in set(schedule.on)) or [first.weekday()]
            begin = max(0, (after - monday).days // (7 * n))
            for k in count(begin):
                days = (monday + timedelta(days=7 * n * k + weekday) for weekday in weekdays)
                yield from (day for day in days if day >= first)
        case _:
            months = n if unit == "month" else 12 * n
            passed = (after.year - first.year) * 12 + after.month - first.month
            begin = max(0, passed // months)
            yield from (_in_month(first, months * k) for k in count(begin))


def _in_month(first: date, later: int) -> date:
    """The day of `first`, that many months later; the month's last day where it has no such day."""
    years, month = divmod(first.month - 1 + later, 12)
    year = first.year + years
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))
