"""The rows: in order, counted, unique where a call could be made twice, and kept literally."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.unit import SqlUnit
from dialerd.adapters.sqlite.connection import connect
from dialerd.adapters.sqlite.migrations import migrate
from dialerd.domain.contact import Contact
from dialerd.domain.errors import StoreError
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.words import Disposition, RunId, RunState, TargetState
from dialerd.ports import AttemptRow, DncEntry, Unit
from tests.adapters.sqlite.stored import NOW, SPEC, attempt_at, closed, contacts, set_up


def test_the_dialing_order_is_fresh_targets_by_rank_then_redials(unit: Unit) -> None:
    run = set_up(unit, 3)
    first = unit.dialing.candidates(run.id, dnc=None, limit=1, now=NOW)[0]
    attempt = attempt_at(first, 1)
    unit.dialing.open_attempt(attempt)
    done = closed(attempt, Disposition.BUSY)
    assert unit.dialing.close_attempt(done)
    unit.dialing.release_target(done, state=TargetState.WAITING, not_before=NOW, now=NOW)
    unit.dialing.promote(run.id, NOW)
    order = [target.id for target in unit.dialing.candidates(run.id, dnc=None, limit=9, now=NOW)]
    assert order[-1] == first.id
    assert order == [*sorted(order[:-1]), first.id]


def test_a_settled_attempt_cannot_be_settled_again(unit: Unit) -> None:
    run = set_up(unit, 1)
    attempt = attempt_at(unit.dialing.candidates(run.id, dnc=None, limit=1, now=NOW)[0], 1)
    unit.dialing.open_attempt(attempt)
    assert unit.dialing.close_attempt(closed(attempt, Disposition.BUSY))
    assert not unit.dialing.close_attempt(closed(attempt, Disposition.ANSWERED_HUMAN))
    found = unit.dialing.attempt(attempt.id)
    assert found is not None
    assert found.disposition is Disposition.BUSY


def test_an_attempt_counts_for_its_target_and_its_number_from_the_claim_on(unit: Unit) -> None:
    run = set_up(unit, 2)
    (first, second) = unit.dialing.candidates(run.id, dnc=None, limit=2, now=NOW)

    def known() -> list[tuple[str | None, int, list[Disposition | None]]]:
        found = []
        for target in (first, second):
            last = unit.dialing.last_attempt(target.id)
            numbers = unit.dialing.numbers(target.id, wrong=(Disposition.BUSY,), dnc=None, now=NOW)
            past = unit.regulation.past_calls(
                target.number, target.contact_id, run.campaign_id, since=NOW - timedelta(days=1)
            )
            tried = numbers[0].attempts + 10 * numbers[0].is_wrong
            found.append((None if last is None else last.id[-1], tried, [call.disposition for call in past]))
        return found

    nothing: tuple[None, int, list[Disposition | None]] = (None, 0, [])
    assert known() == [nothing, nothing]
    attempt = attempt_at(first, 1)
    unit.dialing.open_attempt(attempt)
    assert known() == [("1", 1, [None]), nothing]
    done = closed(attempt, Disposition.BUSY)
    assert unit.dialing.close_attempt(done)
    assert known() == [("1", 11, [Disposition.BUSY]), nothing]
    unit.dialing.release_target(done, state=TargetState.WAITING, not_before=NOW, now=NOW)
    again = replace(attempt_at(first, 2), claimed_at=NOW + timedelta(minutes=1))
    unit.dialing.open_attempt(again)
    assert known() == [("2", 12, [None, Disposition.BUSY]), nothing]


def test_a_number_is_in_one_open_attempt_over_all_campaigns(unit: Unit) -> None:
    run = set_up(unit, 1)
    target = unit.dialing.candidates(run.id, dnc=None, limit=1, now=NOW)[0]
    unit.dialing.open_attempt(attempt_at(target, 1))
    with pytest.raises(StoreError):
        unit.dialing.open_attempt(attempt_at(target, 2))


def test_a_campaign_has_one_unfinished_run(unit: Unit, store: Connection) -> None:
    run = set_up(unit, 1)
    with pytest.raises(store.IntegrityError):
        unit.runs.create(run.campaign_id, SPEC, NOW)
    unit.runs.set_state(run.id, RunState.STOPPED, NOW)
    assert unit.runs.create(run.campaign_id, SPEC, NOW).number == 2


def test_an_entry_on_the_dnc_list_is_seen_by_the_next_candidates_until_it_expires(unit: Unit) -> None:
    run = set_up(unit, 1)
    number = unit.dialing.candidates(run.id, dnc=None, limit=1, now=NOW)[0].number
    entry = DncEntry(list_name="global", number=number, source="test", added_at=NOW, expires_at=NOW + timedelta(days=1))
    assert unit.dnc.add([entry]) == 1
    assert unit.dnc.add([entry]) == 0
    assert unit.dialing.candidates(run.id, dnc=None, limit=1, now=NOW)[0].on_dnc == "global"
    assert unit.dialing.candidates(run.id, dnc=None, limit=1, now=NOW + timedelta(days=2))[0].on_dnc is None


def test_an_entry_on_the_dnc_list_is_never_shortened(unit: Unit) -> None:
    number = "+12125550100"
    days = {None: None} | {n: NOW + timedelta(days=n) for n in (1, 30)}

    def put(n: int | None) -> int:
        entry = DncEntry(list_name="global", number=number, source="test", added_at=NOW, expires_at=days[n])
        return unit.dnc.add([entry])

    assert [put(30), put(1), put(None), put(30)] == [1, 0, 1, 0]
    assert unit.dnc.check(number, NOW)[0].expires_at is None


def test_a_number_on_the_dnc_list_is_settled_as_the_run_begins(unit: Unit) -> None:
    made = unit.lists.create("l", "US", NOW)
    unit.contacts.add(made.id, contacts(3), NOW)
    unit.dnc.add([DncEntry(list_name="global", number=contacts(1)[0].numbers[0].e164, source="t", added_at=NOW)])
    run = unit.runs.create(unit.campaigns.put(SPEC, NOW).id, SPEC, NOW)
    assert unit.runs.prepare(run.id, size=10, draw=lambda: 0.5, now=NOW)
    after = unit.runs.get(run.id)
    assert after is not None
    assert (after.pending, after.done) == (2, 1)
    assert unit.runs.dispositions(run.id) == {Disposition.DO_NOT_CALL: 1}


def test_the_same_contacts_twice_are_added_once_and_a_number_on_two_lists_is_one_target(unit: Unit) -> None:
    made = unit.lists.create("l", "US", NOW)
    assert unit.contacts.add(made.id, contacts(5), NOW) == (5, 0)
    assert unit.contacts.add(made.id, contacts(6), NOW) == (1, 5)
    other = unit.lists.create("m", "US", NOW)
    unit.contacts.add(other.id, contacts(2), NOW)
    spec = SPEC.model_copy(update={"lists": ("l", "m")})
    run = unit.runs.create(unit.campaigns.put(spec, NOW).id, spec, NOW)
    assert unit.runs.prepare(run.id, size=100, draw=lambda: 0.5, now=NOW)
    after = unit.runs.get(run.id)
    assert after is not None
    assert after.pending == 6


def test_hostile_text_is_kept_literally(unit: Unit) -> None:
    made = unit.lists.create("l", "US", NOW)
    text = "Robert'); DROP TABLE contact;-- \" ; %s {x} \u202e"
    number = PhoneNumber(e164="+12125550100", zones=())
    unit.contacts.add(made.id, [Contact(numbers=(number,), attributes={"name": text})], NOW)
    (row,) = unit.contacts.find("+12125550100")
    assert row.contact.attributes == {"name": text}


_steps = st.lists(st.tuples(st.sampled_from(["claim", "hold", "close", "again", "promote", "dnc"]), st.integers(0, 9)))


@settings(max_examples=100, deadline=None)
@given(_steps)
def test_the_counters_always_equal_a_fresh_count(steps: list[tuple[str, int]]) -> None:
    connection = connect(None)
    migrate(connection)
    unit = SqlUnit(connection)
    run = set_up(unit)
    opened: list[AttemptRow] = []
    for n, (kind, which) in enumerate(steps):
        pending = unit.dialing.candidates(run.id, dnc=None, limit=10, now=NOW)
        match kind:
            case "claim" if pending:
                opened.append(attempt_at(pending[which % len(pending)], n))
                unit.dialing.open_attempt(opened[-1])
            case "hold" if pending:
                unit.dialing.hold(pending[which % len(pending)], "hours", NOW)
            case "dnc" if pending:
                unit.dialing.settle_target(pending[which % len(pending)], Disposition.DO_NOT_CALL, NOW)
            case "close" | "again" if opened:
                done = closed(opened.pop(which % len(opened)), Disposition.BUSY)
                assert unit.dialing.close_attempt(done)
                state = TargetState.DONE if kind == "close" else TargetState.WAITING
                unit.dialing.release_target(done, state=state, not_before=NOW, now=NOW)
            case "promote":
                unit.dialing.promote(run.id, NOW)
    row = unit.runs.get(run.id)
    assert row is not None
    counted = dict(connection.execute("SELECT state, count(*) FROM target GROUP BY state").fetchall())
    assert (row.pending, row.waiting, row.in_progress, row.done) == tuple(
        counted.get(state, 0) for state in ("pending", "waiting", "in_progress", "done")
    )
    (attempts,) = connection.execute("SELECT count(*) FROM attempt").fetchone()
    assert row.attempts == attempts
    ended = connection.execute("SELECT disposition, count(*) FROM attempt WHERE disposition IS NOT NULL GROUP BY 1")
    undialed = connection.execute("SELECT count(*) FROM target WHERE disposition = 'do_not_call'").fetchone()[0]
    expected = dict(ended.fetchall()) | ({"do_not_call": undialed} if undialed else {})
    assert {str(each): count for each, count in unit.runs.dispositions(run.id).items()} == expected


def test_contacts_added_to_an_endless_run_are_taken_in_later(unit: Unit) -> None:
    run = set_up(unit, 2)
    made = unit.lists.get("l")
    assert made is not None
    unit.contacts.add(made.id, contacts(5), NOW)
    unit.runs.prepare(RunId(run.id), size=10, draw=lambda: 0.5, now=NOW)
    after = unit.runs.get(run.id)
    assert after is not None
    assert after.pending == 5


def test_an_id_of_a_deleted_contact_is_never_given_to_another_person(unit: Unit) -> None:
    run = set_up(unit, 5)
    unit.runs.set_state(run.id, RunState.STOPPED, NOW)
    old = unit.lists.get("l")
    assert old is not None
    before = {row.id for row in unit.contacts.of_list(old.id, limit=99)}
    assert unit.lists.delete(old.id, size=9)
    new = unit.lists.create("l", "US", NOW)
    assert unit.contacts.add(new.id, contacts(8), NOW) == (8, 0)
    after = {row.id for row in unit.contacts.of_list(new.id, limit=99)}
    assert len(after) == 8
    assert not before & after, "an attempt of the old run would name a stranger"


def test_further_numbers_of_a_contact_are_found_and_kept_in_order(unit: Unit) -> None:
    made = unit.lists.create("l", "US", NOW)
    numbers = tuple(PhoneNumber(e164=f"+1212555010{n}", zones=(f"Zone/{n}",)) for n in (3, 1, 2))
    unit.contacts.add(made.id, [*contacts(2), Contact(numbers=numbers, zone="Europe/Paris", priority=7)], NOW)
    (row,) = unit.contacts.find("+12125550101")
    assert row.contact == Contact(numbers=numbers, zone="Europe/Paris", priority=7)


def test_a_run_walks_all_of_its_lists_by_age_of_contact_and_no_other_list(unit: Unit) -> None:
    lists = {name: unit.lists.create(name, "US", NOW) for name in ("l", "m", "other")}
    for n, contact in enumerate(contacts(30)):
        unit.contacts.add(lists[("l", "other", "m")[n % 3]].id, [contact], NOW)
    spec = SPEC.model_copy(update={"lists": ("m", "l")})
    run = unit.runs.create(unit.campaigns.put(spec, NOW).id, spec, NOW)
    chunks = 1
    while not unit.runs.prepare(run.id, size=3, draw=lambda: 0.5, now=NOW):
        chunks += 1
    assert chunks == 7
    dialed = [target.number for target in unit.dialing.candidates(run.id, dnc=None, limit=99, now=NOW)]
    assert dialed == [each.numbers[0].e164 for n, each in enumerate(contacts(30)) if n % 3 != 1]


def test_an_export_has_every_attempt_in_order_with_its_count_at_the_target(unit: Unit) -> None:
    run = set_up(unit, 2)
    n = 0
    for target in unit.dialing.candidates(run.id, dnc=None, limit=2, now=NOW) * 2:
        attempt = attempt_at(target, n := n + 1)
        unit.dialing.open_attempt(attempt)
        done = closed(attempt, Disposition.BUSY)
        assert unit.dialing.close_attempt(done)
        unit.dialing.release_target(done, state=TargetState.WAITING, not_before=NOW, now=NOW)
        unit.dialing.promote(run.id, NOW)
    rows = list(unit.dialing.export(run.id))
    assert [(row.attempt.id[-1], row.contact_id, row.ordinal) for row in rows] == [
        ("1", 1, 1),
        ("2", 2, 1),
        ("3", 1, 2),
        ("4", 2, 2),
    ]
