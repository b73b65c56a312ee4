"""Agents and their calls when something breaks: whatever it is, nobody talks into the void and nobody is kept for ever.

Not here: the faults of calls without agents (test_faults.py).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.domain.errors import IllegalActionError
from dialerd.domain.words import AgentKind, AgentState, RunState
from dialerd.ports import RunRow
from dialerd.simulate.faults import Faults
from dialerd.usecases import runs
from tests.simulation.callcenter import agent, ask, attempts, check_agents, log_in, poke, queue, staff
from tests.simulation.drawnfaults import FAULTS
from tests.simulation.office import Office, in_office
from tests.simulation.test_agents import ANN, TEAM, at, dispositions, start
from tests.simulation.world import START

_happenings = st.lists(
    st.tuples(
        st.sampled_from(
            ["cut", "restart", "refuse", "vanish", "crash", "stop", "caller", "pause", "leave", "hold", "other legs"]
        ),
        st.floats(0.5, 120),
        st.floats(0.1, 15),
    ),
    max_size=8,
)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    faults=FAULTS,
    happenings=_happenings,
    mode=st.sampled_from(["progressive", "power", "preview", "predictive"]),
    legs=st.sampled_from(["kept", "on_demand"]),
)
def test_the_invariants_hold_under_any_mix_of_faults(
    seed: int, faults: Faults, happenings: list[tuple[str, float, float]], mode: str, legs: str
) -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM[:3], legs=legs))
        await office.store.write(
            lambda unit: unit.agents.put(
                TEAM[2], endpoint=f"PJSIP/{TEAM[2]}", kind=AgentKind.BLENDED, may_outbound=True, now=office.clock.now()
            )
        )
        office.exchange.line.faults = faults
        await start(office, ["00", "02", "01", "33", "03", "00"] * 2, mode=mode)
        for kind, at_s, duration_s in sorted(happenings, key=lambda each: each[1]):
            await office.until(at(at_s))
            await happen(office, kind, duration_s)
        office.exchange.line.faults = Faults()
        for _ in range(20):  # a supervisor brings back whoever was given up
            for name in TEAM[:3]:
                await make_ready(office, name)
            await unless_refused(act(office, runs.resume_run))
            await office.clock.sleep(60.0)
            (run,) = await office.runs()
            if run.state is RunState.COMPLETED:
                break
        assert run.state is RunState.COMPLETED
        numbers = [call.number for call in office.record]
        assert len(numbers) == len(set(numbers)), "somebody was called twice"
        await office.until(office.clock.now() + timedelta(seconds=60))
        await check_agents(office)

    in_office(story, start=START, seed=seed, refresh_s=2.0)


async def make_ready(office: Office, name: str) -> None:
    await unless_refused(log_in(office, name))
    await unless_refused(ask(office, name, "ready"))


async def unless_refused(wish: Awaitable[None]) -> None:
    with suppress(IllegalActionError):
        await wish


async def act(office: Office, verb: Callable[..., RunRow]) -> None:
    now = office.clock.now()
    await office.store.write(lambda unit: verb(unit, "c", actor="test", now=now))
    poke(office)


async def happen(office: Office, kind: str, duration_s: float) -> None:
    exchange = office.exchange
    match kind:
        case "cut":
            exchange.cut(duration_s)
        case "restart":
            exchange.restart(duration_s)
        case "refuse":
            exchange.refuse_originates(duration_s)
        case "vanish":
            for leg_id in list(exchange.legs_up)[:1]:
                exchange.vanish(leg_id)
        case "crash":
            await office.crash()
            await office.clock.sleep(duration_s)
            await office.start()
        case "stop":
            assert office.engine is not None
            await office.engine.drain(duration_s)
            await office.crash()
            await office.start()
        case "caller":
            exchange.call_in("sales", patience_s=20, talk_s=duration_s)
        case "pause":
            await unless_refused(ask(office, ANN, "pause"))
        case "leave":
            await unless_refused(ask(office, ANN, "logout"))
        case "hold":
            await unless_refused(act(office, runs.pause_run))
        case "other legs":
            other = queue(TEAM[:3], legs="on_demand" if duration_s < 7 else "kept")
            await office.store.write(lambda unit: unit.queues.put(other, office.clock.now()))
            poke(office)


def test_two_people_who_talk_go_on_talking_when_the_daemon_is_killed_and_the_agent_is_known_again() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        await start(office, ["00"])
        await office.until(at(20))
        await office.crash()
        await office.until(at(25))
        await office.start()
        await office.until(at(28))
        assert (await agent(office, ANN)).seen.state is AgentState.ON_CALL
        assert len(office.exchange.bridges_up) == 1
        await office.until(at(120))
        (row,) = await attempts(office)
        assert (row.attempt.disposition, row.attempt.agent) == ("answered_human", ANN)
        assert row.attempt.ended_at is not None
        assert row.attempt.ended_at > at(40)
        await check_agents(office)

    in_office(story, start=START)


def test_who_is_called_when_the_daemon_is_killed_is_abandoned_at_worst_and_the_agents_are_rung_again() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM))
        await start(office, ["00"] * 10)
        for seconds in (1.0, 2.0, 3.0, 4.0):
            await office.until(at(seconds))
            await office.crash()
            office.exchange.restart(0.2)
            await office.start()
        await office.until(at(1200))
        assert sum((await dispositions(office)).values()) == 10
        assert len({call.number for call in office.record}) == len(office.record)
        for name in TEAM:
            assert (await agent(office, name)).seen.state is AgentState.READY
        await check_agents(office)

    in_office(story, start=START)


def hangs_up_after(office: Office, seconds: float) -> None:
    """The one person who is called hangs up then, and not before."""
    (channel,) = office.exchange._channels.values()
    office.exchange._leave_after(channel, seconds)


@pytest.mark.parametrize("legs", ["kept", "on_demand"])
@pytest.mark.parametrize("seconds", [-1.0, -0.004, -0.003, -0.002, -0.001, 0.0, 0.001, 5.0])
def test_a_person_who_hangs_up_while_the_daemon_is_away_or_just_comes_back_was_not_hung_up_on(
    seconds: float, legs: str
) -> None:
    """`seconds`: of the next daemon's start after the person has hung up; it takes over calls and legs within 10 ms."""

    async def story(office: Office) -> None:
        await staff(office, queue([ANN], legs=legs))
        await start(office, ["00"])
        await office.until(at(20))
        hangs_up_after(office, 20.0)
        await office.crash()
        await office.until(at(40 + seconds))
        await office.start()
        await office.until(at(120))
        assert (office.record[0].ending, office.record[0].ended_at) == ("callee", at(40))
        assert await dispositions(office) == {"answered_human": 1}
        assert (await agent(office, ANN)).seen.state is AgentState.READY
        await check_agents(office)

    in_office(story, start=START)


