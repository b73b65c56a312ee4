"""Whole campaigns whose people are led through a flow, on the real engine and virtual time, with and without faults.

Not here: the steps of a flow (domain/flow) and of its call (domain/call).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.domain.campaign import read_campaign
from dialerd.domain.dispositionset import read_disposition_set
from dialerd.domain.flow.moves import Ask, Did, Undone
from dialerd.domain.pacing import AgentJoined, AgentLeft, PacingEvent, PacingView, ProgressivePacer
from dialerd.domain.words import RunState
from dialerd.ports import ExportRow, Unit
from dialerd.simulate.callees import BY_ENDING, Behaviour
from dialerd.simulate.faults import Faults
from dialerd.usecases import dispositions, flows, runs
from tests.domain.flow.samples import read
from tests.numbers import number
from tests.simulation.callcenter import agent, agent_campaign, attempts, check_agents, poke, queue, staff
from tests.simulation.drawnfaults import FAULTS
from tests.simulation.office import TRUNKS, Office, in_office
from tests.simulation.test_agentfaults import happen
from tests.simulation.test_agents import ANN, at
from tests.simulation.world import START, campaign

SURVEY = """
name = "survey"
start = "menu"

[node.menu]
do = "menu"
say = ["hello", "choose"]
keys = { 1 = "accept", 2 = "agent", 3 = "voice", 4 = "shop", 5 = "later", 9 = "optout" }
answer = "choice"
tries = 2
timeout_s = 4
on_timeout = "bye"

[node.accept]
do = "set"
attributes = { renewal = "yes, by {{ choice }}" }
disposition = "accepted"
next = "thanks"

[node.thanks]
do = "play"
say = "thanks"
next = "bye"

[node.agent]
do = "transfer"
queue = "sales"
wait_s = 20
on_no_agent = "sorry"

[node.sorry]
do = "play"
say = "nobody-there"
next = "bye"

[node.voice]
do = "record"
say = "speak"
silence_s = 2
answer = "said"
next = "thanks"
on_fail = "bye"

[node.shop]
do = "transfer"
context = "shop"

[node.later]
do = "callback"
in_min = 30
next = "thanks"
on_fail = "bye"

[node.optout]
do = "dnc"
next = "thanks"

