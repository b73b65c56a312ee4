"""Where a campaign stands, and what holds its targets."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

import pytest

from dialerd.domain.agents import Seen
from dialerd.domain.errors import DialerdError
from dialerd.domain.queue import read_queue
from dialerd.domain.words import AgentKind, AgentState
from dialerd.domain.words import Disposition as D
from dialerd.usecases import campaigns, dispositions, runs, status
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec

LATER = NOW + timedelta(seconds=30)


@pytest.fixture
def full(house: House) -> House:
    house.with_contacts("2122660001", "2122660002", "2122660003")
    return house


def test_status_has_the_keys_that_users_scripts_rely_on() -> None:
    assert [field.name for field in fields(status.Status)] == [
        "campaign",
        "run",
        "state",
        "mode",
        "targets",
        "pending",
        "in_progress",
        "done",
        "attempts",
        "calls_now",
        "abandoned_rate",
        "dispositions",
        "started_at",
        "finished_at",
        "next_start_at",
        "reason",
        "held",
        "actions",
    ]


def test_status_counts_waiting_targets_as_pending_and_calls_as_they_are(full: House) -> None:
    campaigns.apply_campaign(full.unit, spec(max_attempts=2), trunks=TRUNKS, actor=ACTOR, now=NOW)
    full.start()
    busy, answered, _ = full.dial(3)
    full.end(busy, D.BUSY, LATER)
    full.end(answered, D.ANSWERED_HUMAN, LATER, answered_at=NOW)
    found = status.status(full.unit, "spring", NOW)
    assert (found.targets, found.pending, found.in_progress, found.done) == (3, 1, 1, 1)
    assert (found.attempts, found.calls_now, found.run, found.state) == (3, 1, 1, "active")
    assert found.dispositions == {"answered_human": 1, "busy": 1}
    assert (found.started_at, found.finished_at) == (NOW, None)


def test_the_abandoned_rate_is_a_share_of_live_answers(full: House) -> None:
    full.start()
    abandoned, answered, machine = full.dial(3)
    full.end(abandoned, D.ABANDONED, LATER, answered_at=NOW)
    full.end(machine, D.ANSWERING_MACHINE, LATER, answered_at=NOW)
    full.end(answered, D.ANSWERED_HUMAN, LATER, answered_at=NOW)
    found = status.status(full.unit, "spring", NOW)
    assert found.abandoned_rate == 0.5
    assert (found.state, found.finished_at) == ("completed", LATER)


def test_a_campaign_that_never_ran_has_a_status_and_no_dispositions(house: House) -> None:
    found = status.status(house.unit, "spring", NOW)
    assert (found.run, found.state, found.targets, found.abandoned_rate) == (None, "ready", 0, 0.0)
    with pytest.raises(DialerdError, match="has never run"):
        dispositions.count(house.unit, "spring")


@pytest.mark.parametrize(
    ("state", "over"),
    [
        ("draft", True),
        ("ready", True),
        ("scheduled", False),
        ("completed", True),
        ("stopped", True),
        ("active", False),
        ("paused", False),
        ("stopping", False),
    ],
)
def test_a_watcher_is_told_when_a_state_is_final(state: str, over: bool) -> None:
    assert status.is_over(state) is over


def why(house: House, *, is_daemon_running: bool = True) -> dict[str, int]:
    holds = status.why(house.unit, "spring", NOW, is_daemon_running=is_daemon_running)
    assert all(hold.reason for hold in holds)
    return {hold.gate: hold.targets for hold in holds}


def test_every_target_that_is_left_is_behind_a_hold_that_is_told(full: House) -> None:
    campaigns.apply_campaign(full.unit, spec(max_attempts=2), trunks=TRUNKS, actor=ACTOR, now=NOW)
    assert why(full) == {}
    run = full.start()
    assert why(full) == {"pace": 3}
    assert why(full, is_daemon_running=False) == {"daemon": 3}
    busy, _ = full.dial(2)
    full.end(busy, D.BUSY, LATER)
    assert why(full) == {"pace": 1, "retry": 1}
    full.unit.runs.set_held(run.id, "trunk carrier is full")
    assert why(full) == {"way_out": 1, "retry": 1}
    runs.pause_run(full.unit, "spring", actor=ACTOR, now=NOW)
    assert why(full) == {"run": 1, "retry": 1}
    runs.resume_run(full.unit, "spring", actor=ACTOR, now=NOW)
    assert why(full) == {"way_out": 1, "retry": 1}, "what held it holds it still, until the daemon says otherwise"


def test_what_a_campaign_with_agents_waits_for_tells_what_its_agents_do(full: House) -> None:
    for name in ("ann", "bob", "cid"):
        full.unit.agents.put(name, endpoint=f"PJSIP/{name}", kind=AgentKind.OUTBOUND, may_outbound=True, now=NOW)
    full.unit.queues.put(read_queue({"name": "sales", "agents": ["ann", "bob"]}, source="test"), NOW)
    made = spec(mode="progressive", queue="sales", on_human=None)
    campaigns.apply_campaign(full.unit, made, trunks=TRUNKS, actor=ACTOR, now=NOW)
    run = full.start()
    talks = Seen(state=AgentState.ON_CALL, since=NOW, idle_since=NOW, campaign="other")
    full.unit.agents.set_seen("ann", talks, leg_id=None, asterisk=None, now=NOW)
    for held, said in (("", "as agents of queue sales can take them"), ("no agent works for it", "no agent works")):
        full.unit.runs.set_held(run.id, held)
        (hold,) = status.why(full.unit, "spring", NOW, is_daemon_running=True)
        assert said in hold.reason
        assert hold.reason.endswith("; its agents: 1 on call for other, 1 logged out")


def test_a_run_whose_contacts_have_not_come_in_says_so(full: House) -> None:
    runs.run_campaign(full.unit, "spring", trunks=TRUNKS, actor=ACTOR, now=NOW)
    assert why(full, is_daemon_running=False) == {"daemon": 0}
    assert why(full) == {"target": 0}


def test_targets_outside_their_hours_are_told_with_the_time_they_open(full: House) -> None:
    closed = spec(hours={"timezone": "contact", "mon-sun": "20:00-21:00"})
    campaigns.apply_campaign(full.unit, closed, trunks=TRUNKS, actor=ACTOR, now=NOW)
    full.start()
    assert full.dial(3) == []
    (hold,) = status.why(full.unit, "spring", NOW, is_daemon_running=True)
    assert (hold.gate, hold.targets) == ("hours", 3)
    assert hold.until is not None
    assert NOW < hold.until < NOW + timedelta(days=1)


def test_a_run_in_one_zone_is_told_as_closed_as_a_whole(full: House) -> None:
    closed = spec(hours={"timezone": "UTC", "mon-sun": "20:00-21:00"})
    campaigns.apply_campaign(full.unit, closed, trunks=TRUNKS, actor=ACTOR, now=NOW)
    full.start()
    (hold,) = status.why(full.unit, "spring", NOW, is_daemon_running=True)
    assert (hold.gate, hold.targets, hold.until) == ("hours", 3, NOW.replace(hour=20))