@pytest.mark.parametrize("after", [AgentState.WRAP_UP, AgentState.READY, AgentState.PAUSED, AgentState.LOGGED_OUT])
def test_who_talks_on_because_the_end_was_written_and_never_done_gets_nobody_else_meanwhile(after: AgentState) -> None:
    """The daemon was killed when it had put down what comes after the talk, and before its Asterisk ended it."""

    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        await start(office, ["00"] * 2)
        await office.until(at(20))
        await office.crash()
        row = await agent(office, ANN)
        seen = replace(row.seen, state=after, since=office.clock.now())
        await office.store.write(
            lambda unit: unit.agents.set_seen(
                ANN, seen, leg_id=row.leg_id, asterisk=row.asterisk, now=office.clock.now()
            )
        )
        await office.start()
        await office.until(at(30))
        assert (await agent(office, ANN)).seen.state is AgentState.ON_CALL
        await office.until(at(300))
        assert await dispositions(office) == {"answered_human": 2}
        await check_agents(office)

    in_office(story, start=START)


def test_where_both_were_gone_when_the_daemon_came_back_nobody_says_that_it_was_the_agent() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        await start(office, ["00"])
        await office.until(at(20))
        hangs_up_after(office, 10.0)
        await office.crash()
        await office.until(at(35))
        for leg_id in list(office.exchange.legs_up):
            office.exchange.vanish(leg_id)
        await office.until(at(40))
        await office.start()
        await office.until(at(120))
        assert await dispositions(office) == {"answered_human": 1}
        await check_agents(office)

    in_office(story, start=START)


def test_a_person_who_is_just_leaving_as_the_agent_is_found_was_not_hung_up_on() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        await start(office, ["00"])
        await office.until(at(20))
        await office.crash()
        (channel,) = office.exchange._channels.values()
        office.exchange._bridges.leave(channel.plan.attempt_id)  # the channel itself is still there
        await office.until(at(25))
        await office.start()
        await office.until(at(120))
        (row,) = await attempts(office)
        assert (row.attempt.disposition, row.attempt.reason) == (
            "answered_human",
            "the person had left the conversation",
        )
        await check_agents(office)

    in_office(story, start=START)


