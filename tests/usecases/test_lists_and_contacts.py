"""Lists and contacts by hand and in chunks."""

from __future__ import annotations

from typing import Any

import pytest

from dialerd.domain.contact import MAX_TEXT, Contact
from dialerd.domain.errors import AlreadyExistsError, BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.words import RunState
from dialerd.ports import ContactRow
from dialerd.usecases import campaigns, contacts, finishing, lists, runs
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec


def add(house: House, *numbers: str, name: str = "customers", **changes: Any) -> ContactRow:
    given: dict[str, Any] = {"attributes": {}, "zone": None, "priority": 0, **changes}
    return contacts.add_contact(house.unit, name, numbers, **given, actor=ACTOR, now=NOW)


def test_a_list_is_made_once_with_its_region(empty: House) -> None:
    row = lists.create_list(empty.unit, "de.2026", region="de", actor=ACTOR, now=NOW)
    assert (row.name, row.region, row.contacts) == ("de.2026", "DE", 0)
    assert empty.audit() == [(ACTOR, "list_created", "de.2026")]
    with pytest.raises(AlreadyExistsError):
        lists.create_list(empty.unit, "de.2026", region="DE", actor=ACTOR, now=NOW)


@pytest.mark.parametrize("name", ["", "A", "a b", "../a", "a/b", "a" * 65, "-a", "a\n"])
def test_a_bad_list_name_is_refused(empty: House, name: str) -> None:
    with pytest.raises(BadInputError, match="is no list's name"):
        lists.create_list(empty.unit, name, region="US", actor=ACTOR, now=NOW)


def test_an_unknown_region_is_refused(empty: House) -> None:
    with pytest.raises(BadInputError, match="'XX' is no region"):
        lists.create_list(empty.unit, "a", region="XX", actor=ACTOR, now=NOW)


def test_a_list_that_an_unfinished_run_uses_is_not_deleted(house: House) -> None:
    house.with_contacts("2122660001")
    house.start()
    with pytest.raises(IllegalActionError, match="in use by campaign spring"):
        lists.delete_list(house.unit, "customers", actor=ACTOR, now=NOW)


def test_a_list_is_deleted_with_its_contacts(house: House) -> None:
    row = add(house, "2122660001")
    assert lists.check_deletable(house.unit, "customers", NOW).contacts == 1
    assert lists.delete_list(house.unit, "customers", actor=ACTOR, now=NOW)
    with pytest.raises(NotFoundError):
        contacts.get_contact(house.unit, row.id)
    with pytest.raises(NotFoundError):
        lists.get_list(house.unit, "customers")


def test_a_long_list_is_deleted_in_chunks_and_a_run_that_begins_meanwhile_stops_that(house: House) -> None:
    made = lists.get_list(house.unit, "customers")
    phones = [PhoneNumber(e164=f"+1212{7_000_000 + n}", zones=("UTC",)) for n in range(1200)]
    house.unit.contacts.add(made.id, [Contact(numbers=(phone,)) for phone in phones], NOW)
    assert not lists.delete_list(house.unit, "customers", actor=ACTOR, now=NOW)
    assert lists.get_list(house.unit, "customers").contacts == 700
    house.start()
    with pytest.raises(IllegalActionError, match="in use by campaign spring"):
        lists.delete_list(house.unit, "customers", actor=ACTOR, now=NOW)
    runs.stop_run(house.unit, "spring", actor=ACTOR, now=NOW)
    while house.latest().state is not RunState.STOPPED:
        finishing.finish_if_over(house.unit, house.latest().id, NOW)
    assert [lists.delete_list(house.unit, "customers", actor=ACTOR, now=NOW) for _ in range(2)] == [False, True]
    assert [entry for entry in house.audit() if entry[1] == "list_deleted"] == [(ACTOR, "list_deleted", "customers")]


