"""Campaigns whose strategy has calls with agents and without: each kind has its own pace and leads to the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.domain.errors import BadInputError, IllegalActionError
from dialerd.domain.flow import read_flow
from dialerd.domain.words import CallbackState, RunState
from dialerd.ports import Unit
from dialerd.simulate.callees import BY_ENDING, Behaviour
from dialerd.simulate.recipients import Reading
from dialerd.simulate.record import peak_calls
from dialerd.usecases import flows, runs
from dialerd.usecases.campaigns import apply_campaign
from tests.numbers import number
from tests.simulation.callcenter import check_agents, queue, staff
from tests.simulation.office import HOUR, TRUNKS, Office, in_office
from tests.simulation.test_strategy import MIN, Desk
from tests.simulation.world import START, campaign

SORRY = {"channel": "sms", "text": "Sorry to have missed you. CALL?"}
TELL_THEN_TALK: dict[str, Any] = {
    "name": "remind",
    "step": [
        {"name": "tell", "rule": [{"on": ["no_answer", "busy"], "do": "agent", "after_min": 5}]},
        {"name": "talk", "channel": "agent", "rule": [{"on": "no_answer", "do": "go", "step": "again"}]},
        {"name": "again"},
    ],
}
TALK_THEN_TELL: dict[str, Any] = {
    "name": "remind",
    "step": [
        {"name": "talk", "channel": "agent", "rule": [{"on": "no_answer", "do": "next"}]},
        {"name": "tell"},
    ],
}
MIXED: dict[str, Any] = {"mode": "progressive", "queue": "sales", "on_human": {"play": "hello"}, "amd": False}


class InTurn:
    """Implements simulate.callees.Callees: of each number, what becomes of its calls one after the other."""

    def __init__(self, *endings: str) -> None:
        self._endings = endings
        self._called: Counter[str] = Counter()

    def behaviour(self, called: str) -> Behaviour:
        turn = min(self._called[called], len(self._endings) - 1)
        self._called[called] += 1
        return BY_ENDING[self._endings[turn]]


async def spans(office: Office, desk: Desk) -> dict[str, list[Any]]:
    """The exchange's calls by the kind that dialerd wrote down for them."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for row in await desk.rows():
        kinds[row.number].append(row.channel)
    found: dict[str, list[Any]] = defaultdict(list)
    for call in office.record:
        found[kinds[call.number].pop(0)].append(call)
    return found


def test_d4_automated_calls_keep_their_own_pace_and_whom_they_miss_an_agent_calls() -> None:
    async def story(office: Office) -> None:
        desk = Desk(office)
        await staff(office, queue(["agent1001", "agent1002"]))
        await desk.begin(TELL_THEN_TALK, ["03"] * 30, max_ring_s=20, max_calls=8, calls_per_second=2, **MIXED)
        await office.until(START + 2 * HOUR)
        assert Counter(await desk.ended()) == {
            ("tell", "automated", "no_answer"): 30,
            ("talk", "voice", "answered_human"): 30,
        }
        calls = await spans(office, desk)
        assert peak_calls(calls["automated"]) == 8
        assert peak_calls(calls["voice"]) == 2
        assert {row.agent for row in await desk.rows()} == {None, "agent1001", "agent1002"}
        assert (await office.runs())[0].state is RunState.COMPLETED
        await check_agents(office)

    in_office(story, start=START, callees=InTurn("03", "00"))


@pytest.mark.parametrize("mode", ["power", "predictive", "preview"])
def test_d4_every_mode_with_agents_may_have_automated_calls_beside_them(mode: str) -> None:
    async def story(office: Office) -> None:
        desk = Desk(office)
        await staff(office, queue(["agent1001", "agent1002"]))
        await desk.begin(TELL_THEN_TALK, ["03"] * 8, max_ring_s=20, max_calls=4, **(MIXED | {"mode": mode}))
        await office.until(START + 4 * HOUR)
        ended = await desk.ended()
        assert Counter(each for each in ended if each[0] == "tell") == {("tell", "automated", "no_answer"): 8}
        assert {channel for step, channel, _ in ended if step == "talk"} == {"voice"}
        assert (await office.runs())[0].state is RunState.COMPLETED
        calls = await spans(office, desk)
        assert peak_calls(calls["automated"]) == 4
        await check_agents(office)

    in_office(story, start=START, callees=InTurn("03", "00"))


def test_d4_whom_no_agent_reaches_hears_the_message_though_all_agents_are_away() -> None:
    async def story(office: Office) -> None:
        desk = Desk(office)
        await staff(office, queue(["agent1001"]))
        await desk.begin(TALK_THEN_TELL, ["03"] * 3, max_ring_s=20, max_calls=5, **MIXED)
        await office.until(START + HOUR)
        assert Counter(await desk.ended()) == {
            ("talk", "voice", "no_answer"): 3,
            ("tell", "automated", "answered_human"): 3,
        }
        assert [row.agent for row in await desk.rows()] == [None] * 6
        assert (await office.runs())[0].state is RunState.COMPLETED

    in_office(story, start=START, callees=InTurn("03", "00"))


def test_c8_people_who_hear_a_message_do_not_make_the_abandoned_share_smaller() -> None:
    async def story(office: Office) -> None:
        desk = Desk(office)
        await staff(office, queue(["agent1001"]))
        await desk.begin(TALK_THEN_TELL, ["03"] * 3 + ["00"] * 2, max_ring_s=20, max_calls=5, **MIXED)
        await office.until(START + HOUR)
        (run,) = await office.runs()
        counted = await office.store.read(
            lambda unit: unit.regulation.live_answers(run.campaign_id, since=START - HOUR)
        )
        answered = [row for row in await desk.rows() if row.disposition == "answered_human"]
        assert (len(answered), counted) == (5, (2, 0))

    class ByNumber(InTurn):
        def behaviour(self, called: str) -> Behaviour:
            return super().behaviour(called) if called.endswith("03") else BY_ENDING["00"]

    in_office(story, start=START, callees=ByNumber("03", "00"))


