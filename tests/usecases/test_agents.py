"""What is asked of an agent is done or refused with the reason; a refusal changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from dialerd.domain.agents import Seen
from dialerd.domain.errors import AlreadyExistsError, BadInputError, IllegalActionError, NotFoundError, RefusedError
from dialerd.domain.queue import read_queue
from dialerd.domain.words import AgentKind, AgentState, LegId, WantedState
from dialerd.ports import AgentRow
from dialerd.usecases import agents, campaigns
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec

ALLOWED = ("PJSIP/*",)
LATER = NOW + timedelta(minutes=1)
BY: dict[str, Any] = {"actor": ACTOR, "now": LATER}


def add(house: House, name: str = "ann", endpoint: str = "PJSIP/1001") -> AgentRow:
    return agents.add_agent(
        house.unit,
        name,
        endpoint=endpoint,
        kind=AgentKind.OUTBOUND,
        may_outbound=True,
        allowed=ALLOWED,
        actor=ACTOR,
        now=NOW,
    )


def login(house: House, name: str = "ann", **changes: Any) -> AgentRow:
    return agents.login(house.unit, name, **{"allowed": ALLOWED, **BY, **changes})


def see(house: House, state: AgentState, name: str = "ann") -> None:
    agents.note_seen(
        house.unit,
        name,
        Seen(state=state, since=LATER, idle_since=LATER),
        leg_id=LegId("a" + "0" * 32),
        asterisk="pbx1",
        now=LATER,
    )


def queue(house: House, name: str = "sales", **changes: Any) -> None:
    house.unit.queues.put(read_queue({"name": name, "agents": ["ann"], **changes}, source="test"), NOW)


@pytest.fixture
def staffed(house: House) -> House:
    add(house)
    return house


def wanted(house: House, name: str = "ann") -> tuple[WantedState, str]:
    row = agents.get_agent(house.unit, name)
    return row.wanted.state, row.wanted.reason


def test_an_agents_day_is_written_down_and_audited(staffed: House) -> None:
    assert login(staffed).wanted.state is WantedState.READY
    see(staffed, AgentState.READY)
    agents.pause(staffed.unit, "ann", reason="lunch", **BY)
    assert wanted(staffed) == (WantedState.PAUSED, "lunch")
    see(staffed, AgentState.PAUSED)
    agents.ready(staffed.unit, "ann", **BY)
    assert wanted(staffed) == (WantedState.READY, "")
    agents.logout(staffed.unit, "ann", **BY)
    assert wanted(staffed) == (WantedState.LOGGED_OUT, "")
    actions = [action for _, action, subject in staffed.audit() if subject == "ann"]
    assert actions == ["agent_added", "agent_login", "agent_paused", "agent_ready", "agent_logout"]


def test_an_agent_logs_in_with_another_phone_and_keeps_it(staffed: House) -> None:
    assert login(staffed, endpoint="PJSIP/1002").endpoint == "PJSIP/1002"
    assert agents.get_agent(staffed.unit, "ann").endpoint == "PJSIP/1002"


def test_being_ready_again_is_a_new_wish_so_that_a_lost_phone_is_called_once_more(staffed: House) -> None:
    login(staffed)
    see(staffed, AgentState.PAUSED)  # the engine has lost its phone
    again = agents.ready(staffed.unit, "ann", actor=ACTOR, now=LATER + timedelta(seconds=9))
    assert (again.wanted.state, again.wanted.since) == (WantedState.READY, LATER + timedelta(seconds=9))


def test_during_a_call_the_wish_is_kept_for_after_it(staffed: House) -> None:
    login(staffed)
    see(staffed, AgentState.ON_CALL)
    agents.logout(staffed.unit, "ann", **BY)
    assert wanted(staffed) == (WantedState.LOGGED_OUT, "")
    with pytest.raises(IllegalActionError, match="is on call"):
        login(staffed)


@pytest.mark.parametrize(
    ("before", "asked", "said"),
    [
        (AgentState.LOGGED_OUT, lambda h: login(h), "logged in already"),
        (AgentState.READY, lambda h: login(h), "logged in already"),
        (AgentState.READY, lambda h: add(h), "there is an agent ann already"),
        (AgentState.READY, lambda h: agents.delete_agent(h.unit, "ann", **BY), "is ready: it cannot be deleted"),
        (AgentState.LOGGED_OUT, lambda h: agents.delete_agent(h.unit, "ann", **BY), "is ready: it cannot be deleted"),
        (
            AgentState.READY,
            lambda h: agents.change_agent(h.unit, "ann", endpoint="PJSIP/2", allowed=ALLOWED, **BY),
            "cannot have another phone",
        ),
        (AgentState.RESERVED, lambda h: agents.logout(h.unit, "ann", **BY), "system busy"),
        (AgentState.RESERVED, lambda h: agents.pause(h.unit, "ann", **BY), "system busy"),
        (AgentState.PREVIEW, lambda h: agents.ready(h.unit, "ann", **BY), "system busy"),
        (AgentState.READY, lambda h: agents.pause(h.unit, "ann", reason="beach", **BY), "no reason 'beach'"),
        (AgentState.READY, lambda h: agents.pause(h.unit, "ann", **BY), "a pause needs a reason"),
        (AgentState.READY, lambda h: agents.pause(h.unit, "ann", reason="a\nb", **BY), "printable"),
        (AgentState.READY, lambda h: agents.prefer(h.unit, "ann", ["spring", "nope"], **BY), "no campaign nope"),
        (AgentState.READY, lambda h: agents.unprefer(h.unit, "ann", ["spring"], **BY), "does not prefer"),
        (AgentState.READY, lambda h: agents.logout(h.unit, "bob", **BY), "no agent bob"),
        (AgentState.READY, lambda h: add(h, "B b"), "no name for an agent"),
        (AgentState.READY, lambda h: add(h, "bob", "PJSIP/1@carrier"), "no phone that an agent may log in with"),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(
    staffed: House, before: AgentState, asked: Callable[[House], Any], said: str
) -> None:
    queue(staffed, pause_reasons=["lunch", "training"])
    login(staffed)
    see(staffed, before)
    unchanged = (staffed.unit.agents.all(), staffed.audit())
    with pytest.raises(RefusedError) as refused:
        asked(staffed)
    assert said in refused.value.message
    assert refused.value.hint or "printable" in said
    assert (staffed.unit.agents.all(), staffed.audit()) == unchanged


def test_who_is_logged_out_can_neither_pause_nor_be_ready(staffed: House) -> None:
    for asked in (agents.pause, agents.ready, agents.logout):
        with pytest.raises(IllegalActionError, match="is logged out") as refused:
            asked(staffed.unit, "ann", **BY)
        assert "log in" in refused.value.hint


def test_a_phone_outside_the_settings_is_refused_at_login_too(staffed: House) -> None:
    with pytest.raises(BadInputError, match="no phone"):
        login(staffed, endpoint="Local/911@out")
    with pytest.raises(BadInputError, match="no phone"):
        login(staffed, allowed=("SIP/*",))  # the settings have changed since
    assert wanted(staffed) == (WantedState.LOGGED_OUT, "")


def test_two_agents_share_a_desk_but_not_at_once(staffed: House) -> None:
    add(staffed, "bob")
    login(staffed, "bob")
    with pytest.raises(IllegalActionError, match="agent bob is logged in with PJSIP/1001"):
        login(staffed)
    agents.logout(staffed.unit, "bob", **BY)
    see(staffed, AgentState.ON_CALL, "bob")
    with pytest.raises(IllegalActionError, match="agent bob"):
        login(staffed)
    see(staffed, AgentState.LOGGED_OUT, "bob")
    assert login(staffed).wanted.state is WantedState.READY


def test_reasons_are_those_of_all_its_queues_and_any_where_one_has_none(staffed: House) -> None:
    login(staffed)
    queue(staffed, pause_reasons=["lunch"])
    queue(staffed, "service", pause_reasons=["coffee"])
    agents.pause(staffed.unit, "ann", reason="coffee", **BY)
    with pytest.raises(BadInputError) as refused:
        agents.pause(staffed.unit, "ann", reason="tea", **BY)
    assert "coffee, lunch" in refused.value.hint
    queue(staffed, "service")
    agents.pause(staffed.unit, "ann", reason="tea", **BY)
    assert wanted(staffed) == (WantedState.PAUSED, "tea")


@pytest.fixture
def many(staffed: House) -> House:
    for n in range(21):
        campaigns.apply_campaign(staffed.unit, spec(name=f"c{n}"), trunks=TRUNKS, actor=ACTOR, now=NOW)
    return staffed


def test_a_21st_preferred_campaign_is_refused_and_changes_nothing(many: House) -> None:
    agents.prefer(many.unit, "ann", [f"c{n}" for n in range(19)], **BY)
    with pytest.raises(IllegalActionError, match="more than 20"):
        agents.prefer(many.unit, "ann", ["c19", "c20"], **BY)
    assert len(agents.get_agent(many.unit, "ann").preferred) == 19
    agents.prefer(many.unit, "ann", ["c18", "c19", "c19"], **BY)
    with pytest.raises(IllegalActionError, match="more than 20"):
        agents.prefer(many.unit, "ann", ["c20"], **BY)
    assert len(agents.prefer(many.unit, "ann", ["c3"], **BY).preferred) == 20


def test_preferences_are_taken_off_one_by_one_or_all_and_a_logout_clears_them(many: House) -> None:
    agents.prefer(many.unit, "ann", ["c1", "c2", "c3"], **BY)
    assert agents.unprefer(many.unit, "ann", ["c2"], **BY).preferred == {"c1", "c3"}
    assert agents.unprefer(many.unit, "ann", None, **BY).preferred == frozenset()
    agents.prefer(many.unit, "ann", ["c1"], **BY)
    login(many)
    assert agents.get_agent(many.unit, "ann").preferred == {"c1"}
    assert agents.logout(many.unit, "ann", **BY).preferred == frozenset()


def test_a_change_is_made_once_and_the_permission_for_campaigns_can_be_taken_from_an_agent_at_work(
    staffed: House,
) -> None:
    login(staffed)
    see(staffed, AgentState.ON_CALL)
    change: dict[str, Any] = {"may_outbound": False, "kind": AgentKind.BLENDED, "allowed": ALLOWED, **BY}
    assert agents.change_agent(staffed.unit, "ann", **change)
    assert not agents.change_agent(staffed.unit, "ann", **change)
    row = agents.get_agent(staffed.unit, "ann")
    assert (row.may_outbound, row.kind, row.endpoint) == (False, "blended", "PJSIP/1001")
    assert row.seen.state is AgentState.ON_CALL
    assert staffed.audit()[-1] == (ACTOR, "agent_changed", "ann")


def test_an_agent_whom_a_queue_names_is_not_deleted(staffed: House) -> None:
    queue(staffed)
    with pytest.raises(IllegalActionError, match="serves queue sales"):
        agents.delete_agent(staffed.unit, "ann", **BY)
    staffed.unit.queues.delete("sales")
    agents.delete_agent(staffed.unit, "ann", **BY)
    with pytest.raises(NotFoundError):
        agents.get_agent(staffed.unit, "ann")
    with pytest.raises(AlreadyExistsError):
        add(staffed)
        add(staffed)


def test_a_login_that_failed_is_taken_back_with_the_reason_and_an_event(staffed: House) -> None:
    login(staffed)
    agents.login_failed(staffed.unit, "ann", "PJSIP/1001 did not answer", LATER)
    assert wanted(staffed) == (WantedState.LOGGED_OUT, "PJSIP/1001 did not answer")
    (event,) = staffed.unit.agents.events("ann")
    assert (event.state, event.reason, event.at) == ("logged_out", "PJSIP/1001 did not answer", LATER)
    assert login(staffed).wanted.reason == ""


def test_a_login_that_failed_after_the_agent_had_logged_out_is_nothing(staffed: House) -> None:
    login(staffed)
    agents.logout(staffed.unit, "ann", **BY)
    agents.login_failed(staffed.unit, "ann", "PJSIP/1001 did not answer", LATER)
    agents.login_failed(staffed.unit, "nobody", "?", LATER)
    assert wanted(staffed) == (WantedState.LOGGED_OUT, "")
    assert staffed.unit.agents.events() == []
