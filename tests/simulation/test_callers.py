"""People who call a queue reach agents: the real engine, the simulated exchange, virtual time.

Not here: thresholds (domain/test_blending.py) and who works for whom (domain/test_assignment.py), rule by rule.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from dialerd.domain.words import AgentKind, AgentState
from dialerd.ports import Unit
from dialerd.simulate.callers import Caller
from dialerd.simulate.faults import NONE, Faults
from dialerd.usecases import runs
from tests.simulation.callcenter import MINUTE, agent, ask, queue, staff
from tests.simulation.office import Office, in_office
from tests.simulation.test_assignment import answered, begin, change
from tests.simulation.world import START

TEAM = ("agent1001", "agent1002")
INBOUND, BLENDED = AgentKind.INBOUND, AgentKind.BLENDED
SECOND = timedelta(seconds=1)


def play(story: Callable[[Office], Awaitable[None]]) -> None:
    """Looks at the store as a daemon has them, and nothing left over at the end."""

    async def whole(office: Office) -> None:
        await story(office)
        await office.clock.sleep(3600)
        assert not office.exchange._callers, "a caller is left"
        assert office.exchange.bridges_up == []
        rows = await office.store.read(lambda unit: unit.agents.all())
        assert all(row.seen.state not in (AgentState.RESERVED, AgentState.INBOUND, AgentState.ON_CALL) for row in rows)

    in_office(whole, start=START, refresh_s=2.0)


async def team(office: Office, kinds: Sequence[AgentKind], **keys: object) -> None:
    """Agents of those kinds, logged in and waiting."""
    await staff(office, queue(TEAM[: len(kinds)], **keys))

    def turn(unit: Unit) -> None:
        for name, kind in zip(TEAM, kinds, strict=False):
            unit.agents.put(name, endpoint=f"PJSIP/{name}", kind=kind, may_outbound=True, now=office.clock.now())

    await office.store.write(turn)
    await office.start()
    await office.clock.sleep(3)


async def state_of(office: Office, name: str = TEAM[0]) -> AgentState:
    return (await agent(office, name)).seen.state


def test_a_caller_reaches_an_agent_who_wraps_up_and_is_ready_again() -> None:
    async def story(office: Office) -> None:
        await team(office, [INBOUND])
        caller = office.exchange.call_in("sales", talk_s=30)
        await office.clock.sleep(1)
        assert caller.has_talked
        assert await state_of(office) is AgentState.INBOUND
        await office.clock.sleep(31)
        assert (caller.ending, await state_of(office)) == ("callee", AgentState.WRAP_UP)
        await office.clock.sleep(6)
        assert await state_of(office) is AgentState.READY

    play(story)


def test_a_caller_of_a_queue_that_nobody_serves_goes_on_in_the_dialplan() -> None:
    async def story(office: Office) -> None:
        await team(office, [INBOUND, AgentKind.OUTBOUND])
        elsewhere = office.exchange.call_in("support")
        await ask(office, TEAM[0], "logout")
        await office.clock.sleep(3)
        nobody = office.exchange.call_in("sales")
        await office.clock.sleep(1)
        assert (elsewhere.ending, nobody.ending) == ("dialplan", "dialplan")

    play(story)


def test_callers_wait_with_music_and_the_longest_wait_ends_first() -> None:
    async def story(office: Office) -> None:
        await team(office, [INBOUND], music="jazz")
        callers = []
        for _ in range(4):
            callers.append(office.exchange.call_in("sales", talk_s=20))
            await office.clock.sleep(1)
        assert [caller.has_talked for caller in callers] == [True, False, False, False]
        assert {caller.music for caller in callers[1:]} == {"jazz"}
        await office.clock.sleep(200)
        began = [caller.talked_from or 0.0 for caller in callers]
        assert began == sorted(began)
        assert all(began)

    play(story)


def test_the_longest_idle_agent_takes_the_next_caller() -> None:
    async def story(office: Office) -> None:
        await team(office, [INBOUND, INBOUND])
        taken = []
        for _ in range(4):
            office.exchange.call_in("sales", talk_s=10)
            await office.clock.sleep(1)
            taken.append([name for name in TEAM if await state_of(office, name) is AgentState.INBOUND])
            await office.clock.sleep(30)
        assert taken[0] != taken[1]
        assert taken[2:] == taken[:2]

    play(story)


def test_whoever_hangs_up_at_whatever_moment_leaves_nothing_behind() -> None:
    async def story(office: Office) -> None:
        await team(office, [INBOUND])
        for tenths in range(12):  # of milliseconds: before, as and after they are brought together
            office.exchange.call_in("sales", patience_s=tenths / 1000, talk_s=0.001 * tenths)
            await office.clock.sleep(8)
            assert await state_of(office) in (AgentState.READY, AgentState.WRAP_UP)
        talking = office.exchange.call_in("sales", talk_s=600)
        await office.clock.sleep(10)
        assert talking.has_talked

    play(story)


def test_a_caller_whose_agent_is_lost_waits_on_and_gets_another() -> None:
    async def story(office: Office) -> None:
        await team(office, [INBOUND, INBOUND])
        caller = office.exchange.call_in("sales", talk_s=600)
        await office.clock.sleep(1)
        (talker,) = [name for name in TEAM if await state_of(office, name) is AgentState.INBOUND]
        leg_id = (await agent(office, talker)).leg_id
        assert leg_id is not None
        office.exchange.vanish(leg_id)
        await office.clock.sleep(1)
        (other,) = set(TEAM) - {talker}
        assert await state_of(office, other) is AgentState.INBOUND
        assert caller.ending == ""

    play(story)


def test_on_demand_an_agent_is_rung_for_a_caller() -> None:
    async def story(office: Office) -> None:
        await team(office, [INBOUND], legs="on_demand")
        caller = office.exchange.call_in("sales", talk_s=20)
        await office.clock.sleep(15)
        assert caller.has_talked
        assert await state_of(office) is AgentState.INBOUND
        await office.clock.sleep(60)
        assert office.exchange.legs_up == {}

    play(story)


BLENDING = {"upper": 2, "lower": 1, "upper_s": 5.0, "lower_s": 30.0}


def test_blended_agents_come_over_past_the_threshold_and_go_back_when_it_is_quiet() -> None:
    async def story(office: Office) -> None:
        await team(office, [BLENDED, INBOUND], blending=BLENDING)
        await begin(office, "c", ["00"] * 300, first=0)
        await office.until(START + 2 * MINUTE)
        one = office.exchange.call_in("sales", talk_s=300)
        two = office.exchange.call_in("sales", talk_s=60)
        await office.clock.sleep(20)
        assert (one.has_talked, two.has_talked) == (True, False)  # one who waits is not enough
        three = office.exchange.call_in("sales", talk_s=60)
        await office.clock.sleep(120)
        assert two.has_talked
        assert three.has_talked or (await agent(office, TEAM[0])).seen.campaign == ""
        came = office.clock.now()
        await office.clock.sleep(600)
        back = await agent(office, TEAM[0])
        assert back.seen.campaign == "c"
        assert any(START + at * MINUTE > came for _, at in await answered(office, "c"))
        await change(office, runs.stop_run, "c")

    play(story)


def test_after_a_caller_an_agent_is_assigned_anew() -> None:
    async def story(office: Office) -> None:
        await team(office, [BLENDED])
        caller = office.exchange.call_in("sales", talk_s=30)
        await office.clock.sleep(1)
        assert caller.has_talked  # there was no campaign to work for
        await begin(office, "c", ["00"] * 10, first=0)
        await office.clock.sleep(10)
        assert (await agent(office, TEAM[0])).seen.campaign == ""
        await office.clock.sleep(60)
        assert (await agent(office, TEAM[0])).seen.campaign == "c"

    play(story)


def test_a_daemon_that_is_started_again_takes_over_who_talks_and_who_waits() -> None:
    async def story(office: Office) -> None:
        await team(office, [INBOUND])
        talks = office.exchange.call_in("sales", talk_s=100)
        waits = office.exchange.call_in("sales", talk_s=20)
        await office.clock.sleep(5)
        await office.crash()
        await office.clock.sleep(5)
        await office.start()
        await office.clock.sleep(20)
        assert (talks.ending, waits.has_talked) == ("", False)
        assert await state_of(office) is AgentState.INBOUND
        await office.clock.sleep(200)
        assert (talks.ending, waits.ending) == ("callee", "callee")
        assert waits.has_talked

    play(story)


def test_who_hangs_up_while_nobody_listens_is_not_waited_for() -> None:
    async def story(office: Office) -> None:
        await team(office, [INBOUND])
        callers: list[Caller] = [office.exchange.call_in("sales", patience_s=8, talk_s=8) for _ in range(3)]
        await office.clock.sleep(2)
        office.exchange.cut(10)
        await office.clock.sleep(30)
        assert all(caller.ending for caller in callers)
        late = office.exchange.call_in("sales", talk_s=5)
        await office.clock.sleep(20)
        assert late.has_talked

    play(story)


def test_a_daemon_that_stops_lets_those_who_wait_go_on_in_the_dialplan() -> None:
    async def story(office: Office) -> None:
        await team(office, [INBOUND])
        talks, waits = (office.exchange.call_in("sales", talk_s=900) for _ in range(2))
        await office.clock.sleep(2)
        assert office.engine is not None
        await office.engine.drain(1.0)
        await office.clock.sleep(2)
        assert (talks.ending, waits.ending) == ("dialer", "dialplan")
        await office.crash()

    play(story)


def test_a_caller_whose_hanging_up_was_not_heard_of_is_given_to_an_agent_once_and_forgotten() -> None:
    async def story(office: Office) -> None:
        await team(office, [INBOUND])
        office.exchange.call_in("sales", talk_s=15)  # over before it is looked who is there
        await office.clock.sleep(1)
        gone = office.exchange.call_in("sales", patience_s=5)
        office.exchange.line.faults = Faults(lose_event=1.0)
        await office.clock.sleep(10)
        office.exchange.line.faults = NONE
        assert gone.ending == "callee"
        await office.clock.sleep(60)
        states = [row.state for row in await office.store.read(lambda unit: unit.agents.events(TEAM[0], limit=99))]
        assert states[0] is AgentState.READY
        assert states.count(AgentState.INBOUND) == 2

    play(story)


def test_an_agent_ends_the_conversation_with_a_caller() -> None:
    async def story(office: Office) -> None:
        await team(office, [INBOUND])
        caller = office.exchange.call_in("sales", talk_s=300)
        await office.clock.sleep(10)
        await ask(office, TEAM[0], "hang_up")
        await office.clock.sleep(1)
        assert (caller.ending, await state_of(office)) == ("dialer", AgentState.WRAP_UP)

    play(story)
