"""Calls that are up are steered by people: whatever is asked and whatever breaks, nothing of it outlives the call.

Not here: whether it can be done (tests/domain/test_steering.py), what is heard then (tests/asterisk/test_steering.py).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.domain.errors import RefusedError
from dialerd.domain.steering import Destination, PassingOn, Spy, Verb
from dialerd.domain.words import AgentKind, AgentState, AttemptId, RunState
from dialerd.ports import RequestId, Unit
from dialerd.simulate.callees import Behaviour
from dialerd.simulate.faults import Faults
from dialerd.usecases import steering
from tests.simulation.callcenter import PHONES, agent, ask, attempts, check_agents, poke, queue, staff
from tests.simulation.drawnfaults import FAULTS
from tests.simulation.office import Office, in_office
from tests.simulation.test_agentfaults import happen, make_ready
from tests.simulation.test_agents import ANN, TEAM, at, start
from tests.simulation.test_callers import team as callers_team
from tests.simulation.world import START

BOB, SUE, DESK = TEAM[1], "user:sue", "PJSIP/agent1019"
RULES = PassingOn(prefixes=("+1646",), context="elsewhere")


async def steer(office: Office, verb: str, name: str = ANN, **keys: object) -> RequestId:
    now = office.clock.now()
    asked: dict[str, Callable[[Unit], RequestId]] = {
        "mute": lambda unit: steering.mute(unit, name, wanted=True, actor=name, now=now),
        "unmute": lambda unit: steering.mute(unit, name, wanted=False, actor=name, now=now),
        "hold": lambda unit: steering.hold(unit, name, wanted=True, actor=name, now=now),
        "resume": lambda unit: steering.hold(unit, name, wanted=False, actor=name, now=now),
        "keys": lambda unit: steering.keys(unit, name, "12#", actor=name, now=now),
        "unlisten": lambda unit: steering.stop_listening(unit, name, actor=SUE, now=now),
        "to": lambda unit: steering.pass_on(
            unit,
            name,
            Destination(**keys),  # type: ignore[arg-type]
            rules=RULES,
            region="US",
            actor=SUE,
            now=now,
        ),
    }
    for each in ("listen", "whisper", "barge"):
        asked[each] = lambda unit, each=each: steering.listen(  # type: ignore[misc]
            unit, name, Verb(each), endpoint=str(keys.get("at", DESK)), allowed=PHONES, actor=SUE, now=now
        )
    request = await office.store.write(asked[verb])
    poke(office)
    return request


async def came(office: Office, request: RequestId) -> str:
    """What came of it: done, asked, or why it was refused."""
    found = await office.store.read(lambda unit: steering.outcome(unit, request, now=office.clock.now()))
    return found.reason or found.state


async def done(office: Office, verb: str, name: str = ANN, **keys: object) -> str:
    request = await steer(office, verb, name, **keys)
    await office.clock.sleep(1.0)
    return await came(office, request)


async def nothing_left(office: Office, *, are_passed_on: bool = False) -> None:
    exchange = office.exchange
    assert not exchange.ears
    assert not exchange.muted
    assert not exchange.comforted
    assert await exchange.spies() == set()
    for row in await office.store.read(lambda unit: unit.agents.all()):
        assert (row.is_muted, row.is_holding, row.listeners) == (False, False, ()), row.name
    await check_agents(office, are_passed_on=are_passed_on)


def talking(story: Callable[[Office, AttemptId], object], *, team: int = 2, **keys: object) -> None:
    """A story that begins with ANN in a call."""

    async def told(office: Office) -> None:
        await staff(office, queue(TEAM[:team], **keys))
        for name in TEAM[1:team]:  # so that it is ANN who gets the call
            await ask(office, name, "pause")
        await start(office, ["00"])
        await office.until(at(20))
        for name in TEAM[1:team]:
            await ask(office, name, "ready")
        (row,) = await attempts(office)
        assert (row.attempt.agent, (await agent(office, ANN)).seen.state) == (ANN, AgentState.ON_CALL)
        await story(office, row.attempt.id)  # type: ignore[misc]
        await office.until(office.clock.now() + timedelta(seconds=600))
        await nothing_left(office)

    in_office(told, start=START, callees=Patient())


class Patient:
    """Whoever is called answers, and stays for long."""

    def behaviour(self, number: str) -> Behaviour:
        return Behaviour(ring_s=1.0, leaves_s=420.0)


@pytest.mark.parametrize("legs", ["kept", "on_demand"])
def test_an_agent_is_muted_until_the_call_ends_and_its_phone_is_heard_in_the_next_one(legs: str) -> None:
    async def story(office: Office, call: AttemptId) -> None:
        assert await done(office, "mute") == "done"
        assert len(office.exchange.muted) == 1
        assert (await agent(office, ANN)).is_muted
        assert await done(office, "mute") == f"agent {ANN} is muted already"
        assert await done(office, "unmute") == "done"
        assert not office.exchange.muted
        await done(office, "mute")
        await ask(office, ANN, "hang_up")

    talking(story, legs=legs)


def test_a_person_on_hold_hears_music_until_they_are_resumed() -> None:
    async def story(office: Office, call: AttemptId) -> None:
        assert await done(office, "hold") == "done"
        assert office.exchange.comforted == {call: "default"}
        assert (await agent(office, ANN)).is_holding
        assert await done(office, "keys") == "the call is on hold: keys would not be heard in it (resume it first)"
        assert await done(office, "resume") == "done"
        assert office.exchange.comforted == {}
        assert await done(office, "keys") == "done"
        assert office.exchange.pressed == {call: "12#"}
        kept = await office.store.read(lambda unit: unit.floor.request(RequestId(4)))
        assert kept is not None
        assert kept.detail == {}, "keys may be anything: they are not kept"

    talking(story)


@pytest.mark.parametrize("leaves", ["unheard", "heard", "with the agent"])
def test_a_caller_who_goes_while_on_hold_is_kept_in_no_mind(leaves: str) -> None:
    async def story(office: Office) -> None:
        await callers_team(office, [AgentKind.INBOUND])
        caller = office.exchange.call_in("sales", talk_s=5.0)
        await office.clock.sleep(1.0)
        assert await done(office, "hold") == "done"
        assert office.exchange.comforted == {caller.caller_id: "default"}
        if leaves == "unheard":
            office.exchange.line.faults = Faults(lose_event=1.0)
        if leaves == "with the agent":
            await ask(office, ANN, "hang_up")
        await office.clock.sleep(35.0)
        assert caller.ending
        assert office.exchange.comforted == {}
        assert office.engine is not None
        assert office.engine.desk._comfort._wishes == {}

    in_office(story, start=START, refresh_s=2.0)


@pytest.mark.parametrize("killed", ["never", "before", "after"])
def test_a_caller_whose_agent_is_lost_while_they_are_on_hold_is_heard_by_the_next_one(killed: str) -> None:
    async def story(office: Office) -> None:
        await callers_team(office, [AgentKind.INBOUND])
        caller = office.exchange.call_in("sales", talk_s=120.0)
        await office.clock.sleep(1.0)
        assert await done(office, "hold") == "done"
        (leg,) = office.exchange.legs_up
        if killed != "never":
            await office.crash()
        if killed == "before":
            await office.start()
            await office.clock.sleep(5.0)
            assert list(office.exchange.comforted) == [caller.caller_id]
        office.exchange.vanish(leg)
        if killed == "after":
            await office.clock.sleep(3.0)
            await office.start()
        await office.clock.sleep(5.0)
        await make_ready(office, ANN)
        await office.clock.sleep(5.0)
        assert (await agent(office, ANN)).seen.state is AgentState.INBOUND
        assert not caller.ending
        assert office.exchange.comforted == {}

    in_office(story, start=START, refresh_s=2.0)


def test_a_call_passed_on_to_an_agent_is_that_agents_and_the_first_one_wraps_up() -> None:
    async def story(office: Office, call: AttemptId) -> None:
        assert await done(office, "hold") == "done"
        assert await done(office, "to", agent=BOB) == "done"
        assert (await agent(office, ANN)).seen.state is AgentState.WRAP_UP
        assert (await agent(office, BOB)).seen.attempt_id == call
        assert office.exchange.comforted == {}
        assert len(office.exchange.bridges_up) == 1
        await office.until(at(500))
        (row,) = await attempts(office)
        assert (row.attempt.agent, row.attempt.disposition) == (BOB, "answered_human")

    talking(story)


def test_a_call_passed_on_to_a_queue_waits_with_music_for_whoever_is_free() -> None:
    async def story(office: Office, call: AttemptId) -> None:
        await ask(office, BOB, "pause")
        assert await done(office, "to", queue="sales") == "done"
        assert office.exchange.comforted == {call: "default"}
        assert office.exchange.bridges_up == []
        await ask(office, BOB, "ready")
        await office.clock.sleep(0.1)
        assert office.exchange.comforted == {}
        assert (await agent(office, BOB)).seen.attempt_id == call

    talking(story, wrap_up_s=60)


def test_whom_nobody_takes_is_not_kept_for_ever() -> None:
    async def story(office: Office, call: AttemptId) -> None:
        await ask(office, BOB, "pause")
        assert await done(office, "to", queue="sales") == "done"
        await ask(office, ANN, "pause")
        await office.clock.sleep(310)
        (row,) = await attempts(office)
        assert row.attempt.disposition == "answered_human"
        assert row.attempt.reason == "nobody took the call that was passed on"

    talking(story, wrap_up_s=60)


def test_a_call_passed_on_to_an_allowed_number_goes_on_in_the_dialplan() -> None:
    async def story(office: Office, call: AttemptId) -> None:
        with pytest.raises(RefusedError, match="may not be passed on to that number"):
            await steer(office, "to", number="+12125550199")
        assert await done(office, "to", number="+1 646 555 0199") == "done"
        assert (await agent(office, ANN)).seen.state is AgentState.WRAP_UP
        seen = await office.exchange.look(call, None)
        assert str(getattr(seen, "place", seen)) == "elsewhere"

    talking(story)


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ({"agent": ANN}, "has the call already"),
        ({"agent": "nobody"}, "there is no agent nobody"),
        ({"queue": "nowhere"}, "there is no queue nowhere"),
        ({}, "one place"),
        ({"queue": "sales", "agent": BOB}, "one place"),
    ],
)
def test_a_call_is_passed_on_to_nowhere_else(to: dict[str, str], said: str) -> None:
    async def story(office: Office, call: AttemptId) -> None:
        with pytest.raises(RefusedError, match=said):
            await steer(office, "to", **to)

    talking(story)


def test_a_supervisor_listens_whispers_and_barges_and_is_let_go_with_the_call() -> None:
    async def story(office: Office, call: AttemptId) -> None:
        for how in Spy:
            assert await done(office, str(how)) == "done"
            assert [heard for _, heard in office.exchange.ears.values()] == [how]
            assert (await agent(office, ANN)).listeners == ({"who": SUE, "mode": str(how)},)
        assert len(office.exchange.legs_up) == 3
        await ask(office, ANN, "hang_up")
        await office.clock.sleep(1.0)
        assert not office.exchange.ears
        assert len(office.exchange.legs_up) == 2
        audit = await office.store.read(lambda unit: [each for each in _audit(unit) if each.startswith("call_")])
        assert audit == ["call_listen", "call_whisper", "call_barge"]

    talking(story)


def _audit(unit: Unit) -> list[str]:
    return [row[0] for row in unit.audit._connection.execute("SELECT action FROM audit ORDER BY id")]  # type: ignore[attr-defined]


@pytest.mark.parametrize("ends", ["vanish", "unlisten", "cut", "restart", "crash", "agent vanishes", "drain"])
def test_nothing_of_a_listener_is_left_whoever_goes_first(ends: str) -> None:
    async def story(office: Office, call: AttemptId) -> None:
        before = set(office.exchange.legs_up)
        assert await done(office, "whisper") == "done"
        (desk,) = set(office.exchange.legs_up) - before
        match ends:
            case "vanish":
                office.exchange.vanish(desk)
            case "unlisten":
                assert await done(office, "unlisten") == "done"
            case "cut":
                office.exchange.cut(3.0)
            case "restart":
                office.exchange.restart(3.0)
            case "crash":
                await office.crash()
                office.exchange.vanish(desk)  # while nobody is there to hear of it
                await office.start()
            case "agent vanishes":
                office.exchange.vanish((await agent(office, ANN)).leg_id or desk)
            case "drain":
                assert office.engine is not None
                await office.engine.drain(0.1)
        await office.clock.sleep(10.0)
        assert not office.exchange.ears
        assert desk not in office.exchange.legs_up
        if ends == "drain":
            await office.crash()
            await office.start()
            await make_ready(office, ANN)

    talking(story)


@pytest.mark.parametrize(("at_phone", "said"), [("agent1022", "busy"), ("agent1024", "cannot reach")])
def test_a_supervisor_whose_phone_is_not_there_is_told_so(at_phone: str, said: str) -> None:
    async def story(office: Office, call: AttemptId) -> None:
        assert said in await done(office, "listen", at=f"PJSIP/{at_phone}")
        assert not office.exchange.ears

    talking(story)


def test_a_call_of_which_the_person_knows_nothing_is_not_listened_to_where_the_campaign_tells_people() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        await start(office, ["00"], consent="told", record=True)
        await office.until(at(20))
        assert await done(office, "listen") == "done", "they have been told"

    in_office(story, start=START)


def test_what_was_asked_long_ago_or_of_another_call_is_not_done() -> None:
    async def story(office: Office, call: AttemptId) -> None:
        await office.crash()
        request = await steer(office, "mute")
        await office.clock.sleep(15)
        await office.start()
        await office.clock.sleep(3)
        assert await came(office, request) == "it was asked too long ago (ask again)"
        assert not office.exchange.muted

    talking(story)


def test_a_held_call_is_still_held_for_its_agent_when_the_daemon_was_killed() -> None:
    async def story(office: Office, call: AttemptId) -> None:
        await done(office, "hold")
        await done(office, "mute")
        await office.crash()
        await office.start()
        await office.clock.sleep(3)
        assert office.exchange.comforted == {call: "default"}
        assert await done(office, "resume") == "done"
        assert office.exchange.comforted == {}
        await ask(office, ANN, "hang_up")
        await office.clock.sleep(1.0)
        assert not office.exchange.muted

    talking(story)


def test_whoever_waits_passed_on_when_the_daemon_is_killed_is_taken_by_the_next_agent() -> None:
    async def story(office: Office, call: AttemptId) -> None:
        await ask(office, BOB, "pause")
        assert await done(office, "to", queue="sales") == "done"
        assert office.exchange.comforted == {call: "default"}
        await office.crash()
        await office.clock.sleep(3.0)
        await office.start()
        await office.clock.sleep(5.0)
        assert call in await office.exchange.channels(), "they are still there"
        assert office.exchange.comforted == {call: "default"}, "and hear music"
        await ask(office, BOB, "ready")
        await office.clock.sleep(2.0)
        assert (await agent(office, BOB)).seen.attempt_id == call
        assert office.exchange.comforted == {}

    talking(story, wrap_up_s=60)


def test_a_request_of_a_dead_daemon_that_comes_late_leaves_no_conversation_behind() -> None:
    async def story(office: Office, call: AttemptId) -> None:
        (leg,) = [each.leg_id for each in await office.store.read(lambda unit: unit.agents.all()) if each.name == ANN]
        assert leg is not None
        await ask(office, BOB, "pause")
        assert await done(office, "to", queue="sales") == "done"
        await office.crash()
        await office.start()
        await office.clock.sleep(5.0)
        await office.exchange.connect(leg, call)
        office.exchange.leave(call)

    talking(story, wrap_up_s=60)


# Whatever happens

_WISHES = [
    "mute",
    "unmute",
    "hold",
    "resume",
    "keys",
    "listen",
    "whisper",
    "barge",
    "unlisten",
    "agent",
    "queue",
    "number",
]
_happenings = st.lists(
    st.tuples(
        st.sampled_from([*_WISHES, *_WISHES, "cut", "restart", "vanish", "crash", "stop", "leave"]),
        st.floats(10, 120),
        st.floats(0.1, 8),
    ),
    max_size=12,
)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), faults=FAULTS, happenings=_happenings, legs=st.sampled_from(["kept", "on_demand"]))
def test_nothing_outlives_the_calls_under_any_mix_of_wishes_and_faults(
    seed: int, faults: Faults, happenings: list[tuple[str, float, float]], legs: str
) -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM[:3], legs=legs))
        office.exchange.line.faults = faults
        await start(office, ["00"] * 8)
        for kind, at_s, duration_s in sorted(happenings, key=lambda each: each[1]):
            await office.until(at(at_s))
            with suppress(RefusedError):
                if kind in ("agent", "queue", "number"):
                    to = {"agent": BOB, "queue": "sales", "number": "+16465550199"}[kind]
                    await steer(office, "to", **{kind: to})
                elif kind in _WISHES:
                    await steer(office, kind)
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