def test_a_person_whose_agent_went_while_the_daemon_was_away_is_not_left_alone() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        await start(office, ["00"])
        await office.until(at(20))
        await office.crash()
        for leg_id in list(office.exchange.legs_up):
            office.exchange.vanish(leg_id)
        await office.until(at(25))
        await office.start()
        await office.until(at(27))
        assert office.record[0].ending == "dialer"
        assert await dispositions(office) == {"agent_hangup": 1}
        await office.until(at(60))
        assert (await agent(office, ANN)).seen.state is AgentState.READY
        await check_agents(office)

    in_office(story, start=START)


@pytest.mark.parametrize("seconds", [0.5, 1.1, 1.5, 2.4, 2.6, 3.0, 20.0, 48.0, 50.0, 54.0])
@pytest.mark.parametrize("mode", ["progressive", "power", "preview"])
def test_an_agent_that_vanishes_at_any_moment_leaves_nothing_behind(seconds: float, mode: str) -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        await start(office, ["00"] * 2, mode=mode)
        await office.until(at(seconds))
        for leg_id in list(office.exchange.legs_up):
            office.exchange.vanish(leg_id)
        await office.until(at(600))
        assert sum((await dispositions(office)).values()) == 2
        assert (await agent(office, ANN)).seen.state is AgentState.READY
        assert len(office.exchange.legs_up) == 1
        await check_agents(office)

    in_office(story, start=START)


@pytest.mark.parametrize("act", ["cut", "restart"])
@pytest.mark.parametrize("seconds", [0.5, 1.5, 2.45, 10.0, 50.0])
def test_an_asterisk_that_goes_away_at_any_moment_comes_back_to_agents_who_work_on(act: str, seconds: float) -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM[:2]))
        await start(office, ["00"] * 6)
        await office.until(at(seconds))
        await happen(office, act, 3.0)
        await office.until(at(900))
        assert sum((await dispositions(office)).values()) == 6
        for name in TEAM[:2]:
            assert (await agent(office, name)).seen.state is AgentState.READY
        await check_agents(office)

    in_office(story, start=START)


def test_an_agent_whose_customer_has_gone_unheard_sits_alone_for_five_minutes_at_most() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        await start(office, ["00"])
        await office.until(at(20))
        office.exchange.line.faults = Faults(lose_event=1.0)
        await office.until(at(60))
        office.exchange.line.faults = Faults()
        assert office.record[0].ending == "callee"
        assert (await agent(office, ANN)).seen.state is AgentState.ON_CALL
        await office.until(at(330))
        assert (await agent(office, ANN)).seen.state is AgentState.READY
        assert await dispositions(office) == {"answered_human": 1}
        await check_agents(office)

    in_office(story, start=START)


@pytest.mark.parametrize("seed", [1, 2, 3])  # with which the two are brought together
def test_an_agent_who_goes_before_the_conversation_is_known_leaves_no_bridge_to_a_call_that_nobody_takes(
    seed: int,
) -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        await start(office, ["00"])
        while (await agent(office, ANN)).seen.state is not AgentState.ON_CALL:
            await office.clock.sleep(0.0005)
        office.exchange.line.faults = Faults(lose_command=1.0)  # nobody hears that they talk
        await office.clock.sleep(0.05)
        assert len(office.exchange.bridges_up) == 1
        office.exchange.line.faults = Faults()
        await ask(office, ANN, "pause")
        await ask(office, ANN, "hang_up")
        await office.until(at(120))
        assert await dispositions(office) == {"abandoned": 1}
        assert office.exchange.bridges_up == []
        await check_agents(office)

    in_office(story, start=START, seed=seed)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_a_killed_daemon_had_asked_is_told_to_nobody(seed: int) -> None:
    """It would hang up, as nobody's, the calls that the next one has placed meanwhile."""

    async def story(office: Office) -> None:
        office.exchange.line.faults = Faults(delay_reply=1.0, delay_s=20.0)
        await staff(office, queue([ANN]))
        await start(office, ["03"] * 2, mode="power")
        await office.until(at(0.5))
        await office.crash()
        office.exchange.line.faults = Faults()
        await office.start()
        await office.until(at(120))
        assert [call.ending for call in office.record if call.ending == "dialer"] == []
        await check_agents(office)

    in_office(story, start=START, seed=seed)
