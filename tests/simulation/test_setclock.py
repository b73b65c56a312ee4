"""The machine's clock is set while calls are up: each is written as long as it was, and never less than nothing."""

from __future__ import annotations

import pytest

from dialerd.domain.words import AgentState
from dialerd.ports import AttemptRow
from tests.faults.machine import Wall
from tests.simulation.callcenter import agent, agent_campaign, ask, attempts, queue, staff
from tests.simulation.office import HOUR, Office, in_office
from tests.simulation.test_optout import go
from tests.simulation.world import START, campaign


async def only(office: Office) -> AttemptRow:
    (row,) = [each.attempt for each in await attempts(office)]
    return row


@pytest.mark.parametrize("by_s", [-3600.0, -60.0, -0.4, 0.4, 60.0, 3600.0])
def test_a_call_lasts_as_long_as_it_did_whatever_the_clock_was_set_to_meanwhile(by_s: float) -> None:
    lasted = {}

    def story_of(by_s: float):  # type: ignore[no-untyped-def]  # a story
        async def story(office: Office) -> None:
            wall = Wall(office.clock)  # type: ignore[arg-type]  # the virtual one
            office.clock = wall
            await office.add(["40"])
            await office.start()
            await office.apply(campaign(max_ring_s=60))
            await go(office, "c")
            await office.clock.sleep(3)  # it plays
            wall.jump(by_s)
            await office.clock.sleep(60)
            row = await only(office)
            assert row.answered_at is not None
            assert row.ended_at is not None
            assert row.claimed_at <= row.answered_at <= row.ended_at
            lasted[by_s] = (row.ended_at - row.answered_at).total_seconds()

        return story

    in_office(story_of(0.0), start=START)
    in_office(story_of(by_s), start=START)
    assert lasted[by_s] == pytest.approx(lasted[0.0], abs=0.05)


def test_the_next_try_is_counted_from_the_clock_as_it_is_now() -> None:
    async def story(office: Office) -> None:
        wall = Wall(office.clock)  # type: ignore[arg-type]  # the virtual one
        office.clock = wall
        await office.add(["03"])
        await office.start()
        await office.apply(campaign(max_attempts=2, retry_after_min=10))
        await go(office, "c")
        await office.clock.sleep(3)
        wall.jump(-3600)
        await office.clock.sleep(20 + 600 + 10)
        assert len(office.record) == 2, "and not an hour later"

    in_office(story, start=START)


def test_a_call_that_is_taken_over_with_the_clock_set_back_does_not_end_before_it_was_answered() -> None:
    async def story(office: Office) -> None:
        wall = Wall(office.clock)  # type: ignore[arg-type]  # the virtual one
        office.clock = wall
        await office.add(["40"])
        await office.start()
        await office.apply(campaign(max_ring_s=60))
        await go(office, "c")
        await office.clock.sleep(3)
        await office.crash()
        wall.jump(-HOUR.total_seconds())
        await office.start()
        await office.clock.sleep(60)
        row = await only(office)
        assert row.answered_at is not None
        assert row.ended_at is not None
        assert row.claimed_at <= row.answered_at <= row.ended_at

    in_office(story, start=START)


@pytest.mark.parametrize("killed", [False, True], ids=["goes on", "is killed"])
@pytest.mark.parametrize("by_s", [-3600.0, 3600.0])
def test_an_agent_ends_its_talk_and_its_wrap_up_though_the_clock_was_set(by_s: float, killed: bool) -> None:
    async def again(office: Office) -> None:
        if killed:
            await office.crash()
            await office.start()
            await office.clock.sleep(5.0)

    async def story(office: Office) -> None:
        wall = Wall(office.clock)  # type: ignore[arg-type]  # the virtual one
        office.clock = wall
        await staff(office, queue(["ann"], wrap_up_s=40))
        await office.add(["50"] * 2)
        await office.start()
        await office.apply(agent_campaign())
        await go(office, "c")
        await office.clock.sleep(20.0)
        wall.jump(by_s)
        await again(office)
        await ask(office, "ann", "hang_up")
        await office.clock.sleep(1.0)
        assert (await agent(office, "ann")).seen.state is AgentState.WRAP_UP
        wall.jump(by_s)
        await again(office)
        await office.clock.sleep(45.0)
        assert (await agent(office, "ann")).seen.state is AgentState.ON_CALL, "with the next one, whose call goes on"
        await again(office)
        assert (await agent(office, "ann")).seen.state is AgentState.ON_CALL

    in_office(story, start=START)
