"""The written rule of schedules, case by case, and against a referee that tries every quarter of an hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from dialerd.domain.schedule import Schedule, due_occurrence, next_occurrence, next_occurrences, occurrences

NEW_YORK = "America/New_York"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def starts(table: dict[str, Any], *, zone: str = "UTC", after: datetime = LONG_AGO, limit: int = 4) -> list[str]:
    found = islice(occurrences(Schedule.model_validate(table), zone=zone, after=after), limit)
    return [each.start_at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") for each in found]


@pytest.mark.parametrize(
    ("table", "zone", "expected"),
    [
        ({"start": "2026-12-01T09:00"}, "UTC", ["2026-12-01 09:00"]),
        (
            {"start": "2026-12-01T09:00", "every": "1 day", "end": "2026-12-03T18:00"},
            "UTC",
            ["2026-12-01 09:00", "2026-12-02 09:00", "2026-12-03 09:00"],
        ),
        (
            {"start": "2026-12-01T09:00", "every": "10 days"},
            "UTC",
            ["2026-12-01 09:00", "2026-12-11 09:00", "2026-12-21 09:00", "2026-12-31 09:00"],
        ),
        # The contract's own example: the 1st is a Tuesday, the Mondays after it are meant.
        (
            {"start": "2026-12-01T09:00", "every": "1 week", "on": ["mon"], "end": "2026-12-24T18:00"},
            NEW_YORK,
            ["2026-12-07 09:00", "2026-12-14 09:00", "2026-12-21 09:00"],
        ),
        # Every second week is counted from the week of the start, whichever weekdays it has.
        (
            {"start": "2026-12-02T09:00", "every": "2 weeks", "on": ["fri", "mon"]},
            "UTC",
            ["2026-12-04 09:00", "2026-12-14 09:00", "2026-12-18 09:00", "2026-12-28 09:00"],
        ),
        (
            {"start": "2026-12-02T09:00", "every": "1 week"},
            "UTC",
            ["2026-12-02 09:00", "2026-12-09 09:00", "2026-12-16 09:00", "2026-12-23 09:00"],
        ),
        # A month without a 31st has its occurrence on its last day, and the next one is on the 31st again.
        (
            {"start": "2027-01-31T09:00", "every": "1 month"},
            "UTC",
            ["2027-01-31 09:00", "2027-02-28 09:00", "2027-03-31 09:00", "2027-04-30 09:00"],
        ),
        (
            {"start": "2026-11-30T09:00", "every": "3 months"},
            "UTC",
            ["2026-11-30 09:00", "2027-02-28 09:00", "2027-05-30 09:00", "2027-08-30 09:00"],
        ),
        (
            {"start": "2024-02-29T09:00", "every": "1 year"},
            "UTC",
            ["2024-02-29 09:00", "2025-02-28 09:00", "2026-02-28 09:00", "2027-02-28 09:00"],
        ),
        (
            {"start": "2024-02-29T09:00", "every": "4 years"},
            "UTC",
            ["2024-02-29 09:00", "2028-02-29 09:00", "2032-02-29 09:00", "2036-02-29 09:00"],
        ),
        # 02:30 does not exist on 14 March 2027 in New York: the first moment after the gap.
        (
            {"start": "2027-03-13T02:30", "every": "1 day"},
            NEW_YORK,
            ["2027-03-13 02:30", "2027-03-14 03:00", "2027-03-15 02:30", "2027-03-16 02:30"],
        ),
        # Lord Howe moves by half an hour.
        (
            {"start": "2026-10-04T02:15", "every": "1 day"},
            "Australia/Lord_Howe",
            ["2026-10-04 02:30", "2026-10-05 02:15", "2026-10-06 02:15", "2026-10-07 02:15"],
        ),
    ],
)
def test_a_schedule_starts_when_the_rule_says(table: dict[str, Any], zone: str, expected: list[str]) -> None:
    after = LONG_AGO.replace(year=2023)
    assert starts(table, zone=zone, after=after, limit=len(expected) if "end" not in table else 9) == expected


def test_a_time_that_a_clock_change_repeats_is_meant_once_and_the_first_time() -> None:
    schedule = Schedule.model_validate({"start": "2026-10-31T01:30", "every": "1 day"})
    found = [each.start_at for each in islice(occurrences(schedule, zone=NEW_YORK, after=LONG_AGO), 3)]
    assert found == [
        datetime(2026, 10, 31, 5, 30, tzinfo=UTC),
        datetime(2026, 11, 1, 5, 30, tzinfo=UTC),  # in daylight time, an hour before 01:30 comes again
        datetime(2026, 11, 2, 6, 30, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    ("table", "ends"),
    [
        ({"start": "2026-12-01T09:00"}, [None]),
        ({"start": "2026-12-01T09:00", "end": "2026-12-05T18:00"}, ["2026-12-05 18:00"]),
        (
            {"start": "2026-12-01T09:00", "end": "2026-12-02T18:00", "every": "1 day"},
            ["2026-12-01 18:00", "2026-12-02 18:00"],
        ),
        # Over midnight, and never past the end itself.
        (
            {"start": "2026-12-01T22:00", "end": "2026-12-03T02:00", "every": "1 day"},
            ["2026-12-02 02:00", "2026-12-03 02:00"],
        ),
        ({"start": "2026-12-01T09:00", "end": "2026-12-02T09:00", "every": "1 day"}, ["2026-12-02 09:00"]),
        ({"start": "2026-12-01T09:00", "every": "1 day"}, [None, None]),
    ],
)
def test_each_occurrence_ends_when_the_rule_says(table: dict[str, Any], ends: list[str | None]) -> None:
    limit = 2 if "end" not in table and "every" in table else 9
    found = islice(occurrences(Schedule.model_validate(table), zone="UTC", after=LONG_AGO), limit)
    assert [each.ends_at and each.ends_at.strftime("%Y-%m-%d %H:%M") for each in found] == ends


def test_an_end_is_after_its_start_even_in_a_gap() -> None:
    schedule = Schedule.model_validate({"start": "2027-03-14T02:10", "end": "2027-03-14T02:50"})
    (found,) = occurrences(schedule, zone=NEW_YORK, after=LONG_AGO)
    assert found.ends_at is not None
    assert found.ends_at > found.start_at


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ({}, "start"),
        ({"start": "tomorrow"}, "a moment is written"),
        ({"start": "2026-12-01T09:00+01:00"}, "without an offset"),
        ({"start": "2026-12-32T09:00"}, "day"),
        ({"start": "2026-12-01T09:00", "end": "2026-12-01T09:00"}, "end is not after start"),
        ({"start": "2026-12-01T09:00", "every": "0 days"}, "every is"),
        ({"start": "2026-12-01T09:00", "every": "1 fortnight"}, "every is"),
        ({"start": "2026-12-01T09:00", "every": "1 week", "on": ["monday"]}, "weekdays are mon"),
        ({"start": "2026-12-01T09:00", "every": "1 day", "on": ["mon"]}, "only every"),
        ({"start": "2026-12-01T09:00", "precedence": True}, "needs an end"),
        ({"start": "2026-12-01T09:00", "until": "x"}, "Extra inputs"),
        ({"start": "9999-12-31T23:59"}, "year is not within 2000 to 2999"),
        ({"start": "0001-01-01T00:00", "every": "1 day"}, "year is not within"),
        ({"start": "2026-12-01T09:00", "end": "9999-12-31T23:59", "every": "1 day"}, "year is not within"),
    ],
)
def test_a_schedule_that_means_nothing_is_refused(table: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Schedule.model_validate(table)


DAILY = (Schedule.model_validate({"start": "2026-12-01T09:00", "every": "1 day", "end": "2027-01-01T18:00"}), "UTC")
ONCE = (Schedule.model_validate({"start": "2026-12-02T12:00"}), "UTC")


@pytest.mark.parametrize(
    ("since", "now", "due"),
    [
        ("2026-11-01T00:00", "2026-12-01T08:59", None),
        ("2026-11-01T00:00", "2026-12-01T09:00", "2026-12-01T09:00"),
        ("2026-11-01T00:00", "2026-12-01T17:59", "2026-12-01T09:00"),
        ("2026-11-01T00:00", "2026-12-01T18:00", None),  # its end has passed
        ("2026-11-01T00:00", "2026-12-04T10:00", "2026-12-04T09:00"),  # the latest, not those before it
        ("2026-12-01T09:00", "2026-12-01T10:00", None),  # was made after the start
        ("2026-11-01T00:00", "2027-06-01T00:00", None),
    ],
)
def test_the_latest_missed_occurrence_is_due_while_its_end_has_not_passed(
    since: str, now: str, due: str | None
) -> None:
    found = due_occurrence(
        [DAILY], since=datetime.fromisoformat(since + "+00:00"), now=datetime.fromisoformat(now + "+00:00")
    )
    assert (found and found.start_at) == (due and datetime.fromisoformat(due + "+00:00"))


def test_the_latest_and_rarest_schedule_that_can_be_written_has_its_next_starts() -> None:
    far = Schedule.model_validate({"start": "2999-12-31T23:59", "every": "999 years", "end": None})
    found = next_occurrences([(far, "Pacific/Apia"), (far, "America/Adak")], after=LONG_AGO, limit=5)
    assert [each.start_at.year for each in found] == [2999, 3000, 3998, 3999, 4997]


def test_several_schedules_are_one_row_of_occurrences() -> None:
    after = datetime(2026, 12, 2, 0, 0, tzinfo=UTC)
    assert [each.start_at.hour for each in next_occurrences([DAILY, ONCE], after=after, limit=3)] == [9, 12, 9]
    first = next_occurrence([ONCE, DAILY], after=after.replace(hour=10))
    assert first is not None
    assert first.start_at.hour == 12
    due = due_occurrence([DAILY, ONCE], since=LONG_AGO, now=after.replace(hour=13))
    assert due is not None
    assert (due.start_at.hour, due.ends_at) == (12, None)


# The referee: walks over every date from the first one, and over the quarters of a day to find a clock's reading.


def referee_dates(first: date, n: int, unit: str, on: set[int], days: int) -> list[date]:
    found, day, month_end = [], first, timedelta(days=1)
    for _ in range(days):
        apart = (day.year - first.year) * 12 + day.month - first.month
        is_last = (day + month_end).month != day.month
        same_day = day.day == first.day or (is_last and day.day < first.day)
        weeks = ((day - timedelta(days=day.weekday())) - (first - timedelta(days=first.weekday()))).days // 7
        match unit:
            case "day":
                is_on = (day - first).days % n == 0
            case "week":
                is_on = weeks % n == 0 and day.weekday() in (on or {first.weekday()})
            case "month":
                is_on = apart % n == 0 and same_day
            case _:
                is_on = apart % (12 * n) == 0 and same_day
        if is_on:
            found.append(day)
        day += timedelta(days=1)
    return found


def referee_moment(day: date, at: time, zone: str) -> datetime:
    wanted = datetime.combine(day, at)
    minute = datetime.combine(day, time(0), tzinfo=UTC) - timedelta(hours=15)
    for _ in range(4 * 44):
        if minute.astimezone(ZoneInfo(zone)).replace(tzinfo=None) >= wanted:
            return minute
        minute += timedelta(minutes=15)
    raise AssertionError("a clock that never comes to its time")


@settings(max_examples=50, deadline=None)
@given(
    st.dates(date(2026, 2, 20), date(2026, 11, 10)),
    st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45])),
    st.integers(1, 4),
    st.sampled_from(["day", "week", "month", "year"]),
    st.sets(st.integers(0, 6), max_size=3),
    st.sampled_from(["UTC", NEW_YORK, "Europe/London", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata"]),
    st.integers(0, 60),
)
def test_every_schedule_agrees_with_the_referee(
    first: date, at: time, n: int, unit: str, on: set[int], zone: str, skip: int
) -> None:
    names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    table: dict[str, Any] = {"start": f"{first}T{at:%H:%M}", "every": f"{n} {unit}s"}
    if unit == "week" and on:
        table["on"] = [names[day] for day in on]
    after = datetime.combine(first, time(12), tzinfo=UTC) + timedelta(days=skip)
    expected = [
        moment
        for day in referee_dates(first, n, unit, on if unit == "week" else set(), 120)
        if (moment := referee_moment(day, at, zone)) > after
    ]
    found = occurrences(Schedule.model_validate(table), zone=zone, after=after)
    assert [each.start_at for each in islice(found, len(expected))] == expected
