"""A flow gives people to one agent or to a telephone number: reached, not reached, and nothing left over whatever dies.

Not here: transfers to queues and the dialplan (test_flows.py).
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.domain.errors import NotFoundError
from dialerd.domain.words import RunState
from dialerd.ports import ExportRow, Unit
from dialerd.simulate.faults import Faults
from dialerd.usecases import dnc
from tests.simulation.callcenter import agent, ask, attempts, check_agents, queue, staff
from tests.simulation.drawnfaults import FAULTS
from tests.simulation.office import Office, in_office
from tests.simulation.test_agentfaults import happen
from tests.simulation.test_agents import ANN, TEAM, at
from tests.simulation.test_flows import Pressers, presses, start
from tests.simulation.world import START

SHOP, BUSY, SILENT, LEAVES = "+12125550199", "+12125550102", "+12125550103", "+12125550110"
ABROAD = "+442079460000"


def flow(number: str = SHOP, agent: str = ANN) -> str:
    return f"""
name = "survey"
start = "menu"

[node.menu]
do = "menu"
say = "choose"
keys = {{ 1 = "one", 2 = "shop" }}
on_timeout = "bye"

[node.one]
do = "transfer"
agent = "{agent}"
wait_s = 20
on_no_agent = "sorry"

[node.shop]
do = "transfer"
number = "{number}"
wait_s = 20
on_no_agent = "sorry"

[node.sorry]
do = "play"
say = "nobody-there"
next = "bye"

[node.bye]
do = "hangup"
"""


async def begin(office: Office, number: str = SHOP, people: int = 1, **keys: object) -> None:
    await staff(office, queue(TEAM[:2]))
    await start(office, people, text=flow(number), **keys)


async def only(office: Office) -> ExportRow:
    (row,) = await attempts(office)
    return row


def nothing_is_left(office: Office) -> None:
    """No leg to a number and no conversation; agents' legs are theirs."""
    assert [each for each in office.exchange.legs_record if "@" in each.number and each.ended_at is None] == []
    assert office.exchange.bridges_up == []


def test_one_agent_takes_the_call_though_another_has_been_idle_for_longer() -> None:
    async def story(office: Office) -> None:
        await begin(office)
        await office.until(at(120))
        row = await only(office)
        assert (row.attempt.disposition, row.attempt.agent) == ("answered_human", ANN)
        await check_agents(office)

    in_office(story, start=START, callees=Pressers(presses("1")))


@pytest.mark.parametrize("wish", ["pause", "logout"])
def test_one_agent_who_is_not_free_is_not_waited_for(wish: str) -> None:
    async def story(office: Office) -> None:
        await begin(office)
        await office.until(at(1))
        await ask(office, ANN, wish)
        await office.until(at(60))
        row = await only(office)
        assert (row.attempt.disposition, row.attempt.agent) == ("answered_human", None)
        assert row.attempt.ended_at is not None
        assert row.attempt.ended_at < at(8), "the 20 s of wait_s are for a phone that rings"
        assert office.record[0].heard[-1] == "nobody-there"
        assert (await agent(office, TEAM[1])).seen.state == "ready"

    in_office(story, start=START, callees=Pressers(presses("1")))


def test_a_flow_that_names_an_agent_who_is_not_there_is_refused() -> None:
    async def story(office: Office) -> None:
        with pytest.raises(NotFoundError, match=f"no agent {ANN}"):
            await start(office, 1, text=flow())

    in_office(story, start=START)


def test_who_waits_hears_music_until_the_other_picks_up() -> None:
    async def story(office: Office) -> None:
        await begin(office)
        await office.until(at(3.5))
        attempt_id = (await only(office)).attempt.id
        assert office.exchange.music_to(attempt_id) == "default"
        await office.until(at(6))
        assert (await only(office)).attempt.connected_at is not None
        assert office.exchange.music_to(attempt_id) == ""

    in_office(story, start=START, callees=Pressers(presses("2")))


def test_a_number_is_dialed_over_the_calls_trunk_and_both_ends_end_when_the_person_hangs_up() -> None:
    async def story(office: Office) -> None:
        await begin(office)
        await office.until(at(120))
        row = await only(office)
        assert (row.attempt.disposition, row.attempt.agent) == ("answered_human", f"tel:{SHOP}")
        leg = office.exchange.legs_record[-1]
        assert leg.number == f"PJSIP/{SHOP}@carrier"
        assert (leg.ending, office.record[0].ending) == ("dialer", "callee")
        assert leg.ended_at is not None
        assert office.record[0].ended_at is not None
        assert (leg.ended_at - office.record[0].ended_at).total_seconds() < 1
        nothing_is_left(office)

    in_office(story, start=START, callees=Pressers(presses("2")))


