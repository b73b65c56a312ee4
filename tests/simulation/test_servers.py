"""Several Asterisk servers: calls are spread over them, one that goes away is called around, one that is back is used.

Not here: agents on other servers than their calls (test_links.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.domain.words import RunState
from dialerd.ports import RunRow
from dialerd.simulate.exchange import SimulatedExchange
from dialerd.simulate.faults import Faults
from dialerd.simulate.record import peak_calls
from dialerd.usecases import runs, servers
from tests.simulation.callcenter import agent, attempts, check_agents, poke, queue, staff
from tests.simulation.drawnfaults import FAULTS
from tests.simulation.office import Office, in_office
from tests.simulation.test_agents import ANN, at, start
from tests.simulation.world import START, campaign


async def dial(office: Office, endings: Sequence[str], **keys: object) -> None:
    await office.add(endings)
    await office.apply(campaign(max_calls=40, calls_per_second=20, **keys))
    await office.start()
    await office.store.write(
        lambda unit: runs.run_campaign(unit, "c", trunks=office.trunks, actor="test", now=office.clock.now())
    )
    poke(office)


async def ended(office: Office, *, minutes: int = 20) -> RunRow:
    for _ in range(minutes * 12):
        await office.clock.sleep(5.0)
        (run,) = await office.runs()
        if run.state is RunState.COMPLETED:
            return run
    raise AssertionError(f"{run} does not come to its end")


def placed(office: Office) -> list[int]:
    return [len(each.record) for each in office.exchanges.values()]


async def steer(office: Office, verb: str, name: str) -> None:
    use_case = {"drain": servers.drain_server, "use": servers.use_server}[verb]
    now, known = office.clock.now(), list(office.exchanges)
    await office.store.write(lambda unit: use_case(unit, name, known=known, actor="test", now=now))
    poke(office)


async def state_of(office: Office, name: str) -> str:
    return (await office.store.read(lambda unit: unit.servers.all()))[name].state


def test_calls_are_spread_over_all_servers_evenly() -> None:
    async def story(office: Office) -> None:
        await dial(office, ["00", "02", "01"] * 30)
        assert (await ended(office)).done == 90
        assert max(placed(office)) - min(placed(office)) <= 9
        assert sum(placed(office)) == 90

    in_office(story, start=START, servers=3)


def test_a_server_takes_no_more_calls_than_its_settings_say_and_the_others_take_the_rest() -> None:
    async def story(office: Office) -> None:
        office.limits = {"simulated": 2, "pbx2": 3}
        await dial(office, ["06"] * 40)
        await office.until(START + timedelta(seconds=6))
        assert sum(placed(office)) == 5, "both are full, and the run waits for a slot without being held"
        (run,) = await office.runs()
        assert run.held == ""
        assert (await ended(office)).done == 40
        assert [peak_calls(each.record) for each in office.exchanges.values()] == [2, 3]

    in_office(story, start=START, servers=2)


def test_a_drained_server_ends_its_calls_in_peace_and_gets_none_until_it_is_used_again() -> None:
    async def story(office: Office) -> None:
        await dial(office, ["06"] * 150)
        await office.until(START + timedelta(seconds=2))
        await steer(office, "drain", "pbx2")
        await office.clock.sleep(0.1)
        there = len(office.exchanges["pbx2"].record)
        await office.until(START + timedelta(seconds=30))
        assert len(office.exchanges["pbx2"].record) == there > 0
        assert {call.ending for call in office.exchanges["pbx2"].record} == {"dialer"}, "they heard the message out"
        await steer(office, "use", "pbx2")
        assert (await ended(office)).done == 150
        assert len(office.exchanges["pbx2"].record) > there
        assert {row.attempt.disposition for row in await attempts(office)} == {"answered_human"}

    in_office(story, start=START, servers=3)


def test_with_every_server_drained_the_run_says_whose_word_it_waits_for() -> None:
    async def story(office: Office) -> None:
        await steer(office, "drain", "simulated")
        await dial(office, ["00"] * 3)
        await office.until(START + timedelta(seconds=5))
        (run,) = await office.runs()
        assert "Asterisk simulated is drained: dialerd server use simulated ends that" in run.held
        await steer(office, "use", "simulated")
        assert (await ended(office)).done == 3

    in_office(story, start=START)


def test_the_calls_of_a_server_that_dies_are_settled_while_it_is_gone_and_the_others_miss_no_beat() -> None:
    async def story(office: Office) -> None:
        await dial(office, ["06"] * 300)
        await office.until(START + timedelta(seconds=4))
        dead, lost_at = office.exchanges["pbx2"], office.clock.now()
        up = sum(call.ended_at is None for call in dead.record)
        assert up > 3
        dead.restart(60.0)
        await office.clock.sleep(8.0)
        gone = [row.attempt for row in await attempts(office) if row.attempt.disposition == "interrupted"]
        assert len(gone) == up, "long before it is back"
        assert {each.asterisk for each in gone} == {"pbx2"}
        assert await state_of(office, "pbx2") == "lost"
        gaps = [call.invited_at for call in office.record if lost_at <= call.invited_at]
        assert max((late - early).total_seconds() for early, late in pairwise(gaps)) < 1.5
        count = len(dead.record)
        assert (await ended(office)).done == 300
        assert await state_of(office, "pbx2") == "ready"
        assert len(dead.record) > count, "it is used again"

    in_office(story, start=START, servers=3)


def test_one_refused_connection_does_not_give_up_a_server_that_takes_the_next() -> None:
    async def story(office: Office) -> None:
        await dial(office, ["03"] * 2, max_ring_s=60)
        await office.until(START + timedelta(seconds=2))
        assert office.engine is not None
        office.engine.servers.away("simulated", "it refuses", is_dead=True)
        await office.clock.sleep(1.0)
        office.engine.servers.away("simulated", "it does not answer in time", is_dead=False)
        await office.clock.sleep(20.0)
        assert all(row.attempt.disposition is None for row in await attempts(office)), "they go on"
        await office.clock.sleep(12.0)
        assert await state_of(office, "simulated") == "lost", "and it is not waited for without end"

    in_office(story, start=START)


def test_calls_outlive_a_connection_that_is_mended_soon_and_are_settled_when_it_is_not() -> None:
    async def story(office: Office) -> None:
        await dial(office, ["03"] * 6, max_ring_s=60)
        await office.until(START + timedelta(seconds=2))
        office.exchange.cut(20.0)
        await office.until(START + timedelta(seconds=30))
        assert all(row.attempt.disposition is None for row in await attempts(office))
        office.exchange.cut(45.0)
        await office.until(START + timedelta(seconds=64))
        assert {row.attempt.disposition for row in await attempts(office)} == {"interrupted"}
        await office.until(START + timedelta(seconds=80))
        assert {call.ending for call in office.record} <= {"dialer", "timeout"}, "nobody leads them any more"

    in_office(story, start=START)


def test_what_an_earlier_daemon_had_on_a_server_that_stays_away_is_settled() -> None:
    async def story(office: Office) -> None:
        await dial(office, ["03"] * 4, max_ring_s=60)
        await office.until(START + timedelta(seconds=2))
        await office.crash()
        for each in office.exchanges.values():
            each.cut(300.0)
        await office.start()
        await office.clock.sleep(25.0)
        assert all(row.attempt.disposition is None for row in await attempts(office))
        await office.clock.sleep(10.0)
        assert {row.attempt.disposition for row in await attempts(office)} == {"interrupted"}

    in_office(story, start=START, servers=2)


def test_an_agent_whose_server_dies_is_rung_from_another_one_at_once() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        await start(office, ["00"] * 2)
        await office.until(at(3))
        home, other = await homes(office)
        home.restart(300.0)
        await office.clock.sleep(8.0)
        assert (await agent(office, ANN)).asterisk == other.name
        assert (len(home.legs_up), len(other.legs_up)) == (0, 1)

    in_office(story, start=START, servers=2)


def test_an_agents_phone_goes_from_a_drained_server_to_another_one() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue([ANN]))
        await office.start()
        await office.until(at(2))
        home, other = await homes(office)
        await steer(office, "drain", home.name)
        await office.clock.sleep(2.0)
        row = await agent(office, ANN)
        assert (row.asterisk, row.seen.state) == (other.name, "ready")
        assert (len(home.legs_up), len(other.legs_up)) == (0, 1)

    in_office(story, start=START, servers=2)


async def homes(office: Office) -> list[SimulatedExchange]:
    """Where the agent's phone is called, and the other one."""
    name = (await agent(office, ANN)).asterisk
    return sorted(office.exchanges.values(), key=lambda each: each.name != name)


