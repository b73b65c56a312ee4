"""What a person is told and refused of schedules, and what changing one does to a run that it has started."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from dialerd.domain.errors import BadInputError
from dialerd.domain.words import CampaignState, RunState
from dialerd.ports import CampaignRow, RunRow
from dialerd.usecases import campaigns, runs, schedules
from dialerd.usecases.campaigns import Applied
from dialerd.usecases.schedules import Started
from dialerd.usecases.standing import get_campaign
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec

NIGHT = {"start": "2026-03-02T20:00", "end": "2026-03-02T22:00", "timezone": "America/New_York", "precedence": True}
STARTED_AT = NOW + timedelta(hours=10)  # 20:00 in New York


@pytest.fixture
def full(house: House) -> House:
    house.with_contacts("2122660001")
    return house


def apply(house: House, now: datetime = NOW, **changes: Any) -> Applied:
    return campaigns.apply_campaign(house.unit, spec(**changes), trunks=TRUNKS, actor=ACTOR, now=now)


def row(house: House) -> CampaignRow:
    return get_campaign(house.unit, "spring")


def test_a_new_campaign_with_a_schedule_is_told_to_be_scheduled(house: House) -> None:
    assert apply(house, name="new", schedule=NIGHT).state is CampaignState.SCHEDULED


def test_a_schedule_that_starts_nothing_any_more_is_warned_about_in_a_file_and_refused_by_hand(house: House) -> None:
    past = {"start": "2026-03-01T09:00", "timezone": "UTC"}
    assert "its last start has passed" in apply(house, schedule=past).warnings[0]
    with pytest.raises(BadInputError, match="has no start ahead"):
        schedules.set_schedule(house.unit, "spring", [past], trunks=TRUNKS, actor=ACTOR, now=NOW)


def test_a_wrong_schedule_by_hand_is_refused_without_speaking_of_a_file(house: House) -> None:
    with pytest.raises(BadInputError, match="a moment is written") as raised:
        schedules.set_schedule(house.unit, "spring", [{"start": "soon"}], trunks=TRUNKS, actor=ACTOR, now=NOW)
    assert raised.value.hint == "give another value"


def test_another_zone_of_the_contact_hours_makes_up_for_no_start_that_it_puts_into_the_past(full: House) -> None:
    hours = {"timezone": "America/New_York", "mon-sun": "08:00-21:00"}
    apply(full, schedule={"start": "2026-03-02T12:00"}, hours=hours)
    assert row(full).scheduled_at == NOW
    later = NOW + timedelta(hours=1)
    apply(full, now=later, schedule={"start": "2026-03-02T12:00"}, hours=hours | {"timezone": "Europe/London"})
    assert schedules.start_due(full.unit, row(full), later) is None  # noon in London was three hours ago
    apply(
        full, now=later, schedule={"start": "2026-03-02T12:00"}, hours=hours | {"timezone": "Europe/London"}, amd=False
    )
    assert row(full).scheduled_at == later, "another change leaves the schedule as it is"


def started(house: House) -> RunRow:
    apply(house, schedule=NIGHT)
    found = schedules.start_due(house.unit, row(house), STARTED_AT)
    assert isinstance(found, Started)
    runs.pause_run(house.unit, "spring", actor=ACTOR, now=STARTED_AT)
    return house.latest()


@pytest.mark.parametrize(
    ("change", "ends_after", "precedence"),
    [
        ({"precedence": False}, timedelta(hours=2), False),
        ({"end": "2026-03-02T21:00"}, timedelta(hours=1), True),
        ({"end": "2026-03-03T01:00"}, timedelta(hours=5), True),
        ({"start": "2026-03-02T19:00"}, timedelta(hours=2), False),  # it was started by no start that is left
        (None, timedelta(hours=2), False),
    ],
)
def test_a_paused_run_goes_on_by_its_changed_schedule(
    full: House, change: dict[str, Any] | None, ends_after: timedelta, precedence: bool
) -> None:
    before = started(full)
    assert (before.ends_at, before.precedence) == (STARTED_AT + timedelta(hours=2), True)
    apply(full, now=STARTED_AT, schedule=None if change is None else NIGHT | change)
    run = full.latest()
    assert (run.state, run.ends_at, run.precedence) == (RunState.PAUSED, STARTED_AT + ends_after, precedence)


def test_a_run_that_was_started_by_hand_gets_no_end_from_a_schedule(full: House) -> None:
    full.start()
    runs.pause_run(full.unit, "spring", actor=ACTOR, now=NOW)
    apply(full, schedule=NIGHT)
    assert (full.latest().ends_at, full.latest().precedence) == (None, False)
