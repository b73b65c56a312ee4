"""Strategies on the real engine and virtual time: calls, messages, what comes back, through crashes and faults."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.domain.campaign import CampaignSpec, read_campaign
from dialerd.domain.contact import Contact
from dialerd.domain.dispositionset import read_disposition_set
from dialerd.domain.flow import read_flow
from dialerd.domain.optout import How
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.regulation import EMPTY, Rulebook
from dialerd.domain.regulation.pack import daily_limit
from dialerd.domain.strategy import read_strategy
from dialerd.domain.words import Channel, RunState
from dialerd.ports import AttemptRow, Unit
from dialerd.simulate.callees import BY_ENDING, Behaviour
from dialerd.simulate.clock import SeededDice
from dialerd.simulate.recipients import Reading
from dialerd.simulate.routes import RouteFaults, SimulatedRoute
from dialerd.usecases import campaigns, dispositions, dnc, flows, optout, runs, status, strategies
from tests.numbers import number
from tests.simulation.callcenter import attempts, poke, queue, staff
from tests.simulation.office import HOUR, TRUNKS, Office, in_office
from tests.simulation.world import START, campaign
from tests.test_docs import BLOCKS

MIN = timedelta(minutes=1)
SORRY = {"channel": "sms", "text": "Sorry to have missed you, {{ first_name }}. May we call? YES or NO"}
LETTER = {"channel": "email", "subject": "Your renewal", "text": "Dear {{ first_name }}, ..."}

CALL_THEN_TEXT: dict[str, Any] = {
    "name": "remind",
    "template": {"sorry": SORRY},
    "step": [
        {
            "name": "call",
            "rule": [{"on": "no_answer", "do": "retry", "max": 1, "after_min": 30}, {"on": "no_answer", "do": "sms"}],
        },
        {
            "name": "text",
            "channel": "sms",
            "template": "sorry",
            "wait_min": 120,
            "reply": [{"words": ["yes"], "disposition": "replied"}],
        },
    ],
}
TEXT_ONLY: dict[str, Any] = {
    "name": "remind",
    "template": {"sorry": SORRY},
    "step": [{"name": "text", "channel": "sms", "template": "sorry", "wait_min": 60}],
}


class Readers:
    """Implements simulate.recipients.Recipients: each recipient does what it is told to, once it is told."""

    def __init__(self) -> None:
        self.given: dict[str, Reading] = {}

    def reading(self, recipient: str) -> Reading:
        return self.given.get(recipient, Reading())


class Desk:
    """An office with one SMS route and one e-mail route, and a campaign `c` that goes by a strategy."""

    def __init__(self, office: Office, *, faults: RouteFaults | None = None, **route: Any) -> None:
        self.office = office
        self.readers = Readers()
        self.sms, self.mail = (
            SimulatedRoute(
                name,
                channel,
                office.clock,
                SeededDice(seed),
                recipients=self.readers,
                faults=faults,
                **({"messages_per_second": 100.0} | route),
            )
            for seed, (name, channel) in enumerate({"smsc": Channel.SMS, "mail": Channel.EMAIL}.items(), 7)
        )
        office.routes = {"smsc": self.sms, "mail": self.mail}

    async def begin(self, table: dict[str, Any], endings: list[str], *, names: bool = True, **keys: Any) -> None:
        now = self.office.clock.now()

        def prepare(unit: Unit) -> None:
            strategies.apply_strategy(unit, read_strategy(table, source="test"), actor="test", now=now)
            made = unit.lists.create("l", "US", now)
            people = [
                Contact(
                    numbers=(PhoneNumber(e164=number(n, ending), zones=("America/New_York",)),),
                    attributes={"first_name": f"P{n}", "email": f"p{n}@example.com"} if names else {},
                )
                for n, ending in enumerate(endings)
            ]
            unit.contacts.add(made.id, people, now)

        await self.office.store.write(prepare)
        await self.office.apply(campaign(strategy="remind", **keys))
        await self.office.start()
        await self.office.store.write(lambda unit: runs.run_campaign(unit, "c", trunks=TRUNKS, actor="test", now=now))
        poke(self.office)

    async def rows(self) -> list[AttemptRow]:
        return [row.attempt for row in await attempts(self.office)]

    async def ended(self) -> list[tuple[str, str, str]]:
        """Each attempt's step, channel and final disposition."""
        return [(row.step, row.channel, row.final or row.disposition or "") for row in await self.rows()]


