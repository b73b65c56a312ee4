"""Why a contact is not called: the same gates as the dial loop's, with the one that holds it first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from dialerd.domain.errors import NotFoundError
from dialerd.domain.trunk import Trunk
from dialerd.domain.words import AttemptId
from dialerd.domain.words import Disposition as D
from dialerd.usecases import campaigns, contacts, dialing, dnc, lists, runs
from dialerd.usecases.explain import Explanation, explain
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec

NIGHT = NOW + timedelta(hours=12)  # 22:00 in New York; opens at 8:00 on the third of March
LATER = NOW + timedelta(seconds=30)


def ask(house: House, *, now: datetime = NOW, trunks: Mapping[str, Trunk] = TRUNKS, contact: int = 1) -> Explanation:
    return explain(house.unit, "spring", contact, trunks=trunks, now=now)


def gates(found: Explanation) -> list[str]:
    return [gate.name for gate in found.closed]


@pytest.fixture
def one(house: House) -> House:
    house.with_contacts("2122660001")
    campaigns.apply_campaign(
        house.unit, spec(max_attempts=2, retry_after_min=60.0), trunks=TRUNKS, actor=ACTOR, now=NOW
    )
    return house


def test_nothing_holds_a_target_that_may_be_dialed(one: House) -> None:
    one.start()
    found = ask(one)
    assert (found.held_by, found.until, found.closed) == (None, None, [])
    assert (found.number, found.target_state, found.attempts_spent) == ("+12122660001", "pending", 0)


def test_before_a_run_the_run_is_what_holds_it(one: House) -> None:
    found = ask(one, now=NIGHT)
    assert gates(found) == ["run", "target", "hours"]
    assert (found.held_by, found.closed[0].reason) == ("run", "the campaign is not running")


def test_a_paused_run_is_named_first_and_everything_else_after_it(one: House) -> None:
    one.start()
    runs.pause_run(one.unit, "spring", actor=ACTOR, now=NOW)
    assert gates(ask(one)) == ["run"]
    assert gates(ask(one, now=NIGHT)) == ["run", "hours"]


def test_outside_the_hours_it_says_until_when(one: House) -> None:
    one.start()
    found = ask(one, now=NIGHT)
    assert (found.held_by, found.until) == ("hours", NIGHT.replace(day=3, hour=13))


def test_a_retry_that_is_not_due_says_when_it_is(one: House) -> None:
    one.start()
    (attempt,) = one.dial()
    assert gates(ask(one)) == ["target", "number"]
    one.end(attempt, D.BUSY, LATER)
    found = ask(one, now=LATER)
    assert (found.held_by, found.until, found.attempts_spent) == ("retry", LATER + timedelta(minutes=60), 1)


def test_a_do_not_call_entry_holds_a_target_for_good(one: House) -> None:
    one.start()
    dnc.add_to_dnc(one.unit, ["2122660001"], region="US", source="x", expires_at=None, actor=ACTOR, now=NOW)
    closed = {gate.name: gate.is_final for gate in ask(one).closed}
    assert (closed["target"], closed["dnc"]) == (True, True), "it was settled when the number was listed"


def test_a_do_not_call_entry_holds_a_contact_before_any_run(one: House) -> None:
    dnc.add_to_dnc(one.unit, ["2122660001"], region="US", source="x", expires_at=None, actor=ACTOR, now=NOW)
    assert "dnc" in gates(ask(one))


def test_a_settled_target_is_settled_for_good(one: House) -> None:
    one.start()
    (attempt,) = one.dial()
    one.end(attempt, D.ANSWERED_HUMAN, LATER, answered_at=NOW)
    found = ask(one, now=LATER)
    assert gates(found) == ["run", "target"]  # it was the last one, so the run is completed too
    assert found.closed[1].is_final


def test_a_contact_of_another_list_is_told_which_lists_the_run_has(one: House) -> None:
    one.start()
    lists.create_list(one.unit, "others", region="US", actor=ACTOR, now=NOW)
    one.with_contacts("2122660009", name="others")
    found = ask(one, contact=2)
    assert found.held_by == "target"
    assert found.closed[0].reason == "the contact's list others is not one of this run's: customers"


def test_a_contact_that_the_run_has_not_taken_in_yet_is_told_so(one: House) -> None:
    runs.run_campaign(one.unit, "spring", trunks=TRUNKS, actor=ACTOR, now=NOW)
    assert ask(one).closed[0].reason == "the run is still taking its contacts in"


def test_a_number_on_two_lists_is_dialed_once_and_its_second_contact_is_told_of_the_first(one: House) -> None:
    lists.create_list(one.unit, "more", region="US", actor=ACTOR, now=NOW)
    one.with_contacts("2122660009", "2122660001", name="more")
    campaigns.apply_campaign(one.unit, spec(lists=["customers", "more"]), trunks=TRUNKS, actor=ACTOR, now=NOW)
    assert one.start().targets == 2
    assert [attempt.number for attempt in one.dial(9)] == ["+12122660001", "+12122660009"]
    found = ask(one, contact=3)
    assert found.held_by == "target"
    assert found.closed[0].reason == "contact 1 of list customers has the same number and is dialed in its place"


def test_a_contact_that_came_too_late_is_told_so(one: House) -> None:
    one.start()
    one.with_contacts("2122660002")
    assert "came after the run had begun" in ask(one, contact=2).closed[0].reason


def test_a_way_out_that_the_settings_no_longer_have_is_a_closed_gate(one: House) -> None:
    one.start()
    found = ask(one, trunks={})
    assert (found.held_by, found.closed[0].reason) == ("way_out", "campaign spring: there is no trunk carrier")


@pytest.fixture
def two(empty: House) -> House:
    """Contact 1 with two numbers, contact 2 with one."""
    lists.create_list(empty.unit, "customers", region="US", actor=ACTOR, now=NOW)
    both = ["+12122660001", "+12122660002"]
    contacts.add_contact(empty.unit, "customers", both, attributes={}, zone=None, priority=0, actor=ACTOR, now=NOW)
    empty.with_contacts("2122660003")
    return empty


@pytest.mark.parametrize(("numbers", "held_by", "dialed"), [("numbers-first", None, 1), ("contacts-first", "order", 2)])
@pytest.mark.parametrize("disposition", [D.BUSY, D.INVALID_NUMBER])
def test_the_order_gate_says_who_goes_first_as_the_next_claim_has_it(
    two: House, numbers: str, held_by: str | None, dialed: int, disposition: D
) -> None:
    campaigns.apply_campaign(two.unit, spec(numbers=numbers, max_attempts=5), trunks=TRUNKS, actor=ACTOR, now=NOW)
    two.start()
    (attempt,) = two.dial(1)
    two.end(attempt, disposition, NOW)
    two.unit.dialing.promote(two.latest().id, NOW)
    assert ask(two).held_by == held_by
    assert [each.target_id for each in two.dial(1)] == [dialed]


def bar(house: House, *numbers: str) -> None:
    dnc.add_to_dnc(house.unit, numbers, region="US", source="x", expires_at=None, actor=ACTOR, now=NOW)


def test_a_number_that_is_barred_does_not_bar_a_contact_that_has_another(two: House) -> None:
    campaigns.apply_campaign(two.unit, spec(), trunks=TRUNKS, actor=ACTOR, now=NOW)
    two.start()
    bar(two, "+12122660001")
    (gate,) = ask(two).closed
    assert (gate.name, gate.is_final, gate.until) == ("dnc", False, None)
    assert "+12122660002 is dialed in its place" in gate.reason
    assert [each.number for each in two.dial(1)] == ["+12122660002"], "and the claim does what was said"


def test_before_a_run_a_contact_is_judged_by_the_first_number_that_is_not_barred(two: House) -> None:
    campaigns.apply_campaign(two.unit, spec(), trunks=TRUNKS, actor=ACTOR, now=NOW)
    bar(two, "+12122660001")
    assert (gates(ask(two)), ask(two).number) == (["run", "target"], "+12122660002")
    bar(two, "+12122660002")
    assert (gates(ask(two)), ask(two).number) == (["run", "target", "dnc"], "+12122660001")


def test_a_contact_is_barred_for_good_where_every_number_is(two: House) -> None:
    campaigns.apply_campaign(two.unit, spec(), trunks=TRUNKS, actor=ACTOR, now=NOW)
    two.start()
    bar(two, "+12122660001", "+12122660002")
    assert [gate.is_final for gate in ask(two).closed if gate.name in ("target", "dnc")] == [True, True]


def test_a_barred_last_number_sends_a_contact_back_to_the_first_when_its_retry_is_due(two: House) -> None:
    campaigns.apply_campaign(two.unit, spec(max_attempts=5), trunks=TRUNKS, actor=ACTOR, now=NOW)
    two.start()
    (attempt,) = two.dial(1)
    two.end(attempt, D.NO_ANSWER, NOW)
    bar(two, "+12122660002")
    gate = next(gate for gate in ask(two).closed if gate.name == "dnc")
    assert (gate.is_final, gate.until) == (False, NOW + timedelta(minutes=60))
    assert "+12122660001 is dialed in its place" in gate.reason


def test_a_redial_from_the_first_number_on_waits_for_the_untried_under_numbers_first_too(two: House) -> None:
    rules = {"numbers": "numbers-first", "max_attempts": 5, "retry_after_min": 0.0}
    campaigns.apply_campaign(two.unit, spec(**rules), trunks=TRUNKS, actor=ACTOR, now=NOW)
    two.start()
    for _ in range(2):
        (attempt,) = two.dial(1)
        assert attempt.target_id == 1
        two.end(attempt, D.NO_ANSWER, NOW)
    two.unit.dialing.promote(two.latest().id, NOW)
    assert (ask(two).held_by, ask(two, contact=2).held_by) == ("order", None)
    assert [each.target_id for each in two.dial(1)] == [2]


def test_what_waits_behind_a_gate_is_told_that_gate_and_not_a_retry_that_is_not_due(one: House) -> None:
    hours = {"timezone": "America/New_York", "mon-sun": "12:00-20:00"}
    campaigns.apply_campaign(one.unit, spec(hours=hours), trunks=TRUNKS, actor=ACTOR, now=NOW)
    one.start()
    assert one.dial() == []
    found = ask(one)
    assert (gates(found), found.until) == (["hours"], NOW.replace(hour=17))


def test_what_was_held_for_a_number_that_is_free_again_says_when_it_is_judged_again(one: House) -> None:
    campaigns.apply_campaign(one.unit, spec(name="other"), trunks=TRUNKS, actor=ACTOR, now=NOW)
    one.start()
    other = runs.run_campaign(one.unit, "other", trunks=TRUNKS, actor=ACTOR, now=NOW)
    dialing.take_in(one.unit, other.id, draw=lambda: 0.5, now=NOW)
    (attempt,) = one.dial()
    way_out = dialing.WayOut(trunk="carrier", asterisk="pbx1")
    claim = dialing.claim(
        one.unit, other.id, limit=1, way_out=way_out, new_id=lambda: AttemptId("d" + "f" * 32), now=NOW
    )
    assert (claim.attempts, claim.held) == ([], 1)
    one.end(attempt, D.BUSY, LATER)
    found = explain(one.unit, "other", 1, trunks=TRUNKS, now=NOW)
    assert (found.held_by, found.until) == ("number", NOW + dialing.RECHECK)
    assert "it is judged again then" in found.closed[0].reason


def test_what_the_daemon_said_last_of_the_way_out_holds_a_contact_that_no_rule_holds(one: House) -> None:
    run = one.start()
    one.unit.runs.set_held(run.id, "Asterisk pbx1 is not connected")
    assert [(gate.name, gate.reason) for gate in ask(one).closed] == [("way_out", "Asterisk pbx1 is not connected")]
    told = explain(one.unit, "spring", 1, trunks=TRUNKS, is_daemon_running=False, now=NOW)
    assert [gate.reason for gate in told.closed] == ["no daemon is running on this database"]


def test_a_run_that_is_closed_as_a_whole_by_its_hours_is_told_so_once(one: House) -> None:
    hours = {"timezone": "America/New_York", "mon-sun": "12:00-20:00"}
    campaigns.apply_campaign(one.unit, spec(hours=hours), trunks=TRUNKS, actor=ACTOR, now=NOW)
    run = one.start()
    one.unit.runs.set_held(run.id, "it is outside the contact hours until 17:00")
    assert gates(ask(one)) == ["hours"]
    one.unit.runs.set_window(run.id, ends_at=NOW + timedelta(hours=1), precedence=True)
    one.unit.runs.set_held(run.id, "trunk carrier is full")
    assert gates(ask(one)) == ["way_out"], "its schedule goes before the hours"


def test_an_unknown_campaign_or_contact_is_not_found(one: House) -> None:
    with pytest.raises(NotFoundError, match="no contact 99"):
        ask(one, contact=99)
    campaigns.delete_campaign(one.unit, "spring", actor=ACTOR, now=NOW)
    with pytest.raises(NotFoundError, match="no campaign spring"):
        ask(one)
