"""Long work on a run goes in chunks that fit what a row costs, timed within the transaction."""

from __future__ import annotations

from typing import Any

from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.chunk import FIRST
from dialerd.domain.words import RunId
from dialerd.engine.chunks import Chunks
from dialerd.ports import Unit
from dialerd.simulate.clock import VirtualClock, run_virtual
from tests.simulation.world import START

DEAR_S = 1 / 1024  # per row: twenty in a chunk's time


class WorkClock(VirtualClock):
    """Virtual time that also passes while a job works."""

    worked_s = 0.0

    def steady(self) -> float:
        return super().steady() + self.worked_s


def sizes_of(row_s: list[float], *, wait_s: float = 0.0, kinds: tuple[str, ...] = ("scrub",)) -> list[int]:
    """The sizes that chunks of rows as dear as that get, one after the other."""
    given: list[int] = []

    async def main() -> None:
        clock, store = WorkClock(START), SqliteStore.in_memory()
        chunks = Chunks(store, clock)

        def job(unit: Unit, size: int) -> None:
            given.append(size)
            clock.worked_s += size * row_s[len(given) - 1]

        async def late(write: Any, *, patient: bool) -> Any:
            assert patient, "calls go before it"
            clock.worked_s += wait_s  # another process writes
            return await SqliteStore.write(store, write, patient=patient)

        store.write = late  # type: ignore[method-assign,assignment]
        for n in range(len(row_s)):
            await chunks.do(RunId(1), kinds[n % len(kinds)], job, most=2000)
        chunks.forget(RunId(1))
        row_s.append(0.0)
        await chunks.do(RunId(1), kinds[0], job, most=2000)
        await store.close()

    run_virtual(main())
    return given


def test_chunks_grow_while_rows_are_cheap_shrink_when_they_become_dear_and_a_new_run_begins_afresh() -> None:
    assert sizes_of([1e-6] * 4 + [DEAR_S] * 3) == [50, 100, 200, 400, 800, 20, 20, FIRST]


def test_waiting_for_another_process_makes_no_chunk_smaller() -> None:
    assert sizes_of([1e-6] * 3, wait_s=0.4) == [50, 100, 200, FIRST]


def test_each_kind_of_work_has_a_size_of_its_own() -> None:
    assert sizes_of([DEAR_S, 1e-6] * 2, kinds=("scrub", "take in")) == [50, 50, 20, 100, FIRST]