def test_d4_no_answer_twice_sends_a_text_whose_reply_sets_the_disposition() -> None:
    async def story(office: Office) -> None:
        desk = Desk(office)
        desk.readers.given[number(0, "03")] = Reading(reply="Yes!", reply_s=600)
        await desk.begin(CALL_THEN_TEXT, ["03"], max_ring_s=20)
        await office.until(START + 29 * MIN)
        assert await desk.ended() == [("call", "voice", "no_answer")]
        assert desk.sms.record == []
        await office.until(START + 32 * MIN)
        assert await desk.ended() == [("call", "voice", "no_answer")] * 2 + [("text", "sms", "delivered")]
        (taken,) = desk.sms.record
        assert (taken.message.recipient, taken.message.text[:33]) == (
            number(0, "03"),
            "Sorry to have missed you, P0. May",
        )
        await office.until(START + HOUR)
        assert (await desk.ended())[-1] == ("text", "sms", "replied")
        (run,) = await office.runs()
        assert (run.state, run.done, run.attempts) == (RunState.COMPLETED, 1, 3)
        found = await office.store.read(lambda unit: unit.runs.dispositions(run.id))
        assert found == {"no_answer": 2, "replied": 1}

    in_office(story, start=START)


class OneForAnAgent:
    """Implements simulate.callees.Callees: by the numbers' endings, but those with 10 answer and press 1."""

    def behaviour(self, called: str) -> Behaviour:
        if called[-2:] != "10":
            return BY_ENDING[called[-2:]]
        return Behaviour(ring_s=2.0, leaves_s=120.0, talk_s=15.0, presses=((3.0, "1"),))


def test_the_example_of_the_readme_gives_key_1_to_an_agent_and_writes_to_who_does_not_answer_twice() -> None:
    files = [tomllib.loads(block) for block in BLOCKS]
    table = next(each for each in files if each.get("name") == "remind")
    table["step"][2]["route"] = "mail"
    campaign = next(each for each in files if each.get("name") == "renewals")
    keys: dict[str, Any] = {key: campaign[key] for key in ("flow", "dispositions")} | {"on_human": None, "amd": False}
    asking = read_flow(next(each for each in files if each.get("name") == "ask"), source="README.md")
    answers = next(each for each in files if each.get("name") == keys["dispositions"] and "disposition" in each)

    def prepare(unit: Unit) -> None:
        dispositions.apply_set(unit, read_disposition_set(answers, source="test"), actor="test", now=START)
        flows.apply_flow(unit, asking, actor="test", now=START)

    async def story(office: Office) -> None:
        desk = Desk(office)
        desk.readers.given |= {
            number(0, "03"): Reading(reply="OK, do it", reply_s=600),
            number(1, "03"): Reading(reply="call me now", reply_s=600),
            number(2, "03"): Reading(arrives=False, is_lasting=True),
        }
        await staff(office, queue(["agent1001"]))
        await office.store.write(prepare)
        await desk.begin(table, ["03", "03", "03", "10"], max_ring_s=20, **keys)
        await office.until(START + 4 * HOUR)
        assert Counter(await desk.ended()) == {
            ("call", "voice", "no_answer"): 6,
            ("call", "voice", "answered_human"): 1,
            ("text", "sms", "accepted"): 1,
            ("text", "sms", "replied"): 1,
            ("", "voice", "no_answer"): 3,  # the call that was asked for, tried as callbacks are
            ("text", "sms", "bounced"): 1,
            ("letter", "email", "delivered"): 1,
        }
        talked = [row for row in await desk.rows() if row.agent is not None]
        assert [(row.number, row.agent) for row in talked] == [(number(3, "10"), "agent1001")]
        assert talked[0].connected_at is not None

    in_office(story, start=START, callees=OneForAnAgent())


