"""Trying a filter, and being told why somebody is left out."""

from __future__ import annotations

from typing import Any

import pytest

from dialerd.domain.errors import BadInputError
from dialerd.domain.words import Disposition as D
from dialerd.usecases import campaigns, contacts, dialing, explain, filters, lists, runs
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec


@pytest.fixture
def full(house: House) -> House:
    for n, (state, balance) in enumerate([("CA", "50"), ("CA", "150"), ("NY", "150"), ("NY", "20"), ("CA", "900")]):
        contacts.add_contact(
            house.unit,
            "customers",
            [f"212266000{n}"],
            attributes={"state": state, "balance": balance},
            zone=None,
            priority=0,
            actor=ACTOR,
            now=NOW,
        )
    return house


def apply(house: House, **changes: Any) -> campaigns.Applied:
    return campaigns.apply_campaign(house.unit, spec(**changes), trunks=TRUNKS, actor=ACTOR, now=NOW)


def test_a_test_counts_samples_and_tells_what_each_condition_removes(full: House) -> None:
    found = filters.try_filter_of_campaign(full.unit, "spring", "state = 'CA' and balance > 100", NOW)
    assert (found.count.contacts, found.count.kept) == (5, 2)
    assert [(each.condition, each.removes, each.only_it_removes) for each in found.count.conditions] == [
        ("state = 'CA'", 2, 1),
        ("balance > 100", 2, 1),
    ]
    assert [row.contact.attributes["balance"] for row in found.sample] == ["150", "900"]
    assert found.warnings == []


def test_a_test_of_nothing_is_refused_and_a_wrong_one_points_at_its_place(full: House) -> None:
    with pytest.raises(BadInputError, match="has no filter"):
        filters.try_filter_of_campaign(full.unit, "spring", None, NOW)
    apply(full, filter="state = 'CA'")
    with pytest.raises(BadInputError, match="the filter is empty"):
        filters.try_filter_of_campaign(full.unit, "spring", "", NOW)
    with pytest.raises(BadInputError, match="line 1, column 7"):
        filters.try_filter_of_list(full.unit, "customers", "state ~ 1", NOW.date())


def test_a_field_that_a_list_lacks_is_warned_about_when_applied(full: House) -> None:
    assert apply(full, filter="stat = 'CA'").warnings == [
        "filter: no contact of list customers seems to have a field stat"
    ]
    assert apply(full, filter="state = 'CA'").warnings == []
    assert apply(full, order="lifoo").warnings == ["order: no contact of list customers seems to have a field lifoo"]
    assert apply(full, order="-balance").warnings == []


def test_the_filter_of_a_campaign_is_obeyed_and_explain_names_the_condition(full: House) -> None:
    apply(full, filter="state = 'CA' and balance > 100")
    assert full.start().targets == 2
    told = explain.explain(full.unit, "spring", 1, trunks=TRUNKS, now=NOW)
    assert told.held_by == "filter"
    assert "balance > 100" in told.closed[0].reason
    assert explain.explain(full.unit, "spring", 2, trunks=TRUNKS, now=NOW).held_by is None


def test_a_paused_campaign_with_another_filter_is_filled_again(full: House) -> None:
    apply(full, filter="state = 'CA'")
    full.start()
    runs.pause_run(full.unit, "spring", actor=ACTOR, now=NOW)
    apply(full, filter="balance > 100")
    run = full.latest()
    assert (run.is_scrub_due, run.is_prepared, run.spec.filter) == (True, False, "balance > 100")


@pytest.mark.parametrize(("later", "waiting"), [("balance > 100000", 0), (None, 1)])
def test_whom_another_filter_leaves_out_while_a_call_is_up_is_not_dialed_again_unless_a_third_keeps_them(
    full: House, later: str | None, waiting: int
) -> None:
    apply(full, max_attempts=3)
    full.start()
    (attempt,) = full.dial(1)
    runs.pause_run(full.unit, "spring", actor=ACTOR, now=NOW)
    for text in ("balance > 99999", later):
        apply(full, max_attempts=3, filter=text)
        dialing.scrub(full.unit, full.latest().id, NOW)
    full.end(attempt, D.BUSY, NOW)
    assert full.latest().waiting == waiting
    assert full.unit.runs.dispositions(full.latest().id)["busy"] == 1


def test_a_paused_campaign_with_the_same_filter_is_not_filled_again(full: House) -> None:
    full.start()
    runs.pause_run(full.unit, "spring", actor=ACTOR, now=NOW)
    apply(full, description="ten million contacts are not looked through for a word")
    assert full.latest().is_prepared


def test_a_contact_that_is_at_a_later_number_is_not_taken_in_a_second_time(house: House) -> None:
    both = ["+12122660001", "+12122660002"]
    contacts.add_contact(house.unit, "customers", both, attributes={}, zone=None, priority=0, actor=ACTOR, now=NOW)
    apply(house, max_attempts=5)
    run = house.start()
    (attempt,) = house.dial(1)
    house.end(attempt, D.BUSY, NOW)
    runs.pause_run(house.unit, "spring", actor=ACTOR, now=NOW)
    apply(house, max_attempts=5, filter="number is not empty")
    runs.resume_run(house.unit, "spring", actor=ACTOR, now=NOW)
    assert not house.latest().is_prepared
    assert dialing.take_in(house.unit, run.id, draw=lambda: 0.5, now=NOW)
    assert house.latest().targets == 1


def test_a_number_that_was_dialed_in_a_run_is_not_dialed_again_for_a_contact_that_comes_in_later(house: House) -> None:
    both = ["+12122660001", "+12122660002"]
    contacts.add_contact(house.unit, "customers", both, attributes={}, zone=None, priority=0, actor=ACTOR, now=NOW)
    lists.create_list(house.unit, "more", region="US", actor=ACTOR, now=NOW)
    apply(house, lists=["customers", "more"], max_attempts=5, finite=False)
    run = house.start()
    (attempt,) = house.dial(1)
    house.end(attempt, D.BUSY, NOW)
    house.with_contacts("2122660001", name="more")
    dialing.take_in(house.unit, run.id, draw=lambda: 0.5, now=NOW)
    assert house.latest().targets == 1
