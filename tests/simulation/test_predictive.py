"""A predictive campaign on the real engine and virtual time.

Not here: the pacer by itself (domain/pacing), figures (scripts/bench pacing).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest

from dialerd.domain.pacing.predictive import ENOUGH_CALLS
from dialerd.domain.words import Disposition
from dialerd.ports import AttemptRow
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


async def begin(office: Office, mode: str, **keys: object) -> None:
    await staff(office, queue(TEAM))
    await office.add(ONE_IN_FOUR)
    await office.start()
    await office.apply(agent_campaign(mode, **keys))
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


@cache
def late_cancelled(**keys: float) -> tuple[list[AttemptRow], dict[str, list[str]]]:
    """The attempts that were hung up late, and every number's dispositions in turn."""
    cancelled: list[AttemptRow] = []
    by_number: dict[str, list[str]] = defaultdict(list)

    async def story(office: Office) -> None:
        await begin(office, "predictive", **keys)
        await office.until(START + timedelta(hours=3))
        for row in sorted(await attempts(office), key=lambda row: row.attempt.claimed_at):
            by_number[row.attempt.number].append(str(row.attempt.disposition))
            if row.attempt.disposition is Disposition.CANCELLED:
                cancelled.append(row.attempt)

    in_office(story, start=START, callees=Population(SeededDice(5), SLOW))
    return cancelled, by_number


def test_no_phone_is_hung_up_before_the_least_ring_and_the_attempt_says_why() -> None:
    for attempt in late_cancelled(late_cancel=True, max_attempts=2, retry_after_min=30, max_ring_s=30)[0]:
        assert attempt.ended_at is not None
        assert attempt.ended_at - attempt.claimed_at >= timedelta(seconds=15)
        assert attempt.reason == "nobody would have been free for an answer"


def test_a_phone_rings_its_full_time_at_a_contacts_last_attempt() -> None:
    cancelled, by_number = late_cancelled(late_cancel=True, max_attempts=2, retry_after_min=30, max_ring_s=30)
    assert cancelled
    assert {attempt.number for attempt in cancelled} == {n for n, ended in by_number.items() if ended[0] == "cancelled"}
    assert all(len(ended) == 2 and ended[1] != "cancelled" for ended in by_number.values() if "cancelled" in ended)


@pytest.mark.parametrize("keys", [{"max_attempts": 2}, {"late_cancel": True}], ids=["not allowed", "one attempt"])
def test_no_phone_is_hung_up_where_the_campaign_does_not_allow_it_or_has_one_attempt(keys: dict[str, bool]) -> None:
    assert late_cancelled(**keys)[0] == []


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


def test_a_daemon_that_was_killed_does_not_begin_again_with_one_call_per_agent() -> None:
    peaks: list[int] = []

    async def story(office: Office) -> None:
        await begin(office, "predictive")
        await office.until(START + timedelta(minutes=10))
        await office.crash()
        await office.until(START + timedelta(minutes=12))  # every call of before has ended meanwhile
        before = len(office.record)
        await office.start()
        await office.until(START + timedelta(minutes=12, seconds=12))
        peaks.append(peak_calls(office.record[before:]))
        told = await office.store.read(lambda unit: status.pacing(unit, "c"))
        assert told is not None
        assert told["estimates"]["calls_ended"] > ENOUGH_CALLS

    in_office(story, start=START)
    assert peaks[0] > len(TEAM) + 2