def test_d4_what_a_flow_gives_the_last_contact_leads_on_to_the_step_of_its_rule() -> None:
    table = {
        "name": "remind",
        "template": {"sorry": SORRY},
        "step": [
            {"name": "call", "rule": [{"on": "accepted", "do": "sms"}]},
            {"name": "text", "channel": "sms", "template": "sorry"},
        ],
    }
    asking = {
        "name": "ask",
        "start": "menu",
        "node": {
            "menu": {"do": "menu", "say": "hello", "keys": {"1": "yes"}, "on_timeout": "bye"},
            "yes": {"do": "set", "disposition": "accepted", "next": "bye"},
            "bye": {"do": "hangup"},
        },
    }
    answers = {"name": "answers", "disposition": [{"code": "accepted", "positive": True}]}

    def prepare(unit: Unit) -> None:
        dispositions.apply_set(unit, read_disposition_set(answers, source="test"), actor="test", now=START)
        flows.apply_flow(unit, read_flow(asking, source="test"), actor="test", now=START)

    async def story(office: Office) -> None:
        desk = Desk(office)
        await office.store.write(prepare)
        keys: dict[str, Any] = {"on_human": None, "flow": "ask", "amd": False, "dispositions": "answers"}
        await desk.begin(table, ["10"], **keys)
        await office.until(START + HOUR)
        assert await desk.ended() == [("call", "voice", "accepted"), ("text", "sms", "delivered")]
        assert (await office.runs())[0].state is RunState.COMPLETED

    in_office(story, start=START, callees=OneForAnAgent())


def test_d4_who_answers_gets_no_text_and_who_does_not_reply_is_settled_when_the_wait_is_over() -> None:
    async def story(office: Office) -> None:
        desk = Desk(office)
        await desk.begin(CALL_THEN_TEXT, ["10", "03"], max_ring_s=20)
        await office.until(START + 2 * HOUR)
        (run,) = await office.runs()
        assert (run.done, run.waiting) == (1, 1)
        await office.until(START + 3 * HOUR)
        (run,) = await office.runs()
        assert (run.state, run.done) == (RunState.COMPLETED, 2)
        assert [taken.message.recipient for taken in desk.sms.record] == [number(1, "03")]

    in_office(story, start=START)


def test_d4_who_says_yes_to_a_text_is_escalated_to_an_agent() -> None:
    table = {
        "name": "remind",
        "template": {"sorry": SORRY},
        "step": [
            {
                "name": "text",
                "channel": "sms",
                "template": "sorry",
                "wait_min": 60,
                "reply": [{"words": ["yes"], "disposition": "wants_agent"}],
                "rule": [{"on": "wants_agent", "do": "agent"}],
            },
            {"name": "talk", "channel": "agent", "tries": 2},
        ],
    }
    answers = {"name": "answers", "disposition": [{"code": "wants_agent"}]}

    async def story(office: Office) -> None:
        desk = Desk(office)
        desk.readers.given[number(1, "10")] = Reading(reply="yes", reply_s=600)
        await staff(office, queue(["agent1001"]))
        await office.store.write(
            lambda unit: dispositions.apply_set(
                unit, read_disposition_set(answers, source="test"), actor="test", now=START
            )
        )
        keys: dict[str, Any] = {"mode": "progressive", "queue": "sales", "on_human": None, "dispositions": "answers"}
        await desk.begin(table, ["10"] * 3, **keys)
        await office.until(START + 3 * HOUR)
        assert Counter(await desk.ended()) == {
            ("text", "sms", "delivered"): 2,
            ("text", "sms", "wants_agent"): 1,
            ("talk", "voice", "answered_human"): 1,
        }
        assert [(row.number, row.agent) for row in await desk.rows() if row.agent] == [(number(1, "10"), "agent1001")]
        assert (await office.runs())[0].state is RunState.COMPLETED

    in_office(story, start=START)


