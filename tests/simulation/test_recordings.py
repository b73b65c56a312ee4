"""Calls are recorded as the campaign or an agent asks, and the rows say so, through a crash of the daemon too.

Not here: when a call may be recorded (tests/domain/call/test_consent.py), what an exchange records (tests/contracts).
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from dialerd.domain.errors import IllegalActionError, NotFoundError
from dialerd.ports import ListedRecording
from dialerd.usecases import recordings
from tests.simulation.callcenter import attempts, poke, queue, staff
from tests.simulation.office import Office, in_office
from tests.simulation.test_agents import ANN, TEAM, at, start
from tests.simulation.world import START


async def listed(office: Office) -> Sequence[ListedRecording]:
    """The first one first."""
    found = await office.store.read(
        lambda unit: unit.recordings.listed(campaign="c", attempt_id=None, since=None, limit=100)
    )
    return list(reversed(found))


async def switch(office: Office, wanted: bool) -> None:
    now = office.clock.now()
    await office.store.write(lambda unit: recordings.record_agent(unit, ANN, wanted=wanted, actor="test", now=now))
    poke(office)


def test_a_campaign_records_the_calls_that_agents_take_and_no_others() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM[:2]))
        await start(office, ["00", "00", "01", "02"], record=True, amd=True)
        await office.until(at(300))
        rows = await listed(office)
        assert [row.number[-2:] for row in rows] == ["00", "00"]
        assert {row.recording.asked_by for row in rows} == {"campaign"}
        assert {row.agent for row in rows} == set(TEAM[:2])
        for row in rows:
            assert row.recording.trouble == ""
            assert row.recording.ended_at is not None
            lasted_s = (row.recording.ended_at - row.recording.started_at).total_seconds()
            assert row.recording.duration_s == pytest.approx(lasted_s, abs=1.1)
        names = {row.attempt.number: row.recording for row in await attempts(office)}
        assert [names[row.number] for row in rows] == [row.recording.name for row in rows]
        assert sorted(names.values())[:2] == ["", ""]

    in_office(story, start=START)


def test_an_agent_begins_and_ends_recordings_of_the_call_it_has() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM[:1]))
        await start(office, ["00"], amd=True)
        with pytest.raises(IllegalActionError, match="not in a call"):
            await switch(office, True)
        with pytest.raises(NotFoundError):
            await office.store.write(
                lambda unit: recordings.record_agent(unit, "nobody", wanted=True, actor="test", now=START)
            )
        await office.until(at(10))
        assert await listed(office) == []
        for wanted, moment in ((True, 15), (True, 16), (False, 20), (False, 21), (True, 25)):
            await switch(office, wanted)
            await office.until(at(moment))
        await office.until(at(120))
        rows = await listed(office)
        assert [row.recording.asked_by for row in rows] == [f"agent {ANN}"] * 2
        assert [row.recording.duration_s for row in rows] == [pytest.approx(6, abs=1), pytest.approx(27, abs=2)]

    in_office(story, start=START)


def test_a_recording_outlives_the_daemon_and_is_ended_by_the_next_one() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM[:1]))
        await start(office, ["00"], amd=True, record=True)
        await office.until(at(10))
        await office.crash()
        await office.until(at(12))
        await office.start()
        await office.until(at(20))
        (row,) = await listed(office)
        assert row.recording.ended_at is None, "it goes on"
        await switch(office, False)
        await office.until(at(22))
        (row,) = await listed(office)
        assert row.recording.ended_at is not None
        assert row.recording.duration_s is not None

    in_office(story, start=START)


def test_a_recording_whose_end_nobody_saw_ends_with_its_call() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM[:1]))
        await start(office, ["00"], amd=True, record=True)
        await office.until(at(10))
        await office.crash()
        await office.until(at(100))  # the person hangs up meanwhile
        await office.start()
        await office.until(at(130))
        (row,) = await listed(office)
        assert row.recording.ended_at is not None
        assert row.recording.duration_s is None

    in_office(story, start=START)


def test_who_could_not_be_told_is_not_recorded() -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM[:1]))
        await start(office, ["00"], amd=True, record=True, consent="told")
        await office.until(at(10))
        assert len(await listed(office)) == 1
        assert office.record[0].heard == ("told",)

    in_office(story, start=START)


@pytest.mark.parametrize("crashes", [False, True])
def test_what_an_agent_has_ended_the_campaign_does_not_begin_again(crashes: bool) -> None:
    async def story(office: Office) -> None:
        await staff(office, queue(TEAM[:1]))
        await start(office, ["00"], amd=True, record=True)
        await office.until(at(10))
        await switch(office, False)
        await office.until(at(12))
        if crashes:
            await office.crash()
            await office.until(at(14))
            await office.start()
        await office.until(at(20))
        (row,) = await listed(office)
        assert row.recording.ended_at is not None
        await switch(office, True)
        await office.until(at(22))
        assert [row.recording.ended_at for row in await listed(office)][1:] == [None]

    in_office(story, start=START)
