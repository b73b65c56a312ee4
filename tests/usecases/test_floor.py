"""What the floor, a contact's timeline and an agent's page show."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dialerd.domain.agents import Seen
from dialerd.domain.call import Facts
from dialerd.domain.dispositionset import read_disposition_set
from dialerd.domain.errors import BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.queue import read_queue
from dialerd.domain.words import AgentKind, AgentState, CallerId
from dialerd.domain.words import Disposition as D
from dialerd.ports import AttemptRow, CallerRow
from dialerd.usecases import agentpage, agents, campaigns, contacts, dialing, dispositions
from dialerd.usecases.floor import floor, forget_callers, keep_callers, note_caller
from dialerd.usecases.timeline import timeline
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec

S = timedelta(seconds=1)
_AGENT_MODE = {"on_human": None, "mode": "progressive", "queue": "sales", "amd": True}
_SET = {"name": "sales", "disposition": [{"code": "sale", "text": "sold", "positive": True}]}


@pytest.fixture
def office(house: House) -> House:
    """One agent, its queue, a campaign for it with two contacts, and its run."""
    unit = house.unit
    unit.agents.put("ann", endpoint="PJSIP/1", kind=AgentKind.OUTBOUND, may_outbound=True, now=NOW)
    unit.queues.put(read_queue({"name": "sales", "agents": ["ann"]}, source="test"), NOW)
    dispositions.apply_set(unit, read_disposition_set(_SET, source="test"), actor=ACTOR, now=NOW)
    console = {"fields": ["first_name", "city"], "script": "Hello {{ first_name }} of {{ city }}"}
    wanted = spec(**_AGENT_MODE, dispositions="sales", console=console)
    campaigns.apply_campaign(unit, wanted, trunks=TRUNKS, actor=ACTOR, now=NOW)
    for number, attributes in (("2122660001", {"first_name": "Bob", "age": "50"}), ("2122660002", {})):
        contacts.add_contact(
            unit, "customers", [number], attributes=attributes, zone=None, priority=0, actor=ACTOR, now=NOW
        )
    house.start()
    return house


def _be(house: House, state: AgentState, seconds: float, attempt: AttemptRow | None = None, **more: Any) -> None:
    at = NOW + seconds * S
    seen = Seen(state=state, since=at, idle_since=at, attempt_id=None if attempt is None else attempt.id, **more)
    house.unit.agents.set_seen("ann", seen, leg_id=None, asterisk=None, now=at)


def _learn(house: House, attempt: AttemptRow, **facts: Any) -> None:
    dialing.note(house.unit, attempt.id, Facts(placed_at=attempt.claimed_at, **facts))


def test_a_call_is_on_the_floor_in_the_phase_that_it_has_come_to(office: House) -> None:
    (attempt,) = office.dial(1)
    known: dict[str, Any] = {}
    phases = []
    steps: tuple[dict[str, Any], ...] = (
        {},
        {"answered_at": NOW + 5 * S},
        {"verdict": "human", "greeted_at": NOW + 6 * S},
        {"agent": "ann", "connected_at": NOW + 7 * S},
    )
    for more in steps:
        known |= more
        _learn(office, attempt, **known)
        (call,) = floor(office.unit, now=NOW + 10 * S).calls
        phases.append((call.phase, call.since))
    assert phases == [
        ("ringing", NOW),
        ("detecting", NOW + 5 * S),
        ("waiting", NOW + 6 * S),
        ("talking", NOW + 7 * S),
    ]
    assert (call.campaign, call.contact_id, call.agent, call.trunk) == ("spring", 1, "ann", "carrier")
    office.end(attempt, D.ANSWERED_HUMAN, NOW + 20 * S)
    assert floor(office.unit, now=NOW + 21 * S).calls == []


def test_who_waits_is_counted_with_the_queue_callers_and_answered_people_alike(office: House) -> None:
    (attempt,) = office.dial(1)
    _learn(office, attempt, answered_at=NOW, verdict="human")
    for n, agent in enumerate((None, "ann", None)):
        caller = CallerRow(id=CallerId(f"c{n:032x}"), queue="sales", asterisk="pbx1", came_at=NOW + n * S, agent=agent)
        note_caller(office.unit, caller)
    found = floor(office.unit, now=NOW + 10 * S)
    assert [each.since for each in found.waiting] == [NOW, NOW + 2 * S]
    (queue,) = found.queues
    assert (queue.queue, queue.waiting, queue.longest_wait_s, dict(queue.agents)) == (
        *("sales", 3, 10.0),
        {"logged_out": 1},
    )
    assert found.agents[0].talks_with == "caller"
    forget_callers(office.unit, CallerId(f"c{0:032x}"))
    keep_callers(office.unit, "pbx2", ())
    assert len(floor(office.unit, now=NOW).waiting) == 1
    keep_callers(office.unit, "pbx1", [CallerId(f"c{1:032x}")])
    assert [each.agent for each in office.unit.floor.callers()] == ["ann"]


def test_an_agent_on_the_floor_is_where_it_is_since_when_and_why(office: House) -> None:
    _be(office, AgentState.READY, 3, campaign="spring", why="the only campaign of its queue")
    office.unit.floor.set_line(
        "ann", is_muted=True, is_holding=False, consults="bob", listeners=[{"who": "sue", "mode": "listen"}]
    )
    (ann,) = floor(office.unit, now=NOW + 10 * S).agents
    assert (ann.state, ann.in_state_s, ann.campaign, ann.why) == (
        *("ready", 7.0, "spring"),
        "the only campaign of its queue",
    )
    assert (ann.is_muted, ann.is_holding, ann.consults, ann.listeners, ann.queues) == (
        *(True, False, "bob"),
        ({"who": "sue", "mode": "listen"},),
        ["sales"],
    )


# Timeline


def test_a_timeline_goes_from_the_run_to_what_is_next(office: House) -> None:
    (attempt,) = office.dial(1)
    facts = {
        "rang_at": NOW + 2 * S,
        "answered_at": NOW + 5 * S,
        "verdict": "human",
        "amd": "HUMAN x",
        "greeted_at": NOW + 6 * S,
        "agent": "ann",
        "connected_at": NOW + 7 * S,
    }
    office.end(attempt, D.ANSWERED_HUMAN, NOW + 60 * S, **facts)
    _be(office, AgentState.WRAP_UP, 60, attempt)
    _be(office, AgentState.READY, 75)
    found = timeline(office.unit, "spring", 1, now=NOW + 80 * S)
    assert [(each.what, each.at) for each in found.moments] == [
        ("eligible", NOW),
        ("chosen", NOW),
        ("dialed", NOW),
        ("ring", NOW + 2 * S),
        ("answer", NOW + 5 * S),
        ("amd", NOW + 6 * S),
        ("agent", NOW + 7 * S),
        ("end", NOW + 60 * S),
        ("wrap_up", NOW + 60 * S),
        ("next", None),
    ]
    assert [each.text for each in found.moments[-3:]] == [
        "answered_human: a person answered and was served",
        "ann wrapped up for 15 s",
        "nothing: answered_human (a person answered and was served)",
    ]
    assert (found.state, found.number) == ("done", "+12122660001")


def test_a_timeline_of_nobody_in_the_run_says_where_to_look(office: House) -> None:
    office.with_contacts("2122660003")
    with pytest.raises(NotFoundError, match="contact explain spring 3"):
        timeline(office.unit, "spring", 3, now=NOW)
    assert timeline(office.unit, "spring", 2, now=NOW).moments[-1].text.startswith("in line")


# An agent's page


def test_the_card_has_the_fields_of_the_campaign_and_the_script_filled_in_with_its_gaps_marked(office: House) -> None:
    (attempt,) = office.dial(1)
    _be(office, AgentState.ON_CALL, 5, attempt)
    agentpage.add_note(office.unit, 1, " likes blue ", actor="agent ann", now=NOW)
    card = agentpage.card(office.unit, "ann", now=NOW)
    assert card is not None
    assert [(each.label, each.value) for each in card.fields] == [("first_name", "Bob"), ("city", "")]
    assert card.script == "Hello Bob of [city]"
    assert [(each.text, each.actor) for each in card.notes] == [("likes blue", "agent ann")]
    assert [(each.code, each.text, each.positive) for each in card.dispositions] == [("sale", "sold", True)]
    assert (card.attempt_id, card.contact_id, card.number) == (attempt.id, 1, "+12122660001")


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_a_note_that_is_empty_or_a_book_is_refused(office: House, text: str) -> None:
    with pytest.raises(BadInputError):
        agentpage.add_note(office.unit, 1, text, actor=ACTOR, now=NOW)


@pytest.mark.parametrize(
    ("state", "more", "said"),
    [
        (AgentState.PAUSED, {"reason": "lunch"}, "paused: lunch"),
        (AgentState.READY, {"why": "no campaign of its queues is running"}, "no campaign of its queues is running"),
        (AgentState.READY, {}, "waits for the next call"),
        (AgentState.ON_CALL, {}, ""),
        (AgentState.WRAP_UP, {}, ""),
    ],
)
def test_an_agent_is_told_why_it_gets_no_calls(
    office: House, state: AgentState, more: dict[str, Any], said: str
) -> None:
    _be(office, state, 1, **more)
    assert agentpage.page(office.unit, "ann", now=NOW).why_idle == said


def test_the_jobs_open_to_an_agent_are_the_running_ones_of_its_queues_and_those_it_prefers(office: House) -> None:
    campaigns.apply_campaign(
        office.unit, spec(**_AGENT_MODE, name="autumn", priority=2), trunks=TRUNKS, actor=ACTOR, now=NOW
    )
    found = agentpage.set_preferred(office.unit, "ann", ["autumn"], actor="user:ann", now=NOW)
    assert [(job.campaign, job.state, job.is_preferred) for job in found] == [
        ("spring", "active", False),
        ("autumn", "not running", True),
    ]
    agentpage.set_preferred(office.unit, "ann", ["spring"], actor="user:ann", now=NOW)
    assert agents.get_agent(office.unit, "ann").preferred == {"spring"}
    assert agentpage.set_preferred(office.unit, "ann", [], actor="user:ann", now=NOW)[0].is_preferred is False
    with pytest.raises(NotFoundError):
        agentpage.set_preferred(office.unit, "ann", ["nowhere"], actor="user:ann", now=NOW)
    assert [action for _, action, _ in office.audit()].count("agent_prefers") == 3


def test_an_agent_prefers_no_more_than_twenty_campaigns(office: House) -> None:
    names = [f"c{n}" for n in range(21)]
    for name in names:
        campaigns.apply_campaign(office.unit, spec(name=name), trunks=TRUNKS, actor=ACTOR, now=NOW)
    with pytest.raises(IllegalActionError, match="20 is the most"):
        agentpage.set_preferred(office.unit, "ann", names, actor=ACTOR, now=NOW)


def test_pause_reasons_are_those_of_the_queues_and_any_where_one_has_none(office: House) -> None:
    reasons = {"name": "sales", "agents": ["ann"], "pause_reasons": ["lunch", "break"]}
    assert agentpage.page(office.unit, "ann", now=NOW).pause_reasons == []
    office.unit.queues.put(read_queue(reasons, source="test"), NOW)
    assert agentpage.page(office.unit, "ann", now=NOW).pause_reasons == ["break", "lunch"]
    any_will_do = read_queue({"name": "second", "agents": ["ann"]}, source="test")
    office.unit.queues.put(any_will_do, NOW)
    assert agentpage.page(office.unit, "ann", now=NOW).pause_reasons == []