def test_h1_a_campaign_of_messages_alone_needs_no_trunk_and_keeps_to_the_hours() -> None:
    async def story(office: Office) -> None:
        desk = Desk(office)
        keys: dict[str, Any] = {"trunk": "", "caller_id": "", "on_human": None}
        hours = {"timezone": "contact", "mon-sun": "11:00-20:00"}  # it is ten in New York
        await desk.begin(TEXT_ONLY, ["00"] * 30, hours=hours, **keys)
        await office.until(START + HOUR - MIN)
        assert desk.sms.record == []
        await office.until(START + HOUR + MIN)
        assert len(desk.sms.record) == 30
        assert office.record == []
        await office.until(START + 3 * HOUR)
        assert Counter(await desk.ended()) == {("text", "sms", "delivered"): 30}
        assert (await office.runs())[0].state is RunState.COMPLETED

    in_office(story, start=START)


@pytest.mark.parametrize(
    ("reading", "wanted"),
    [
        (Reading(reported=False), "sent"),
        (Reading(arrives=False), "undelivered"),
        (Reading(arrives=False, is_lasting=True), "bounced"),
        (Reading(refusal="no such number"), "bounced"),
        (Reading(reply="I am away", is_automatic=True), "delivered"),
        (Reading(reply="who is this?"), "replied"),
    ],
)
def test_h1_what_comes_back_is_what_the_message_ended_in(reading: Reading, wanted: str) -> None:
    async def story(office: Office) -> None:
        desk = Desk(office)
        desk.readers.given[number(0, "00")] = reading
        await desk.begin(TEXT_ONLY, ["00"])
        await office.until(START + 3 * HOUR)
        assert await desk.ended() == [("text", "sms", wanted)]
        assert (await office.runs())[0].state is RunState.COMPLETED

    in_office(story, start=START)


def test_h1_a_missing_attribute_fails_the_attempt_before_anything_is_sent() -> None:
    async def story(office: Office) -> None:
        desk = Desk(office)
        await desk.begin(TEXT_ONLY, ["00"], names=False)
        await office.until(START + HOUR)
        assert await desk.ended() == [("text", "sms", "failed")]
        assert "first_name" in (await desk.rows())[0].reason
        assert desk.sms.record == []
        assert (await office.runs())[0].state is RunState.COMPLETED

    in_office(story, start=START)


def test_h1_an_e_mail_goes_to_the_contacts_address_over_the_route_of_its_channel() -> None:
    async def story(office: Office) -> None:
        desk = Desk(office)
        table = {
            "name": "remind",
            "template": {"letter": LETTER},
            "step": [{"name": "write", "channel": "email", "template": "letter", "route": "mail"}],
        }
        await desk.begin(table, ["00", "00"])
        await office.until(START + HOUR)
        assert [(t.message.recipient, t.message.subject) for t in desk.mail.record] == [
            ("p0@example.com", "Your renewal"),
            ("p1@example.com", "Your renewal"),
        ]
        assert desk.sms.record == []

    in_office(story, start=START)


def test_k8_an_opt_out_keeps_back_what_waits_to_be_sent_on_every_channel() -> None:
    async def story(office: Office) -> None:
        desk = Desk(office, messages_per_second=1.0, window=5)
        await desk.begin(TEXT_ONLY, ["00"] * 20)
        await office.clock.sleep(2)
        now, who = office.clock.now(), number(4, "00")  # claimed, its turn has not come
        assert who not in {taken.message.recipient for taken in desk.sms.record}
        await office.store.write(
            lambda unit: optout.opt_out(unit, who, how=How.API, region="US", actor="test", now=now)
        )
        poke(office)
        await office.clock.sleep(1)
        later = [number(n, "00") for n in (10, 15)]
        await office.store.write(
            lambda unit: dnc.add_to_dnc(
                unit, later, region="US", source="", expires_at=None, actor="test", now=office.clock.now()
            )
        )
        await office.until(START + 3 * HOUR)
        assert not {who, *later} & {taken.message.recipient for taken in desk.sms.record}
        assert Counter(code for _, _, code in await desk.ended()) == {"delivered": 17, "cancelled": 1}
        (run,) = await office.runs()
        found = await office.store.read(lambda unit: unit.runs.dispositions(run.id))
        assert found == {"delivered": 17, "cancelled": 1, "do_not_call": 3}

    in_office(story, start=START)


class OutByKey:
    """Implements simulate.callees.Callees: everybody answers and goes on pressing 9."""

    def behaviour(self, called: str) -> Behaviour:
        return Behaviour(ring_s=2.0, leaves_s=120.0, talk_s=15.0, presses=tuple((n / 2, "9") for n in range(1, 20)))


