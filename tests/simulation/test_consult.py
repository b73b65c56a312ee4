"""An agent asks somebody else with the person on hold: whoever hangs up at whatever moment, nothing of it is left.

Not here: the table (tests/domain/test_consult.py), what is heard then (tests/asterisk/test_steering.py).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.domain.errors import RefusedError
from dialerd.domain.leg import LegPlace
from dialerd.domain.steering import Destination, PassingOn
from dialerd.domain.words import AgentState, AttemptId, LegId, RunState
from dialerd.ports import RequestId, Unit
from dialerd.simulate.faults import Faults
from dialerd.usecases import reports, steering
from dialerd.usecases.export import COLUMNS, Wanted, export_attempts
from tests.simulation.callcenter import agent, ask, attempts, poke, queue, staff
from tests.simulation.drawnfaults import FAULTS
from tests.simulation.office import Office, in_office
from tests.simulation.test_agentfaults import happen, make_ready
from tests.simulation.test_agents import ANN, TEAM, at, start
from tests.simulation.test_steering import BOB, came, nothing_left, talking
from tests.simulation.world import START

CID = TEAM[2]
RULES = PassingOn(prefixes=("+1212",), context="elsewhere")
NUMBER = "+12122660900"


async def wish(office: Office, verb: str, **to: str) -> RequestId:
    now = office.clock.now()

    def job(unit: Unit) -> RequestId:
        match verb:
            case "complete":
                return steering.complete(unit, ANN, actor=ANN, now=now)
            case "take back":
                return steering.take_back(unit, ANN, actor=ANN, now=now)
            case "resume":
                return steering.hold(unit, ANN, wanted=False, actor=ANN, now=now)
        return steering.consult(unit, ANN, Destination(**to), rules=RULES, region="US", actor=ANN, now=now)

    request = await office.store.write(job)
    poke(office)
    return request


async def done(
    office: Office, verb: str, to: dict[str, str] | None = None, *, within_s: float = 4.0, **more: str
) -> str:
    request = await wish(office, verb, **(to or {}), **more)
    await office.clock.sleep(within_s)
    return await came(office, request)


async def leg_of(office: Office, name: str) -> LegId:
    row = await agent(office, name)
    assert row.leg_id is not None
    return row.leg_id


async def in_bridge(office: Office, call: AttemptId) -> int:
    """How many legs are in the bridge of the person."""
    return sum(seen.place is LegPlace.BRIDGED and seen.attempt_id == call for seen in office.exchange.legs_up.values())


async def each_has_its_own_talk(office: Office) -> None:
    """The attempt's talk is all agents', one after the other; each agent's is its own."""
    (row,) = await attempts(office)
    by_agent = {each.key: each for each in await office.store.read(lambda unit: reports.report(unit, "agent"))}
    (whole,) = await office.store.read(lambda unit: reports.report(unit, "campaign"))
    assert set(by_agent) == {ANN, BOB}
    assert all(each.talk_s > 1.0 for each in by_agent.values())
    assert whole.talk_s == pytest.approx(sum(each.talk_s for each in by_agent.values()), abs=0.01)
    assert [by_agent[name].connected for name in (ANN, BOB)] == [1, 1]
    (run,) = await office.runs()
    own = (row.attempt.ended_at - row.attempt.connected_at).total_seconds()  # type: ignore[operator]
    assert by_agent[BOB].talk_s == pytest.approx(own, abs=0.01)
    table = await office.store.read(
        lambda unit: list(export_attempts(lambda job: job(unit), "c", Wanted(run=run.number)))
    )
    (exported,) = [dict(zip(COLUMNS, each, strict=True)) for each in table]
    assert float(exported["talk_s"]) == pytest.approx(whole.talk_s, abs=0.01)
    assert exported["connected_at"] < row.attempt.connected_at.isoformat()  # type: ignore[union-attr]


