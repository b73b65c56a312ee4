"""Abandon meters: which calls a rule counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dialerd.adapters.files import read_rulebook
from dialerd.domain.regulation import Meter, windows_of

BOOK = read_rulebook(None)
BEGAN = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("pack", "rule", "now", "since"),
    [
        ("us-federal", "US-TSR-ABANDON", BEGAN + 29 * DAY, BEGAN),
        ("us-federal", "US-TSR-ABANDON", BEGAN + 30 * DAY, BEGAN + 30 * DAY),  # day 31: a new period begins at zero
        ("us-federal", "US-TSR-ABANDON", BEGAN + 75 * DAY, BEGAN + 60 * DAY),
        ("us-federal", "US-TSR-ABANDON-ROLLING", BEGAN + 30 * DAY, BEGAN),  # and the rolling one does not
        ("uk-ofcom", "UK-ABANDON-2010", BEGAN + 30 * DAY, BEGAN + 29 * DAY),
        # the month of the campaign's own zone: midnight in Toronto
        ("ca-crtc", "CA-ABANDON", BEGAN + 30 * DAY, datetime(2026, 12, 1, 5, 0, tzinfo=UTC)),
        ("ca-crtc", "CA-ABANDON", datetime(2026, 12, 1, 4, 59, tzinfo=UTC), datetime(2026, 11, 1, 4, 0, tzinfo=UTC)),
    ],
)
def test_a_window_begins_where_its_rule_says(pack: str, rule: str, now: datetime, since: datetime) -> None:
    found = windows_of(BOOK.of((pack,)), began_at=BEGAN, now=now, zone="America/Toronto")
    assert {each.id: moment for each, moment in found}[rule] == since


def test_the_room_of_a_meter_is_what_may_still_be_abandoned() -> None:
    meter = Meter(rule="R", cap=0.03, since=BEGAN, abandoned=2, live_answers=100)
    assert (meter.rate, meter.room) == (0.02, 1.0)
    assert Meter(rule="R", cap=0.03, since=BEGAN, abandoned=0, live_answers=0).rate == 0