CALL_THEN_WAIT: dict[str, Any] = {
    "name": "remind",
    "template": {"sorry": SORRY},
    "step": [
        {"name": "call", "rule": [{"on": "answered_human", "do": "sms", "after_min": 60}]},
        {"name": "text", "channel": "sms", "template": "sorry"},
    ],
}


@pytest.mark.parametrize("key", ["9", None])
def test_k8_whoever_opts_out_by_a_key_leaves_no_message_waiting_and_the_run_ends_with_the_call(key: str | None) -> None:
    async def story(office: Office) -> None:
        desk = Desk(office)
        await desk.begin(CALL_THEN_WAIT, ["00"], opt_out_key=key)
        await office.until(START + MIN)
        (call,), (run,) = await desk.rows(), await office.runs()
        found = await office.store.read(lambda unit: unit.runs.dispositions(run.id))
        if key is None:
            assert (run.state, run.waiting) == (RunState.ACTIVE, 1)
            return
        assert call.ended_at is not None
        assert run.finished_at == call.ended_at
        assert (run.state, found) == (RunState.COMPLETED, {"answered_human": 1, "do_not_call": 1})

    in_office(story, start=START, callees=OutByKey())


def test_k8_a_key_in_one_campaigns_call_ends_what_waits_in_another_within_a_second() -> None:
    async def story(office: Office) -> None:
        desk = Desk(office)
        await desk.begin(CALL_THEN_WAIT, ["00"])
        await office.until(START + MIN)
        assert (await office.runs())[0].waiting == 1
        await office.apply(campaign(name="d", opt_out_key="9"))
        await office.store.write(
            lambda unit: runs.run_campaign(unit, "d", trunks=TRUNKS, actor="test", now=office.clock.now())
        )
        poke(office)
        await office.until(START + 2 * MIN)
        (record,) = await office.store.read(lambda unit: unit.optouts.of(number(0, "00")))
        (run,) = await office.runs()
        assert run.finished_at is not None
        assert run.finished_at - record.at <= timedelta(seconds=1)
        await office.until(START + 2 * HOUR)
        assert desk.sms.record == []

    in_office(story, start=START, callees=OutByKey())


def test_h1_while_a_route_is_down_nothing_is_claimed_and_then_all_is_sent_once() -> None:
    async def story(office: Office) -> None:
        desk = Desk(office)
        office.clock.call_later(0.5, lambda: desk.sms.cut(600))
        await office.clock.sleep(1)
        await desk.begin(TEXT_ONLY, ["00"] * 25)
        desk.sms.cut(600)
        await office.clock.sleep(300)
        assert (await office.runs())[0].in_progress == 0
        await office.until(START + HOUR)
        assert Counter(taken.message.recipient for taken in desk.sms.record) == {number(n, "00"): 1 for n in range(25)}

    in_office(story, start=START)


@settings(max_examples=15, deadline=None)
@given(
    kills=st.lists(st.floats(0.05, 20), max_size=4),
    cuts=st.lists(st.tuples(st.floats(0.05, 20), st.floats(0.1, 10)), max_size=3),
    faults=st.builds(
        RouteFaults,
        lose_answer=st.floats(0, 0.3),
        lose_report=st.floats(0, 0.3),
        double_report=st.floats(0, 0.5),
        double_reply=st.floats(0, 1),
    ),
)
def test_h1_whatever_dies_nobody_is_sent_a_message_twice_and_everybody_is_settled_once(
    kills: list[float], cuts: list[tuple[float, float]], faults: RouteFaults
) -> None:
    async def story(office: Office) -> None:
        desk = Desk(office, faults=faults, messages_per_second=5.0, window=4)
        for n in range(0, 30, 5):
            desk.readers.given[number(n, "00")] = Reading(reply="yes", reply_s=2)
        for at_s, duration_s in cuts:
            office.clock.call_later(at_s, partial(desk.sms.cut, duration_s))
        await desk.begin(TEXT_ONLY, ["00"] * 30)
        for at_s in sorted(kills):
            await office.until(START + timedelta(seconds=at_s))
            await office.crash()
            await office.start()
        await office.until(START + 3 * HOUR)
        sent = Counter(taken.message.recipient for taken in desk.sms.record)
        assert max(sent.values()) == 1
        rows = await desk.rows()
        assert all(row.disposition is not None for row in rows)
        ended = Counter(row.number for row in rows if row.spent)
        assert set(ended) == {number(n, "00") for n in range(30)}
        assert max(ended.values()) == 1
        (run,) = await office.runs()
        assert (run.state, run.done) == (RunState.COMPLETED, 30)

    in_office(story, start=START)