_outages = st.lists(
    st.tuples(
        st.sampled_from(["cut", "restart", "refuse", "drain", "use", "crash"]),
        st.integers(0, 9),
        st.floats(0.5, 60),
        st.floats(0.1, 50),
    ),
    max_size=12,
)


@pytest.mark.parametrize("count", [3, 10])
@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000), faults=FAULTS, outages=_outages)
def test_the_invariants_hold_over_many_servers_whatever_goes_away(
    count: int, seed: int, faults: Faults, outages: list[tuple[str, int, float, float]]
) -> None:
    async def story(office: Office) -> None:
        exchanges = list(office.exchanges.values())
        for each in exchanges:
            each.line.faults = faults
        await dial(office, ["00", "02", "01", "06", "03", "10"] * 12)
        for kind, which, at_s, duration_s in sorted(outages, key=lambda each: each[2]):
            await office.until(START + timedelta(seconds=at_s))
            await happen(office, kind, exchanges[which % count], duration_s)
        for each in exchanges:
            each.line.faults = Faults()
            await steer(office, "use", each.name)
        run = await ended(office)
        assert run.done == run.targets == 72
        await office.clock.sleep(60.0)
        twice = [number for number, n in Counter(call.number for call in office.record).items() if n > 1]
        assert twice == [], "somebody was called twice"
        await check_agents(office)

    in_office(story, start=START, seed=seed, servers=count, refresh_s=2.0)


async def happen(office: Office, kind: str, exchange: SimulatedExchange, duration_s: float) -> None:
    match kind:
        case "cut":
            exchange.cut(duration_s)
        case "restart":
            exchange.restart(duration_s)
        case "refuse":
            exchange.refuse_originates(duration_s)
        case "drain" | "use":
            await steer(office, kind, exchange.name)
        case "crash":
            await office.crash()
            await office.clock.sleep(duration_s / 10)
            await office.start()