def test_a_contact_is_added_shown_and_found_by_any_of_its_numbers(house: House) -> None:
    row = add(
        house, "212 266 0001", "2122660002", "2122660001", attributes={"name": "Ann"}, zone="Europe/Berlin", priority=2
    )
    assert [number.e164 for number in row.contact.numbers] == ["+12122660001", "+12122660002"]
    assert (row.contact.attributes, row.contact.zone, row.contact.priority) == ({"name": "Ann"}, "Europe/Berlin", 2)
    assert contacts.get_contact(house.unit, row.id) == row
    for text in ("2122660001", "+1 212 266 0002"):
        assert contacts.find_contacts(house.unit, text, region="US") == [row]
    assert lists.list_lists(house.unit)[0].contacts == 1
    assert lists.first_contacts(house.unit, lists.get_list(house.unit, "customers"), limit=5) == [row]
    assert house.audit()[-1] == (ACTOR, "contact_added", str(row.id))


def test_the_same_first_number_is_refused_and_a_second_number_may_be_shared(house: House) -> None:
    first = add(house, "2122660001", "2122660002")
    second = add(house, "2122660002")
    assert second.id != first.id
    with pytest.raises(AlreadyExistsError, match=f"as contact {second.id}"):
        add(house, "2122660002")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"attributes": {"First Name": "x"}}, "no attribute name"),
        ({"attributes": {"a": "x" * (MAX_TEXT + 1)}}, "longer than"),
        ({"attributes": {"a": "\x1b[2J"}}, "control characters"),
        ({"attributes": {"email": "a@b@c"}}, "is no e-mail address"),
        ({"attributes": {"language": "<b>"}}, "is no language"),
        ({"zone": "Mars/Base"}, "no time zone"),
        ({"zone": "../../etc/passwd"}, "no time zone"),
        ({"priority": 10**20}, "out of range"),
    ],
)
def test_a_bad_contact_is_refused_with_a_remedy(house: House, changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(BadInputError, match=complaint) as raised:
        add(house, "2122660001", **changes)
    assert raised.value.hint
    assert lists.get_list(house.unit, "customers").contacts == 0


@pytest.mark.parametrize("numbers", [(), ("",), ("n/a",), ("2122660001", "5")])
def test_a_contact_needs_numbers_that_can_be_called(house: House, numbers: tuple[str, ...]) -> None:
    with pytest.raises(BadInputError):
        add(house, *numbers)


@pytest.mark.parametrize("contact_id", [0, -1, 7, 2**63, 10**30])
def test_any_unknown_contact_id_is_not_found(house: House, contact_id: int) -> None:
    with pytest.raises(NotFoundError):
        contacts.get_contact(house.unit, contact_id)


def test_a_list_of_a_scheduled_campaign_is_not_deleted(house: House) -> None:
    soon = {"start": "2026-03-09T09:00", "timezone": "UTC"}
    campaigns.apply_campaign(house.unit, spec(schedule=soon), trunks=TRUNKS, actor=ACTOR, now=NOW)
    with pytest.raises(IllegalActionError, match="campaign spring, which is scheduled"):
        lists.delete_list(house.unit, "customers", actor=ACTOR, now=NOW)


def test_lists_that_are_used_together_without_the_same_fields_are_warned_about(house: House) -> None:
    for name in ("more", "empty"):
        lists.create_list(house.unit, name, region="US", actor=ACTOR, now=NOW)
    add(house, "2122660001", attributes={"state": "CA", "balance": "5"})
    add(house, "2122660002", attributes={"state": "NY", "plan": "gold"}, name="more")

    def warnings(*names: str) -> list[str]:
        given = spec(lists=list(names))
        return list(campaigns.apply_campaign(house.unit, given, trunks=TRUNKS, actor=ACTOR, now=NOW).warnings)

    assert warnings("customers", "more", "empty") == [
        "lists: no contact of list customers seems to have a field plan, which another list has",
        "lists: no contact of list more seems to have a field balance, which another list has",
    ]
    assert warnings("customers", "empty") == []