def test_h1_a_step_whose_own_route_is_full_waits_for_it_and_is_not_told_that_it_is_down() -> None:
    async def story(office: Office) -> None:
        desk = Desk(office)
        office.routes["slow"] = SimulatedRoute(
            "slow",
            Channel.SMS,
            office.clock,
            SeededDice(9),
            recipients=desk.readers,
            messages_per_second=2.0,
            window=2,
        )
        table = TEXT_ONLY | {"step": [TEXT_ONLY["step"][0] | {"route": "slow"}]}
        await desk.begin(table, ["00"] * 20)
        await office.until(START + timedelta(seconds=3))
        (run,) = await office.runs()
        held = await office.store.read(lambda unit: unit.runs.held(run.id))
        assert [each.gate for each in held if each.gate == "way_out"] == []
        await office.until(START + timedelta(seconds=15))
        assert Counter(row.trunk for row in await desk.rows()) == {"slow": 20}

    in_office(story, start=START)


TWO_ROUTES: dict[str, Any] = {
    "name": "remind",
    "template": {"sorry": SORRY},
    "step": [
        {
            "name": "first",
            "channel": "sms",
            "template": "sorry",
            "route": "slow",
            "rule": [{"on": ["sent", "delivered"], "do": "next"}],
        },
        {"name": "second", "channel": "sms", "template": "sorry", "route": "smsc"},
    ],
}


def with_a_slow_route(desk: Desk, **keys: Any) -> SimulatedRoute:
    made = SimulatedRoute("slow", Channel.SMS, desk.office.clock, SeededDice(3), recipients=desk.readers, **keys)
    desk.office.routes["slow"] = made
    return made


def test_d4_whoever_waits_for_a_full_route_of_its_own_holds_up_nobody_of_another() -> None:
    async def story(office: Office) -> None:
        desk = Desk(office)
        slow = with_a_slow_route(desk, messages_per_second=0.1, window=2)
        await desk.begin(TWO_ROUTES, ["10"] * 16)
        await office.clock.sleep(35)
        first = {row.message.recipient for row in slow.record}
        assert 2 <= len(first) <= 5
        assert 1 <= len(desk.sms.record) <= len(first)
        assert {row.message.recipient for row in desk.sms.record} <= first
        await office.until(START + 4 * MIN)
        assert (len(slow.record), len(desk.sms.record)) == (16, 16)
        (run,) = await office.runs()
        assert (run.state, run.attempts) == (RunState.COMPLETED, 32)

    in_office(story, start=START)


def test_d4_whoever_waits_for_a_route_that_is_down_holds_up_nobody_and_goes_when_it_is_back() -> None:
    async def story(office: Office) -> None:
        desk = Desk(office)
        slow = with_a_slow_route(desk, messages_per_second=100.0, window=2)
        await desk.begin(TWO_ROUTES, ["10"] * 16)
        while len(slow.record) < 4:
            await office.clock.sleep(0.01)
        slow.cut(300)
        cut_at = office.clock.now()
        await office.clock.sleep(60)
        (hold,) = await office.store.read(
            lambda unit: status.why(unit, "c", office.clock.now(), is_daemon_running=True)
        )
        assert (hold.gate, hold.reason) == ("way_out", "route slow is down: the link broke")
        assert hold.since == cut_at
        done = len(slow.record)
        assert 2 <= len(desk.sms.record) <= done < 16
        await office.until(START + 6 * MIN)
        (run,) = await office.runs()
        sent = [row for row in await desk.rows() if row.step == "first" and row.disposition == "sent"]
        assert (run.state, len(desk.sms.record)) == (RunState.COMPLETED, len(sent))

    in_office(story, start=START)


