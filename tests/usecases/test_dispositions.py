"""Custom dispositions: kept in sets, given to calls, counted in place of the system's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dialerd.domain.dispositionset import DispositionSet, read_disposition_set
from dialerd.domain.errors import BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.words import ContactId, RunState
from dialerd.domain.words import Disposition as D
from dialerd.ports import AttemptRow
from dialerd.usecases import campaigns, contacts, dispositions, export, lists, runs
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec

LATER = NOW + timedelta(seconds=30)


def sales(**changes: Any) -> DispositionSet:
    table = {
        "name": "sales",
        "disposition": [
            {"code": "accepted", "positive": True},
            {"code": "refused"},
            {"code": "call_again", "retry_after_min": 120},
        ],
        **changes,
    }
    return read_disposition_set(table, source="sales.toml")


@pytest.fixture
def full(house: House) -> House:
    house.with_contacts("2122660001", "2122660002", "2122660003")
    dispositions.apply_set(house.unit, sales(), actor=ACTOR, now=NOW)
    apply(house)
    return house


def apply(house: House, **changes: Any) -> None:
    given = spec(**{"dispositions": "sales", "max_attempts": 2, **changes})
    campaigns.apply_campaign(house.unit, given, trunks=TRUNKS, actor=ACTOR, now=NOW)


def give(house: House, attempt: AttemptRow, code: str) -> dispositions.Given:
    return dispositions.give(house.unit, attempt.id, code, actor=ACTOR, now=LATER)


def answered(house: House, *attempts: AttemptRow) -> None:
    for attempt in attempts:
        house.end(attempt, D.ANSWERED_HUMAN, LATER, answered_at=NOW)


def test_a_custom_disposition_takes_the_place_of_the_systems_in_every_count_and_both_are_kept(full: House) -> None:
    run = full.start()
    first, second = full.dial(2)
    answered(full, first, second)
    assert give(full, first, "accepted").system is D.ANSWERED_HUMAN
    assert full.unit.runs.dispositions(run.id) == {"accepted": 1, "answered_human": 1}
    give(full, first, "refused")
    assert full.unit.runs.dispositions(run.id) == {"answered_human": 1, "refused": 1}
    kept = full.unit.dialing.attempt(first.id)
    assert kept is not None
    assert kept.disposition is D.ANSWERED_HUMAN
    assert full.audit()[-1] == (ACTOR, "disposition_given", "spring")


def test_one_that_asks_for_another_call_has_the_contact_dialed_again_and_never_above_its_most_attempts(
    full: House,
) -> None:
    full.start()
    (attempt,) = full.dial(1)
    answered(full, attempt)
    assert give(full, attempt, "call_again").retry_at == LATER + timedelta(hours=2)
    assert full.latest().waiting == 1
    apply_again = full.unit.dialing.promote(full.latest().id, LATER + timedelta(hours=2))
    assert apply_again == 1


def test_a_final_one_settles_a_contact_that_would_have_been_dialed_again(full: House) -> None:
    full.start()
    (attempt,) = full.dial(1)
    full.end(attempt, D.BUSY, LATER)
    assert full.latest().waiting == 1
    assert give(full, attempt, "refused").retry_at is None
    assert (full.latest().waiting, full.latest().done) == (0, 1)
    assert full.unit.runs.dispositions(full.latest().id) == {"refused": 1}, "counted once, with its attempt"


@pytest.mark.parametrize("code", ["call_again", "refused"])
def test_in_a_run_that_is_being_stopped_nobody_is_called_again_and_who_was_reached_is_not_counted_as_cancelled(
    full: House, code: str
) -> None:
    full.start()
    first, second = full.dial(2)
    answered(full, first)
    runs.stop_run(full.unit, "spring", actor=ACTOR, now=NOW)
    assert give(full, first, code).retry_at is None
    answered(full, second)
    assert full.latest().state is RunState.STOPPED
    assert full.unit.runs.dispositions(full.latest().id) == {code: 1, "answered_human": 1, "cancelled": 1}


def test_no_call_is_promised_for_a_contact_that_was_settled_without_one(full: House) -> None:
    apply(full, max_attempts=3)
    full.start()
    (attempt,) = full.dial(1)
    answered(full, attempt)
    full.unit.dialing._connection.execute("UPDATE target SET disposition = 'do_not_call' WHERE id = 1")
    assert (give(full, attempt, "call_again").retry_at, full.latest().waiting) == (None, 0)


def test_at_its_most_attempts_a_contact_is_settled_whatever_is_asked(full: House) -> None:
    full.start()
    (attempt,) = full.dial(1)
    answered(full, attempt)
    full.unit.dialing._connection.execute("UPDATE target SET attempts_spent = 2")
    assert give(full, attempt, "call_again").retry_at is None


def test_a_number_that_had_its_attempts_is_not_dialed_again_whatever_is_asked_but_another_of_the_contact_is(
    empty: House,
) -> None:
    lists.create_list(empty.unit, "customers", region="US", actor=ACTOR, now=NOW)
    both = ["+12122660001", "+12122660002"]
    contacts.add_contact(empty.unit, "customers", both, attributes={}, zone=None, priority=0, actor=ACTOR, now=NOW)
    empty.with_contacts("2122660003", "2122660004")
    dispositions.apply_set(empty.unit, sales(), actor=ACTOR, now=NOW)
    apply(empty, max_attempts=5, max_attempts_per_number=1)
    empty.start()
    first, alone = empty.dial(2)
    answered(empty, first, alone)
    assert give(empty, first, "call_again").retry_at is not None
    assert give(empty, alone, "call_again").retry_at is None
    target = empty.unit.dialing.target(empty.latest().id, ContactId(1), dnc=None, now=NOW)
    assert target is not None
    assert target.number == both[1]


def test_a_finish_criterion_counts_the_final_disposition_and_not_the_systems(full: House) -> None:
    apply(full, finish={"disposition": {"accepted": 1}})
    full.start()
    first, second = full.dial(2)
    answered(full, first)
    assert full.latest().state is RunState.ACTIVE
    give(full, first, "accepted")
    assert (full.latest().state, full.latest().reason) == (RunState.STOPPING, "1 x accepted of 1 are reached")
    answered(full, second)
    assert full.latest().state is RunState.COMPLETED


def test_positive_outcomes_are_those_of_the_campaign_and_of_its_set(full: House) -> None:
    apply(full, finish={"goal": {"positive": 2}}, positive=["answered_human"])
    full.start()
    first, second = full.dial(2)
    answered(full, first)
    assert full.latest().state is RunState.ACTIVE
    answered(full, second)
    assert full.latest().state is RunState.COMPLETED
    give(full, second, "refused")
    counts = dispositions.count(full.unit, "spring")
    assert {code for code, each in counts.counts.items() if each.positive} == {"answered_human", "accepted"}
    assert counts.conversion == pytest.approx(1 / 3)
    assert counts.counts["accepted"].count == 0, "what did not occur is told as well"


def test_a_disposition_is_final_where_the_campaigns_rules_or_its_set_dial_no_more_for_it(full: House) -> None:
    rules = [{"disposition": "rejected", "after_min": 5, "max": 1}, {"disposition": "busy", "after_min": 5, "max": 0}]
    apply(full, retry=rules)
    full.start()
    counts = dispositions.count(full.unit, "spring").counts
    final = {code for code, each in counts.items() if each.final}
    assert {"busy", "answered_human", "interrupted", "accepted", "refused"} <= final
    assert not {"rejected", "no_answer", "call_again"} & final


def test_the_counts_of_each_run_stay_apart(full: House) -> None:
    apply(full, max_attempts=1)
    full.start()
    for attempt in full.dial(3):
        full.end(attempt, D.BUSY, LATER)
    runs.rerun_campaign(full.unit, "spring", trunks=TRUNKS, actor=ACTOR, now=LATER)
    assert dispositions.count(full.unit, "spring", 1).counts["busy"].count == 3
    assert dispositions.count(full.unit, "spring").counts["busy"].count == 0
    with pytest.raises(NotFoundError, match="campaign spring has no run 3"):
        dispositions.count(full.unit, "spring", 3)


def test_a_set_keeps_the_codes_that_campaigns_are_counted_by_and_the_refusal_names_them(full: House) -> None:
    apply(full, finish={"disposition": {"refused": 3}})
    apply(full, name="summer", positive=["call_again"])
    fewer = sales(disposition=[{"code": "accepted"}])
    with pytest.raises(IllegalActionError) as raised:
        dispositions.apply_set(full.unit, fewer, actor=ACTOR, now=NOW)
    assert "refused, which campaign spring names" in raised.value.message
    assert "call_again, which campaign summer names" in raised.value.message
    with pytest.raises(IllegalActionError):
        dispositions.apply_set(full.unit, fewer, actor=ACTOR, now=NOW, dry_run=True)
    assert "refused" in dispositions.get_set(full.unit, "sales").codes
    apply(full, finish=None)
    apply(full, name="summer", positive=None)
    assert dispositions.apply_set(full.unit, fewer, actor=ACTOR, now=NOW).is_changed


def test_what_cannot_be_given_is_refused_with_what_can(full: House) -> None:
    full.start()
    (attempt,) = full.dial(1)
    with pytest.raises(IllegalActionError, match="still up"):
        give(full, attempt, "accepted")
    answered(full, attempt)
    with pytest.raises(BadInputError, match="has no disposition maybe") as raised:
        give(full, attempt, "maybe")
    assert "accepted, refused, call_again" in raised.value.hint
    for unknown in ("x", "d" + "0" * 31 + "g", "d" + "f" * 32):
        with pytest.raises(NotFoundError, match="no attempt"):
            dispositions.give(full.unit, unknown, "accepted", actor=ACTOR, now=NOW)


def test_a_campaign_names_a_set_that_is_there_and_codes_that_are_in_it(full: House) -> None:
    with pytest.raises(NotFoundError, match="no set of dispositions service"):
        apply(full, dispositions="service")
    with pytest.raises(BadInputError, match="there is no disposition sold"):
        apply(full, positive=["sold"])
    with pytest.raises(BadInputError, match="there is no disposition sold"):
        apply(full, finish={"disposition": {"sold": 3}})


def test_a_set_in_use_is_not_deleted_and_the_same_file_twice_changes_nothing(full: House) -> None:
    with pytest.raises(IllegalActionError, match="used by campaign spring"):
        dispositions.delete_set(full.unit, "sales", actor=ACTOR, now=NOW)
    assert not dispositions.apply_set(full.unit, sales(), actor=ACTOR, now=NOW).is_changed
    assert dispositions.apply_set(full.unit, sales(description="x"), actor=ACTOR, now=NOW, dry_run=True).is_changed
    assert dispositions.get_set(full.unit, "sales").description == ""
    apply(full, dispositions=None)
    dispositions.delete_set(full.unit, "sales", actor=ACTOR, now=NOW)
    with pytest.raises(NotFoundError):
        dispositions.get_set(full.unit, "sales")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"name": "Sales!"}, "a name is"),
        ({"disposition": []}, "at least 1"),
        ({"disposition": [{"code": "busy"}]}, "the system's own"),
        ({"disposition": [{"code": "Yes"}]}, "a code is"),
        ({"disposition": [{"code": "a"}, {"code": "a"}]}, "two dispositions have the code a"),
        ({"disposition": [{"code": "a", "positive": True, "retry_after_min": 1}]}, "a positive outcome is final"),
        ({"colour": 1}, "colour"),
    ],
)
def test_a_set_that_means_nothing_is_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(BadInputError, match=r"sales\.toml") as raised:
        sales(**changes)
    assert complaint in raised.value.message


def test_an_export_has_the_final_disposition_and_the_systems_beside_it_and_finds_by_the_final_one(full: House) -> None:
    full.start()
    first, second = full.dial(2)
    answered(full, first, second)
    give(full, first, "accepted")
    column = export.COLUMNS.index
    rows = {
        row[column("attempt_id")]: (row[column("disposition")], row[column("system_disposition")])
        for row in export.export_attempts(full.read, "spring")
    }
    assert rows == {first.id: ("accepted", "answered_human"), second.id: ("answered_human", "answered_human")}
    wanted = export.Wanted(dispositions=["accepted"])
    assert [row[column("attempt_id")] for row in export.export_attempts(full.read, "spring", wanted)] == [first.id]
