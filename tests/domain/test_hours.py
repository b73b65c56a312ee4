"""Contact hours by weekday, over zones and the days on which clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.domain.hours import opening, read_hours

NEW_YORK = ZoneInfo("America/New_York")
OFFICE = read_hours({"timezone": "America/New_York", "mon-fri": "09:00-17:00", "sat": "10:00-12:00"})
CONTACT = read_hours({"timezone": "contact", "mon-sun": "09:00-20:00"})


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("now", "is_open", "until"),
    [
        ("2026-12-01 09:00", True, "2026-12-01 17:00"),  # the first minute counts
        ("2026-12-01 17:00", False, "2026-12-02 09:00"),  # the last does not
        ("2026-12-04 18:00", False, "2026-12-05 10:00"),  # Friday to Saturday
        ("2026-12-05 12:00", False, "2026-12-07 09:00"),  # Saturday to Monday
        # clocks go forward on 8 March 2026 at 2:00 and back on 1 November: wall time decides
        ("2026-03-07 12:00", False, "2026-03-09 09:00"),
        ("2026-10-31 12:00", False, "2026-11-02 09:00"),
    ],
)
def test_hours_open_and_close_by_local_wall_time(now: str, is_open: bool, until: str) -> None:
    found = opening(OFFICE, (), local(now).astimezone(UTC))
    assert found.is_open is is_open
    assert found.until == local(until).astimezone(UTC)


def test_several_possible_zones_are_open_only_when_all_are() -> None:
    zones = ("America/New_York", "America/Los_Angeles")
    noon_in_new_york = local("2026-12-01 11:59").astimezone(UTC)
    early = opening(CONTACT, zones, noon_in_new_york - timedelta(hours=1))
    assert not early.is_open
    assert early.until == local("2026-12-01 12:00").astimezone(UTC), "nine in Los Angeles"
    assert opening(CONTACT, zones, noon_in_new_york + timedelta(minutes=1)).is_open
    assert not opening(CONTACT, zones, local("2026-12-01 20:00").astimezone(UTC)).is_open


def test_zones_whose_hours_never_meet_are_closed_for_good() -> None:
    hours = read_hours({"timezone": "contact", "mon-sun": "09:00-10:00"})
    found = opening(hours, ("America/New_York", "Asia/Tokyo"), local("2026-12-01 09:30").astimezone(UTC))
    assert (found.is_open, found.until) == (False, None)


def test_an_unknown_zone_is_closed() -> None:
    assert not opening(CONTACT, (), datetime(2026, 12, 1, 15, tzinfo=UTC)).is_open


def test_round_the_clock_has_no_end() -> None:
    always = read_hours({"timezone": "UTC", "mon-sun": "00:00-24:00"})
    assert opening(always, (), datetime(2026, 12, 1, 0, tzinfo=UTC)).is_open
    assert opening(always, (), datetime(2026, 12, 1, 23, 59, 59, 999999, tzinfo=UTC)).is_open


def test_a_span_of_days_may_run_over_the_weekend() -> None:
    hours = read_hours({"timezone": "UTC", "fri-mon": "09:00-10:00"})
    open_days = [day for day in range(7) if hours.week[day]]
    assert open_days == [0, 4, 5, 6]


@settings(max_examples=200)
@given(
    minute=st.integers(0, 60 * 24 * 400),
    zones=st.lists(
        st.sampled_from(["America/New_York", "America/Phoenix", "Europe/London", "UTC"]), min_size=1, max_size=3
    ),
)
def test_until_is_the_moment_at_which_the_answer_changes(minute: int, zones: list[str]) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    found = opening(CONTACT, zones, now)
    if found.until is None:
        return
    assert found.until > now
    assert opening(CONTACT, zones, found.until).is_open is not found.is_open
    for share in (0.1, 0.5, 0.99):
        between = now + (found.until - now) * share
        assert opening(CONTACT, zones, between).is_open is found.is_open


NIGHTS = [
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Europe/London", "2026-03-29"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
]


@pytest.mark.parametrize(
    "window", ["00:00-02:30", "01:30-05:00", "00:00-01:30", "01:15-01:45", "02:15-02:45", "00:00-24:00"]
)
@pytest.mark.parametrize(("zone", "day"), NIGHTS)
def test_hours_within_the_hour_that_a_clock_change_leaves_out_or_repeats_are_the_wall_clocks(
    window: str, zone: str, day: str
) -> None:
    hours = read_hours({"timezone": zone, "mon-sun": window})
    first, last = window.split("-")
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    for minute in range(-60, 7 * 60, 5):
        now = midnight + timedelta(minutes=minute)
        found = opening(hours, (), now)
        assert found.is_open is (first <= f"{now.astimezone(ZoneInfo(zone)):%H:%M}" < last), now
        if found.until:
            assert opening(hours, (), found.until).is_open is not found.is_open, now
