"""Campaigns that start by themselves: the whole engine on virtual time, over clock changes and crashes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dialerd.domain.errors import IllegalActionError
from dialerd.domain.words import RunState
from dialerd.engine.engine import REFRESH_S
from dialerd.usecases import runs
from tests.simulation.office import DAY, HOUR, TRUNKS, Office, in_office
from tests.simulation.world import campaign

NEW_YORK = ZoneInfo("America/New_York")
OCTOBER = datetime(2026, 10, 18, 12, 0, tzinfo=UTC)  # a Sunday; clocks go back on 1 November
MONDAYS = {
    "start": "2026-10-19T09:00",
    "end": "2026-11-30T18:00",
    "every": "1 week",
    "on": ["mon"],
    "timezone": "America/New_York",
}


def scheduled(**changes: Any) -> Any:
    return campaign(schedule=MONDAYS | changes)


def local(moment: datetime) -> str:
    return f"{moment.astimezone(NEW_YORK):%Y-%m-%d %H:%M}"


def test_a_weekly_campaign_makes_a_fresh_run_each_week_across_a_clock_change() -> None:
    async def story(office: Office) -> None:
        await office.add(["02"] * 5)
        await office.start()
        await office.apply(scheduled())
        await office.until(OCTOBER + 22 * DAY)
        found = await office.runs()
        assert [local(run.created_at) for run in found] == [
            "2026-10-19 09:00",
            "2026-10-26 09:00",
            "2026-11-02 09:00",
        ]
        assert {(run.state, run.done) for run in found} == {(RunState.COMPLETED, 5)}
        assert len(office.record) == 15

    in_office(story, start=OCTOBER)


@pytest.mark.parametrize("back_after", [timedelta(seconds=1), HOUR, 8 * HOUR + timedelta(minutes=59)])
def test_an_occurrence_missed_by_a_daemon_that_was_down_is_started_once_while_its_end_has_not_passed(
    back_after: timedelta,
) -> None:
    async def story(office: Office) -> None:
        await office.add(["02"])
        await office.apply(scheduled())
        nine = datetime(2026, 10, 19, 13, 0, tzinfo=UTC)
        await office.until(nine + back_after)
        for _ in range(3):  # and however often it is started
            await office.start()
            await office.clock.sleep(5)
            await office.crash()
        (run,) = await office.runs()
        assert run.created_at == nine + back_after

    in_office(story, start=OCTOBER)


def test_an_occurrence_whose_end_has_passed_is_not_made_up_for() -> None:
    async def story(office: Office) -> None:
        await office.add(["02"])
        await office.apply(scheduled())
        await office.until(datetime(2026, 10, 19, 22, 0, tzinfo=UTC))  # 18:00 in New York
        await office.start()
        await office.clock.sleep(60)
        assert await office.runs() == []

    in_office(story, start=OCTOBER)


def test_a_schedule_given_after_its_start_waits_for_the_next_one() -> None:
    async def story(office: Office) -> None:
        await office.add(["02"])
        await office.start()
        await office.until(datetime(2026, 10, 19, 15, 0, tzinfo=UTC))
        await office.apply(scheduled())
        await office.clock.sleep(60)
        assert await office.runs() == []
        await office.until(datetime(2026, 10, 26, 13, 0, 5, tzinfo=UTC))
        assert len(await office.runs()) == 1

    in_office(story, start=OCTOBER)


def test_the_end_of_an_occurrence_ends_its_run_and_places_no_call_after_it() -> None:
    async def story(office: Office) -> None:
        await office.add(["40"] * 20)
        await office.start()
        await office.apply(
            campaign(schedule=MONDAYS | {"end": "2026-10-19T09:01", "every": None, "on": []}, max_calls=1)
        )
        end = datetime(2026, 10, 19, 13, 1, tzinfo=UTC)
        await office.until(end + HOUR)
        (run,) = await office.runs()
        assert (run.state, run.reason) == (RunState.COMPLETED, "the end of its schedule has come")
        assert max(call.invited_at for call in office.record) < end
        assert 1 < len(office.record) < 20

    in_office(story, start=OCTOBER)


@pytest.mark.parametrize("precedence", [True, False])
def test_with_precedence_the_schedule_goes_before_the_contact_hours(precedence: bool) -> None:
    async def story(office: Office) -> None:
        await office.add(["02"])
        await office.start()
        night = {"start": "2026-10-19T20:00", "end": "2026-10-19T21:00", "timezone": "America/New_York"}
        hours = {"timezone": "contact", "mon-sun": "09:00-18:00"}
        await office.apply(campaign(schedule=night | {"precedence": precedence}, hours=hours))
        await office.until(datetime(2026, 10, 21, 0, 0, tzinfo=UTC))
        assert len(office.record) == (1 if precedence else 0)

    in_office(story, start=OCTOBER)


def test_an_occurrence_that_comes_while_the_run_before_it_goes_on_is_skipped_and_written_down() -> None:
    async def story(office: Office) -> None:
        await office.add(["16"])
        await office.start()
        daily = {"start": "2026-10-19T09:00", "every": "1 day", "timezone": "UTC"}
        await office.apply(campaign(schedule=daily, max_attempts=2, retry_after_min=36 * 60))
        await office.until(datetime(2026, 10, 20, 9, 1, tzinfo=UTC))
        (run,) = await office.runs()
        assert run.state is RunState.ACTIVE
        row = await office.store.read(lambda unit: unit.campaigns.get("c"))
        assert row is not None
        known = await office.store.read(
            lambda unit: unit.occurrences.get(row.id, datetime(2026, 10, 20, 9, 0, tzinfo=UTC))
        )
        assert known is not None
        assert (known.outcome, known.reason) == ("skipped", "run 1 is still active")

    in_office(story, start=OCTOBER)


def test_the_lists_are_scrubbed_a_quarter_of_an_hour_before_the_start_and_once() -> None:
    async def story(office: Office) -> None:
        await office.add(["02"] * 3)
        await office.start()
        await office.apply(scheduled())
        nine = datetime(2026, 10, 19, 13, 0, tzinfo=UTC)

        async def scrubbed() -> datetime | None:
            row = await office.store.read(lambda unit: unit.campaigns.get("c"))
            assert row is not None
            known = await office.store.read(lambda unit: unit.occurrences.get(row.id, nine))
            return known.scrubbed_at if known else None

        await office.until(nine - timedelta(minutes=15, seconds=1))
        assert await scrubbed() is None
        await office.until(nine - timedelta(minutes=5))
        assert await scrubbed() == nine - timedelta(minutes=15)

    in_office(story, start=OCTOBER)


def test_a_scheduled_campaign_is_not_run_by_hand_and_says_when_it_starts() -> None:
    async def story(office: Office) -> None:
        await office.add(["02"])
        await office.apply(scheduled())
        with pytest.raises(IllegalActionError, match="starts by itself at 2026-10-19T13:00"):
            await office.store.write(
                lambda unit: runs.run_campaign(unit, "c", trunks=TRUNKS, actor="test", now=office.clock.now())
            )

    in_office(story, start=OCTOBER)


def test_a_schedule_that_is_taken_off_starts_nothing_more() -> None:
    async def story(office: Office) -> None:
        await office.add(["02"])
        await office.start()
        await office.apply(scheduled())
        await office.until(OCTOBER + 2 * DAY)
        await office.apply(campaign())
        await office.until(OCTOBER + 20 * DAY)
        assert len(await office.runs()) == 1

    in_office(story, start=OCTOBER)


def test_an_infinite_campaign_calls_a_contact_that_was_added_within_five_seconds() -> None:
    async def story(office: Office) -> None:
        await office.add(["02"])
        await office.apply(campaign(finite=False))
        await office.start()
        await office.store.write(
            lambda unit: runs.run_campaign(unit, "c", trunks=TRUNKS, actor="test", now=office.clock.now())
        )
        await office.clock.sleep(600)
        assert len(office.record) == 1
        await office.add(["02"] * 3, first=10)  # by another process, and without a poke
        added_at = office.clock.now()
        await office.clock.sleep(60)
        assert len(office.record) == 4
        assert all(call.invited_at - added_at <= timedelta(seconds=5) for call in office.record[1:])

    in_office(story, start=OCTOBER, refresh_s=REFRESH_S)


def test_a_linked_campaign_follows_within_five_seconds() -> None:
    async def story(office: Office) -> None:
        await office.add(["02"])
        await office.add(["00"], first=50, name="m")
        await office.apply(campaign(name="after", lists=["m"]))
        await office.apply(campaign(then="after"))
        await office.start()
        await office.store.write(
            lambda unit: runs.run_campaign(unit, "c", trunks=TRUNKS, actor="test", now=office.clock.now())
        )
        await office.clock.sleep(120)
        (first,), (second,) = await office.runs("c"), await office.runs("after")
        assert first.finished_at == second.created_at
        assert second.state is RunState.COMPLETED

    in_office(story, start=OCTOBER, refresh_s=REFRESH_S)