@pytest.mark.parametrize("table", [TEXT_ONLY, CALL_THEN_TEXT], ids=["texts", "calls, then texts"])
def test_a_run_whose_regulation_pack_is_gone_is_held_with_the_reason_and_the_others_go_on(
    table: dict[str, Any], told: list[Any]
) -> None:
    pack = daily_limit(5).model_copy(update={"name": "house-rules"})
    why = "there is no regulation pack house-rules (there are: none)"

    def spec(**keys: Any) -> CampaignSpec:
        made = campaign(name="bound", lists=["m"], strategy="bound", **keys).as_table()
        unused = ("trunk", "caller_id", "on_human") if table is TEXT_ONLY else ()
        return read_campaign({key: made[key] for key in made if key not in unused}, source="test")

    async def story(office: Office) -> None:
        desk = Desk(office)
        bound = spec(regulations=["house-rules"])

        def prepare(unit: Unit) -> None:
            now = office.clock.now()
            strategies.apply_strategy(
                unit, read_strategy(table | {"name": "bound"}, source="test"), actor="test", now=now
            )
            book = Rulebook({"house-rules": pack})
            campaigns.apply_campaign(unit, bound, trunks=TRUNKS, rulebook=book, actor="test", now=now)
            runs.run_campaign(unit, "bound", trunks=TRUNKS, actor="test", now=now)

        async def holds() -> list[tuple[str, str, int]]:
            found = await office.store.read(
                lambda unit: status.why(unit, "bound", office.clock.now(), is_daemon_running=True, rulebook=EMPTY)
            )
            return [(each.gate, each.reason, each.targets) for each in found]

        plain = {"sorry": {"channel": "sms", "text": "Sorry to have missed you."}}
        await office.add(["03", "03"], first=7, name="m")
        await desk.begin(TEXT_ONLY | {"template": plain}, ["03", "03"])
        await office.store.write(prepare)
        poke(office)
        await office.until(START + 5 * MIN)
        assert office.engine is not None
        assert not office.engine.is_broken
        assert {row.message.recipient for row in desk.sms.record} == {number(0, "03"), number(1, "03")}
        assert office.record == []
        assert [each["event"] for each in told if why in each["event"]] in (
            [f"the messages of campaign bound are held: {why}"],
            [f"campaign bound is held: {why}"],
        )
        (run,) = await office.runs("bound")
        assert run.held == why
        assert await holds() == [("way_out" if table is CALL_THEN_TEXT else "regulation", why, 2)]
        await office.crash()
        await office.start()  # as when the pack is still not there
        await office.until(START + 6 * MIN)
        assert not office.engine.is_broken
        await office.store.write(lambda unit: runs.pause_run(unit, "bound", actor="test", now=office.clock.now()))
        await office.apply(spec())
        await office.store.write(lambda unit: runs.resume_run(unit, "bound", actor="test", now=office.clock.now()))
        poke(office)
        await office.until(START + 8 * MIN)
        (run,) = await office.runs("bound")
        assert (run.held, run.attempts) == ("", 2)

    in_office(story, start=START)


def test_d4_a_route_that_another_run_fills_is_given_to_the_next_run_as_soon_as_there_is_room() -> None:
    async def story(office: Office) -> None:
        desk = Desk(office)
        slow = with_a_slow_route(desk, messages_per_second=0.5, window=2)
        plain = {"sorry": {"channel": "sms", "text": "Sorry to have missed you."}}
        await desk.begin(TWO_ROUTES | {"template": plain}, ["10"] * 4)
        await office.add(["10"] * 3, first=4, name="m")
        await office.apply(campaign(name="later", lists=["m"], strategy="remind", priority=1))
        now = office.clock.now()
        await office.store.write(lambda unit: runs.run_campaign(unit, "later", trunks=TRUNKS, actor="test", now=now))
        poke(office)
        await office.until(START + 2 * MIN)
        assert [run.state for name in ("c", "later") for run in await office.runs(name)] == [RunState.COMPLETED] * 2
        assert len(slow.record) == 7

    in_office(story, start=START)
