"""How a run ends by itself, and what is started after it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dialerd.domain.errors import BadInputError, IllegalActionError
from dialerd.domain.words import Disposition as D
from dialerd.domain.words import RunState
from dialerd.usecases import campaigns, dialing, lists, runs, standing
from dialerd.usecases.campaigns import Applied
from dialerd.usecases.finishing import finish_if_over
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec

LATER = NOW + timedelta(seconds=30)


def apply(house: House, **changes: Any) -> Applied:
    return campaigns.apply_campaign(house.unit, spec(**changes), trunks=TRUNKS, actor=ACTOR, now=NOW)


@pytest.fixture
def full(house: House) -> House:
    house.with_contacts("2122660001", "2122660002", "2122660003", "2122660004")
    return house


def test_a_goal_that_is_met_stops_the_dialing_lets_calls_end_and_completes_the_run(full: House) -> None:
    apply(full, finish={"goal": {"positive": 1}})
    full.start()
    first, second = full.dial(2)
    full.end(first, D.ANSWERED_HUMAN, LATER, answered_at=NOW)
    assert (full.latest().state, full.latest().reason) == (RunState.STOPPING, "1 positive outcomes of 1 are reached")
    assert full.dial(2) == []
    full.end(second, D.BUSY, LATER)
    run = full.latest()
    assert (run.state, run.pending, run.waiting, run.finished_at) == (RunState.COMPLETED, 0, 0, LATER)
    assert full.unit.runs.dispositions(run.id) == {D.ANSWERED_HUMAN: 1, D.BUSY: 1, D.CANCELLED: 2}


def test_a_run_that_is_stopped_by_hand_is_stopped_and_not_completed(full: House) -> None:
    apply(full, finish={"goal": {"positive": 9}})
    full.start()
    runs.stop_run(full.unit, "spring", actor=ACTOR, now=NOW)
    assert (full.latest().state, full.latest().reason) == (RunState.STOPPED, f"stopped by {ACTOR}")


def test_time_alone_ends_a_run_even_a_paused_one(full: House) -> None:
    apply(full, finish={"duration_min": 10})
    run = full.start()
    runs.pause_run(full.unit, "spring", actor=ACTOR, now=NOW)
    assert finish_if_over(full.unit, run.id, NOW + timedelta(minutes=9)) is None
    assert finish_if_over(full.unit, run.id, NOW + timedelta(minutes=10)) is RunState.COMPLETED


def linked(house: House, **changes: Any) -> None:
    apply(house, then="follow")
    apply(house, name="follow", **changes)


def follow_up(house: House) -> RunState | None:
    row = house.unit.campaigns.get("follow")
    assert row is not None
    run = house.unit.runs.latest(row.id)
    return run.state if run else None


def settle_all(house: House) -> None:
    house.start()
    for attempt in house.dial(4):
        house.end(attempt, D.ANSWERED_HUMAN, LATER, answered_at=NOW)


def test_a_linked_campaign_starts_when_the_one_before_it_completes(full: House) -> None:
    linked(full)
    settle_all(full)
    assert follow_up(full) is RunState.ACTIVE
    assert ("campaign:spring", "run_started", "follow") in full.audit()


def test_a_linked_campaign_does_not_start_when_the_one_before_it_is_stopped(full: House) -> None:
    linked(full)
    full.start()
    runs.stop_run(full.unit, "spring", actor=ACTOR, now=NOW)
    assert follow_up(full) is None


def test_a_linked_campaign_that_cannot_start_is_written_down_and_loses_nothing(full: House) -> None:
    linked(full, trunk=None)
    settle_all(full)
    assert full.latest().state is RunState.COMPLETED
    assert follow_up(full) is None
    assert full.audit()[-1] == ("daemon", "follow_up_refused", "spring")
    assert "its follow-up follow is not started: campaign follow is draft" in full.latest().reason


def test_a_run_that_ended_by_a_criterion_says_so_beside_a_follow_up_that_cannot_start(full: House) -> None:
    linked(full, trunk=None)
    apply(full, then="follow", finish={"disposition": {"answered_human": 1}})
    settle_all(full)
    assert full.latest().reason.startswith("1 x answered_human of 1 are reached; its follow-up follow is not started")


def test_links_that_come_back_are_refused_and_one_that_leads_nowhere_is_warned_about(full: House) -> None:
    assert "no campaign follow yet" in apply(full, then="follow").warnings[0]
    with pytest.raises(BadInputError, match="follow -> spring -> follow"):
        apply(full, name="follow", then="spring")
    with pytest.raises(BadInputError, match="circle"):
        apply(full, then="spring")


def test_a_paused_run_goes_on_by_the_changed_fields_and_keeps_its_own_pace(full: House) -> None:
    full.start()
    runs.change_pace(full.unit, "spring", max_calls=7, calls_per_second=None, actor=ACTOR, now=NOW)
    runs.pause_run(full.unit, "spring", actor=ACTOR, now=NOW)
    apply(full, max_attempts=3, description="more")
    assert (full.latest().spec.max_attempts, full.latest().spec.max_calls) == (3, 7)
    lists.create_list(full.unit, "others", region="US", actor=ACTOR, now=NOW)
    with pytest.raises(IllegalActionError, match="lists"):
        apply(full, max_attempts=3, description="more", lists=["customers", "others"])


@pytest.mark.parametrize("fewer", [{"max_attempts": 1}, {"max_attempts": 3, "max_attempts_per_number": 1}])
def test_whom_a_changed_campaign_gives_no_further_attempt_is_settled_as_the_last_one_ended(
    full: House, fewer: dict[str, int]
) -> None:
    apply(full, max_attempts=3, retry_after_min=0.0)
    run = full.start()
    (attempt,) = full.dial(1)
    full.end(attempt, D.BUSY, NOW)
    runs.pause_run(full.unit, "spring", actor=ACTOR, now=NOW)
    apply(full, retry_after_min=0.0, **fewer)
    runs.resume_run(full.unit, "spring", actor=ACTOR, now=NOW)
    assert len(full.dial(9)) == 3
    assert (full.latest().done, full.unit.runs.dispositions(run.id)) == (1, {"busy": 1})


@pytest.mark.parametrize(("gate", "dialed"), [("hours", 4), ("regulation", 4), ("retry", 3)])
def test_a_paused_run_that_was_changed_judges_again_whom_the_old_hours_or_rules_held(
    full: House, gate: str, dialed: int
) -> None:
    run = full.start()
    target = full.unit.dialing.candidates(run.id, dnc=None, limit=1, now=NOW)[0]
    full.unit.dialing.hold(target, gate, NOW + timedelta(days=1))
    runs.pause_run(full.unit, "spring", actor=ACTOR, now=NOW)
    apply(full, hours={"timezone": "contact", "mon-sun": "09:00-21:00"})
    runs.resume_run(full.unit, "spring", actor=ACTOR, now=NOW)
    dialing.scrub(full.unit, run.id, NOW)
    assert len(full.dial(9)) == dialed


def test_a_renamed_campaign_keeps_its_runs_and_its_links(full: House) -> None:
    linked(full)
    full.start()
    runs.stop_run(full.unit, "spring", actor=ACTOR, now=NOW)
    campaigns.rename_campaign(full.unit, "follow", "after", actor=ACTOR, now=NOW)
    row = full.unit.campaigns.get("spring")
    assert row is not None
    assert row.spec.then == "after"
    campaigns.rename_campaign(full.unit, "spring", "summer", actor=ACTOR, now=NOW)
    assert standing.latest_run(full.unit, "summer").number == 1
