"""Work per call does not grow with the list: steps of SQLite's machine, counted, not timed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest

from dialerd.adapters.sql.rows import to_text
from dialerd.domain.call import Facts
from dialerd.domain.words import Channel, ContactId, Disposition, RunId, TargetState
from dialerd.ports import DncEntry, OwnCallback, Unit
from tests.adapters.sqlite.stored import NOW, attempt_at, closed, contacts, set_up


def steps(connection: sqlite3.Connection, work: Callable[[], object]) -> int:
    """How many instructions of its virtual machine SQLite runs for `work`."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    connection.set_progress_handler(step, 1)
    work()
    connection.set_progress_handler(None, 0)
    return count


def one_call(unit: Unit, run_id: RunId, n: int) -> None:
    """Promote, claim, note, settle, and what is asked about it: all that one call costs."""
    unit.callbacks.promote(run_id, NOW)
    unit.dialing.promote(run_id, NOW)
    attempt = attempt_at(unit.dialing.candidates(run_id, dnc=None, limit=1, now=NOW)[0], n)
    unit.dialing.open_attempt(attempt)
    unit.dialing.note(attempt.id, Facts(placed_at=NOW, answered_at=NOW))
    done = closed(attempt, Disposition.BUSY)
    unit.dialing.same_before(done)
    assert unit.callbacks.open(attempt.target_id) == []
    assert unit.dialing.close_attempt(done)
    state = TargetState.DONE if n % 2 else TargetState.WAITING
    unit.dialing.release_target(done, state=state, not_before=NOW.replace(year=2030), now=NOW)
    unit.dialing.next_due_at(run_id)
    unit.dialing.waiting_due(run_id, limit=10, now=NOW)
    unit.dialing.open_attempts()
    unit.dialing.last_claimed_at()
    unit.runs.get(run_id)


@pytest.mark.parametrize("size", [200, 5000])
def test_a_call_costs_the_same_in_a_list_of_any_length_and_at_any_point_of_it(
    unit: Unit, connection: sqlite3.Connection, size: int
) -> None:
    run = set_up(unit, size)
    first = steps(connection, lambda: one_call(unit, run.id, 0))
    for n in range(1, size - 1):
        one_call(unit, run.id, n)
    last = steps(connection, lambda: one_call(unit, run.id, size - 1))
    assert max(first, last) < 1200  # of which the tallies of the reports are 130


