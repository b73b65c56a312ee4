"""Calls steered over HTTP, and the page of whoever has one: what came of it is told, and only to whom it is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dialerd.domain.steering import TOO_LATE
from dialerd.ports import CallRequest, Unit
from dialerd.usecases import steering
from tests.web.site import NOW, Browser, Site, talk

Calm = tuple[Site, dict[str, Browser]]


def _answering(asked: list[CallRequest], refusal: str = "") -> Callable[[Unit], None]:
    """What the engine does with requests, and what it was asked."""

    def look(unit: Unit) -> None:
        for each in unit.floor.open_requests():
            asked.append(each)
            steering.note_done(unit, each.id, refusal=refusal, now=NOW)

    return look


def _begin(sue: Browser) -> None:
    sue.post("/api/lists/customers/contacts", {"numbers": ["+12122660001"], "attributes": {"first_name": "Bob"}})
    assert sue.post("/api/campaigns/sales-calls/run").status == 200


@pytest.fixture
def office(site: Site) -> Site:
    """Ann talks to Bob of sales-calls."""
    _begin(site.browser("sue"))
    talk(site)
    return site


CASES: list[tuple[str, Any, str, dict[str, str]]] = [
    ("mute", {"on": True}, "mute", {}),
    ("mute", {"on": False}, "unmute", {}),
    ("hold", {"on": True}, "hold", {}),
    ("hold", {"on": False}, "resume", {}),
    ("keys", {"keys": "12#"}, "keys", {"keys": "12#"}),
    ("transfer", {"queue": "support"}, "pass_on", {"queue": "support"}),
    ("transfer", {"agent": "ben"}, "pass_on", {"agent": "ben"}),
    ("transfer", {"number": "(212) 266-0009"}, "pass_on", {"number": "+12122660009", "context": "dialerd-transfer"}),
    ("listen", {"mode": "listen", "endpoint": "PJSIP/desk"}, "listen", {"endpoint": "PJSIP/desk"}),
    ("listen", {"mode": "whisper", "endpoint": "PJSIP/desk"}, "whisper", {"endpoint": "PJSIP/desk"}),
    ("listen", {"mode": "barge", "endpoint": "PJSIP/desk"}, "barge", {"endpoint": "PJSIP/desk"}),
    ("unlisten", {}, "unlisten", {}),
]


def test_what_is_asked_of_a_call_reaches_the_engine_and_its_outcome_whoever_asked(office: Site) -> None:
    asked: list[CallRequest] = []
    ann, sue = office.browser("ann"), office.browser("sue")
    office.engine = _answering(asked)
    for verb, body, wanted, detail in CASES:
        ways = [(sue, f"/api/agents/ann/{verb}", "user:sue")]
        if verb not in ("listen", "unlisten"):
            ways.append((ann, f"/api/me/agent/{verb}", "user:ann"))
        for browser, path, actor in ways:
            said = browser.post(path, body)
            last = asked[-1]
            assert (said.status, said.document) == (200, {"request": last.id, "state": "done"}), (path, body)
            assert (last.agent, last.verb, dict(last.detail), last.actor) == ("ann", wanted, detail, actor)


@pytest.mark.parametrize(
    ("verb", "body", "wanted", "detail"),
    [
        ("consult", {"agent": "ben"}, "consult", {"agent": "ben"}),
        ("consult", {"queue": "support"}, "consult", {"queue": "support"}),
        ("complete", None, "complete", {}),
        ("cancel", None, "take_back", {}),
    ],
)
def test_an_agent_asks_somebody_first_and_gives_its_call_away_or_takes_it_back(
    office: Site, verb: str, body: Any, wanted: str, detail: dict[str, str]
) -> None:
    asked: list[CallRequest] = []
    office.engine = _answering(asked)
    said = office.browser("ann").post(f"/api/me/agent/{verb}", body)
    assert (said.status, said.document["state"]) == (200, "done"), said
    assert (asked[-1].agent, asked[-1].verb, dict(asked[-1].detail)) == ("ann", wanted, detail)


def test_the_engines_reason_why_nobody_is_asked_is_told(office: Site) -> None:
    office.engine = _answering([], "agent ben is paused")
    ann = office.browser("ann")
    assert ann.post("/api/me/agent/consult", {"agent": "ben"}).document["message"] == "agent ben is paused"
    assert ann.post("/api/me/agent/consult", {"number": "+13125550100"}).code == "illegal_action"
    assert ann.post("/api/me/agent/consult", {}).code == "bad_input"


def test_what_the_engine_refuses_is_told_with_its_reason(office: Site) -> None:
    office.engine = _answering([], "agent ann is muted already")
    said = office.browser("ann").post("/api/me/agent/mute", {"on": True})
    assert (said.status, said.code, said.document["message"]) == (409, "illegal_action", "agent ann is muted already")


def test_what_no_engine_looks_at_is_not_said_to_be_done(office: Site) -> None:
    ann = office.browser("ann")
    office.engine = lambda unit: office.clock.pass_by(5 * TOO_LATE)
    said = ann.post("/api/me/agent/mute", {"on": True})
    assert (said.status, said.document["message"]) == (409, "no daemon has looked at it")


@pytest.mark.parametrize(("verb", "body"), [(verb, body) for verb, body, _, _ in CASES if verb != "unlisten"])
def test_there_is_nothing_to_steer_where_the_agent_has_no_call(calm: Calm, verb: str, body: Any) -> None:
    said = calm[1]["sue"].post(f"/api/agents/ann/{verb}", body)
    assert (said.status, said.code, said.document["message"]) == (409, "illegal_action", "agent ann talks to nobody")
    if verb != "listen":
        assert calm[1]["ann"].post(f"/api/me/agent/{verb}", body).document["message"] == "agent ann talks to nobody"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("transfer", {}, 422),
        ("transfer", {"queue": "support", "agent": "ben"}, 422),
        ("transfer", {"agent": "ann"}, 422),
        ("transfer", {"queue": "none"}, 404),
        ("transfer", {"number": "+13125550100"}, 409),  # [transfer] prefixes does not have it
        ("keys", {"keys": "12x"}, 422),
        ("keys", {"keys": "1" * 33}, 422),
        ("mute", {"on": "yes"}, 422),
        ("listen", {"mode": "shout", "endpoint": "PJSIP/desk"}, 422),
        ("listen", {"mode": "listen", "endpoint": "Local/1@anywhere"}, 422),
    ],
)
def test_what_cannot_be_asked_is_not_asked(calm: Calm, path: str, body: Any, status: int) -> None:
    assert calm[1]["sue"].post(f"/api/agents/ann/{path}", body).status == status
    assert calm[0].do(lambda unit: unit.floor.open_requests()) == []


def test_a_supervisor_of_a_queue_gives_calls_to_its_own_only(office: Site) -> None:
    asked: list[CallRequest] = []
    office.engine = _answering(asked)
    sam = office.browser("sam")
    assert sam.post("/api/agents/ann/transfer", {"queue": "sales"}).status == 200
    assert sam.post("/api/agents/ann/transfer", {"number": "+12122660009"}).status == 200
    assert sam.post("/api/agents/ann/transfer", {"queue": "support"}).code == "forbidden"
    assert sam.post("/api/agents/ann/transfer", {"agent": "ben"}).code == "forbidden"
    assert len(asked) == 2


def test_a_supervisor_of_a_queue_hears_no_call_of_another_though_the_agent_is_in_both(site: Site) -> None:
    asked: list[CallRequest] = []
    sue, sam = site.browser("sue"), site.browser("sam")
    assert sue.ask("PUT", "/api/queues/support", {"name": "support", "agents": ["ann", "ben"]}).status == 200
    table = sue.get("/api/campaigns/sales-calls").document
    assert sue.ask("PUT", "/api/campaigns/sales-calls", {**table, "queue": "support"}).status == 200
    _begin(sue)
    talk(site)
    site.engine = _answering(asked)
    wish = {"mode": "listen", "endpoint": "PJSIP/desk"}
    said = sam.post("/api/agents/ann/listen", wish)
    assert (said.status, said.document["message"]) == (403, "the call of agent ann is of queue support")
    assert asked == []
    for verb, body in (("hangup", None), ("record", {"on": True}), ("mute", {"on": True})):
        assert sam.post(f"/api/agents/ann/{verb}", body).document["message"] == said.document["message"], verb
    assert site.do(lambda unit: [each.hang_up_at for each in unit.agents.all()]) == [None, None]
    assert sam.post("/api/agents/ann/unlisten").status == 200, "that ends what is their own"
    assert sue.post("/api/agents/ann/listen", wish).status == 200


def test_the_page_of_an_agent_shows_whom_it_talks_to_and_what_was_noted_of_them(office: Site) -> None:
    ann, ben = office.browser("ann"), office.browser("ben")
    contact = ann.get("/api/me/page").document["card"]["contact_id"]
    noted = ann.post("/api/me/notes", {"contact_id": contact, "text": "calls back at six"})
    assert (noted.status, noted.document["actor"]) == (201, "user:ann")
    page = ann.get("/api/me/page").document
    assert (page["agent"], page["state"], page["is_muted"]) == ("ann", "on_call", False)
    assert page["card"]["fields"] == [{"label": "first_name", "value": "Bob"}]
    assert [each["text"] for each in page["card"]["notes"]] == ["calls back at six"]
    assert ann.get("/api/me/notes").document == [noted.document]
    assert ben.get("/api/me/page").document["card"] is None
    assert ben.get("/api/me/notes").code == "not_found"


def test_an_agent_notes_nothing_of_whom_it_does_not_talk_to(office: Site) -> None:
    ann, ben = office.browser("ann"), office.browser("ben")
    contact = ann.get("/api/me/page").document["card"]["contact_id"]
    assert ben.post("/api/me/notes", {"contact_id": contact, "text": "hm"}).code == "forbidden"
    assert ann.post("/api/me/notes", {"contact_id": contact + 1, "text": "hm"}).code == "forbidden"
    assert ann.post("/api/me/notes", {"contact_id": contact, "text": "  "}).code == "bad_input"
    assert ann.get("/api/me/notes").document == []
