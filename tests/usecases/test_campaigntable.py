"""The table of campaigns and the views that people keep of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dialerd.domain.agents import Seen
from dialerd.domain.errors import AlreadyExistsError, IllegalActionError, NotFoundError
from dialerd.domain.view import read_view
from dialerd.domain.words import AgentKind, AgentState
from dialerd.domain.words import Disposition as D
from dialerd.usecases import campaigns, campaigntable, views
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec

LATER = NOW + timedelta(seconds=30)


def test_a_line_tells_how_the_latest_run_stands(house: House) -> None:
    house.with_contacts("2122660001", "2122660002", "2122660003")
    house.start()
    answered, abandoned = house.dial(2)
    house.end(answered, D.ANSWERED_HUMAN, LATER, answered_at=NOW)
    house.end(abandoned, D.ABANDONED, LATER, answered_at=NOW)
    house.unit.agents.put("ann", endpoint="PJSIP/1", kind=AgentKind.OUTBOUND, may_outbound=True, now=NOW)
    at_work = Seen(state=AgentState.READY, since=NOW, idle_since=NOW, campaign="spring")
    house.unit.agents.set_seen("ann", at_work, leg_id=None, asterisk=None, now=NOW)
    (line,) = campaigntable.table(house.unit, now=LATER)
    assert (line.campaign, line.state, line.run, line.mode) == ("spring", "active", 1, "agentless")
    assert (line.targets, line.done, line.left, line.in_progress, line.attempts) == (3, 2, 1, 0, 2)
    assert (line.progress, line.positive, line.abandoned_rate, line.agents) == (2 / 3, 1, 0.5, 1)
    assert (line.connection.kind, line.connection.name) == ("sound", "hello-world")
    assert (list(line.lists), line.last_run_at, line.updated_at) == (["customers"], NOW, NOW)
    assert list(line.actions) == ["clone", "pause", "stop"]


def test_a_campaign_that_never_ran_has_a_line_with_nothing_in_it(house: House) -> None:
    (line,) = campaigntable.table(house.unit, now=NOW)
    assert (line.run, line.targets, line.progress, line.last_run_at, line.state) == (None, 0, 0.0, None, "ready")


def test_a_view_decides_which_lines_are_shown(house: House) -> None:
    campaigns.apply_campaign(house.unit, spec(name="other", priority=1), trunks=TRUNKS, actor=ACTOR, now=NOW)
    house.with_contacts("2122660001")
    house.start()
    names = [line.campaign for line in campaigntable.table(house.unit, read_view({"priorities": [1]}), now=NOW)]
    assert names == ["other"]
    assert [line.campaign for line in campaigntable.table(house.unit, now=NOW)] == ["spring", "other"]


# Views

VIEW = read_view({"states": ["active"], "sort": "-priority"})


def _save(house: House, name: str, owner: str = "ann", *, is_shared: bool = False) -> None:
    views.save(house.unit, name, VIEW, owner=owner, is_shared=is_shared, actor=owner, now=NOW)


def test_a_saved_view_is_found_again_by_its_owner_and_when_shared_by_others(house: House) -> None:
    _save(house, "mine")
    _save(house, "ours", is_shared=True)
    assert views.get(house.unit, "mine", reader="ann").spec == VIEW
    assert [each.name for each in views.listed(house.unit, "ann")] == ["mine", "ours"]
    assert [each.name for each in views.listed(house.unit, "bob")] == ["ours"]
    with pytest.raises(NotFoundError):
        views.get(house.unit, "mine", reader="bob")


def test_ones_own_view_goes_before_anothers_of_the_same_name(house: House) -> None:
    _save(house, "night", owner="ann", is_shared=True)
    _save(house, "night", owner="bob")
    assert views.get(house.unit, "night", reader="bob").owner == "bob"
    assert views.get(house.unit, "night", reader="cid").owner == "ann"


def test_only_its_owner_changes_a_view_and_others_copy_it(house: House) -> None:
    _save(house, "ours", is_shared=True)
    with pytest.raises(IllegalActionError, match="ann's"):
        views.delete(house.unit, "ours", owner="bob", actor="bob", now=NOW)
    with pytest.raises(IllegalActionError, match="ann's"):
        views.save(house.unit, "ours", VIEW, owner="bob", new_name="taken", actor="bob", now=NOW)
    copy = views.duplicate(house.unit, "ours", "copy", owner="bob", actor="bob", now=NOW)
    assert (copy.owner, copy.spec, copy.is_shared) == ("bob", VIEW, False)
    with pytest.raises(AlreadyExistsError):
        views.duplicate(house.unit, "ours", "copy", owner="bob", actor="bob", now=NOW)


def test_a_renamed_view_keeps_its_place_as_a_default(house: House) -> None:
    _save(house, "old")
    views.mark_default(house.unit, "old", reader="ann", actor="ann", now=NOW)
    views.save(house.unit, "old", VIEW, owner="ann", new_name="new", actor="ann", now=NOW)
    default = views.default(house.unit, "ann")
    assert default is not None
    assert (default.name, default.is_default) == ("new", True)


def test_a_default_is_one_persons_and_goes_with_its_view(house: House) -> None:
    _save(house, "ours", is_shared=True)
    views.mark_default(house.unit, "ours", reader="bob", actor="bob", now=NOW)
    assert views.default(house.unit, "ann") is None
    assert (views.default(house.unit, "bob") or VIEW) == views.get(house.unit, "ours", reader="bob")
    views.mark_default(house.unit, None, reader="bob", actor="bob", now=NOW)
    assert views.default(house.unit, "bob") is None
    views.mark_default(house.unit, "ours", reader="bob", actor="bob", now=NOW)
    views.delete(house.unit, "ours", owner="ann", actor="ann", now=NOW)
    assert views.default(house.unit, "bob") is None
    assert ("ann", "view_deleted", "ours") in house.audit()
