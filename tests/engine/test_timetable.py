"""The timetable as the store sees it: what goes wrong at the moment of a start costs no start."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.contact import Contact
from dialerd.domain.errors import StoreError
from dialerd.domain.phone import PhoneNumber
from dialerd.engine.timetable import Timetable
from dialerd.ports import OccurrenceRow, RunRow, Unit
from dialerd.simulate.clock import VirtualClock, run_virtual
from dialerd.usecases import campaigns
from tests.numbers import number
from tests.simulation.office import TRUNKS
from tests.simulation.world import START, campaign

T = TypeVar("T")

NINE = START + timedelta(hours=1)
SCHEDULE = {"start": f"{NINE:%Y-%m-%dT%H:%M}", "timezone": "UTC"}


class Beside:
    """A store to which something happens before its next write, or whose reads are held up from some on."""

    def __init__(self, store: SqliteStore) -> None:
        self.store = store
        self.before_write: Callable[[Unit], object] | None = None
        self.reads = 0
        self.held_from = 1_000_000
        self.release = asyncio.Event()

    async def write(self, job: Callable[[Unit], T], *, patient: bool = False) -> T:
        before, self.before_write = self.before_write, None
        if before is not None:
            await self.store.write(before)
        return await self.store.write(job)

    async def read(self, job: Callable[[Unit], T]) -> T:
        self.reads += 1
        if self.reads >= self.held_from:
            await self.release.wait()
        return await self.store.read(job)

    def post(self, job: Callable[[Unit], object]) -> None:
        self.store.post(job)

    async def close(self) -> None:
        await self.store.close()

    async def latest(self, name: str = "c") -> RunRow | None:
        def job(unit: Unit) -> RunRow | None:
            row = unit.campaigns.get(name)
            assert row is not None
            return unit.runs.latest(row.id)

        return await self.store.read(job)

    async def occurrence(self) -> OccurrenceRow | None:
        def job(unit: Unit) -> OccurrenceRow | None:
            row = unit.campaigns.get("c")
            assert row is not None
            return unit.occurrences.get(row.id, NINE)

        return await self.store.read(job)


def with_timetable(story: Callable[[Beside, Timetable, VirtualClock], Awaitable[None]]) -> None:
    def set_up(unit: Unit) -> None:
        made = unit.lists.create("l", "US", START)
        unit.contacts.add(made.id, [Contact(numbers=(PhoneNumber(e164=number(1, "02"), zones=()),))], START)
        spec = campaign(schedule=SCHEDULE)
        campaigns.apply_campaign(unit, spec, trunks=TRUNKS, actor="test", now=START)

    async def main() -> None:
        clock, store = VirtualClock(START), Beside(SqliteStore.in_memory())
        await store.write(set_up)
        await story(store, Timetable(store, clock, lambda: None), clock)
        await store.close()

    run_virtual(main())


async def to(clock: VirtualClock, moment: datetime) -> None:
    await clock.sleep((moment - clock.now()).total_seconds())


def test_a_start_that_the_database_refused_is_made_when_it_works_again() -> None:
    async def story(store: Beside, timetable: Timetable, clock: VirtualClock) -> None:
        def full_disk(_unit: Unit) -> None:
            raise StoreError("the disk is full")

        await timetable.refresh()
        await to(clock, NINE)
        store.before_write = full_disk
        try:
            await timetable.refresh()
        except StoreError:
            pass
        else:
            raise AssertionError("the engine is told, and looks again")
        await clock.sleep(2)
        await timetable.refresh()
        run = await store.latest()
        assert run is not None
        assert run.created_at == NINE + timedelta(seconds=2)

    with_timetable(story)


def test_a_campaign_that_is_renamed_at_the_moment_of_its_start_starts_under_its_new_name() -> None:
    async def story(store: Beside, timetable: Timetable, clock: VirtualClock) -> None:
        await timetable.refresh()
        await to(clock, NINE)
        store.before_write = lambda unit: campaigns.rename_campaign(unit, "c", "d", actor="test", now=NINE)
        await timetable.refresh()
        assert await store.latest("d") is None
        await timetable.refresh()
        assert await store.latest("d") is not None

    with_timetable(story)


def test_a_start_that_comes_while_the_timetable_looks_is_due_at_once() -> None:
    async def story(store: Beside, timetable: Timetable, clock: VirtualClock) -> None:
        await timetable.refresh()
        await to(clock, NINE - timedelta(minutes=1))
        store.reads, store.held_from = 0, 2  # the second: what is to be scrubbed, after what is due
        clock.call_later(61, store.release.set)
        assert await timetable.refresh() == NINE

    with_timetable(story)


def test_a_long_scrub_before_a_start_holds_nothing_else_up() -> None:
    async def story(store: Beside, timetable: Timetable, clock: VirtualClock) -> None:
        await to(clock, NINE - timedelta(minutes=15))
        store.held_from = 3  # which campaigns, what is to be scrubbed, and then the scrub itself
        await timetable.refresh()
        await clock.sleep(1)
        store.held_from = 4 + 2 * 5
        for _ in range(5):
            await timetable.refresh()
        assert await store.occurrence() is None
        store.release.set()
        await clock.sleep(1)
        known = await store.occurrence()
        assert known is not None
        assert known.scrubbed_at == NINE - timedelta(minutes=15)

    with_timetable(story)