def test_f_a_callback_that_an_automated_call_promised_is_an_agents_and_outlives_the_daemon() -> None:
    asking = {
        "name": "ask",
        "start": "menu",
        "node": {
            "menu": {"do": "menu", "say": "hello", "keys": {"1": "later"}, "on_timeout": "bye"},
            "later": {"do": "callback", "in_min": 30, "next": "bye", "on_fail": "bye"},
            "bye": {"do": "hangup"},
        },
    }

    class PressesOne:
        def behaviour(self, called: str) -> Behaviour:
            return Behaviour(ring_s=2.0, leaves_s=120.0, talk_s=60.0, presses=((3.0, "1"),))

    async def story(office: Office) -> None:
        desk = Desk(office)
        await staff(office, queue(["agent1001"]))
        await office.store.write(
            lambda unit: flows.apply_flow(unit, read_flow(asking, source="test"), actor="test", now=START)
        )
        keys = MIXED | {"on_human": None, "flow": "ask"}
        await desk.begin({"name": "remind", "step": [{"name": "tell"}]}, ["10"], **keys)
        await office.until(START + 29 * MIN)
        assert await desk.ended() == [("tell", "automated", "answered_human")]
        await office.until(START + 30 * MIN + timedelta(seconds=20))  # the agent talks
        await office.crash()
        await office.start()
        await office.until(START + 2 * HOUR)
        rows = await desk.rows()
        assert [(row.step, row.channel, row.agent) for row in rows] == [
            ("tell", "automated", None),
            ("tell", "voice", "agent1001"),
        ]
        assert (await office.runs())[0].state is RunState.COMPLETED
        every = tuple(CallbackState)
        (made,) = await office.store.read(
            lambda unit: unit.callbacks.listed(campaign_id=None, agent=None, states=every, limit=9)
        )
        assert made.callback.state is CallbackState.DONE

    in_office(story, start=START, callees=PressesOne())


def test_d4_a_text_that_was_answered_is_not_sent_again_after_the_call_it_led_to() -> None:
    table = {
        "name": "remind",
        "template": {"sorry": SORRY},
        "step": [
            {
                "name": "text",
                "channel": "sms",
                "template": "sorry",
                "reply": [{"words": ["call"], "call": "now", "disposition": "replied"}],
            }
        ],
    }

    async def story(office: Office) -> None:
        desk = Desk(office)
        desk.readers.given[number(0, "03")] = Reading(reply="call", reply_s=5)
        await desk.begin(table, ["03", "00"], max_ring_s=20, finite=False)
        await office.until(START + 12 * HOUR)
        assert ("text", "voice", "no_answer") in await desk.ended()
        sent = Counter(taken.message.recipient for taken in desk.sms.record)
        assert sent == {number(0, "03"): 1, number(1, "00"): 1}

    in_office(story, start=START)


@given(kills=st.lists(st.floats(5, 600), max_size=3), seed=st.integers(1, 99))
@settings(max_examples=6, deadline=None)
def test_whatever_the_crashes_every_contact_of_both_kinds_is_settled_and_nobody_called_twice_at_once(
    kills: list[float], seed: int
) -> None:
    async def story(office: Office) -> None:
        desk = Desk(office)
        await staff(office, queue(["agent1001", "agent1002"]))
        endings = ["03", "00", "01", "02", "00", "03"] * 2
        await desk.begin(TELL_THEN_TALK, endings, max_ring_s=20, max_calls=4, calls_per_second=1, **MIXED)
        for at in sorted(kills):
            await office.until(START + timedelta(seconds=at))
            await office.crash()
            await office.start()
        await office.until(START + 3 * HOUR)
        (run,) = await office.runs()
        assert (run.state, run.done) == (RunState.COMPLETED, 12)
        by_step = {row.step: row.channel for row in await desk.rows()}
        assert by_step.items() <= {"tell": "automated", "talk": "voice", "again": "automated"}.items()
        await check_agents(office)

    in_office(story, start=START, seed=seed)


def test_a_message_beside_agents_needs_a_strategy_that_has_a_step_for_it() -> None:
    def prepare(table: dict[str, Any]) -> Any:
        async def story(office: Office) -> None:
            await staff(office, queue(["agent1001"]))
            await Desk(office).begin(table, ["00"], **MIXED)

        return story

    table = {"name": "remind", "step": [{"name": "talk", "channel": "agent"}]}
    with pytest.raises(BadInputError, match="on_human is for steps of channel voice"):
        in_office(prepare(table), start=START)
    with pytest.raises(BadInputError, match="only a strategy has calls of both kinds"):
        campaign(**MIXED)


def test_a_paused_campaign_keeps_its_two_kinds_of_calls() -> None:
    async def story(office: Office) -> None:
        desk = Desk(office)
        await staff(office, queue(["agent1001"]))
        await desk.begin(TELL_THEN_TALK, ["03"], max_ring_s=20, **MIXED)
        await office.until(START + MIN)

        def change(unit: Unit) -> None:
            spec = campaign(strategy="remind", max_ring_s=20, **(MIXED | {"on_human": None}))
            apply_campaign(unit, spec, trunks=TRUNKS, actor="test", now=office.clock.now())

        await office.store.write(lambda unit: runs.pause_run(unit, "c", actor="test", now=office.clock.now()))
        with pytest.raises(IllegalActionError, match="on_human cannot be changed"):
            await office.store.write(change)

    in_office(story, start=START)
