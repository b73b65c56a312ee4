"""Single values of a ViciDial row: whole numbers, flags, times and names.

Not here: what they mean together (leads.py, campaigns.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

Values = Mapping[str, str | None]

_YEARS = range(1971, 3000)
_NO_NAME = re.compile(r"[^a-z0-9._-]+")


def text(values: Values, column: str) -> str:
    """A column's text, trimmed; empty where it is NULL or the dump has no such column."""
    return (values.get(column) or "").strip()


def number(values: Values, column: str, otherwise: int = 0) -> int:
    """A column's whole number."""
    found = text(values, column)
    return int(found) if re.fullmatch(r"-?[0-9]{1,18}", found) else otherwise


def decimal(values: Values, column: str) -> float | None:
    """A column's number; None: it has none."""
    found = text(values, column)
    return float(found) if re.fullmatch(r"[-+]?[0-9]{1,9}(\.[0-9]{1,9})?", found) else None


def is_set(values: Values, column: str) -> bool:
    """A flag of Y or N."""
    return text(values, column).upper() == "Y"


def wall_clock(values: Values, column: str) -> datetime | None:
    """A DATETIME as the clock showed it, without a zone. None: NULL, 0000-00-00, or no time at all: the ends of what
    a date can hold (9999-12-31) stand for never, and no zone can be reckoned there."""
    found = text(values, column)
    if not found or found.startswith("0000-00-00"):
        return None
    try:
        clock = datetime.fromisoformat(found).replace(tzinfo=None)
    except ValueError:
        return None
    return clock if clock.year in _YEARS else None


def at_offset(clock: datetime, offset_h: float) -> datetime | None:
    """The moment at which a clock so many hours off UTC showed that."""
    try:
        return clock.replace(tzinfo=UTC) - timedelta(hours=offset_h)
    except OverflowError:
        return None


def in_zone(clock: datetime, zone: str) -> datetime:
    """The moment at which the clocks of a zone showed that; the earlier one of an hour that comes twice."""
    return clock.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def as_name(prefix: str, text: str) -> str:
    """A name in dialerd for what is called `text` there."""
    return (prefix + (_NO_NAME.sub("-", text.strip().lower()).strip("-") or "x"))[:64]
