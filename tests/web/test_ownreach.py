"""What agents, and supervisors of some queues, reach of others' people, campaigns and results: nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dialerd.domain.agents import Seen
from dialerd.domain.call import Facts, Outcome
from dialerd.domain.words import AgentState, AttemptId, Disposition
from dialerd.ports import Unit
from dialerd.usecases import asked
from tests.web.listener import Listener
from tests.web.site import NOW, Site, talk

OUTCOMES = {"disposition": [{"code": "sold", "positive": True}, {"code": "no"}, {"code": "later", "callback": True}]}


def _wrap_up(site: Site, attempt: str, agent: str = "ann", state: AgentState = AgentState.WRAP_UP) -> None:
    def end(unit: Unit) -> None:
        attempt_id, now = AttemptId(attempt), site.clock.now()
        facts = Facts(placed_at=now, answered_at=now, agent=agent, connected_at=now)
        asked.settle(unit, attempt_id, Outcome(disposition=Disposition.ANSWERED_HUMAN, facts=facts, ended_at=now))
        unit.agents.set_seen(
            agent,
            Seen(state=state, since=now, idle_since=now, campaign="sales-calls", attempt_id=attempt_id),
            leg_id=None,
            asterisk=None,
            now=now,
        )

    site.do(end)


def _is_ready(site: Site) -> None:
    seen = Seen(state=AgentState.READY, since=NOW, idle_since=NOW)
    site.do(lambda unit: unit.agents.set_seen("ann", seen, leg_id=None, asterisk=None, now=NOW))


@pytest.fixture
def contacts(site: Site) -> list[int]:
    """Two people whom the running campaign of queue sales calls, which has a set of outcomes."""
    sue = site.browser("sue")
    made = [
        sue.post("/api/lists/customers/contacts", {"numbers": [f"+1212266000{n}"]}).document["contact_id"]
        for n in (1, 2)
    ]
    assert sue.ask("PUT", "/api/dispositions/sales", OUTCOMES).status == 200
    table = sue.get("/api/campaigns/sales-calls").document
    assert sue.ask("PUT", "/api/campaigns/sales-calls", {**table, "dispositions": "sales"}).status == 200
    assert sue.post("/api/campaigns/sales-calls/run").status == 200
    return made


def test_an_agent_promises_calls_to_those_it_knows_at_numbers_of_theirs(site: Site, contacts: list[int]) -> None:
    ann = site.browser("ann")
    new: dict[str, Any] = {"campaign": "sales-calls", "in_min": 60.0}
    for unknown in (contacts[1], 1, 10**6):
        assert ann.post("/api/me/callbacks", {**new, "contact_id": unknown}).code == "forbidden"
    _wrap_up(site, talk(site), state=AgentState.READY)
    own = {**new, "contact_id": contacts[0], "number": "+12125559999"}
    assert ann.post("/api/me/callbacks", own).status == 201, "whom it has just talked to can ask for another number"
    _is_ready(site)
    assert ann.ask("DELETE", "/api/me/callbacks/2").status == 204
    assert ann.post("/api/me/callbacks", own).code == "forbidden"
    assert ann.post("/api/me/callbacks", {**own, "number": "+12122660001"}).status == 201


def test_an_agent_rewrites_its_last_result_for_an_hour_and_no_other(site: Site, contacts: list[int]) -> None:
    ann, sue, root = site.browser("ann"), site.browser("sue"), site.browser("root")
    first = talk(site)
    _wrap_up(site, first)
    for code in ("no", "sold"):
        assert ann.post("/api/me/disposition", {"attempt_id": first, "code": code}).status == 200
    last = root.get("/api/audit?action=disposition_given&limit=1").document["items"][0]["detail"]
    assert (last["from"], last["to"]) == ("no", "sold"), "what is replaced is what it was, not the system's"
    site.clock.pass_by(timedelta(minutes=1))
    second = talk(site, digit="2")
    _wrap_up(site, second, state=AgentState.READY)
    assert ann.post("/api/me/disposition", {"attempt_id": first, "code": "no"}).code == "forbidden"
    assert sue.post(f"/api/attempts/{first}/disposition", {"code": "no"}).status == 200
    _is_ready(site)
    assert ann.post("/api/me/disposition", {"attempt_id": second, "code": "no"}).status == 200
    site.clock.pass_by(timedelta(minutes=61))
    late = site.browser("ann").post("/api/me/disposition", {"attempt_id": second, "code": "sold"})
    assert late.code == "forbidden"


def test_a_second_promise_is_applied_whole_and_takes_nothing_from_another_agent(
    site: Site, contacts: list[int]
) -> None:
    ann, sue, root = site.browser("ann"), site.browser("sue"), site.browser("root")
    attempt = talk(site)
    first = {"campaign": "sales-calls", "contact_id": contacts[0], "at": "2026-03-04T10:00", "notes": "first"}
    made = ann.post("/api/me/callbacks", {**first, "mine": False}).document
    assert made["agent"] is None
    _wrap_up(site, attempt)
    wish = {
        "at": "2026-03-05T11:00",
        "zone": "Europe/Berlin",
        "number": "+12122667777",
        "notes": "office",
        "mine": True,
    }
    given = ann.post("/api/me/disposition", {"attempt_id": attempt, "code": "later", "callback": wish})
    assert (given.status, given.document["callback"]) == (200, made["callback"])
    shown = sue.get(f"/api/callbacks/{made['callback']}").document
    assert (shown["asked_for"], shown["zone"]) == ("2026-03-05T11:00:00+01:00", "Europe/Berlin")
    assert (shown["number"], shown["notes"], shown["agent"]) == ("+12122667777", "office", "ann")
    detail = root.get("/api/audit?action=callback_moved").document["items"][0]["detail"]
    assert detail["changes"]["agent"] == {"before": None, "after": "ann"}
    assert detail["also"] == ["number", "notes"], "that they are others; what they are is the person's"
    assert sue.ask("DELETE", f"/api/callbacks/{made['callback']}").status == 204
    cancelled = root.get("/api/audit?action=callback_cancelled").document["items"][0]["detail"]
    assert cancelled["before"]["agent"] == "ann"
    bens = {**first, "agent": "ben"}
    assert sue.post("/api/callbacks", bens).status == 201
    again = {"attempt_id": attempt, "code": "later"}
    assert ann.post("/api/me/disposition", {**again, "callback": wish}).code == "forbidden"
    assert ann.post("/api/me/disposition", again).status == 200, "without a time that one stays"


def test_an_agent_prefers_campaigns_that_are_open_to_it(site: Site, contacts: list[int]) -> None:
    ann = site.browser("ann")
    assert ann.ask("PUT", "/api/me/jobs", {"preferred": ["support-calls"]}).code == "forbidden"
    assert ann.ask("PUT", "/api/me/jobs", {"preferred": ["none"]}).code == "not_found"
    assert ann.ask("PUT", "/api/me/jobs", {"preferred": ["sales-calls"]}).status == 200


def test_who_is_held_to_queues_reaches_nothing_of_others_through_an_agent(site: Site, contacts: list[int]) -> None:
    sue, sam = site.browser("sue"), site.browser("sam")
    new = {"campaign": "sales-calls", "contact_id": contacts[1], "in_min": 60.0, "agent": "ben"}
    assert sam.post("/api/callbacks", new).code == "forbidden"
    assert sam.post("/api/callbacks", {**new, "agent": "ann"}).status == 201
    prefer = "/api/agents/ann/preferred"
    assert sam.ask("PUT", prefer, {"campaigns": ["support-calls"]}).code == "forbidden"
    assert sam.ask("PUT", prefer, {"campaigns": ["sales-calls"]}).status == 200
    both = {"name": "support", "agents": ["ann", "ben"]}
    assert sue.ask("PUT", "/api/queues/support", both).status == 200
    busy = Seen(
        state=AgentState.ON_CALL,
        since=NOW,
        idle_since=NOW,
        campaign="support-calls",
        attempt_id=AttemptId("d" + "3" * 32),
    )
    with Listener(sam) as heard:
        heard.hear()
        site.do(lambda unit: unit.agents.set_seen("ann", busy, leg_id=None, asterisk=None, now=NOW))
        while not (told := heard.hear().get("agents")):
            pass
    shown = sam.get("/api/agents/ann").document
    listed = sam.get("/api/agents").document["items"][0]
    for each in (shown, listed, told[0]):
        assert (each["state"], each["campaign"], each["attempt_id"]) == ("on_call", None, None)
    event = sam.get("/api/agents/ann/events?limit=1").document["items"][0]
    assert (event["state"], event["campaign"], event["attempt_id"]) == ("on_call", "", None)
    assert sue.get("/api/agents/ann").document["campaign"] == "support-calls"
