"""People reach agents: every way in which they do, or do not, on the real engine and virtual time.

Not here: what happens when something breaks (test_agentfaults.py), the rules of a call (domain/call).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

import pytest

from dialerd.domain.errors import IllegalActionError
from dialerd.domain.words import AgentState, AttemptId, WantedState
from dialerd.simulate.record import peak_calls
from dialerd.usecases import agents as usecases
from dialerd.usecases import runs
from tests.simulation.callcenter import agent, agent_campaign, ask, attempts, check_agents, log_in, poke, queue, staff
from tests.simulation.office import TRUNKS, Office, in_office
from tests.simulation.world import START

TEAM = [f"agent10{n:02}" for n in range(1, 6)]
ANN = TEAM[0]


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


async def start(office: Office, endings: Sequence[str], mode: str = "progressive", **keys: object) -> None:
    """Everything is there at START, and the campaign runs."""
    await office.add(endings)
    await office.start()
    await office.apply(agent_campaign(mode, **keys))
    now = office.clock.now()
    await office.store.write(lambda unit: runs.run_campaign(unit, "c", trunks=TRUNKS, actor="test", now=now))
    poke(office)


async def dispositions(office: Office) -> Counter[str]:
    return Counter(str(row.attempt.disposition) for row in await attempts(office))


async def states(office: Office, name: str) -> list[str]:
    """The states that an agent has been in, the first one first."""
    rows = await office.store.read(lambda unit: unit.agents.events(name, limit=1000))
    return [state for state, _ in groupby(str(row.state) for row in reversed(rows))]


def test_progressive_dials_one_call_for_each_ready_agent_and_everybody_reaches_one() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM))
        await start(office, ["00"] * 20)
        await office.until(at(1200))
        assert await dispositions(office) == {"answered_human": 20}
        assert peak_calls(office.record) == 5
        assert {row.attempt.agent for row in await attempts(office)} == set(TEAM)
        await check_agents(office)

    in_office(story, start=START)


def test_the_next_person_goes_to_the_agent_who_has_been_idle_for_longest() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM[:3], wrap_up_s=0))
        # One number that stays: the agents take turns, as each has waited longer than the one before.
        await start(office, ["00"])
        await office.until(at(120))
        await office.add(["00"] * 5, first=1)
        for _ in range(5):
            await office.until(office.clock.now() + timedelta(seconds=1))
        (first,) = [row.attempt.agent for row in await attempts(office)]
        came = await office.store.read(
            lambda unit: {name: unit.agents.events(name, limit=99)[-1].at for name in TEAM[:3]}
        )
        assert first == min(came, key=lambda name: came[name])

    in_office(story, start=START)


def test_machines_and_dead_numbers_never_reach_an_agent() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        await start(office, ["01", "02", "05", "00"])
        await office.until(at(600))
        assert await dispositions(office) == {
            "answering_machine": 1,
            "busy": 1,
            "invalid_number": 1,
            "answered_human": 1,
        }
        assert (await states(office, ANN)).count("on_call") == 1

    in_office(story, start=START)


def test_an_agent_gets_the_next_call_when_the_wrap_up_is_over_or_ended_by_hand() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN], wrap_up_s=30))
        await start(office, ["00"] * 3)
        await office.until(at(60))
        assert (await agent(office, ANN)).seen.state is AgentState.WRAP_UP
        assert len(office.record) == 1
        await ask(office, ANN, "ready")
        await office.until(at(62))
        assert len(office.record) == 2
        second_ended_at = (await attempts(office))[0].attempt.ended_at
        assert second_ended_at is not None
        await office.until(at(400))
        ended, began = (await attempts(office))[1].attempt.ended_at, (await attempts(office))[2].attempt.claimed_at
        assert ended is not None
        assert timedelta(seconds=30) <= began - ended < timedelta(seconds=31)

    in_office(story, start=START)


def test_who_alone_has_asked_is_looked_at_alone_and_the_others_with_the_next_look_at_everything() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM[:2]))
        await office.start()
        await office.until(at(11))
        assert office.engine is not None
        now = office.clock.now()
        for name in TEAM[:2]:
            await office.store.write(partial(usecases.pause, name=name, actor="test", now=now))
        office.engine.poke(ANN)
        await office.until(at(11.5))
        seen = [(await agent(office, name)).seen.state for name in TEAM[:2]]
        assert seen == [AgentState.PAUSED, AgentState.READY]
        await office.until(at(17))
        assert (await agent(office, TEAM[1])).seen.state is AgentState.PAUSED

    in_office(story, start=START, refresh_s=5.0)


def test_a_pause_during_a_call_begins_after_its_wrap_up_and_nothing_is_dialed_for_it() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        await start(office, ["00"] * 3)
        await office.until(at(10))
        await ask(office, ANN, "pause", reason="lunch")
        assert (await agent(office, ANN)).seen.state is AgentState.ON_CALL
        await office.until(at(300))
        seen = (await agent(office, ANN)).seen
        assert (seen.state, seen.reason) == (AgentState.PAUSED, "lunch")
        assert len(office.record) == 1
        await ask(office, ANN, "ready")
        await office.until(at(305))
        assert len(office.record) == 2

    in_office(story, start=START)


def test_who_logs_out_during_a_call_finishes_it_and_the_phone_is_hung_up() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        await start(office, ["00"] * 2)
        await office.until(at(10))
        await ask(office, ANN, "logout")
        assert len(office.exchange.legs_up) == 1
        await office.until(at(300))
        assert (await agent(office, ANN)).seen.state is AgentState.LOGGED_OUT
        assert office.exchange.legs_up == {}
        assert await dispositions(office) == {"answered_human": 1}

    in_office(story, start=START)


def test_power_dials_ratio_calls_for_each_agent_and_releases_it_when_they_have_all_failed() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM[:2]))
        await start(office, ["03"] * 12, mode="power", ratio=3)
        await office.until(at(5))
        assert peak_calls(office.record) == 6
        assert (await agent(office, ANN)).seen.state is AgentState.RESERVED
        await office.until(at(600))
        assert await dispositions(office) == {"no_answer": 12}
        assert peak_calls(office.record) == 6
        seen = await states(office, ANN)
        assert seen[:4] == ["ready", "reserved", "ready", "reserved"]
        assert seen[-1] == "ready"

    in_office(story, start=START)


def test_an_agent_for_whom_calls_are_dialed_is_busy_for_everything_else() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        await start(office, ["03"] * 2, mode="power")
        await office.until(at(5))
        for wish in ("pause", "logout"):
            with pytest.raises(IllegalActionError, match="system busy"):
                await ask(office, ANN, wish)
        await office.until(at(60))
        await ask(office, ANN, "pause")

    in_office(story, start=START)


@pytest.mark.parametrize(("message", "lasts_s"), [(None, 2.0), ("hello", 2.0 + 3.0)])
def test_who_finds_no_agent_within_two_seconds_is_abandoned_with_the_message(
    message: str | None, lasts_s: float
) -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        keys = {} if message is None else {"abandon_message": message}
        await start(office, ["00"] * 3, mode="power", ratio=3, **keys)
        await office.until(at(300))
        assert await dispositions(office) == {"answered_human": 1, "abandoned": 2}
        for row in await attempts(office):
            attempt = row.attempt
            if attempt.disposition == "abandoned":
                assert attempt.answered_at is not None
                assert attempt.ended_at is not None
                assert (attempt.ended_at - attempt.answered_at).total_seconds() == pytest.approx(lasts_s, abs=0.1)
        await check_agents(office)

    in_office(story, start=START)


def test_who_presses_the_key_of_the_abandon_message_is_never_called_again() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        keys = {"ratio": 2, "abandon_message": "sorry", "opt_out_key": "9", "retry_after_min": 1, "max_attempts": 3}
        again = [{"disposition": "abandoned", "after_min": 1, "max": 2}]
        await start(office, ["00"] * 2, mode="power", retry=again, **keys)
        await office.until(at(4.5))  # the one who finds no agent hears the message
        (unlucky,) = [call for call in office.record if not any(call.number in each for each in await talkers(office))]
        office.exchange.press(await attempt_to(office, unlucky.number), "9")
        await office.until(at(5))
        assert unlucky.ending == "dialer"
        assert await office.store.read(lambda unit: unit.dnc.check(unlucky.number, office.clock.now()))
        await office.until(at(900))
        assert [call.number for call in office.record].count(unlucky.number) == 1
        assert (await dispositions(office))["abandoned"] == 1
        await check_agents(office)

    in_office(story, start=START)


async def attempt_to(office: Office, number: str) -> AttemptId:
    return next(row.attempt.id for row in await attempts(office) if row.attempt.number == number)


async def talkers(office: Office) -> list[str]:
    """The numbers of those who talk to an agent."""
    return [row.attempt.number for row in await attempts(office) if row.attempt.agent is not None]


def test_a_call_that_finds_its_own_agent_taken_goes_to_another_that_is_kept_free_in_vain() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM[:2]))
        # Each agent has two calls: one of the first's, both of nobody's of the second's are answered.
        await start(office, ["00", "03", "00", "03"], mode="power", ratio=2)
        await office.until(at(200))
        assert await dispositions(office) == {"answered_human": 2, "no_answer": 2}
        await check_agents(office)

    in_office(story, start=START)


def test_a_phone_that_cannot_be_reached_refuses_the_login_and_changes_nothing() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]), endpoints=["PJSIP/agent1024"])
        await start(office, ["00"])
        await office.until(at(30))
        row = await agent(office, ANN)
        assert (row.wanted.state, row.seen.state) == (WantedState.LOGGED_OUT, AgentState.LOGGED_OUT)
        events = await office.store.read(lambda unit: unit.agents.events(ANN))
        assert "could not be called" in events[0].reason
        assert office.record == []

    in_office(story, start=START)


def test_an_agent_that_hangs_up_ends_the_call_and_its_phone_is_rung_again() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        await start(office, ["00"] * 2)
        await office.until(at(10))
        (leg_id,) = office.exchange.legs_up
        office.exchange.vanish(leg_id)
        await office.until(at(12))
        assert await dispositions(office) == {"agent_hangup": 1}
        assert (await agent(office, ANN)).seen.state is AgentState.WRAP_UP
        (other,) = office.exchange.legs_up
        assert other != leg_id
        await office.until(at(300))
        assert await dispositions(office) == {"agent_hangup": 1, "answered_human": 1}
        await check_agents(office)

    in_office(story, start=START)


@pytest.mark.parametrize("legs", ["kept", "on_demand"])
def test_an_agent_ends_the_conversation_and_wraps_up_with_the_phone_it_had(legs: str) -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN], legs=legs))
        await start(office, ["00"] * 2)
        await office.until(at(20))
        before = list(office.exchange.legs_up)
        await ask(office, ANN, "hang_up")
        await office.until(at(21))
        assert office.record[0].ending == "dialer"
        assert await dispositions(office) == {"agent_hangup": 1}
        assert (await agent(office, ANN)).seen.state is AgentState.WRAP_UP
        assert list(office.exchange.legs_up) == (before if legs == "kept" else [])
        await office.until(at(60))
        assert (await agent(office, ANN)).seen.state is AgentState.ON_CALL, "what was asked for one call ends no other"
        await office.until(at(300))
        assert await dispositions(office) == {"agent_hangup": 1, "answered_human": 1}
        await check_agents(office)

    in_office(story, start=START)


def test_an_agents_wish_to_end_a_conversation_outlives_the_daemon_that_did_not_hear_it() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        await start(office, ["00"])
        await office.until(at(20))
        await office.crash()
        await ask(office, ANN, "hang_up")
        await office.start()
        await office.until(at(25))
        assert await dispositions(office) == {"agent_hangup": 1}
        await office.until(at(60))
        assert (await agent(office, ANN)).seen.state is AgentState.READY
        await check_agents(office)

    in_office(story, start=START)


def test_who_talks_to_nobody_has_no_conversation_to_end() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        await start(office, ["02"])
        await office.until(at(5))
        with pytest.raises(IllegalActionError, match="is ready: it talks to nobody"):
            await ask(office, ANN, "hang_up")

    in_office(story, start=START)


def test_how_long_each_person_waited_from_the_end_of_the_greeting_is_kept() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        await start(office, ["00"])
        await office.until(at(120))
        (row,) = await attempts(office)
        answered_at, greeted_at, connected_at = (
            row.attempt.answered_at,
            row.attempt.greeted_at,
            row.attempt.connected_at,
        )
        assert answered_at is not None
        assert greeted_at is not None
        assert connected_at is not None
        assert (greeted_at - answered_at).total_seconds() == pytest.approx(0.8, abs=0.05)  # 1.5 s less 0.7 s of silence
        assert (connected_at - greeted_at).total_seconds() < 2

    in_office(story, start=START)


def test_a_phone_on_demand_is_rung_when_somebody_waits_and_hung_up_after_the_call() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN], legs="on_demand"))
        await start(office, ["00"])
        assert (await agent(office, ANN)).seen.state is AgentState.READY
        assert office.exchange.legs_up == {}
        await office.until(at(10))
        assert len(office.exchange.legs_up) == 1
        await office.until(at(300))
        assert await dispositions(office) == {"answered_human": 1}
        assert office.exchange.legs_up == {}
        await check_agents(office)

    in_office(story, start=START)


def test_phones_that_are_not_to_be_held_any_more_are_hung_up_and_rung_for_the_next_call() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM[:2]))
        await start(office, ["00"] * 4)
        await office.until(at(10))  # both talk
        await office.store.write(lambda unit: unit.queues.put(queue(TEAM[:2], legs="on_demand"), office.clock.now()))
        poke(office)
        await office.until(at(11))
        assert len(office.exchange.legs_up) == 2, "a conversation is not cut off"
        await office.until(at(300))
        assert await dispositions(office) == {"answered_human": 4}
        assert office.exchange.legs_up == {}
        await office.store.write(lambda unit: unit.queues.put(queue(TEAM[:2]), office.clock.now()))
        poke(office)
        await office.until(at(310))
        assert len(office.exchange.legs_up) == 2
        await office.store.write(lambda unit: unit.queues.put(queue(TEAM[:2], legs="on_demand"), office.clock.now()))
        poke(office)
        await office.until(at(320))
        assert office.exchange.legs_up == {}
        assert (await agent(office, ANN)).seen.state is AgentState.READY
        await check_agents(office)

    in_office(story, start=START)


def test_who_does_not_pick_up_on_demand_is_paused_with_the_reason_and_the_next_one_is_rung() -> None:
    async def story(office: Office) -> None:
        team = queue(TEAM[:2], legs="on_demand")
        await staff(office, team, endpoints=["PJSIP/agent1022"])  # its phone is busy
        await start(office, ["00"])
        await office.until(at(300))
        assert await dispositions(office) == {"answered_human": 1}
        (row,) = await attempts(office)
        assert row.attempt.agent == TEAM[1]
        seen = (await agent(office, ANN)).seen
        assert seen.state is AgentState.PAUSED
        assert "the line was busy" in seen.reason

    in_office(story, start=START)


def test_a_run_without_agents_dials_nobody_and_says_why() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        await ask(office, ANN, "logout")
        await start(office, ["00"] * 3)
        await office.until(at(60))
        assert office.record == []
        (row,) = await office.runs()
        assert row.held == "no agent of queue sales works for it"
        await log_in(office, ANN)
        await office.until(at(70))
        assert len(office.record) == 1

    in_office(story, start=START)
