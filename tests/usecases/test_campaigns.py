"""Definitions: applying is exact and repeatable, and nothing changes under a run that is going on."""

from __future__ import annotations

from typing import Any

import pytest

from dialerd.domain.errors import AlreadyExistsError, BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.words import RunState
from dialerd.usecases import campaigns, runs
from dialerd.usecases.standing import get_campaign
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec


def apply(house: House, dry_run: bool = False, **changes: Any) -> campaigns.Applied:
    return campaigns.apply_campaign(house.unit, spec(**changes), trunks=TRUNKS, actor=ACTOR, now=NOW, dry_run=dry_run)


def test_applying_the_same_file_twice_changes_and_records_nothing(house: House) -> None:
    before = house.audit()
    applied = apply(house)
    assert (applied.is_new, applied.changes) == (False, {})
    assert house.audit() == before


def test_applying_a_changed_file_tells_each_key_with_old_and_new(house: House) -> None:
    applied = apply(house, max_attempts=3, description="Renewals")
    assert applied.changes == {"max_attempts": (1, 3), "description": ("", "Renewals")}
    assert get_campaign(house.unit, "spring").spec.max_attempts == 3
    assert house.audit()[-1] == (ACTOR, "campaign_applied", "spring")


def test_a_dry_run_tells_the_same_and_changes_nothing(house: House) -> None:
    before = house.audit()
    assert apply(house, dry_run=True, max_attempts=3).changes == {"max_attempts": (1, 3)}
    assert apply(house, dry_run=True, name="new").is_new
    assert get_campaign(house.unit, "spring").spec.max_attempts == 1
    assert house.unit.campaigns.get("new") is None
    assert house.audit() == before


@pytest.mark.parametrize(
    ("changes", "error", "complaint"),
    [
        ({"lists": ["nobody"]}, NotFoundError, "names list nobody"),
        ({"trunk": "none"}, BadInputError, "no trunk none"),
        ({"caller_id": "+12125550199"}, BadInputError, r"\+12125550199 is not allowed on trunk carrier"),
        ({"trunk": "other"}, BadInputError, "not allowed on trunk other"),
    ],
)
def test_a_campaign_that_could_not_dial_is_refused_with_a_remedy(
    house: House, changes: dict[str, Any], error: type[Exception], complaint: str
) -> None:
    with pytest.raises(error, match=complaint) as raised:
        apply(house, **changes)
    assert raised.value.hint  # type: ignore[attr-defined]
    assert get_campaign(house.unit, "spring").spec == spec()


@pytest.mark.parametrize("state", [RunState.ACTIVE, RunState.STOPPING])
def test_a_campaign_is_neither_changed_nor_deleted_while_its_run_is_unfinished(house: House, state: RunState) -> None:
    house.with_contacts("2122660001")
    house.unit.runs.set_state(house.start().id, state, NOW)
    with pytest.raises(IllegalActionError, match=f"is {state}, it cannot be edited"):
        apply(house, max_attempts=3)
    with pytest.raises(IllegalActionError, match=f"is {state}, it cannot be deleted"):
        campaigns.delete_campaign(house.unit, "spring", actor=ACTOR, now=NOW)
    assert apply(house).changes == {}


def test_a_campaign_can_be_changed_and_deleted_with_its_results_after_its_run(house: House) -> None:
    house.with_contacts("2122660001")
    house.start()
    runs.stop_run(house.unit, "spring", actor=ACTOR, now=NOW)
    assert apply(house, max_attempts=3).changes
    assert campaigns.delete_campaign(house.unit, "spring", actor=ACTOR, now=NOW)
    assert campaigns.list_campaigns(house.unit, NOW) == []
    assert house.unit.runs.unfinished() == []
    assert house.audit()[-1] == (ACTOR, "campaign_deleted", "spring")


def test_campaigns_are_listed_by_priority_then_name_with_their_latest_run(house: House) -> None:
    for name, priority in (("b", 1), ("a", 1), ("z", 5)):
        apply(house, name=name, priority=priority)
    house.with_contacts("2122660001")
    house.start()
    found = campaigns.list_campaigns(house.unit, NOW)
    assert [row.spec.name for row, _ in found] == ["spring", "z", "a", "b"]
    assert [now_at.run.number if now_at.run else None for _, now_at in found] == [1, None, None, None]


def test_a_clone_is_equal_but_for_its_name_and_never_ran(house: House) -> None:
    house.with_contacts("2122660001")
    house.start()
    row = campaigns.clone_campaign(house.unit, "spring", "summer", actor=ACTOR, now=NOW)
    assert row.spec == spec(name="summer")
    assert house.unit.runs.latest(row.id) is None
    assert house.audit()[-1] == (ACTOR, "campaign_cloned", "summer")


def test_no_campaign_follows_itself_under_a_name_that_it_is_given_later(house: House) -> None:
    given = spec(then="later")
    campaigns.apply_campaign(house.unit, given, trunks=TRUNKS, actor=ACTOR, now=NOW)
    with pytest.raises(BadInputError, match="circle: later -> later"):
        campaigns.clone_campaign(house.unit, "spring", "later", actor=ACTOR, now=NOW)
    with pytest.raises(BadInputError, match="circle: later -> later"):
        campaigns.rename_campaign(house.unit, "spring", "later", actor=ACTOR, now=NOW)


def test_a_clone_needs_an_original_and_a_free_and_legal_name(house: House) -> None:
    with pytest.raises(AlreadyExistsError):
        campaigns.clone_campaign(house.unit, "spring", "spring", actor=ACTOR, now=NOW)
    with pytest.raises(NotFoundError):
        campaigns.clone_campaign(house.unit, "winter", "summer", actor=ACTOR, now=NOW)
    with pytest.raises(BadInputError, match="a name is"):
        campaigns.clone_campaign(house.unit, "spring", "Summer Sale", actor=ACTOR, now=NOW)
