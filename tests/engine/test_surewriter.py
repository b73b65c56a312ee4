"""What must not be forgotten is written once, however often the disk refuses, counts until then, and is told of."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog

from dialerd.adapters.sqlite import SqliteStore
from dialerd.engine.surewriter import SureWriter
from dialerd.ports import Unit
from dialerd.simulate.clock import VirtualClock, run_virtual
from tests.simulation.slowdisk import SlowDisk

START = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


def test_it_is_written_once_the_disk_takes_it_and_waits_are_counted() -> None:
    done: list[str] = []

    def job(unit: Unit) -> str:
        return unit.lists.create(f"l{len(done)}", "US", START).name

    async def main() -> None:
        clock = VirtualClock(START)
        disk = SlowDisk(clock, SqliteStore.in_memory())
        sure = SureWriter(disk, clock, on_empty=lambda: done.append("empty"))
        disk.is_full = True
        sure.take("a list", job, done.append, list="l")
        assert not sure.is_empty, "it counts before its task has run"
        await clock.sleep(150)
        assert not sure.is_empty
        assert done == []
        disk.is_full = False
        await clock.sleep(2)
        assert sure.is_empty
        assert done == ["l0", "empty"]
        assert await sure.write("another", job) == "l2"
        await disk.close()

    with structlog.testing.capture_logs() as lines:
        run_virtual(main())
    told = [(line["action"], line["tries"], line["list"]) for line in lines]
    assert told == [("write_refused", 1, "l"), ("write_refused", 61, "l"), ("write_refused", 121, "l")]


def test_a_job_that_fails_by_itself_holds_up_nothing_that_waits_for_it() -> None:
    went_on: list[str] = []

    def broken(_: Unit) -> str:
        raise ZeroDivisionError("a defect")

    async def main() -> None:
        clock = VirtualClock(START)
        store = SqliteStore.in_memory()
        sure = SureWriter(store, clock, on_empty=lambda: None)
        sure.take("an opt-out", broken, went_on.append, in_vain=lambda: went_on.append("in vain"), attempt_id="d1")
        await clock.sleep(5)
        assert went_on == ["in vain"]
        assert sure.is_empty
        await store.close()

    with structlog.testing.capture_logs() as lines:
        run_virtual(main())
    assert [line["action"] for line in lines] == ["task_crashed"]
