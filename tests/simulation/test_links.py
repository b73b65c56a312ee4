"""Agents whose phones are on another server than the person they talk to: joined by SIP, and whole again afterwards.

Not here: several servers without agents (test_servers.py).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.domain.words import AgentState, AttemptId, RunState
from dialerd.simulate.exchange import SimulatedExchange
from dialerd.simulate.faults import Faults
from dialerd.simulate.links import link_to
from dialerd.usecases import runs
from tests.simulation.callcenter import agent, ask, attempts, check_agents, queue, staff
from tests.simulation.drawnfaults import FAULTS
from tests.simulation.office import Office, in_office
from tests.simulation.test_agentfaults import act, make_ready, unless_refused
from tests.simulation.test_agents import ANN, TEAM, at, dispositions, start
from tests.simulation.test_servers import steer
from tests.simulation.world import START, trunk


def linked(office: Office, *, only: str = "") -> None:
    """Every server can be reached from the others; `only`: calls go through that one alone."""
    office.links = {name: link_to(name) for name in office.exchanges}
    if only:
        office.trunks = {"carrier": replace(trunk(), servers=(only,))}


async def apart(office: Office, endings: list[str]) -> tuple[SimulatedExchange, SimulatedExchange]:
    """Ann's phone is on the first server, calls go through the second: the two."""
    linked(office, only="pbx2")
    await steer(office, "drain", "pbx2")  # until the phone is up at the other one
    await staff(office, queue([ANN]))
    await start(office, endings)
    await office.until(at(2))
    await steer(office, "use", "pbx2")
    return office.exchange, office.exchanges["pbx2"]


def test_an_agent_talks_with_people_on_another_server_without_being_rung_again() -> None:
    async def story(office: Office) -> None:
        home, away = await apart(office, ["00"] * 3)
        await office.until(at(20))
        assert (await agent(office, ANN)).seen.state is AgentState.ON_CALL
        assert (len(home.links_up), len(home.bridges_up), len(away.bridges_up)) == (1, 1, 1)
        await office.until(at(400))
        assert await dispositions(office) == {"answered_human": 3}
        for row in await attempts(office):
            call = row.attempt
            assert call.answered_at is not None and call.connected_at is not None
            assert (call.connected_at - call.answered_at).total_seconds() < 1.6, "1.5 s of it are detection"
        assert len(home.legs_record) == 1, "the phone was rung once"
        assert len(away.legs_record) == 3
        (leg,) = home.legs_up
        assert (home.music_of(leg), away.legs_up) == ("default", {})
        await check_agents(office)

    in_office(story, start=START, servers=2)


def test_agents_of_one_server_take_the_calls_of_three() -> None:
    async def story(office: Office) -> None:
        linked(office)
        await staff(office, queue(TEAM))
        await start(office, ["00", "02"] * 20)
        await office.until(at(1200))
        assert await dispositions(office) == {"answered_human": 20, "busy": 20}
        assert all(len(each.record) >= 8 for each in office.exchanges.values())
        await check_agents(office)

    in_office(story, start=START, servers=3)


def test_without_links_calls_go_where_the_agents_are() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM[:2]))
        await start(office, ["00"] * 4)
        await office.until(at(400))
        assert await dispositions(office) == {"answered_human": 4}
        assert sorted(len(each.record) for each in office.exchanges.values()) == [0, 0, 4]

    in_office(story, start=START, servers=3)


def test_a_link_that_does_not_work_costs_one_call_and_no_more_are_placed_where_nobody_could_take_them() -> None:
    async def story(office: Office) -> None:
        linked(office)
        for each in office.exchanges.values():
            each.neighbours.clear()
        await staff(office, queue([ANN]))
        await start(office, ["00"] * 12)
        await office.until(at(1500))
        assert (await dispositions(office))["answered_human"] >= 8
        (row,) = await office.runs()
        assert row.state is RunState.COMPLETED
        await check_agents(office)

    in_office(story, start=START, servers=2)


@pytest.mark.parametrize("what", ["agent", "person", "hang_up"])
def test_whoever_ends_a_linked_conversation_the_agent_is_at_home_again(what: str) -> None:
    async def story(office: Office) -> None:
        home, away = await apart(office, ["00", "00"])
        await office.until(at(12))
        assert (await agent(office, ANN)).seen.state is AgentState.ON_CALL
        if what == "agent":
            for leg_id in list(home.legs_up):
                home.vanish(leg_id)
        elif what == "person":
            (row, *_) = [each for each in await attempts(office) if each.attempt.disposition is None]
            away.leave(AttemptId(row.attempt.id))
        else:
            await ask(office, ANN, "hang_up")
        await office.until(at(14))
        assert (home.links_up, away.legs_up, len(home.legs_up)) == ([], {}, 1)
        await office.until(at(300))
        by_agent = {"agent_hangup": 1, "answered_human": 1}
        assert await dispositions(office) == ({"answered_human": 2} if what == "person" else by_agent)
        await check_agents(office)

    in_office(story, start=START, servers=2)


