"""Agents and queues are read back as they were written; what happened to an agent is logged once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from dialerd.adapters.sqlite import SqliteStore
from dialerd.adapters.sqlite.connection import connect
from dialerd.adapters.sqlite.migrations import migrations
from dialerd.domain.agents import Seen, Wanted
from dialerd.domain.call import Facts
from dialerd.domain.queue import read_queue
from dialerd.domain.words import AgentKind, AgentState, AttemptId, Disposition, LegId, WantedState
from dialerd.ports import AgentRow, Unit
from tests.adapters.sqlite.stored import NOW, SPEC, attempt_at, closed, set_up

LATER = NOW + timedelta(minutes=5)
LEG = LegId("a" + "0" * 32)
ATTEMPT = AttemptId("d" + "0" * 32)


def make(unit: Unit, name: str = "ann") -> AgentRow:
    return unit.agents.put(name, endpoint="PJSIP/1001", kind=AgentKind.OUTBOUND, may_outbound=True, now=NOW)


def seen(state: AgentState = AgentState.READY, **changes: object) -> Seen:
    return replace(Seen(state=state, since=LATER, idle_since=NOW), **changes)  # type: ignore[arg-type]


def test_an_agent_begins_logged_out_and_keeps_its_state_when_it_is_changed(unit: Unit) -> None:
    made = make(unit)
    assert (made.wanted.state, made.seen.state, made.seen.since) == (WantedState.LOGGED_OUT, "logged_out", NOW)
    unit.agents.set_wanted("ann", Wanted(state=WantedState.PAUSED, since=LATER, reason="lunch"))
    unit.agents.set_seen("ann", seen(), leg_id=LEG, asterisk="pbx1", now=LATER)
    changed = unit.agents.put(
        "ann", endpoint="PJSIP/1002", kind=AgentKind.BLENDED, may_outbound=False, now=LATER + timedelta(days=1)
    )
    assert changed == AgentRow(
        id=made.id,
        name="ann",
        endpoint="PJSIP/1002",
        kind=AgentKind.BLENDED,
        may_outbound=False,
        wanted=Wanted(state=WantedState.PAUSED, since=LATER, reason="lunch"),
        seen=seen(),
        leg_id=LEG,
        asterisk="pbx1",
    )
    assert unit.agents.all() == [changed]


def test_where_an_agent_is_is_read_back_whole_and_logged_only_when_it_is_another_place(unit: Unit) -> None:
    make(unit)
    on_call = seen(AgentState.ON_CALL, campaign="c", why="the only one", attempt_id=ATTEMPT)
    unit.agents.set_seen("ann", on_call, leg_id=LEG, asterisk="pbx1", now=LATER)
    unit.agents.set_seen("ann", replace(on_call, why="another reason"), leg_id=None, asterisk=None, now=LATER)
    row = unit.agents.get("ann")
    assert row is not None
    assert (row.seen, row.leg_id, row.asterisk) == (replace(on_call, why="another reason"), None, None)
    unit.agents.set_seen("ann", seen(AgentState.WRAP_UP, attempt_id=ATTEMPT), leg_id=None, asterisk=None, now=LATER)
    unit.agents.log("ann", at=LATER, state=AgentState.LOGGED_OUT, reason="busy")
    logged = [(each.state, each.reason, each.campaign, each.attempt_id) for each in unit.agents.events("ann")]
    assert logged == [
        ("logged_out", "busy", "", None),
        ("wrap_up", "", "", ATTEMPT),
        ("on_call", "", "c", ATTEMPT),
    ]


def test_an_agent_that_goes_to_another_campaign_is_logged_with_that_moment_and_not_with_that_of_its_state(
    unit: Unit,
) -> None:
    make(unit)
    for campaign, minutes in (("c", 5), ("d", 9)):
        now = NOW + timedelta(minutes=minutes)
        unit.agents.set_seen("ann", seen(campaign=campaign), leg_id=None, asterisk=None, now=now)
    assert [(each.campaign, each.at) for each in unit.agents.events("ann")] == [
        ("d", NOW + timedelta(minutes=9)),
        ("c", LATER),
    ]


def test_an_agent_that_is_not_there_is_neither_moved_nor_logged(unit: Unit) -> None:
    unit.agents.set_seen("ann", seen(), leg_id=None, asterisk=None, now=LATER)
    assert unit.agents.get("ann") is None
    assert unit.agents.events() == []


def test_events_are_found_by_agent_and_time_the_latest_first_and_outlive_the_agent(unit: Unit) -> None:
    for name in ("ann", "bob"):
        make(unit, name)
        unit.agents.set_seen(name, seen(), leg_id=None, asterisk=None, now=LATER)
    unit.agents.delete("ann")
    assert [each.agent for each in unit.agents.events()] == ["bob", "ann"]
    assert [each.agent for each in unit.agents.events("ann", since=LATER)] == ["ann"]
    assert unit.agents.events("ann", since=LATER + timedelta(seconds=1)) == []
    assert [each.agent for each in unit.agents.events(limit=1)] == ["bob"]
    assert unit.agents.events(since=LATER + timedelta(seconds=1)) == []
    assert len(unit.agents.events(since=LATER)) == 2


def test_preferences_follow_a_campaign_that_is_renamed_and_go_with_one_that_is_deleted(unit: Unit) -> None:
    make(unit)
    make(unit, "bob")
    ids = {name: unit.campaigns.put(SPEC.model_copy(update={"name": name}), NOW).id for name in ("c", "d")}
    for campaign in ("c", "d", "c", "nowhere"):
        unit.agents.prefer("ann", campaign)
    unit.agents.prefer("bob", "c")
    unit.campaigns.rename(ids["d"], SPEC.model_copy(update={"name": "e"}), NOW)
    assert [row.preferred for row in unit.agents.all()] == [{"c", "e"}, {"c"}]
    assert unit.campaigns.delete(ids["c"], size=10, forget=NOW)
    assert [row.preferred for row in unit.agents.all()] == [{"e"}, frozenset()]


def test_preferences_are_dropped_one_by_one_or_all_and_only_the_agents_own(unit: Unit) -> None:
    for name in ("ann", "bob"):
        make(unit, name)
    for campaign in ("c", "d"):
        unit.campaigns.put(SPEC.model_copy(update={"name": campaign}), NOW)
        unit.agents.prefer("ann", campaign)
        unit.agents.prefer("bob", campaign)
    unit.agents.unprefer("ann", "c")
    assert [row.preferred for row in unit.agents.all()] == [{"d"}, {"c", "d"}]
    unit.agents.unprefer("bob")
    assert [row.preferred for row in unit.agents.all()] == [{"d"}, frozenset()]
    unit.agents.delete("ann")
    assert make(unit).preferred == frozenset()


def test_all_agents_are_read_in_two_statements(unit: Unit, connection: sqlite3.Connection) -> None:
    for n in range(50):
        make(unit, f"a{n}")
    said: list[str] = []
    connection.set_trace_callback(said.append)
    assert len(unit.agents.all()) == 50
    connection.set_trace_callback(None)
    assert len(said) == 2


def test_a_queue_is_read_back_as_it_was_put(unit: Unit) -> None:
    table = {"name": "sales", "agents": ["ann"], "blending": {"upper": 4}, "pause_reasons": ["lunch"]}
    spec = read_queue(table, source="test")
    own = read_queue({"name": "theirs", "kind": "app_queue", "extension": "600"}, source="test")
    for each in (own, spec):
        unit.queues.put(each, NOW)
    assert unit.queues.all() == [spec, own]
    changed = spec.model_copy(update={"wrap_up_s": 5.0})
    unit.queues.put(changed, LATER)
    assert unit.queues.get("sales") == changed
    unit.queues.delete("sales")
    assert unit.queues.get("sales") is None


@pytest.mark.parametrize("is_open", [True, False])
def test_who_talked_in_an_attempt_and_since_when_is_kept(unit: Unit, is_open: bool) -> None:
    run = set_up(unit, 1)
    (target,) = unit.dialing.candidates(run.id, dnc=None, limit=1, now=NOW)
    attempt = attempt_at(target, 1)
    unit.dialing.open_attempt(attempt)
    talked = replace(attempt, answered_at=NOW, agent="ann", connected_at=LATER)
    if is_open:
        facts = Facts(placed_at=NOW, answered_at=NOW, agent="ann", connected_at=LATER)
        unit.dialing.note(attempt.id, facts)
        assert unit.dialing.open_attempts() == [talked]
    else:
        assert unit.dialing.close_attempt(closed(talked, Disposition.ANSWERED_HUMAN))
        kept = unit.dialing.attempt(attempt.id)
        assert kept is not None
        assert (kept.agent, kept.connected_at) == ("ann", LATER)


def test_a_database_without_agents_gets_their_tables_and_keeps_its_attempts(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect(path)) as before:
        migrations.apply(Database(before), stop_before="m019_agents")
        before.execute("INSERT INTO campaign (id, name, spec, created_at, updated_at) VALUES (1, 'c', '{}', '', '')")
        before.execute(
            "INSERT INTO run (id, campaign_id, number, spec, state, created_at) VALUES (1, 1, 1, '{}', 'active', '')"
        )
        before.execute(
            "INSERT INTO target (id, run_id, contact_id, number, zones, state, rank)"
            " VALUES (1, 1, 1, '+1', '[]', 'in_progress', 1.0)"
        )
        before.execute(
            "INSERT INTO attempt (id, target_id, run_id, number, trunk, asterisk, caller_id, claimed_at)"
            " VALUES (?, 1, 1, '+1', 'carrier', 'pbx1', '+12125550100', '2026-12-01T12:00:00.000000+00:00')",
            (ATTEMPT,),
        )
    with SqliteStore.unit(path, write=True) as unit:
        old = unit.dialing.attempt(ATTEMPT)
        assert old is not None
        assert (old.number, old.agent, old.connected_at) == ("+1", None, None)
        make(unit)
        unit.agents.prefer("ann", "c")
        row = unit.agents.get("ann")
        assert row is not None
        assert row.preferred == {"c"}