[node.bye]
do = "hangup"
"""
SET = {"name": "outcomes", "disposition": [{"code": "accepted", "positive": True}]}
_STAYS = Behaviour(ring_s=1.0, leaves_s=120.0, talk_s=15.0)


class Pressers:
    """Who presses what, and when after the answer, by number; a second call presses nothing."""

    def __init__(self, *given: Behaviour) -> None:
        self._given: Mapping[str, Behaviour] = {number(n, "00"): each for n, each in enumerate(given)}
        self._called: set[str] = set()

    def behaviour(self, called: str) -> Behaviour:
        found = self._given.get(called, BY_ENDING["00"])
        if called in self._called:
            return replace(found, presses=())
        self._called.add(called)
        return found


def presses(keys: str, *, at_s: float = 2.0, **more: object) -> Behaviour:
    return replace(_STAYS, presses=tuple((at_s + 3.0 * n, key) for n, key in enumerate(keys)), **more)  # type: ignore[arg-type]


async def start(office: Office, people: int, *, text: str = SURVEY, **keys: object) -> None:
    await office.add(["00"] * people)

    def job(unit: Unit) -> None:
        now = office.clock.now()
        if unit.queues.get("sales") is None:
            unit.queues.put(queue(()), now)
        dispositions.apply_set(unit, read_disposition_set(SET, source="test"), actor="test", now=now)
        flows.apply_flow(unit, read(text), actor="test", now=now)

    await office.store.write(job)
    await office.start()
    table = campaign().as_table() | {"flow": "survey", "amd": False, "dispositions": "outcomes"} | keys
    del table["on_human"]
    await office.apply(read_campaign(table, source="test"))
    now = office.clock.now()
    await office.store.write(lambda unit: runs.run_campaign(unit, "c", trunks=TRUNKS, actor="test", now=now))
    assert office.engine is not None
    office.engine.poke()


async def only(office: Office) -> ExportRow:
    (row,) = await attempts(office)
    return row


async def attributes(office: Office) -> Mapping[str, str]:
    row = await only(office)
    contact = await office.store.read(lambda unit: unit.contacts.get(row.contact_id))
    assert contact is not None
    return contact.contact.attributes


def test_a_key_gives_a_disposition_of_the_set_and_an_attribute_to_the_contact() -> None:
    async def story(office: Office) -> None:
        await start(office, 1)
        await office.until(at(100))
        row = await only(office)
        assert (row.attempt.disposition, row.attempt.final) == ("answered_human", "accepted")
        assert await attributes(office) == {"renewal": "yes, by 1"}
        (run,) = await office.runs()
        assert (run.state, run.done) == (RunState.COMPLETED, 1)

    in_office(story, start=START, callees=Pressers(presses("1")))


def test_silence_comes_to_the_end_after_its_tries() -> None:
    async def story(office: Office) -> None:
        await start(office, 1)
        await office.until(at(100))
        row = await only(office)
        assert row.attempt.disposition == "answered_human"
        assert row.attempt.ended_at is not None
        assert 20 < (row.attempt.ended_at - at(1)).total_seconds() < 23  # twice 6 s of prompt and 4 s of silence
        assert await attributes(office) == {}

    in_office(story, start=START, callees=Pressers(_STAYS))


def test_leaving_early_keeps_what_was_set_and_is_the_customers_hangup() -> None:
    async def story(office: Office) -> None:
        await start(office, 2)
        await office.until(at(100))
        ends = {row.attempt.number: (row.attempt.disposition, row.attempt.final) for row in await attempts(office)}
        assert ends == {
            number(0, "00"): ("customer_hangup", None),
            number(1, "00"): ("customer_hangup", "accepted"),
        }

    in_office(story, start=START, callees=Pressers(replace(_STAYS, leaves_s=2.0), presses("1", leaves_s=3.0)))


def test_an_opt_out_bars_the_number_before_the_call_has_ended() -> None:
    async def story(office: Office) -> None:
        await start(office, 1)
        await office.until(at(3.5))
        barred = await office.store.read(lambda unit: unit.dnc.check(number(0, "00"), office.clock.now()))
        assert len(barred) == 1
        (run,) = await office.runs()
        assert run.in_progress == 1

    in_office(story, start=START, callees=Pressers(presses("9")))


def test_a_recording_ends_with_silence_and_goes_on() -> None:
    async def story(office: Office) -> None:
        await start(office, 1)
        await office.until(at(100))
        assert (await only(office)).attempt.disposition == "answered_human"
        assert [row.attempt.reason for row in await attempts(office)] == [""]

    in_office(story, start=START, callees=Pressers(presses("3", talks=((7.0, 9.0),))))


def test_a_callback_is_agreed_on_and_dialed_in_the_same_run() -> None:
    async def story(office: Office) -> None:
        await start(office, 1)
        await office.until(at(60))
        (run,) = await office.runs()
        assert run.state is RunState.ACTIVE
        await office.until(at(2400))
        first, second = sorted(await attempts(office), key=lambda row: row.attempt.claimed_at)
        assert timedelta(minutes=30) <= second.attempt.claimed_at - first.attempt.claimed_at < timedelta(minutes=31)

    in_office(story, start=START, callees=Pressers(presses("5")))


def test_a_transfer_reaches_an_agent_whom_no_run_has_and_the_dialplan_where_it_says_so() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        await start(office, 2)
        await office.until(at(120))
        ends = {row.attempt.number: row.attempt for row in await attempts(office)}
        talked, shopped = ends[number(0, "00")], ends[number(1, "00")]
        assert (talked.disposition, talked.agent) == ("answered_human", ANN)
        assert talked.connected_at is not None
        assert (shopped.disposition, shopped.agent) == ("answered_human", None)
        await check_agents(office)

    in_office(story, start=START, callees=Pressers(presses("2"), presses("4")))


class _Told(ProgressivePacer):
    """A pacer that keeps what it is told of its agents, each with how many talk at that moment."""

    def __init__(self) -> None:
        self.agents: list[str] = []
        self.talking: list[int] = []

    def observe(self, event: PacingEvent) -> None:
        if isinstance(event, AgentJoined | AgentLeft):
            self.agents.append(type(event).__name__)

    def decide(self, view: PacingView) -> int:
        self.talking.append(len(view.talking))
        return super().decide(view)


def test_a_run_whose_agent_a_flow_takes_is_told_and_has_it_back_afterwards() -> None:
    pacer = _Told()

    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        await office.add(["00"], first=1, name="p")
        await start(office, 1)
        await office.apply(agent_campaign("progressive", name="p", lists=["p"], max_ring_s=60))
        now = office.clock.now()
        await office.store.write(lambda unit: runs.run_campaign(unit, "p", trunks=TRUNKS, actor="test", now=now))
        poke(office)
        await office.until(at(1))
        assert office.engine is not None
        (row,) = await office.runs("p")
        office.engine.runs.lines[row.id].pacer = pacer
        await office.until(at(10))
        assert (await agent(office, ANN)).seen.state == "on_call"
        assert pacer.agents == ["AgentLeft"]
        await office.until(at(30))
        assert (await agent(office, ANN)).seen.state == "ready"
        assert pacer.agents == ["AgentLeft", "AgentJoined"]
        assert set(pacer.talking) == {0}, "who talks to another run's guest is not one of its own"

    in_office(story, start=START, callees=Pressers(presses("2"), Behaviour(ring_s=50.0, answers=False)))


def test_nobody_there_is_told_so_and_not_counted_as_abandoned() -> None:
    async def story(office: Office) -> None:
        await start(office, 1)
        await office.until(at(120))
        row = await only(office)
        assert (row.attempt.disposition, row.attempt.agent) == ("answered_human", None)
        assert row.attempt.ended_at is not None
        assert 22 < (row.attempt.ended_at - at(3)).total_seconds() < 24  # 20 s of waiting, then a prompt

    in_office(story, start=START, callees=Pressers(presses("2")))


ORDER = """
name = "survey"
start = "hello"
[node.hello]
do = "play"
say = { text = "Your order {{ number }}" }
next = "ask"
[node.ask]
do = "request"
url = "https://shop.example.com/orders/{{ number }}"
answers = { state = "state" }
next = "state"
on_fail = "sorry"
[node.state]
do = "set"
attributes = { order = "{{ state }}" }
next = "bye"
[node.sorry]
do = "set"
attributes = { order = "unknown" }
next = "bye"
[node.bye]
do = "hangup"
"""


class Voice:
    """Implements ports.Speech; `texts` that it was given."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def speak(self, texts: tuple[str, ...], language: str) -> Did | Undone:
        self.texts += [f"{language}: {text}" for text in texts]
        return Did(sounds=tuple("spoken" for _ in texts))