@pytest.mark.parametrize("what", ["person", "hang_up"])
def test_an_agent_is_out_of_a_linked_conversation_that_ended_while_the_phone_s_server_was_away(what: str) -> None:
    async def story(office: Office) -> None:
        home, away = await apart(office, ["00"])
        await office.until(at(12))
        home.cut(2.0)
        await office.until(at(13))
        if what == "person":
            (row,) = await attempts(office)
            away.leave(AttemptId(row.attempt.id))
        else:
            await ask(office, ANN, "hang_up")
        await office.until(at(20))
        assert (home.links_up, home.bridges_up, len(home.legs_up)) == ([], [], 1)
        (leg,) = home.legs_up
        assert home.music_of(leg) == "default"
        await office.until(at(300))
        await check_agents(office)

    in_office(story, start=START, servers=2)


@pytest.mark.parametrize("which", ["home", "away"])
def test_a_server_that_dies_in_a_linked_conversation_ends_it_and_the_agent_works_on(which: str) -> None:
    async def story(office: Office) -> None:
        home, away = await apart(office, ["00"] * 3)
        await office.until(at(12))
        assert (await agent(office, ANN)).seen.state is AgentState.ON_CALL
        (home if which == "home" else away).restart(20.0)
        await office.until(at(20))
        assert (await agent(office, ANN)).seen.state is not AgentState.ON_CALL
        assert (home.links_up, len(home.legs_up) + len(away.legs_up)) == ([], 1)
        await office.until(at(600))
        assert (await office.runs())[0].state is RunState.COMPLETED
        await check_agents(office)

    in_office(story, start=START, servers=2)


def test_a_linked_conversation_goes_on_when_the_daemon_is_killed_and_the_agent_is_known_again() -> None:
    async def story(office: Office) -> None:
        home, away = await apart(office, ["00"])
        await office.until(at(12))
        await office.crash()
        await office.until(at(17))
        await office.start()
        await office.until(at(20))
        assert (await agent(office, ANN)).seen.state is AgentState.ON_CALL
        assert (len(home.links_up), len(home.bridges_up), len(away.bridges_up)) == (1, 1, 1)
        await office.until(at(200))
        (row,) = await attempts(office)
        assert (row.attempt.disposition, row.attempt.agent) == ("answered_human", ANN)
        assert row.attempt.ended_at is not None
        assert row.attempt.ended_at > at(30)
        assert (len(home.legs_record), len(away.legs_record)) == (1, 1), "nobody was rung anew"
        await check_agents(office)

    in_office(story, start=START, servers=2)


@pytest.mark.parametrize("seed", range(8))  # which server is looked at first
def test_a_linked_conversation_that_ends_while_the_daemon_is_away_leaves_no_link(seed: int) -> None:
    async def story(office: Office) -> None:
        home, away = await apart(office, ["00"])
        await office.until(at(12))
        (row,) = await attempts(office)
        await office.crash()
        away.leave(AttemptId(row.attempt.id))
        await office.until(at(17))
        await office.start()
        await office.until(at(20))
        assert (home.links_up, home.bridges_up, away.bridges_up, away.legs_up) == ([], [], [], {})
        assert [home.music_of(leg) for leg in home.legs_up] == ["default"]
        await office.until(at(200))
        await check_agents(office)

    in_office(story, start=START, seed=seed, servers=2)


@pytest.mark.parametrize("pause_s", [0.5, 3.0])
def test_an_agent_who_talks_on_a_server_that_is_away_when_the_daemon_begins_is_not_rung_from_another(
    pause_s: float,
) -> None:
    async def story(office: Office) -> None:
        linked(office)
        await staff(office, queue([ANN]))
        await start(office, ["00"])
        await office.until(at(12))
        (home,) = [each for each in office.exchanges.values() if each.legs_up]
        home.cut(pause_s + 8.0)
        await office.crash()
        await office.until(at(12 + pause_s))
        await office.start()
        await office.until(at(30 + pause_s))
        assert sum(len(each.legs_record) for each in office.exchanges.values()) == 1
        assert (await agent(office, ANN)).seen.state is AgentState.ON_CALL
        await office.until(at(300))
        assert await dispositions(office) == {"answered_human": 1}
        assert (await agent(office, ANN)).seen.state is AgentState.READY
        await check_agents(office)

    in_office(story, start=START, servers=2, refresh_s=2.0)


