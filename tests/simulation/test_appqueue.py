"""Campaigns on a queue of Asterisk's own, on virtual time: how many calls its members get, and who finds none of them.

Not here: a single call (tests/domain/call/test_queued.py), the real queue (tests/asterisk/test_appqueue.py).
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from dialerd.domain.errors import BadInputError
from dialerd.domain.queue import read_queue
from dialerd.domain.words import RunId
from dialerd.ports import ExportRow
from dialerd.simulate.record import peak_calls
from dialerd.usecases import runs
from tests.simulation.callcenter import agent_campaign, attempts, poke
from tests.simulation.office import TRUNKS, Office, in_office
from tests.simulation.theirqueue import install
from tests.simulation.world import START

TEAM = ("ann", "bob", "cid")
DESK = {"name": "sales", "kind": "app_queue", "extension": "desk"}


async def begin(office: Office, endings: list[str], mode: str = "progressive", **keys: object) -> None:
    now, wrap_up_s = office.clock.now(), keys.pop("wrap_up_s", 0)
    desk = read_queue({**DESK, "wrap_up_s": wrap_up_s}, source="test")
    await office.store.write(lambda unit: unit.queues.put(desk, now))
    await office.add(endings)
    await office.start()
    await office.apply(agent_campaign(mode, **keys))
    await run(office, "c")


async def run(office: Office, name: str) -> None:
    now = office.clock.now()
    await office.store.write(lambda unit: runs.run_campaign(unit, name, trunks=TRUNKS, actor="test", now=now))
    poke(office)


async def dispositions(office: Office) -> dict[str, int]:
    rows = await attempts(office)
    return dict(Counter(str(row.attempt.disposition) for row in rows))


def held(office: Office) -> str:
    assert office.engine is not None
    (line,) = office.engine.runs.lines.values()
    return line.held_by


def at(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def test_progressive_dials_one_call_per_free_member_and_writes_who_had_it() -> None:
    async def story(office: Office) -> None:
        desk = install(office, talk_s=60.0)
        desk.staff(*TEAM)
        await begin(office, ["00", "02"] * 4)
        await office.until(START + at(1200))
        assert await dispositions(office) == {"answered_human": 4, "busy": 4}
        assert peak_calls(office.record) == len(TEAM)
        rows = [row.attempt for row in await attempts(office)]
        assert {row.id: row.agent for row in rows if row.agent} == dict(desk.taken)
        assert all(row.connected_at and row.ended_at for row in rows if row.agent)

    in_office(story, start=START)


def test_a_member_in_wrap_up_is_not_dialed_for() -> None:
    async def story(office: Office) -> None:
        desk = install(office, talk_s=20.0)
        desk.wrap_up_s = 30.0
        desk.staff("ann")
        await begin(office, ["00"] * 3, wrap_up_s=30)
        await office.until(START + at(400))
        rows = [row.attempt for row in await attempts(office)]
        assert [str(row.disposition) for row in rows] == ["answered_human"] * 3
        for before, after in pairwise(rows):
            assert before.ended_at is not None
            assert at(30) <= after.claimed_at - before.ended_at < at(31)

    in_office(story, start=START)


def test_power_dials_its_ratio_and_the_second_person_is_abandoned_after_the_patience() -> None:
    async def story(office: Office) -> None:
        desk = install(office, talk_s=60.0)
        desk.staff("ann")
        await begin(office, ["00", "00"], mode="power", ratio=2, amd=False)
        await office.until(START + at(200))
        assert peak_calls(office.record) == 2
        assert await dispositions(office) == {"answered_human": 1, "abandoned": 1}
        (lost,) = [row.attempt for row in await attempts(office) if row.attempt.disposition == "abandoned"]
        assert lost.answered_at is not None and lost.ended_at is not None
        assert at(2) <= lost.ended_at - lost.answered_at < at(2.5)
        assert desk.pulled == [lost.id]

    in_office(story, start=START)


def test_a_member_who_is_slow_to_pick_up_is_not_dialed_for_twice_meanwhile() -> None:
    async def story(office: Office) -> None:
        desk = install(office, picks_up_s=1.5, talk_s=30.0)
        desk.staff("ann")
        await begin(office, ["00"] * 2, mode="power", ratio=1, amd=False)
        await office.until(START + at(300))
        assert peak_calls(office.record) == 1
        assert await dispositions(office) == {"answered_human": 2}

    in_office(story, start=START)


def test_predictive_dials_ahead_for_members_and_stays_under_its_target() -> None:
    async def story(office: Office) -> None:
        desk = install(office, talk_s=90.0)
        desk.staff(*(f"m{n:02}" for n in range(6)))
        await begin(office, ["03", "06", "03"] * 40, mode="predictive")
        await office.until(START + timedelta(hours=2))
        ended = await dispositions(office)
        assert ended["answered_human"] + ended.get("abandoned", 0) == 40
        assert ended.get("abandoned", 0) <= 0.03 * 40 + 1
        assert peak_calls(office.record) > 6, "more calls than members"

    in_office(story, start=START)


@pytest.mark.parametrize("state", [{"paused": True}, {"status": 5}])
def test_nobody_is_dialed_while_no_member_is_at_work_and_it_is_said(state: dict[str, object]) -> None:
    async def story(office: Office) -> None:
        desk = install(office)
        desk.staff("ann", **state)
        await begin(office, ["00"])
        await office.until(START + at(60))
        assert office.record == []
        assert held(office) == "no member of queue desk is at work for it on Asterisk simulated"
        desk.staff("ann", status=1, paused=False)
        await office.until(START + at(200))
        assert len(office.record) == 1

    in_office(story, start=START)


def test_a_queue_that_asterisk_does_not_have_is_named() -> None:
    async def story(office: Office) -> None:
        desk = install(office)
        desk.queues = frozenset({"other"})
        await begin(office, ["00"])
        await office.until(START + at(10))
        assert office.record == []
        assert held(office) == "there is no queue desk in queues.conf of Asterisk simulated"

    in_office(story, start=START)


def test_nobody_is_dialed_while_ami_is_away_and_a_talk_goes_on() -> None:
    async def story(office: Office) -> None:
        desk = install(office, talk_s=60.0)
        desk.staff("ann")
        await begin(office, ["00"] * 2)
        await office.until(START + at(20))
        desk.lose()
        await office.until(START + at(300))
        assert await dispositions(office) == {"answered_human": 1}
        assert "cannot be seen: the connection was closed" in held(office)
        assert office.engine is not None
        desk.find(office.engine.queues)
        await office.until(START + at(600))
        assert await dispositions(office) == {"answered_human": 2}

    in_office(story, start=START)


def test_a_talk_is_led_on_by_the_next_daemon_and_nobody_is_pulled_out_of_it() -> None:
    async def story(office: Office) -> None:
        desk = install(office, talk_s=90.0)
        desk.staff("ann")
        await begin(office, ["00"])
        await office.until(START + at(20))
        await office.crash()
        await office.until(START + at(30))
        await office.start()
        await office.until(START + at(300))
        assert await dispositions(office) == {"answered_human": 1}
        assert desk.pulled == []

    in_office(story, start=START)


def test_somebody_else_who_waits_in_the_queue_takes_a_member_off() -> None:
    async def story(office: Office) -> None:
        desk = install(office, talk_s=30.0)
        desk.staff("ann", "bob")
        desk.stranger("1795261718.16")
        await begin(office, ["00"] * 4)
        await office.until(START + at(600))
        assert peak_calls(office.record) == 1

    in_office(story, start=START)


def test_of_two_campaigns_on_one_queue_that_of_the_higher_priority_has_its_members() -> None:
    async def story(office: Office) -> None:
        desk = install(office, talk_s=30.0)
        desk.staff("ann", "bob")
        await office.add(["00"] * 4, first=100, name="second")
        await begin(office, ["00"] * 4, priority=2)
        await office.apply(agent_campaign(name="d", lists=["second"], priority=5))
        await run(office, "d")
        await office.until(START + at(600))
        began = {
            name: [
                row.attempt.claimed_at for each in await office.runs(name) for row in await exported(office, each.id)
            ]
            for name in ("c", "d")
        }
        assert [len(each) for each in began.values()] == [4, 4]
        # the first campaign's two calls were under way when the second began
        assert max(began["d"]) < sorted(began["c"])[2]
        assert peak_calls(office.record) == 2

    in_office(story, start=START)


async def exported(office: Office, run_id: RunId) -> list[ExportRow]:
    return await office.store.read(lambda unit: list(unit.dialing.export(run_id)))


def test_a_record_cannot_be_shown_to_a_member() -> None:
    async def story(office: Office) -> None:
        install(office)
        with pytest.raises(BadInputError, match="Asterisk's own, whose members cannot be shown a record"):
            await begin(office, ["00"], mode="preview")

    in_office(story, start=START)


def test_without_ami_in_the_settings_it_is_said() -> None:
    async def story(office: Office) -> None:
        await begin(office, ["00"])
        await office.until(START + at(10))
        assert office.record == []
        assert "no [asterisk.ami] in the settings" in held(office)

    in_office(story, start=START)