class Shop:
    """Implements ports.Web; `urls` that it was asked."""

    def __init__(self, outcome: Did | Undone) -> None:
        self.urls: list[str] = []
        self._outcome = outcome

    async def ask(self, asked: Ask) -> Did | Undone:
        self.urls.append(asked.url)
        return self._outcome


@pytest.mark.parametrize(
    ("outcome", "order"), [(Did({"state": "sent"}), "sent"), (Did({}), "unknown"), (Undone("it is away"), "unknown")]
)
def test_a_text_is_spoken_and_a_server_is_asked_and_its_failure_has_a_way_of_its_own(
    outcome: Did | Undone, order: str
) -> None:
    async def story(office: Office) -> None:
        office.speech, office.web = voice, shop = Voice(), Shop(outcome)
        await start(office, 1, text=ORDER)
        await office.until(at(60))
        assert (await only(office)).attempt.disposition == "answered_human"
        assert await attributes(office) == {"order": order}
        assert voice.texts == [f"en: Your order {number(0, '00')}"]
        assert shop.urls == [f"https://shop.example.com/orders/%2B{number(0, '00')[1:]}"]

    in_office(story, start=START, callees=Pressers(_STAYS))


def test_a_text_that_nobody_can_speak_fails_the_call_and_says_so() -> None:
    async def story(office: Office) -> None:
        await start(office, 1, text=ORDER)
        await office.until(at(60))
        row = await only(office)
        assert (row.attempt.disposition, row.attempt.reason) == ("failed", "a text could not be spoken")

    in_office(story, start=START, callees=Pressers(_STAYS))


@pytest.mark.parametrize("keys", ["1", "2", "3", "4", "9", ""])
def test_a_daemon_killed_in_any_node_calls_nobody_twice_and_every_attempt_has_one_end(keys: str) -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        await start(office, 1)
        await office.until(moments.pop())
        await office.crash()
        await office.clock.sleep(0.5)
        await office.start()
        await office.until(at(150))
        row = await only(office)
        assert row.attempt.disposition is not None
        assert len(office.record) == 1
        (run,) = await office.runs()
        assert (run.state, run.in_progress) == (RunState.COMPLETED, 0)
        await check_agents(office)

    moments = [at(tenths / 10) for tenths in range(12, 120, 11)]
    while moments:
        in_office(story, start=START, refresh_s=10.0, callees=Pressers(presses(keys)))


def test_what_a_person_has_agreed_to_is_not_lost_with_the_daemon() -> None:
    async def story(office: Office) -> None:
        await start(office, 1)
        await office.until(at(3.5))  # 1 was pressed at 3 s; the thanks are being said
        await office.crash()
        await office.clock.sleep(5.0)
        await office.start()
        await office.until(at(60))
        row = await only(office)
        assert (row.attempt.disposition, row.attempt.final) == ("answered_human", "accepted")
        assert row.attempt.reason == "taken over after a restart"
        assert await attributes(office) == {"renewal": "yes, by 1"}

    in_office(story, start=START, callees=Pressers(presses("1")))


_happenings = st.lists(
    st.tuples(st.sampled_from(["cut", "restart", "refuse", "crash"]), st.floats(0.5, 60), st.floats(0.1, 15)),
    max_size=4,
)


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    faults=FAULTS,
    happenings=_happenings,
    keys=st.lists(st.text("1234679#", max_size=3), min_size=6, max_size=6),
)
def test_the_invariants_hold_under_any_mix_of_faults(
    seed: int, faults: Faults, happenings: list[tuple[str, float, float]], keys: list[str]
) -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        office.exchange.line.faults = faults
        await start(office, len(keys), max_calls=3)
        for kind, at_s, duration_s in sorted(happenings, key=lambda each: each[1]):
            await office.until(at(at_s))
            await happen(office, kind, duration_s)
        office.exchange.line.faults = Faults()
        await office.until(office.clock.now() + timedelta(minutes=10))
        (run,) = await office.runs()
        assert run.state is RunState.COMPLETED
        rows = await attempts(office)
        assert all(row.attempt.disposition is not None for row in rows)
        called = [call.number for call in office.record]
        assert len(called) == len(set(called)), "somebody was called twice"
        await check_agents(office)

    in_office(story, start=START, seed=seed, refresh_s=10.0, callees=Pressers(*map(presses, keys)))