@pytest.mark.parametrize("size", [500, 5000])
def test_a_chunk_taken_in_or_cancelled_costs_the_same_in_a_list_of_any_length(
    unit: Unit, connection: sqlite3.Connection, size: int
) -> None:
    run = set_up(unit, size)
    made = unit.lists.get("l")
    assert made is not None
    spec = run.spec.model_copy(update={"name": "again"})
    again = unit.runs.create(unit.campaigns.put(spec, NOW).id, spec, NOW)
    taken = []
    for _ in range(size // 100):
        taken.append(steps(connection, lambda: unit.runs.prepare(again.id, size=100, draw=lambda: 0.5, now=NOW)))
    taken.append(steps(connection, lambda: unit.runs.prepare(again.id, size=100, draw=lambda: 0.5, now=NOW)))
    assert max(taken) < 100 * 250
    assert taken[-1] < 300, "nothing new costs nothing"
    cancelled = [
        steps(connection, lambda: unit.runs.cancel_targets(again.id, NOW, size=100)) for _ in range(size // 100)
    ]
    assert max(cancelled) < 100 * 270
    assert steps(connection, lambda: unit.runs.cancel_targets(again.id, NOW, size=100)) < 300
    after = unit.runs.get(again.id)
    assert after is not None
    assert (after.pending, after.done) == (0, size)


@pytest.mark.parametrize("size", [200, 5000])
def test_a_call_costs_the_same_however_many_messages_are_due_and_a_message_however_many_calls(
    unit: Unit, connection: sqlite3.Connection, size: int
) -> None:
    run = set_up(unit, size)
    targets = unit.dialing.candidates(run.id, dnc=None, limit=size, now=NOW)
    for target in targets[: size - 5]:
        unit.strategies.set_step(target.id, "text", Channel.SMS)
    assert steps(connection, lambda: one_call(unit, run.id, 0)) < 1200
    for target in targets[5 : size - 5]:
        unit.strategies.set_step(target.id, "call", Channel.VOICE)
    assert len(unit.dialing.candidates(run.id, dnc=None, limit=9, now=NOW, channel=Channel.SMS)) == 5
    walked = steps(connection, lambda: unit.dialing.candidates(run.id, dnc=None, limit=9, now=NOW, channel=Channel.SMS))
    assert walked < 1200
    attempt = attempt_at(targets[0], 7)
    counted = steps(connection, lambda: unit.strategies.at_step(targets[0].id, "text", "sent", but=attempt.id))
    assert counted < 100


@pytest.mark.parametrize("waiting", [20, 2000])
def test_what_waits_for_agents_is_found_at_the_same_cost_however_much_it_is(
    unit: Unit, connection: sqlite3.Connection, waiting: int
) -> None:
    run = set_up(unit, waiting)
    connection.execute(
        "INSERT INTO callback (campaign_id, contact_id, number, zones, zone, due_at, planned_at, expires_at,"
        " created_by, created_at, agent, state, run_id, target_id) SELECT 1, contact_id, number, zones, 'UTC', :now,"
        " :now, :now, 'x', :now, 'agent' || (id % 2), 'scheduled', run_id, id FROM target",
        {"now": to_text(NOW)},
    )
    found: list[OwnCallback] = []

    def look() -> None:
        agents = ("agent0", "agent1")
        found.extend(unit.callbacks.own(agents, runs=(run.id,), until=NOW, each=5))
        unit.callbacks.next_own_at(agents, after=NOW)

    assert steps(connection, look) < 1200
    assert [own.agent for own in found].count("agent1") == 5
    assert len(found) == 10


def test_the_hot_walks_go_along_their_indexes_and_sort_nothing(unit: Unit, connection: sqlite3.Connection) -> None:
    run = set_up(unit, 10)
    said: list[str] = []
    connection.set_trace_callback(said.append)
    one_call(unit, run.id, 1)
    unit.runs.prepare(run.id, size=5, draw=lambda: 0.5, now=NOW)
    unit.runs.cancel_targets(run.id, NOW, size=5)
    connection.set_trace_callback(None)
    plans = {
        text: [row[3] for row in connection.execute("EXPLAIN QUERY PLAN " + text)]
        for text in said
        if text.startswith(("SELECT", "UPDATE", "\nSELECT", "\nUPDATE", "INSERT"))
    }
    walks = " | ".join(step for plan in plans.values() for step in plan)
    for index in ("target_next", "target_waiting", "attempt_open_number", "contact_by_list"):
        assert index in walks
    # What is read whole is one row, a few names, or the attempts that are open now; and the last attempt of all.
    small = ("contact_mark", "json_each", "CONSTANT", "attempt_open", "SCAN attempt")
    scans = [step for plan in plans.values() for step in plan if step.startswith("SCAN")]
    assert [step for step in scans if not any(name in step for name in small)] == []


def test_the_attempts_at_a_target_or_a_number_are_found_along_an_index_open_or_ended(
    unit: Unit, connection: sqlite3.Connection
) -> None:
    run = set_up(unit, 10)
    (target, other) = unit.dialing.candidates(run.id, dnc=None, limit=2, now=NOW)
    ended = closed(attempt_at(target, 1), Disposition.BUSY)
    unit.dialing.open_attempt(ended, attempt_at(other, 2))
    assert unit.dialing.close_attempt(ended)
    said: list[str] = []
    connection.set_trace_callback(said.append)
    for each in (target, other):
        unit.dialing.target(run.id, each.contact_id, dnc=None, now=NOW)
        unit.dialing.numbers(each.id, wrong=(), dnc=None, now=NOW)
        unit.dialing.last_attempt(each.id)
        unit.regulation.past_calls(each.number, each.contact_id, run.campaign_id, since=NOW)
    unit.dialing.same_before(ended)
    unit.dialing.unspent_before(ended)
    list(unit.dialing.export(run.id))
    unit.campaigns.delete(run.campaign_id, size=1, forget=NOW)
    connection.set_trace_callback(None)
    asked = [text for text in said if " attempt" in text and not text.lstrip().startswith("--")]
    assert len(asked) == 11, "what a trigger does is told as a comment"
    for text in [*asked, "DELETE FROM target WHERE id = 1"]:
        plan = [row[3] for row in connection.execute("EXPLAIN QUERY PLAN " + text)]
        assert [step for step in plan if step.startswith("SCAN attempt")] == [], text


def test_an_export_walks_an_index_and_gives_its_first_row_at_once(unit: Unit, connection: sqlite3.Connection) -> None:
    run = set_up(unit, 2000)
    for n, target in enumerate(unit.dialing.candidates(run.id, dnc=None, limit=2000, now=NOW)):
        unit.dialing.open_attempt(attempt_at(target, n))
    said: list[str] = []
    connection.set_trace_callback(said.append)
    first = steps(connection, lambda: next(iter(unit.dialing.export(run.id, dispositions=None))))
    connection.set_trace_callback(None)
    assert first < 300, "with the sorting of what it is to give, it would be thousands"
    plan = [row[3] for row in connection.execute("EXPLAIN QUERY PLAN " + said[0])]
    assert any("attempt_by_run" in step for step in plan)
    assert not [step for step in plan if "TEMP B-TREE" in step]


@pytest.mark.parametrize("size", [500, 5000])
def test_a_chunk_deleted_costs_the_same_whatever_there_is_beside_it(
    unit: Unit, connection: sqlite3.Connection, size: int
) -> None:
    run = set_up(unit, size)
    for n, target in enumerate(unit.dialing.candidates(run.id, dnc=None, limit=size, now=NOW)):
        done = closed(attempt_at(target, n), Disposition.BUSY)
        unit.dialing.open_attempt(done)
        assert unit.dialing.close_attempt(done)
    made = unit.lists.get("l")
    assert made is not None
    unit.dnc.create("mine")
    for name, count in (("global", size), ("mine", 300)):
        unit.dnc.add(
            DncEntry(list_name=name, number=f"+1212{6_000_000 + n}", source="", added_at=NOW) for n in range(count)
        )
    works: list[Callable[[], object]] = [
        lambda: unit.dnc.delete("mine", size=100),
        lambda: unit.campaigns.delete(run.campaign_id, size=100, forget=NOW),
        lambda: unit.lists.delete(made.id, size=100),
    ]
    for work in works:
        assert steps(connection, work) < 100 * 300
    while not unit.campaigns.delete(run.campaign_id, size=100, forget=NOW):
        pass
    while not unit.lists.delete(made.id, size=100):
        pass
    while unit.dnc.delete("mine", size=100):
        pass
    rows = {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in _EMPTIED}  # noqa: S608
    assert rows == dict.fromkeys(_EMPTIED, 0)
    assert unit.dnc.lists() == {"global": size}


_EMPTIED = ("attempt", "target", "run", "run_disposition", "campaign", "contact", "contact_list")


@pytest.mark.parametrize("size", [500, 5000])
def test_what_an_import_asks_for_a_chunk_costs_the_same_in_a_list_of_any_length(
    unit: Unit, connection: sqlite3.Connection, size: int
) -> None:
    set_up(unit, size)
    made = unit.lists.get("l")
    assert made is not None
    numbers = [contact.numbers[0].e164 for contact in contacts(100)]
    first = [contact.numbers[0].e164 for contact in contacts(size)]
    unit.dnc.add([DncEntry(list_name="global", number=each, source="", added_at=NOW) for each in first])
    asked: list[Callable[[], object]] = [
        lambda: unit.contacts.known(made.id, numbers, up_to=None),
        lambda: unit.dnc.listed(numbers, NOW),
        lambda: unit.contacts.add(made.id, contacts(100), NOW),
    ]
    assert len(unit.contacts.known(made.id, numbers, up_to=ContactId(60))) == 60
    assert len(unit.dnc.listed(numbers, NOW)) == 100
    assert max(steps(connection, work) for work in asked) < 100 * 60
