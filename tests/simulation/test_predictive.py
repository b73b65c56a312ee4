"""A predictive campaign on the real engine and virtual time.

Not here: the pacer by itself (domain/pacing), figures (scripts/bench pacing).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from dialerd.simulate.callees import BY_ENDING, Behaviour, Population, Share
from dialerd.simulate.clock import SeededDice
from dialerd.simulate.record import peak_calls
from dialerd.usecases import runs, status
from tests.simulation.callcenter import agent_campaign, attempts, check_agents, poke, queue, staff
from tests.simulation.office import TRUNKS, Office, in_office
from tests.simulation.world import START

TEAM = [f"agent10{n:02}" for n in range(1, 7)]
ONE_IN_FOUR = ["03", "06", "03", "03"] * 75
"""A person who answers after 8 s and stays for some 47 s, three phones that nobody answers."""


SLOW = (
    Share(weight=0.4, behaviour=Behaviour(ring_s=4.0, leaves_s=60.0), ring_spread_s=15.0),
    Share(weight=0.6, behaviour=BY_ENDING["03"]),
)
"""Who answers takes 4 to 19 s to do so."""


async def begin(office: Office, mode: str) -> None:
    await staff(office, queue(TEAM))
    await office.add(ONE_IN_FOUR)
    await office.start()
    await office.apply(agent_campaign(mode))
    now = office.clock.now()
    await office.store.write(lambda unit: runs.run_campaign(unit, "c", trunks=TRUNKS, actor="test", now=now))
    poke(office)


def last_talk(mode: str) -> datetime:
    """When the last conversation of the campaign ended."""
    found: list[datetime] = []

    async def story(office: Office) -> None:
        await begin(office, mode)
        await office.until(START + timedelta(hours=2))
        found.extend(
            row.attempt.ended_at for row in await attempts(office) if row.attempt.ended_at and row.attempt.agent
        )
        await check_agents(office)

    in_office(story, start=START)
    return max(found)


def test_predictive_reaches_the_same_people_sooner_than_one_call_per_agent() -> None:
    assert last_talk("predictive") - START < 0.8 * (last_talk("progressive") - START)


def test_it_begins_one_to_one_opens_up_and_keeps_under_its_target() -> None:
    async def story(office: Office) -> None:
        await begin(office, "predictive")
        await office.until(START + timedelta(seconds=15))
        assert peak_calls(office.record) == len(TEAM)
        await office.until(START + timedelta(hours=2))
        assert peak_calls(office.record) >= len(TEAM) + 4
        ended = Counter(str(row.attempt.disposition) for row in await attempts(office))
        assert ended["answered_human"] + ended["abandoned"] >= 60
        assert ended["abandoned"] <= 0.03 * (ended["answered_human"] + ended["abandoned"])

    in_office(story, start=START)


def test_no_phone_is_hung_up_before_the_least_ring_and_the_attempt_says_why() -> None:
    async def story(office: Office) -> None:
        await begin(office, "predictive")
        await office.until(START + timedelta(hours=2))
        cancelled = [row.attempt for row in await attempts(office) if str(row.attempt.disposition) == "cancelled"]
        assert cancelled
        for attempt in cancelled:
            assert attempt.ended_at is not None
            assert attempt.ended_at - attempt.claimed_at >= timedelta(seconds=15)
            assert attempt.reason == "nobody would have been free for an answer"

    in_office(story, start=START, callees=Population(SeededDice(5), SLOW))


def test_status_tells_what_it_believes_and_what_binds_it() -> None:
    told: list[Mapping[str, Any] | None] = []

    async def story(office: Office) -> None:
        await begin(office, "predictive")
        await office.until(START + timedelta(minutes=8))
        told.append(await office.store.read(lambda unit: status.pacing(unit, "c")))

    in_office(story, start=START)
    (account,) = told
    assert account is not None
    assert account["estimates"]["answer_rate"] == pytest.approx(0.25, abs=0.1)
    assert account["estimates"]["ring_s"] == pytest.approx(8.0, abs=1.5)
    assert account["estimates"]["talk_s"] == pytest.approx(50.0, abs=10.0)
    assert account["meter"]["cap"] == 0.03
    assert account["decisions"]
    assert account["limit"]
