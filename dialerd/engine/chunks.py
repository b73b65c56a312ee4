"""Long work on a run in chunks, each as large as the ones before have shown that it may be.

Not here: what a chunk does (usecases/dialing.py), how its size is found (domain/chunk.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from dialerd.domain.chunk import FIRST, next_size
from dialerd.domain.words import RunId
from dialerd.ports import Clock, Store, Unit

T = TypeVar("T")


class Chunks:
    """The sizes, by run and kind of work. A chunk is timed within its transaction: to wait is no work."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._sizes: dict[tuple[RunId, str], int] = {}

    async def do(self, run_id: RunId, kind: str, job: Callable[[Unit, int], T], *, most: int) -> T:
        """Run the next chunk of `kind`: `job` is given how many rows it may look at. Raises what the job raises.

        What the cost of a row depends on is part of the kind: for another filter a size must be found anew.
        """
        size = self._sizes.get((run_id, kind), min(FIRST, most))

        def timed(unit: Unit) -> tuple[T, float]:
            began = self._clock.steady()
            return job(unit, size), self._clock.steady() - began

        result, took_s = await self._store.write(timed, patient=True)
        self._sizes[run_id, kind] = next_size(size, took_s, most=most)
        return result

    def forget(self, run_id: RunId) -> None:
        self._sizes = {key: size for key, size in self._sizes.items() if key[0] != run_id}
