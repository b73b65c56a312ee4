"""Contact hours: when a campaign may call, by weekday, in one zone or in the contact's own zones.

Not here: schedules (when a run starts) and regulations (which may narrow these hours).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dialerd.domain.holidays import check_holiday, is_holiday

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CONTACT_ZONE = "contact"
"""In place of a zone's name: the zones that the contact's own number may lie in."""

_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))\Z")
_LARGEST_CHANGE = timedelta(hours=3)  # no zone's clock is set by more, but where the date line was moved
_DAYS_AHEAD = 16  # far enough to meet the same weekday again, behind a week of holidays


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` up to, not including, `end`, on one local day. `end` 00:00 means midnight at its end."""

    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactHours:
    """Windows per weekday (Monday first) in `timezone`, a zone's name or CONTACT_ZONE; none on `holidays`."""

    timezone: str
    week: tuple[tuple[Window, ...], ...]
    holidays: tuple[str, ...] = ()
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.timezone, self.week, self.holidays)))

    def __hash__(self) -> int:
        """Asked for with every target that is judged; a week of windows takes long to hash."""
        return self._hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Whether calling is allowed at the moment asked about; `until` is when that changes (None: not in 16 days)."""

    is_open: bool
    until: datetime | None


def opening(hours: ContactHours, zones: Iterable[str], now: datetime) -> Opening:
    """Whether `now` is within the hours in *every* one of the zones (all of them, since any may be the true one).

    `zones` is used where the hours are in the contact's zone; empty then means that no zone is known: closed
    for good, as calling at an unknown local hour is what fines are made of.
    """
    return _opening(hours, tuple(zones) if hours.timezone == CONTACT_ZONE else (hours.timezone,), now)


@lru_cache(maxsize=256)  # the targets of one claim ask about one moment, in few zones
def _opening(hours: ContactHours, names: tuple[str, ...], now: datetime) -> Opening:
    if not names:
        return Opening(is_open=False, until=None)
    if all(_open_in(hours, zone, now) for zone in names):
        ends = [end for zone in names if (end := _next_change(hours, zone, now, opens=False))]
        return Opening(is_open=True, until=min(ends, default=None))
    moment = now
    for _ in range(_DAYS_AHEAD * len(names)):
        starts = [_open_from(hours, zone, moment) for zone in names]
        known = [start for start in starts if start is not None]
        if len(known) < len(starts):
            return Opening(is_open=False, until=None)
        moment = max(known)
        if all(_open_in(hours, zone, moment) for zone in names):
            return Opening(is_open=False, until=moment)
    return Opening(is_open=False, until=None)


def _open_from(hours: ContactHours, zone: str, now: datetime) -> datetime | None:
    return now if _open_in(hours, zone, now) else _next_change(hours, zone, now, opens=True)


def _open_in(hours: ContactHours, zone: str, now: datetime) -> bool:
    return any(start <= now < end for start, end in _spans(hours, zone, now, days=1))


def _next_change(hours: ContactHours, zone: str, now: datetime, *, opens: bool) -> datetime | None:
    spans = _spans(hours, zone, now, days=_DAYS_AHEAD)
    if opens:
        return min((start for start, _ in spans if start > now), default=None)
    end = now
    for start, stop in sorted(spans):  # windows that touch (Monday to midnight, Tuesday from midnight) are one
        if start <= end < stop:
            end = stop
    return end if end > now and end < now + timedelta(days=_DAYS_AHEAD - 1) else None


def _spans(hours: ContactHours, zone: str, now: datetime, *, days: int) -> tuple[tuple[datetime, datetime], ...]:
    return _spans_from(hours, zone, now.astimezone(ZoneInfo(zone)).date(), days)


@lru_cache(maxsize=1024)  # a run asks the same for every call of a day
def _spans_from(hours: ContactHours, zone: str, today: date, days: int) -> tuple[tuple[datetime, datetime], ...]:
    """The windows of the day before up to `days` after as moments in UTC; local wall time decides, also on DST days."""
    local_zone = ZoneInfo(zone)
    spans = []
    for offset in range(-1, days + 1):
        day = today + timedelta(days=offset)
        if hours.holidays and is_holiday(day, hours.holidays):
            continue
        for window in hours.week[day.weekday()]:
            last = day + timedelta(days=1) if window.end == time(0) else day
            start = datetime.combine(day, window.start, local_zone)
            spans += _moments(start, datetime.combine(last, window.end, local_zone).replace(fold=1))
    return tuple(spans)


def _moments(start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """When the wall clock is from `start` up to `end`: two spans where it is put back past either of them.

    `start` is read by the clock before a change (fold 0), `end` by the one after it (fold 1).
    """
    before, after = start.astimezone(UTC), end.astimezone(UTC)
    old, new = start.utcoffset(), end.utcoffset()
    assert old is not None and new is not None, "both have a zone"
    if old == new:
        return [(before, after)]
    change = _change_between(min(before, after) - _LARGEST_CHANGE, max(before, after) + _LARGEST_CHANGE, start, old)
    first = (before, min(after + (new - old), change))
    second = (max(before - (new - old), change), after)
    spans = [span for span in (first, second) if span[0] < span[1]]
    return [(before, after)] if len(spans) > 1 and first[1] == second[0] else spans


def _change_between(low: datetime, high: datetime, like: datetime, old: timedelta) -> datetime:
    """The moment, to the second, at which the zone of `like` leaves the offset `old`."""
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if middle.astimezone(like.tzinfo).utcoffset() == old:
            low = middle
        else:
            high = middle
    return high


def read_hours(table: Mapping[str, str | list[str]]) -> ContactHours:
    """The `[hours]` table: `timezone`, days or spans of days to "HH:MM-HH:MM" or a list of those, `holidays`.

    Raises ValueError with the key and what is wrong.
    """
    zone = table.get("timezone")
    if zone is None:
        raise ValueError('timezone is missing: a zone\'s name like "America/New_York", or "contact"')
    if not isinstance(zone, str) or (zone != CONTACT_ZONE and not is_zone(zone)):
        raise ValueError(f"timezone {zone!r} is no time zone")
    week: list[tuple[Window, ...]] = [()] * 7
    for key, text in table.items():
        if key in ("timezone", "holidays"):
            continue
        windows = tuple(_window(key, part) for part in ([text] if isinstance(text, str) else text))
        for day in _days(key):
            week[day] = tuple(sorted((*week[day], *windows), key=lambda w: w.start))
    holidays = table.get("holidays", [])
    if isinstance(holidays, str):
        raise ValueError('holidays is a list: dates like "2026-12-25" and places like "US" or "US-CA"')
    for name in holidays:
        check_holiday(name)
    if not any(week):
        raise ValueError('no day has hours; write for example mon-fri = "09:00-20:00"')
    return ContactHours(timezone=zone, week=tuple(week), holidays=tuple(holidays))


def is_zone(name: str) -> bool:
    """Whether `name` is a time zone of the IANA database, like America/New_York."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # ValueError: a path out of the database; OSError: a folder
        return False
    return True


def _days(key: str) -> list[int]:
    first, dash, last = key.partition("-")
    if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
        raise ValueError(f"unknown key {key!r}; days are {' '.join(WEEKDAYS)} or a span like mon-fri")
    start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    return [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]


def _window(key: str, text: str) -> Window:
    match = _WINDOW.match(text)
    if not match:
        raise ValueError(f'{key} = {text!r}: hours are written "09:00-20:00"')
    start = time(int(match[1]), int(match[2]))
    end = time(0) if match[5] else time(int(match[3]), int(match[4]))
    if end != time(0) and end <= start:
        raise ValueError(f"{key} = {text!r}: ends before it begins")
    return Window(start, end)
