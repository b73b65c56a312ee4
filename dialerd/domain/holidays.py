"""Days on which nobody is called: dates, and public holidays by country and region.

Not here: the hours of other days (hours.py). The calendars are the `holidays` library's; this is its only home,
and it is loaded where a holiday is asked for, since it takes longer than most commands do.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

_CODE = re.compile(r"([A-Z]{2})(?:-([A-Za-z0-9]{1,4}))?\Z")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


def check_holiday(name: str) -> None:
    """Whether a word of `holidays = [...]` means something. Raises ValueError saying what may stand there."""
    if _DATE.match(name):
        date.fromisoformat(name)
        return
    found = _CODE.match(name)
    if found:
        import holidays as calendars

        known = calendars.list_supported_countries()
        country, region = found[1], found[2]
        if country in known and (region is None or region in known[country]):
            return
    raise ValueError(f"holidays: {name!r} is neither a date like 2026-12-25 nor a country or region like US or US-CA")


def is_holiday(day: date, names: tuple[str, ...]) -> bool:
    """Whether `day` is one of the dates, or a public holiday of one of the places."""
    return any(day.isoformat() == name if _DATE.match(name) else day in _calendar(name, day.year) for name in names)


@lru_cache(maxsize=256)
def _calendar(code: str, year: int) -> frozenset[date]:
    import holidays as calendars

    country, _, region = code.partition("-")
    return frozenset(calendars.country_holidays(country, subdiv=region or None, years=year))
