"""What a process takes with it when it is killed: its timers, what it was about to write, and whatever it has asked.

Not here: what it leaves behind, the database and the exchange (office.py).
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar, cast

from dialerd.ports import Clock, Exchange, Store, Timer, Unit

T = TypeVar("T")


class Mortal:
    """Implements ports.Clock and ports.Store for one life of an engine."""

    def __init__(self, clock: Clock, store: Store) -> None:
        self._clock = clock
        self._store = store
        self._is_alive = True
        self._writes_left: int | None = None
        self._writes_the_last = True
        self._on_death: Callable[[], None] = lambda: None

    def kill(self) -> None:
        self._is_alive = False

    def doom(self, writes: int, *, is_written: bool, on_death: Callable[[], None]) -> None:
        """Die so many writes from now, just after the last one (`is_written`) or just before it."""
        self._writes_left, self._writes_the_last, self._on_death = writes, is_written, on_death

    def hears(self, exchange: Exchange) -> Exchange:
        """The exchange as this life has it: what was asked is done there, and no answer comes to the dead."""
        return cast(Exchange, _Heard(exchange, self._live))

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
        if not self._dies():
            return await self._store.write(job)
        if self._writes_the_last:
            await self._store.write(job)
        await asyncio.Event().wait()
        raise AssertionError("the dead hear nothing")

    async def read(self, job: Callable[[Unit], T]) -> T:
        await self._live()
        return await self._store.read(job)

    def post(self, job: Callable[[Unit], object]) -> None:
        if self._is_alive and (not self._dies() or self._writes_the_last):
            self._store.post(job)

    def _dies(self) -> bool:
        """Whether this write is the last thing that it does."""
        if self._writes_left is None:
            return False
        self._writes_left -= 1
        if self._writes_left > 0:
            return False
        self._writes_left, self._is_alive = None, False
        self._on_death()
        return True

    async def close(self) -> None:
        """The store is the office's."""

    async def _live(self) -> None:
        if not self._is_alive:
            await asyncio.Event().wait()


class _Heard:
    """Implements ports.Exchange by another one of it."""

    def __init__(self, exchange: Exchange, live: Callable[[], Awaitable[None]]) -> None:
        self._exchange = exchange
        self._live = live

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self._exchange, name)
        if not inspect.iscoroutinefunction(asked):
            return asked

        async def ask(*args: Any, **keys: Any) -> Any:
            await self._live()
            try:
                answer = await asked(*args, **keys)
            except Exception:  # whatever it is: a process that has died meanwhile hears of no failure either
                await self._live()
                raise
            await self._live()
            return answer

        return ask