def test_both_ends_end_when_the_other_hangs_up() -> None:
    async def story(office: Office) -> None:
        await begin(office, LEAVES)
        await office.until(at(10))
        row = await only(office)
        assert (row.attempt.disposition, row.attempt.agent) == ("agent_hangup", f"tel:{LEAVES}")
        assert row.attempt.reason == "who was called hung up"
        nothing_is_left(office)

    in_office(story, start=START, callees=Pressers(presses("2")))


def test_who_hangs_up_while_the_number_rings_leaves_nobody_ringing() -> None:
    async def story(office: Office) -> None:
        await begin(office, SILENT)
        await office.until(at(30))
        assert (await only(office)).attempt.disposition == "customer_hangup"
        leg = office.exchange.legs_record[-1]
        assert leg.ended_at is not None
        assert leg.ended_at < at(9)
        nothing_is_left(office)

    in_office(story, start=START, callees=Pressers(presses("2", leaves_s=7.0)))


@pytest.mark.parametrize(
    ("number", "is_dialed", "after_s"),
    [(BUSY, True, 1), (SILENT, True, 20), (ABROAD, False, 1), ("+12125550190", False, 1), ("{{ list }}", False, 1)],
)
def test_a_number_that_does_not_answer_or_may_not_be_called_leads_back(
    number: str, is_dialed: bool, after_s: float
) -> None:
    async def story(office: Office) -> None:
        def bar(unit: Unit) -> None:
            dnc.add_to_dnc(unit, ["+12125550190"], region="US", source="test", expires_at=None, actor="test", now=START)

        await office.store.write(bar)
        await begin(office, number)
        await office.until(at(60))
        row = await only(office)
        assert (row.attempt.disposition, row.attempt.agent) == ("answered_human", None)
        assert office.record[0].heard[-1] == "nobody-there"
        assert row.attempt.ended_at is not None
        assert after_s <= (row.attempt.ended_at - at(3)).total_seconds() <= after_s + 4
        assert len([each for each in office.exchange.legs_record if "@" in each.number]) == is_dialed
        nothing_is_left(office)

    in_office(story, start=START, callees=Pressers(presses("2")))


def test_a_daemon_killed_at_any_moment_of_a_transfer_leaves_no_channel_over() -> None:
    async def story(office: Office) -> None:
        await begin(office)
        await office.until(moment)
        await office.crash()
        await office.clock.sleep(0.5)
        await office.start()
        await office.until(at(150))
        assert (await only(office)).attempt.disposition is not None
        assert len(office.record) == 1
        nothing_is_left(office)
        (run,) = await office.runs()
        assert (run.state, run.in_progress) == (RunState.COMPLETED, 0)

    for tenths in range(29, 75, 4):
        moment = at(tenths / 10)
        in_office(story, start=START, refresh_s=10.0, callees=Pressers(presses("2")))


_happenings = st.lists(
    st.tuples(st.sampled_from(["cut", "restart", "refuse", "crash"]), st.floats(0.5, 60), st.floats(0.1, 15)),
    max_size=3,
)


@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    faults=FAULTS,
    happenings=_happenings,
    number=st.sampled_from([SHOP, BUSY, SILENT, LEAVES]),
    keys=st.lists(st.sampled_from(["1", "2", "22", "12"]), min_size=5, max_size=5),
)
def test_nothing_is_left_over_under_any_mix_of_faults(
    seed: int, faults: Faults, happenings: list[tuple[str, float, float]], number: str, keys: list[str]
) -> None:
    async def story(office: Office) -> None:
        office.exchange.line.faults = faults
        await begin(office, number, len(keys), max_calls=3)
        for kind, at_s, duration_s in sorted(happenings, key=lambda each: each[1]):
            await office.until(at(at_s))
            await happen(office, kind, duration_s)
        office.exchange.line.faults = Faults()
        await office.until(office.clock.now() + timedelta(minutes=10))
        assert all(row.attempt.disposition is not None for row in await attempts(office))
        (run,) = await office.runs()
        assert run.state is RunState.COMPLETED
        nothing_is_left(office)
        await check_agents(office)

    in_office(story, start=START, seed=seed, refresh_s=10.0, callees=Pressers(*map(presses, keys)))