@pytest.mark.parametrize("legs", ["kept", "on_demand"])
def test_the_two_talk_while_the_person_hears_music_and_then_the_other_has_the_call(legs: str) -> None:
    async def story(office: Office, call: AttemptId) -> None:
        assert await done(office, "consult", agent=BOB) == "done"
        assert office.exchange.comforted == {call: "default"}
        assert await in_bridge(office, call) == 2
        assert ((await agent(office, ANN)).consults, (await agent(office, BOB)).seen.state) == (
            BOB,
            AgentState.RESERVED,
        )
        assert "take it back first" in await done(office, "resume")
        assert await done(office, "complete") == "done"
        assert office.exchange.comforted == {}
        assert await in_bridge(office, call) == 1
        ann, bob = await agent(office, ANN), await agent(office, BOB)
        assert (ann.seen.state, ann.consults, ann.is_holding) == (AgentState.WRAP_UP, "", False)
        assert (bob.seen.state, bob.seen.attempt_id) == (AgentState.ON_CALL, call)
        await ask(office, BOB, "hang_up")
        await office.clock.sleep(2.0)
        (row,) = await attempts(office)
        assert (row.attempt.agent, row.attempt.disposition) == (BOB, "agent_hangup")
        await each_has_its_own_talk(office)

    talking(story, legs=legs, wrap_up_s=60)


@pytest.mark.parametrize("legs", ["kept", "on_demand"])
def test_the_agent_takes_the_call_back_and_whom_it_asked_is_free_again(legs: str) -> None:
    async def story(office: Office, call: AttemptId) -> None:
        assert await done(office, "consult", queue="sales") == "done"
        assert (await agent(office, ANN)).consults == BOB
        assert await done(office, "take back") == "done"
        assert office.exchange.comforted == {}
        assert await in_bridge(office, call) == 1
        ann, bob = await agent(office, ANN), await agent(office, BOB)
        assert (ann.seen.state, ann.seen.attempt_id, ann.consults) == (AgentState.ON_CALL, call, "")
        assert bob.seen.state is AgentState.READY
        assert await done(office, "complete") == "nobody is asked about the call"

    talking(story, legs=legs)


def test_somebody_at_a_number_is_asked_and_takes_the_call() -> None:
    async def story(office: Office, call: AttemptId) -> None:
        with pytest.raises(RefusedError, match="may not be passed on to that number"):
            await wish(office, "consult", number="+16465550199")
        assert await done(office, "consult", number=NUMBER) == "done"
        assert (await agent(office, ANN)).consults == f"tel:{NUMBER}"
        assert await in_bridge(office, call) == 2
        assert await done(office, "complete") == "done"
        assert await in_bridge(office, call) == 1
        (row,) = await attempts(office)
        assert row.attempt.agent == f"tel:{NUMBER}"

    talking(story, team=1)


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ({"agent": BOB}, f"agent {BOB} is paused"),
        ({"queue": "sales"}, "nobody of queue sales is free"),
        ({"agent": "nobody"}, "there is no agent nobody"),
        ({"agent": ANN}, "has the call already"),
    ],
)
def test_whom_nobody_can_ask_leaves_the_two_as_they_were(to: dict[str, str], said: str) -> None:
    async def story(office: Office, call: AttemptId) -> None:
        await ask(office, BOB, "pause")
        try:
            assert said in await done(office, "consult", to)
        except RefusedError as refused:
            assert said in str(refused)
        assert office.exchange.comforted == {}
        assert (await agent(office, ANN)).is_holding is False
        assert await in_bridge(office, call) == 1

    talking(story)


def test_a_call_is_not_given_to_whom_the_agent_does_not_talk_to_yet_and_taking_it_back_ends_their_ringing() -> None:
    async def story(office: Office, call: AttemptId) -> None:
        asked = await wish(office, "consult", number="+12122660903")
        await office.clock.sleep(1.0)
        assert await done(office, "complete", within_s=0.5) == "whom you ask is not there yet"
        assert await done(office, "take back", within_s=1.0) == "done"
        assert await came(office, asked) == "it was taken back"
        assert len(office.exchange.legs_up) == 1
        assert office.exchange.comforted == {}

    talking(story, team=1)


@pytest.mark.parametrize(("ending", "said"), [("02", "busy"), ("03", "nobody"), ("05", "")])
def test_a_number_where_nobody_is_leaves_the_person_on_hold_with_the_agent(ending: str, said: str) -> None:
    async def story(office: Office, call: AttemptId) -> None:
        assert said in await done(office, "consult", number=f"+121226609{ending}", within_s=40.0)
        assert office.exchange.comforted == {call: "default"}
        assert ((await agent(office, ANN)).consults, await in_bridge(office, call)) == ("", 1)
        assert await done(office, "resume") == "done"

    talking(story, team=1)


ENDS = ["giver hangs up", "giver vanishes", "taker vanishes", "person hangs up", "cut", "restart", "crash", "drain"]


