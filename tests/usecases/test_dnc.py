"""Do-not-call lists by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from dialerd.domain.errors import BadInputError, NotFoundError
from dialerd.domain.phone import PhoneNumber
from dialerd.usecases import dnc
from tests.usecases.conftest import ACTOR, NOW, House


def add(house: House, *numbers: str | PhoneNumber, until: datetime | None = None, name: str = dnc.GLOBAL) -> int:
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


def test_adding_twice_counts_once_and_numbers_read_already_are_taken(empty: House) -> None:
    assert add(empty, "2122660001", "+12122660001", PhoneNumber(e164="+12122660002", zones=())) == 2
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
    assert "global" in raised.value.hint
    with pytest.raises(NotFoundError):
        dnc.remove_from_dnc(empty.unit, [], region="US", actor=ACTOR, now=NOW, list_name="spring")
