"""What a process takes with it when it is killed: its timers, and whatever it was about to write.

Not here: what it leaves behind, the database and the exchange (office.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from dialerd.adapters.sqlite import SqliteStore
from dialerd.ports import Timer, Unit
from dialerd.simulate.clock import VirtualClock

T = TypeVar("T")


class Mortal:
    """Implements ports.Clock and ports.Store for one life of an engine."""

    def __init__(self, clock: VirtualClock, store: SqliteStore) -> None:
        self._clock = clock
        self._store = store
        self._is_alive = True

    def kill(self) -> None:
        self._is_alive = False

    def now(self) -> datetime:
        return self._clock.now()

    def steady(self) -> float:
        return self._clock.steady()

    async def sleep(self, delay_s: float) -> None:
        await self._clock.sleep(delay_s)
        await self._live()

    def call_later(self, delay_s: float, action: Callable[[], None]) -> Timer:
        return self._clock.call_later(delay_s, lambda: action() if self._is_alive else None)

    async def write(self, job: Callable[[Unit], T], *, patient: bool = False) -> T:
        await self._live()
        return await self._store.write(job)

    async def read(self, job: Callable[[Unit], T]) -> T:
        await self._live()
        return await self._store.read(job)

    def post(self, job: Callable[[Unit], object]) -> None:
        if self._is_alive:
            self._store.post(job)

    async def close(self) -> None:
        """The store is the office's."""

    async def _live(self) -> None:
        if not self._is_alive:
            await asyncio.Event().wait()