@pytest.mark.parametrize("moment_s", [0.0, 0.03, 0.3, 1.5, 4.0])
@pytest.mark.parametrize("legs", ["kept", "on_demand"])
@pytest.mark.parametrize("ends", ENDS)
def test_whoever_goes_at_whatever_moment_nothing_is_left(ends: str, legs: str, moment_s: float) -> None:
    async def story(office: Office, call: AttemptId) -> None:
        await wish(office, "consult", agent=BOB)
        await office.clock.sleep(moment_s)
        match ends:
            case "giver hangs up":
                await ask(office, ANN, "hang_up")
            case "giver vanishes":
                office.exchange.vanish(await leg_of(office, ANN))
            case "taker vanishes":
                leg_id = (await agent(office, BOB)).leg_id
                if leg_id is not None:
                    office.exchange.vanish(leg_id)
            case "person hangs up":
                await office.exchange.hang_up(call)
            case "cut":
                office.exchange.cut(3.0)
            case "restart":
                office.exchange.restart(3.0)
            case "crash":
                await office.crash()
                await office.start()
            case "drain":
                assert office.engine is not None
                await office.engine.drain(0.1)
                await office.crash()
                await office.start()
                await make_ready(office, ANN)
        await office.clock.sleep(45.0)
        ann, bob = await agent(office, ANN), await agent(office, BOB)
        assert ((bob.seen.state, bob.seen.attempt_id) == (AgentState.RESERVED, call)) is (ann.consults == BOB)
        if ann.consults:  # it has survived a moment's silence, or came after that
            assert await done(office, "take back") == "done"
        if ends == "taker vanishes" and moment_s == 4.0:
            assert (await agent(office, ANN)).seen.attempt_id == call, "the agent still has the person"
            assert office.exchange.comforted == {call: "default"}
            assert await done(office, "resume") == "done"
        if ends in ("giver hangs up", "giver vanishes", "person hangs up"):
            assert call not in await office.exchange.channels()

    talking(story, legs=legs)


@pytest.mark.parametrize("legs", ["kept", "on_demand"])
def test_a_killed_daemon_leaves_the_agent_with_the_person_and_lets_go_whom_it_asked(legs: str) -> None:
    async def story(office: Office, call: AttemptId) -> None:
        assert await done(office, "consult", agent=BOB) == "done"
        await office.crash()
        await office.start()
        await office.clock.sleep(5.0)
        ann, bob = await agent(office, ANN), await agent(office, BOB)
        assert (ann.seen.state, ann.seen.attempt_id, ann.consults) == (AgentState.ON_CALL, call, "")
        assert bob.seen.state is AgentState.READY
        assert await in_bridge(office, call) == 1
        assert office.exchange.comforted == {call: "default"}
        assert await done(office, "resume") == "done"
        assert office.exchange.comforted == {}

    talking(story, legs=legs)


_WISHES: dict[str, Callable[[Office], object]] = {
    "agent": lambda office: wish(office, "consult", agent=BOB),
    "queue": lambda office: wish(office, "consult", queue="sales"),
    "number": lambda office: wish(office, "consult", number=NUMBER),
    "complete": lambda office: wish(office, "complete"),
    "take back": lambda office: wish(office, "take back"),
    "resume": lambda office: wish(office, "resume"),
}
_happenings = st.lists(
    st.tuples(
        st.sampled_from([*_WISHES, *_WISHES, *_WISHES, "cut", "restart", "vanish", "crash", "stop", "leave"]),
        st.floats(10, 90),
        st.floats(0.1, 8),
    ),
    max_size=14,
)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), faults=FAULTS, happenings=_happenings, legs=st.sampled_from(["kept", "on_demand"]))
def test_nothing_outlives_the_calls_under_any_mix_of_asking_and_faults(
    seed: int, faults: Faults, happenings: list[tuple[str, float, float]], legs: str
) -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM[:3], legs=legs))
        office.exchange.line.faults = faults
        await start(office, ["00"] * 8)
        for kind, at_s, duration_s in sorted(happenings, key=lambda each: each[1]):
            await office.until(at(at_s))
            with suppress(RefusedError):
                if kind in _WISHES:
                    await _WISHES[kind](office)  # type: ignore[misc]
                else:
                    await happen(office, kind, duration_s)
        office.exchange.line.faults = Faults()
        for _ in range(20):
            for name in TEAM[:3]:
                await make_ready(office, name)
            await office.clock.sleep(60.0)
        (run,) = await office.runs()
        assert run.state is RunState.COMPLETED
        await office.until(office.clock.now() + timedelta(seconds=60))
        await nothing_left(office, are_passed_on=True)

    in_office(story, start=START, seed=seed, refresh_s=2.0)