def test_an_agent_whose_server_is_given_up_before_the_daemon_has_seen_it_is_rung_from_another() -> None:
    async def story(office: Office) -> None:
        linked(office)
        await staff(office, queue([ANN]))
        await start(office, ["00"])
        await office.until(at(12))
        (home,) = [each for each in office.exchanges.values() if each.legs_up]
        home.cut(500.0)
        await office.crash()
        await office.start()
        await office.until(at(300))
        assert (await agent(office, ANN)).seen.state is AgentState.READY
        assert [len(each.legs_up) for each in office.exchanges.values() if each is not home] == [1]
        await office.until(at(700))
        await check_agents(office)

    in_office(story, start=START, servers=2, refresh_s=2.0)


def test_a_link_whose_end_is_not_heard_at_first_is_hung_up_all_the_same() -> None:
    async def story(office: Office) -> None:
        home, away = await apart(office, ["00"])
        await office.until(at(12))
        away.restart(200.0)  # nobody tells the link's far end
        home.line.faults = Faults(lose_command=1.0)
        await office.until(at(150))
        home.line.faults = Faults()
        await office.until(at(160))
        assert (home.links_up, home.bridges_up) == ([], [])
        await office.until(at(300))
        await check_agents(office)

    in_office(story, start=START, servers=2)


def test_a_link_that_came_unheard_of_from_a_server_that_died_is_hung_up() -> None:
    async def story(office: Office) -> None:
        home, away = await apart(office, ["00"])
        home.line.faults = Faults(lose_event=1.0)
        while not home.links_up:
            await office.clock.sleep(0.001)
        away.restart(20.0)
        await office.until(at(10))
        home.line.faults = Faults()
        await office.until(at(160))
        assert home.links_up == []
        await check_agents(office)

    in_office(story, start=START, servers=2)


_happenings = st.lists(
    st.tuples(
        st.sampled_from(["cut", "restart", "vanish", "crash", "pause", "leave", "drain", "use", "hang_up"]),
        st.integers(0, 2),
        st.floats(0.5, 100),
        st.floats(0.1, 45),
    ),
    max_size=8,
)


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    faults=FAULTS,
    happenings=_happenings,
    mode=st.sampled_from(["progressive", "power", "predictive"]),
)
def test_the_invariants_hold_over_linked_servers_whatever_happens(
    seed: int, faults: Faults, happenings: list[tuple[str, int, float, float]], mode: str
) -> None:
    async def story(office: Office) -> None:
        linked(office)
        exchanges = list(office.exchanges.values())
        await staff(office, queue(TEAM[:3]))
        for each in exchanges:
            each.line.faults = faults
        await start(office, ["00", "02", "01", "33", "03", "00"] * 2, mode=mode)
        for kind, which, at_s, duration_s in sorted(happenings, key=lambda each: each[2]):
            await office.until(at(at_s))
            await happen(office, kind, exchanges[which], duration_s)
        for each in exchanges:
            each.line.faults = Faults()
            await steer(office, "use", each.name)
        for _ in range(20):
            for name in TEAM[:3]:
                await make_ready(office, name)
            await unless_refused(act(office, runs.resume_run))
            await office.clock.sleep(60.0)
            (run,) = await office.runs()
            if run.state is RunState.COMPLETED:
                break
        assert run.state is RunState.COMPLETED
        twice = [number for number, n in Counter(call.number for call in office.record).items() if n > 1]
        assert twice == [], "somebody was called twice"
        await office.until(office.clock.now() + timedelta(seconds=60))
        for each in exchanges:
            assert each.links_up == [], "a link is left over"
        await check_agents(office)

    in_office(story, start=START, seed=seed, servers=3, refresh_s=2.0)


async def happen(office: Office, kind: str, exchange: SimulatedExchange, duration_s: float) -> None:
    match kind:
        case "cut":
            exchange.cut(duration_s)
        case "restart":
            exchange.restart(duration_s)
        case "vanish":
            for leg_id in list(exchange.legs_up)[:1]:
                exchange.vanish(leg_id)
        case "crash":
            await office.crash()
            await office.clock.sleep(duration_s / 5)
            await office.start()
        case "pause" | "hang_up":
            await unless_refused(ask(office, ANN, kind))
        case "leave":
            await unless_refused(ask(office, ANN, "logout"))
        case "drain" | "use":
            await steer(office, kind, exchange.name)
