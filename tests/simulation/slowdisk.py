"""A store whose disk is slow to read, or refuses to be written for a while.

Not here: a disk that fails as SQLite's does (tests/faults/machine.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from dialerd.domain.errors import StoreError
from dialerd.ports import Clock, Store, Unit

T = TypeVar("T")


class SlowDisk:
    """Implements ports.Store. `read_s`: how long each read takes. `is_full`: nothing can be written; `refuses`: nor can
    it so many times more."""

    def __init__(self, clock: Clock, store: Store, *, read_s: float = 0.0) -> None:
        self._clock = clock
        self._store = store
        self.read_s = read_s
        self.is_full = False
        self.refuses = 0

    async def write(self, job: Callable[[Unit], T], *, patient: bool = False) -> T:
        if self.is_full or self.refuses:
            self.refuses = max(0, self.refuses - 1)
            raise StoreError("the disk is full", may_pass=True)
        return await self._store.write(job, patient=patient)

    async def read(self, job: Callable[[Unit], T]) -> T:
        if self.read_s:
            await self._clock.sleep(self.read_s)
        return await self._store.read(job)

    def post(self, job: Callable[[Unit], object]) -> None:
        if not self.is_full:
            self._store.post(job)

    async def close(self) -> None:
        await self._store.close()
