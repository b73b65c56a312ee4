"""Recordings on the command line: which there are, and an agent's own switch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.agents import Seen
from dialerd.domain.recording import recording_name
from dialerd.domain.words import AgentState, AttemptId
from dialerd.ports import RecordingRow, RecordingWish, Unit
from tests.adapters.sqlite.stored import NOW, attempt_at, set_up
from tests.cli.conftest import Terminal

ATTEMPT = AttemptId(f"d{1:032x}")


@pytest.fixture
def talking(terminal: Terminal) -> Terminal:
    """Agent ann talks in a call of campaign c."""
    terminal.ok("agent", "add", "ann", "--endpoint", "PJSIP/1001")

    def job(unit: Unit) -> None:
        (target,) = unit.dialing.candidates(set_up(unit, 1).id, dnc=None, limit=1, now=NOW)
        unit.dialing.open_attempt(attempt_at(target, 1))
        seen = Seen(state=AgentState.ON_CALL, since=NOW, idle_since=NOW, attempt_id=ATTEMPT)
        unit.agents.set_seen("ann", seen, leg_id=None, asterisk="pbx1", now=NOW)

    with SqliteStore.unit(terminal.home / "dialerd.db", write=True) as unit:
        job(unit)
    return terminal


def test_an_agents_call_is_to_be_recorded_and_no_more(talking: Terminal) -> None:
    for switch, wanted in (("on", True), ("off", False)):
        said = talking.ok("agent", "record", "ann", switch)
        assert "agent ann" in said.out
        assert "no daemon is running" in said.err
        with SqliteStore.unit(talking.home / "dialerd.db", write=False) as unit:
            assert unit.recordings.wishes() == [RecordingWish(attempt_id=ATTEMPT, wanted=wanted, asked_by="agent ann")]


def test_who_is_in_no_call_is_told_so(terminal: Terminal) -> None:
    terminal.ok("agent", "add", "ann", "--endpoint", "PJSIP/1001")
    said = terminal.type("agent", "record", "ann", "on")
    assert said.code == 1
    assert "not in a call of a campaign" in said.err
    assert terminal.type("agent", "record", "ann", "maybe").code == 2


def test_recordings_are_listed_with_their_call(talking: Terminal) -> None:
    name = recording_name(ATTEMPT, "1")
    row = RecordingRow(name=name, attempt_id=ATTEMPT, asterisk="pbx1", asked_by="campaign", started_at=NOW)
    with SqliteStore.unit(talking.home / "dialerd.db", write=True) as unit:
        unit.recordings.add(row)
        unit.recordings.add(replace(row, name=recording_name(ATTEMPT, "2"), asked_by="agent ann"))
        unit.recordings.end(name, now=NOW, duration_s=2.0)
    found = talking.ok("recording", "list", "c", "--json").document
    assert [(each["file"], each["duration_s"], each["asked_by"]) for each in found] == [
        (f"{name}.wav", 2.0, "campaign"),
        (f"dialerd/{ATTEMPT}-2.wav", None, "agent ann"),
    ]
    assert name in talking.ok("recording", "list", "--attempt", ATTEMPT).out
    assert talking.ok("recording", "list", "--attempt", "d0", "--json").document == []
    assert talking.type("recording", "list", "nothing").code == 1
