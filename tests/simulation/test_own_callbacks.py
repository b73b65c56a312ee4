"""Agents' own callbacks (F1, F4, E4) on the whole engine in virtual time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from dialerd.domain.callback import Callback
from dialerd.domain.words import AgentState, CallbackState
from dialerd.usecases import runs
from tests.simulation.callcenter import agent, agent_campaign, ask, attempts, check_agents, queue, staff
from tests.simulation.daemons import share, take_the_pace
from tests.simulation.office import HOUR, TRUNKS, Office, in_office
from tests.simulation.test_callbacks import MIN, TEN, Desk


async def begun(office: Office, mode: str, people: int, staffed: tuple[str, ...], **keys: Any) -> Desk:
    desk = Desk(office)
    await office.add(["00"] * people)
    await staff(office, queue(staffed))
    await office.apply(agent_campaign(mode, finite=False, **keys))
    await office.start()
    await desk.run()
    await office.until(TEN + MIN)
    return desk


async def talkers(office: Office) -> dict[int, list[str | None]]:
    """Who talked with each contact."""
    said: dict[int, list[str | None]] = {}
    for row in await attempts(office):
        said.setdefault(row.contact_id, []).append(row.attempt.agent)
    return said


@pytest.mark.parametrize("mode", ["progressive", "power"])
@pytest.mark.parametrize("legs", ["kept", "on_demand"])
def test_f4_an_agents_own_is_dialed_for_that_agent(mode: str, legs: str) -> None:
    async def story(office: Office) -> None:
        desk = Desk(office)
        await office.add(["00"] * 3)
        await staff(office, queue(("ann", "bob", "cid"), legs=legs))
        await office.apply(agent_campaign(mode, finite=False))
        await office.start()
        await desk.run()
        await office.until(TEN + 20 * MIN)
        before = await talkers(office)
        for contact, name in ((1, "cid"), (2, "ann"), (3, "cid")):
            await desk.add(contact, TEN + HOUR, agent=name)
        await office.until(TEN + 2 * HOUR)
        said = await talkers(office)
        assert [said[n][len(before[n]) :] for n in (1, 2, 3)] == [["cid"], ["ann"], ["cid"]]
        await check_agents(office)

    in_office(story, start=TEN)


def test_one_whose_pace_other_daemons_have_taken_waits_for_it_and_is_dialed() -> None:
    async def story(office: Office) -> None:
        share(office)
        desk = await begun(office, "progressive", 2, ("ann", "bob"))
        await office.until(TEN + 20 * MIN)
        before = len(office.record)
        await desk.add(1, TEN + HOUR, agent="ann")
        reserved: list[str] = []
        assert office.engine is not None
        office.engine.agents.watch(lambda name, state: reserved.append(name) if state == "reserved" else None)
        await office.until(TEN + HOUR - timedelta(seconds=0.5))
        await take_the_pace(office, 3.0)
        await office.until(TEN + HOUR + MIN)
        assert [each.invited_at - TEN - HOUR > timedelta(seconds=2.4) for each in office.record[before:]] == [True]
        assert reserved == ["ann"], "no sooner than it can be dialed"
        await office.until(TEN + HOUR + 5 * MIN)
        assert (await talkers(office))[1][-1] == "ann"

    in_office(story, start=TEN)


@pytest.mark.parametrize("rate", [1, 2, 5])
def test_one_is_dialed_at_its_time_though_the_campaigns_list_takes_every_call_of_the_pace(rate: int) -> None:
    async def story(office: Office) -> None:
        share(office, calls_per_second=rate)
        desk = Desk(office)
        await office.add(["00"])
        await office.add(["02"] * 900, first=1)
        await staff(office, queue(("ann", "bob", "cid")))
        await office.apply(agent_campaign("progressive", finite=False))
        await office.start()
        await desk.run()
        await office.until(TEN + MIN)
        await desk.add(1, TEN + 2 * MIN, agent="ann")
        await office.until(TEN + 3 * MIN)
        assert (await talkers(office))[1][-1] == "ann"
        assert len(office.record) > 90 * rate, "the list goes on"

    in_office(story, start=TEN)


def test_f4_it_waits_for_its_agent_until_the_fallback_and_is_anybodys_then() -> None:
    async def story(office: Office) -> None:
        desk = await begun(office, "progressive", 2, ("ann", "bob"))
        await office.until(TEN + 20 * MIN)
        await ask(office, "ann", "pause")
        made = await desk.add(1, TEN + HOUR, agent="ann", fallback_min=30.0)
        await office.until(TEN + HOUR + 20 * MIN)
        shown = await desk.show(made)
        assert shown.gate is not None
        assert shown.gate.reason == "the callback waits for agent ann"
        await office.until(TEN + HOUR + 40 * MIN)
        assert (await talkers(office))[1][-1] == "bob"
        assert (await desk.show(made)).state is CallbackState.DONE
        await check_agents(office)

    in_office(story, start=TEN)


def test_f4_it_is_dialed_as_soon_as_its_agent_comes_back() -> None:
    async def story(office: Office) -> None:
        desk = await begun(office, "progressive", 1, ("ann", "bob"))
        await office.until(TEN + 20 * MIN)
        await ask(office, "ann", "pause")
        made = await desk.add(1, TEN + HOUR, agent="ann", never_anybody=True)
        await office.until(TEN + 3 * HOUR)
        assert (await desk.show(made)).state is CallbackState.DUE
        await ask(office, "ann", "ready")
        await office.until(TEN + 3 * HOUR + MIN)
        assert (await talkers(office))[1][-1] == "ann"
        await check_agents(office)

    in_office(story, start=TEN)


def test_e4_a_callback_of_another_campaign_switches_its_agent_for_that_call() -> None:
    async def story(office: Office) -> None:
        desk = await begun(office, "progressive", 1, ("ann",))
        await office.until(TEN + 20 * MIN)
        await office.add(["00"] * 900, first=50, name="m")
        await office.apply(agent_campaign("progressive", name="d", lists=["m"], finite=False, priority=5))
        now = office.clock.now()
        await office.store.write(lambda unit: runs.run_campaign(unit, "d", trunks=TRUNKS, actor="test", now=now))
        await office.store.write(lambda unit: unit.agents.prefer("ann", "d"))
        assert office.engine is not None
        office.engine.poke()
        made = await desk.add(1, TEN + HOUR, agent="ann")
        await office.until(TEN + HOUR + 5 * MIN)
        assert (await talkers(office))[1][-1] == "ann"
        shown = await desk.show(made)
        assert (shown.state, shown.late) == (CallbackState.DONE, False)
        assert (await agent(office, "ann")).seen.campaign == "d", "it is back where it was"
        await office.until(TEN + HOUR + 30 * MIN)

    in_office(story, start=TEN)


def test_f4_where_its_agent_is_lost_while_it_rings_whoever_answers_is_served_all_the_same() -> None:
    async def story(office: Office) -> None:
        desk = await begun(office, "progressive", 1, ("ann", "bob"))
        await office.until(TEN + 20 * MIN)
        await desk.add(1, TEN + HOUR, agent="ann")
        await office.until(TEN + HOUR + timedelta(milliseconds=500))
        row = await agent(office, "ann")
        assert row.seen.state is AgentState.RESERVED
        assert row.leg_id is not None
        office.exchange.vanish(row.leg_id)
        await office.until(TEN + HOUR + 5 * MIN)
        assert (await talkers(office))[1][-1] in ("ann", "bob"), "ann where her phone has answered again by then"
        await check_agents(office)

    in_office(story, start=TEN)


@pytest.mark.parametrize("mode", ["progressive", "power"])
def test_f4_in_a_busy_campaign_each_has_its_own_agent_and_nobody_is_left_without_one(mode: str) -> None:
    async def story(office: Office) -> None:
        names = ("ann", "bob", "cid")
        desk = await begun(office, mode, 900, names, **({"ratio": 1} if mode == "power" else {}))
        promised = {n: names[n % 3] for n in range(860, 890)}
        for n, name in promised.items():
            await desk.add(n, TEN + 5 * MIN + (n - 860) * timedelta(seconds=20), agent=name, never_anybody=True)
        await office.until(TEN + HOUR)
        said = await talkers(office)
        assert {n: said[n] for n in promised} == {n: [name] for n, name in promised.items()}
        endings = {row.attempt.disposition for row in await attempts(office) if row.attempt.disposition}
        assert not endings & {"abandoned", "no_agent"}

    in_office(story, start=TEN)


def test_while_one_rings_for_its_agent_calls_are_placed_for_the_others() -> None:
    async def story(office: Office) -> None:
        desk = Desk(office)
        await office.add(["03"])
        await office.add(["00"] * 600, first=1)
        await staff(office, queue(("ann", "bob")))
        await office.apply(agent_campaign("progressive", finite=False))
        await office.start()
        made = await desk.add(1, TEN + 6 * MIN, agent="ann")
        await office.until(TEN + 5 * MIN)
        await ask(office, "bob", "pause")
        await desk.run()
        await office.until(TEN + 6 * MIN)
        await office.until((await ringing(desk, made)) + timedelta(seconds=5))
        await ask(office, "bob", "ready")
        await office.clock.sleep(2)
        assert len([call for call in office.record if call.ended_at is None]) == 2, "one rings for ann, one is bob's"

    in_office(story, start=TEN)


async def ringing(desk: Desk, made: Callback) -> datetime:
    """Wait until it is rung, and when that was."""
    while not (calls := [call for call in desk.office.record if call.number == made.number]):
        await desk.office.clock.sleep(0.1)
    return calls[-1].invited_at
