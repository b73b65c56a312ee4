"""Days on which nobody is called."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dialerd.domain.holidays import is_holiday
from dialerd.domain.hours import opening, read_hours

DAILY = {"timezone": "America/New_York", "mon-sun": "09:00-20:00"}


@pytest.mark.parametrize(
    ("day", "names", "is_free"),
    [
        ("2026-12-25", ("2026-12-25",), True),
        ("2026-12-26", ("2026-12-25",), False),
        ("2026-07-04", ("US",), True),
        ("2026-07-04", ("GB",), False),
        ("2026-03-31", ("US-CA",), True),  # Cesar Chavez Day, of that state
        ("2026-03-31", ("US",), False),
        ("2026-07-14", ("US", "FR"), True),
    ],
)
def test_a_day_is_a_holiday_by_its_date_or_by_the_calendar_of_a_place(
    day: str, names: tuple[str, ...], is_free: bool
) -> None:
    assert is_holiday(date.fromisoformat(day), names) is is_free


@pytest.mark.parametrize("name", ["2026-02-30", "XX", "US-ZZ", "christmas", "", "us"])
def test_a_word_that_is_no_holiday_is_refused(name: str) -> None:
    with pytest.raises(ValueError):  # a date's own complaint, or ours
        read_hours({**DAILY, "holidays": [name]})


def test_holidays_that_are_no_list_are_refused() -> None:
    with pytest.raises(ValueError, match="holidays is a list"):
        read_hours({**DAILY, "holidays": "US"})


def test_hours_are_closed_on_a_holiday_of_the_called_place_and_open_the_day_after() -> None:
    hours = read_hours({**DAILY, "holidays": ["US", "2026-12-26"]})
    eve = datetime(2026, 12, 24, 22, 0, tzinfo=UTC)
    assert opening(hours, (), eve).is_open
    christmas = opening(hours, (), datetime(2026, 12, 25, 17, 0, tzinfo=UTC))
    assert (christmas.is_open, christmas.until) == (False, datetime(2026, 12, 27, 14, 0, tzinfo=UTC))
