"""Do-not-call lists by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from dialerd.domain.errors import AlreadyExistsError, BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.words import Disposition, RunState
from dialerd.ports import DncEntry
from dialerd.usecases import campaigns, contacts, dialing, dnc, explain, runs
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec


def add(house: House, *numbers: str, until: datetime | None = None, name: str = dnc.GLOBAL) -> int:
    return dnc.add_to_dnc(
        house.unit,
        numbers,
        region="US",
        source="letter",
        expires_at=until,
        actor=ACTOR,
        now=NOW,
        list_name=name,
    )


def found(house: House, text: str, now: datetime = NOW) -> list[str]:
    return [entry.list_name for entry in dnc.check_dnc(house.unit, text, region="US", now=now)]


def test_a_number_is_found_however_it_is_written(empty: House) -> None:
    assert add(empty, "(212) 266-0001") == 1
    assert found(empty, "+12122660001") == found(empty, "212.266.0001") == ["global"]
    assert found(empty, "2122660002") == []
    (entry,) = dnc.check_dnc(empty.unit, "2122660001", region="US", now=NOW)
    assert (entry.number, entry.source, entry.added_at) == ("+12122660001", "letter", NOW)


def test_adding_twice_counts_once(empty: House) -> None:
    assert add(empty, "2122660001", "+12122660001", "212-266-0002") == 2
    assert dnc.list_dnc(empty.unit) == {"global": 2}
    assert empty.audit() == [(ACTOR, "dnc_added", "global")]


def test_an_entry_that_has_expired_does_not_count(empty: House) -> None:
    add(empty, "2122660001", until=NOW + timedelta(days=1))
    assert found(empty, "2122660001") == ["global"]
    assert found(empty, "2122660001", NOW + timedelta(days=1)) == []


def test_a_removed_number_may_be_called_again(empty: House) -> None:
    add(empty, "2122660001")
    numbers = ["212 266 0001", "2122660002"]
    assert dnc.remove_from_dnc(empty.unit, numbers, region="US", actor=ACTOR, now=NOW) == 1
    assert found(empty, "2122660001") == []
    assert empty.audit()[-1] == (ACTOR, "dnc_removed", "global")


def test_one_bad_number_refuses_the_whole_request(empty: House) -> None:
    with pytest.raises(BadInputError):
        add(empty, "2122660001", "nonsense")
    assert dnc.list_dnc(empty.unit) == {"global": 0}


def test_a_list_that_no_campaign_would_obey_is_refused(empty: House) -> None:
    with pytest.raises(NotFoundError, match="no do-not-call list spring") as raised:
        add(empty, "2122660001", name="spring")
    assert "dnc create" in raised.value.hint
    with pytest.raises(NotFoundError):
        dnc.remove_from_dnc(empty.unit, [], region="US", actor=ACTOR, now=NOW, list_name="spring")


@pytest.fixture
def own(house: House) -> House:
    """A campaign with three contacts and a do-not-call list of its own."""
    house.with_contacts("2122660001", "2122660002", "2122660003")
    dnc.create_dnc(house.unit, "spring-dnc", actor=ACTOR, now=NOW)
    campaigns.apply_campaign(house.unit, spec(dnc="spring-dnc"), trunks=TRUNKS, actor=ACTOR, now=NOW)
    return house


def left(house: House) -> int:
    run = house.latest()
    return run.pending + run.waiting


@pytest.mark.parametrize(("name", "dialed"), [("global", 2), ("spring-dnc", 2), ("other", 3)])
def test_a_number_on_the_global_or_the_campaigns_own_list_is_not_dialed(own: House, name: str, dialed: int) -> None:
    dnc.create_dnc(own.unit, "other", actor=ACTOR, now=NOW)
    add(own, "2122660002", name=name)
    own.start()
    assert len(own.dial(9)) == dialed


@pytest.mark.parametrize("name", ["global", "spring-dnc"])
def test_a_number_put_on_a_list_during_a_run_is_not_dialed_and_explain_names_the_list(own: House, name: str) -> None:
    own.start()
    add(own, "2122660001", name=name)
    told = explain.explain(own.unit, "spring", 1, trunks=TRUNKS, now=NOW)
    assert [gate.name for gate in told.closed] == ["target", "dnc"], "it is settled, and why"
    assert name in told.closed[1].reason
    assert {attempt.number for attempt in own.dial(9)} == {"+12122660002", "+12122660003"}


def scrub(house: House) -> None:
    assert house.latest().is_scrub_due
    while not dialing.scrub(house.unit, house.latest().id, NOW):
        pass
    assert not house.latest().is_scrub_due


def test_a_changed_campaign_is_scrubbed_against_its_new_list_before_it_goes_on(own: House) -> None:
    dnc.create_dnc(own.unit, "other", actor=ACTOR, now=NOW)
    add(own, "2122660001", "2122660003", name="other")
    own.start()
    runs.pause_run(own.unit, "spring", actor=ACTOR, now=NOW)
    campaigns.apply_campaign(own.unit, spec(dnc="other"), trunks=TRUNKS, actor=ACTOR, now=NOW)
    scrub(own)
    assert left(own) == 1
    assert own.unit.runs.dispositions(own.latest().id) == {Disposition.DO_NOT_CALL: 2}


def test_a_scrub_leaves_calls_in_progress_settled_targets_and_expired_entries_alone(own: House) -> None:
    own.start()
    up, done = own.dial(2)
    own.end(done, Disposition.ANSWERED_HUMAN, NOW, answered_at=NOW)
    add(own, up.number, done.number)
    add(own, "2122660003", until=NOW)
    own.unit.runs.request_scrub(own.latest().id)
    scrub(own)
    assert left(own) == 1
    assert own.unit.runs.dispositions(own.latest().id) == {Disposition.ANSWERED_HUMAN: 1}


def listed_without_a_look(house: House, *numbers: str) -> None:
    """As a restored backup has them."""
    house.unit.dnc.add(DncEntry(list_name="global", number=each, source="test", added_at=NOW) for each in numbers)


def test_a_scrub_that_settles_the_last_target_ends_the_run(own: House) -> None:
    own.start()
    listed_without_a_look(own, "+12122660001", "+12122660002", "+12122660003")
    own.unit.runs.request_scrub(own.latest().id)
    scrub(own)
    assert own.latest().state is RunState.COMPLETED


def test_a_scrub_goes_on_where_it_was_interrupted(own: House) -> None:
    own.start()
    listed_without_a_look(own, "+12122660001", "+12122660002", "+12122660003")
    run = own.latest()
    own.unit.runs.request_scrub(run.id)
    settled = [own.unit.runs.scrub(run.id, size=1, now=NOW).listed for _ in range(4)]
    assert settled == [1, 1, 1, 0]


def test_contacts_that_are_listed_are_counted_before_a_run(own: House) -> None:
    add(own, "2122660001")
    add(own, "2122660002", name="spring-dnc")
    add(own, "2122660003", until=NOW)
    assert own.unit.dnc.count_listed(("customers",), dnc="spring-dnc", now=NOW) == 2
    assert own.unit.dnc.count_listed(("customers",), dnc=None, now=NOW) == 1


def test_a_list_that_a_campaign_obeys_is_not_deleted_while_the_campaign_is_going_on(own: House) -> None:
    run = own.start()
    for state in (RunState.ACTIVE, RunState.PAUSED):
        own.unit.runs.set_state(run.id, state, NOW)
        with pytest.raises(IllegalActionError, match=f"obeyed by campaign spring, which is {state}"):
            dnc.delete_dnc(own.unit, "spring-dnc", actor=ACTOR, now=NOW)
    runs.stop_run(own.unit, "spring", actor=ACTOR, now=NOW)
    add(own, "2122660001", name="spring-dnc")
    assert dnc.delete_dnc(own.unit, "spring-dnc", actor=ACTOR, now=NOW)
    assert dnc.list_dnc(own.unit) == {"global": 0}
    with pytest.raises(NotFoundError, match="there is no do-not-call list spring-dnc"):
        campaigns.apply_campaign(own.unit, spec(dnc="spring-dnc", priority=1), trunks=TRUNKS, actor=ACTOR, now=NOW)


def test_the_global_list_cannot_be_deleted_nor_made_again(own: House) -> None:
    with pytest.raises(IllegalActionError, match="cannot be deleted"):
        dnc.delete_dnc(own.unit, "global", actor=ACTOR, now=NOW)
    with pytest.raises(AlreadyExistsError):
        dnc.create_dnc(own.unit, "global", actor=ACTOR, now=NOW)


def test_the_count_of_a_list_equals_its_entries_whatever_is_done_to_it(own: House) -> None:
    add(own, "2122660001", "2122660002", "2122660001")
    add(own, "2122660001", until=NOW)
    dnc.remove_from_dnc(own.unit, ["2122660002", "2122660009"], region="US", actor=ACTOR, now=NOW)
    assert dnc.list_dnc(own.unit) == {"global": 1, "spring-dnc": 0}


def add_with_two_numbers(house: House) -> None:
    numbers = ["2122660001", "2122660002"]
    contacts.add_contact(house.unit, "customers", numbers, attributes={}, zone=None, priority=0, actor=ACTOR, now=NOW)


def test_a_contact_with_a_further_number_goes_on_with_that_one_when_the_first_is_listed(house: House) -> None:
    contacts.add_contact(
        house.unit,
        "customers",
        ["2122660001", "2122660002"],
        attributes={},
        zone=None,
        priority=0,
        actor=ACTOR,
        now=NOW,
    )
    add(house, "2122660001")
    house.start()
    assert [attempt.number for attempt in house.dial(1)] == ["+12122660002"]


def test_a_claim_passes_over_those_who_may_not_be_called_and_lets_others_write_after_some(house: House) -> None:
    numbers = [f"212266{each:04}" for each in range(60)]
    house.with_contacts(*numbers)
    house.start()
    add(house, *numbers[:-1])
    claims = [house.claim(1, NOW)]
    while not claims[-1].is_dry:
        claims.append(house.claim(1, NOW))
    assert [each.number for claim in claims for each in claim.attempts] == ["+12122660059"]
    assert len(claims) <= 4
    assert max(claim.held for claim in claims) < 30


def test_a_claim_that_has_passed_contacts_on_to_their_next_number_has_not_run_dry(house: House) -> None:
    for each in range(3):
        numbers = [f"212266000{each}", f"212266010{each}"]
        contacts.add_contact(
            house.unit, "customers", numbers, attributes={}, zone=None, priority=0, actor=ACTOR, now=NOW
        )
        add(house, numbers[0])
    house.start()
    claim = house.claim(10, NOW)
    assert sorted(each.number for each in claim.attempts) == ["+12122660100", "+12122660101", "+12122660102"]


def test_a_contact_whose_every_number_is_listed_is_settled_as_do_not_call(house: House) -> None:
    contacts.add_contact(
        house.unit,
        "customers",
        ["2122660001", "2122660002"],
        attributes={},
        zone=None,
        priority=0,
        actor=ACTOR,
        now=NOW,
    )
    run = house.start()
    add(house, "2122660001", "2122660002")
    assert [house.dial(1) for _ in range(3)] == [[], [], []]
    assert house.unit.runs.dispositions(run.id) == {Disposition.DO_NOT_CALL: 1}


def test_a_scrub_leaves_a_contact_whose_last_number_is_listed_the_tries_that_its_first_one_has_left(
    house: House,
) -> None:
    both = ["+12122660001", "+12122660002"]
    contacts.add_contact(house.unit, "customers", both, attributes={}, zone=None, priority=0, actor=ACTOR, now=NOW)
    given = spec(max_attempts=5, retry_after_min=0.0)
    campaigns.apply_campaign(house.unit, given, trunks=TRUNKS, actor=ACTOR, now=NOW)
    house.start()
    (attempt,) = house.dial()
    house.end(attempt, Disposition.BUSY, NOW)
    add(house, both[1])
    house.unit.runs.request_scrub(house.latest().id)
    scrub(house)
    house.dial()
    assert [each.number for each in house.dial()] == [both[0]]
