"""Who works for whom in a running daemon: priorities, preferred campaigns and permission, on the real engine.

Not here: the rules one by one (domain/test_assignment.py).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from itertools import pairwise

import pytest

from dialerd.domain.words import AgentKind
from dialerd.ports import Unit
from dialerd.usecases import agents as usecases
from dialerd.usecases import runs
from tests.simulation.callcenter import MINUTE, agent, agent_campaign, poke, queue, staff
from tests.simulation.office import TRUNKS, Office, in_office
from tests.simulation.world import START

TEAM = ("agent1001", "agent1002")


def play(story: Callable[[Office], Awaitable[None]]) -> None:
    """With looks at the store as a daemon has them: what passes by time alone is seen then."""
    in_office(story, start=START, refresh_s=2.0)


async def begin(office: Office, name: str, endings: Sequence[str], *, first: int, **keys: object) -> None:
    """A campaign with a list of its own, running."""
    await office.add(endings, first=first, name=f"{name}-list")
    await office.apply(agent_campaign(name=name, lists=[f"{name}-list"], **keys))  # type: ignore[arg-type]
    await change(office, runs.run_campaign, name, trunks=TRUNKS)


async def change(office: Office, use_case: Callable[..., object], *args: object, **keys: object) -> None:
    now = office.clock.now()
    await office.store.write(lambda unit: use_case(unit, *args, actor="test", now=now, **keys))
    poke(office)


async def answered(office: Office, name: str) -> list[tuple[str | None, float]]:
    """Who talked for a campaign, and when (minutes from the start), the first one first."""

    def job(unit: Unit) -> list[tuple[str | None, float]]:
        campaign = unit.campaigns.get(name)
        assert campaign is not None
        run = unit.runs.latest(campaign.id)
        assert run is not None
        attempts = [row.attempt for row in unit.dialing.export(run.id)]
        talks = [(each.agent, each.connected_at) for each in attempts if each.connected_at is not None]
        return sorted(((who, (at - START) / MINUTE) for who, at in talks), key=lambda talk: talk[1])

    return await office.store.read(job)


def test_the_higher_priority_is_dialed_first_and_the_lower_when_it_is_done() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM))
        await office.start()
        await begin(office, "low", ["00"] * 6, first=0, priority=1)
        await begin(office, "high", ["00"] * 6, first=100, priority=5)
        await office.until(START + 20 * MINUTE)
        low, high = await answered(office, "low"), await answered(office, "high")
        assert (len(low), len(high)) == (6, 6)
        before = [at for _, at in low if at < high[-1][1]]
        assert len(before) <= len(TEAM)  # those that were begun before there was another campaign

    play(story)


def test_agents_work_for_their_preferred_campaigns_only_and_say_why_they_are_idle() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM))
        await office.start()
        await office.add([], name="own-list")
        await office.apply(agent_campaign(name="own", lists=["own-list"]))
        await change(office, usecases.prefer, "agent1001", ["own"])
        await begin(office, "other", ["00"] * 3, first=0, priority=5)
        await office.until(START + 10 * MINUTE)
        assert {who for who, _ in await answered(office, "other")} == {"agent1002"}
        idle = (await agent(office, "agent1001")).seen
        assert (idle.campaign, idle.why) == ("", "idle: of its preferred campaigns, own is not running")

        await begin(office, "own", ["00"] * 3, first=100)
        await office.until(START + 20 * MINUTE)
        assert "agent1001" in {who for who, _ in await answered(office, "own")}

    play(story)


def test_when_a_campaign_is_paused_its_agents_go_to_another_and_come_back_when_it_goes_on() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM))
        await office.start()
        await begin(office, "first", ["00"] * 60, first=0, priority=5)
        await begin(office, "second", ["00"] * 60, first=100, priority=3)
        await office.until(START + 2 * MINUTE)
        assert await answered(office, "second") == []
        await change(office, runs.pause_run, "first")
        await office.until(START + 4 * MINUTE)
        at = (await agent(office, "agent1001")).seen
        assert at.campaign == "second"
        assert "before: first, which is paused" in at.why
        await change(office, runs.resume_run, "first")
        await office.until(START + 6 * MINUTE)
        assert (await agent(office, "agent1001")).seen.campaign == "first"
        assert await answered(office, "second")

    play(story)


@pytest.mark.parametrize("refresh_s", [2.0, 600.0])
def test_a_campaign_that_waits_for_its_retries_lends_its_agents_out_and_has_them_back_in_time(refresh_s: float) -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM))
        await office.start()
        keys = {"max_attempts": 2, "retry_after_min": 10}
        await begin(office, "rings", ["02"] * 4, first=0, priority=5, **keys)
        await begin(office, "other", ["00"] * 200, first=100, priority=3)
        await office.until(START + 1 * MINUTE)
        assert (await agent(office, "agent1001")).seen.campaign == "other"
        await office.until(START + 9 * MINUTE)
        events = await office.store.read(lambda unit: unit.agents.events("agent1001", limit=999))
        changes = sum(one.campaign != other.campaign for one, other in pairwise(events))
        assert changes <= 3, "an agent goes to and fro"
        await office.until(START + 15 * MINUTE)
        (run,) = await office.runs("rings")
        assert (run.attempts, run.done) == (8, 4)

    in_office(story, start=START, refresh_s=refresh_s)


def test_no_call_is_started_for_agents_that_are_about_to_leave() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM))
        await office.start()
        await begin(office, "low", ["07"] * 200, first=0, priority=1)  # each rings for six seconds, in vain
        await office.until(START + 1 * MINUTE)
        await begin(office, "high", ["00"] * 100, first=300, priority=5)
        await office.until(START + 3 * MINUTE)
        (low,) = await office.runs("low")
        rows = await office.store.read(lambda unit: list(unit.dialing.export(low.id)))
        assert max(row.attempt.claimed_at for row in rows) <= START + 1 * MINUTE
        assert await answered(office, "high")

    play(story)


def test_without_permission_an_agent_gets_no_campaign_calls() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM))

        def forbid(unit: Unit) -> None:
            unit.agents.put(
                "agent1001",
                endpoint="PJSIP/agent1001",
                kind=AgentKind.OUTBOUND,
                may_outbound=False,
                now=office.clock.now(),
            )

        await office.store.write(forbid)
        await office.start()
        await begin(office, "c", ["00"] * 4, first=0)
        await office.until(START + timedelta(minutes=10))
        assert [who for who, _ in await answered(office, "c")] == ["agent1002"] * 4
        assert (await agent(office, "agent1001")).seen.why == "idle: it has no permission for outbound voice campaigns"

    play(story)
