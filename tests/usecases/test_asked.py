"""A disposition for a call that is up counts when it has ended; one for a call that has ended counts at once."""

from __future__ import annotations

from typing import Any

import pytest

from dialerd.domain.dispositionset import read_disposition_set
from dialerd.domain.errors import BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.words import Disposition
from dialerd.ports import AttemptRow
from dialerd.usecases import asked, campaigns, dispositions
from tests.usecases.conftest import NOW, TRUNKS, House, spec

BY: dict[str, Any] = {"actor": "dialplan PJSIP/1001", "now": NOW}
SET: dict[str, Any] = {
    "name": "outcomes",
    "disposition": [{"code": "sale", "text": "bought"}, {"code": "later", "text": "later", "retry_after_min": 30}],
}


@pytest.fixture
def call(house: House) -> AttemptRow:
    """A call that is up, of a campaign with dispositions of its own."""
    dispositions.apply_set(house.unit, read_disposition_set(SET, source="test"), **BY)
    given = spec(dispositions="outcomes", max_attempts=3)
    campaigns.apply_campaign(house.unit, given, trunks=TRUNKS, **BY)
    house.with_contacts("2122660001", "2122660002")
    house.start()
    (attempt,) = house.dial()
    return attempt


def final(house: House, call: AttemptRow) -> str | None:
    row = house.unit.dialing.attempt(call.id)
    assert row is not None
    return row.final


def test_what_is_asked_for_during_the_call_is_given_at_its_end(house: House, call: AttemptRow) -> None:
    asked.give(house.unit, call.id, "later", **BY)
    assert final(house, call) is None
    asked.give(house.unit, call.id, "sale", **BY)
    house.end(call, Disposition.ANSWERED_HUMAN, NOW)
    assert final(house, call) == "sale", "the last one holds"
    assert (BY["actor"], "disposition_asked", "spring") in house.audit()
    assert (BY["actor"], "disposition_given", "spring") in house.audit()
    assert house.unit.dispositions.asked(call.id) is None, "it is not kept any longer"


def test_one_with_a_retry_has_the_contact_dialed_again(house: House, call: AttemptRow) -> None:
    asked.give(house.unit, call.id, "later", **BY)
    house.end(call, Disposition.ANSWERED_HUMAN, NOW)
    assert house.latest().waiting == 1


def test_after_the_end_it_counts_at_once(house: House, call: AttemptRow) -> None:
    house.end(call, Disposition.ANSWERED_HUMAN, NOW)
    assert final(house, call) is None
    asked.give(house.unit, call.id, "sale", **BY)
    assert final(house, call) == "sale"


def test_what_the_set_does_not_have_any_more_by_then_leaves_the_systems(house: House, call: AttemptRow) -> None:
    asked.give(house.unit, call.id, "later", **BY)
    less = {"name": "outcomes", "disposition": SET["disposition"][:1]}
    dispositions.apply_set(house.unit, read_disposition_set(less, source="test"), **BY)
    house.end(call, Disposition.ANSWERED_HUMAN, NOW)
    assert final(house, call) is None


def test_what_cannot_be_is_refused_while_the_call_is_up(house: House, call: AttemptRow) -> None:
    with pytest.raises(BadInputError, match="has no disposition theft"):
        asked.give(house.unit, call.id, "theft", **BY)
    with pytest.raises(NotFoundError):
        asked.give(house.unit, "d" + "f" * 32, "sale", **BY)
    assert house.unit.dispositions.asked(call.id) is None


def test_a_campaign_without_a_set_has_no_disposition_to_give(house: House) -> None:
    house.with_contacts("2122660001")
    house.start()
    (attempt,) = house.dial()
    with pytest.raises(IllegalActionError, match="names no set"):
        asked.give(house.unit, attempt.id, "sale", **BY)
