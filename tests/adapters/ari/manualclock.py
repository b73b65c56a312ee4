"""A clock that a test moves: what sleeps wakes only when `advance` has come past its time.

Not here: aiohttp's own timers (heartbeat, request timeout), which are the event loop's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from dialerd.ports import Timer

_START = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)


class ManualClock:
    """Implements ports.Clock. `slept`: every delay asked for, in order."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._now_s = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []
        self._asked = asyncio.Event()

    def now(self) -> datetime:
        return _START + timedelta(seconds=self._now_s)

    def steady(self) -> float:
        return self._now_s

    def call_later(self, delay_s: float, action: Callable[[], None]) -> Timer:
        raise NotImplementedError("the ARI adapter sets no timers")

    async def sleep(self, delay_s: float) -> None:
        waker = asyncio.get_running_loop().create_future()
        self.slept.append(delay_s)
        self._sleepers.append((self._now_s + delay_s, waker))
        self._asked.set()
        await waker

    def advance(self, by_s: float) -> None:
        self._now_s += by_s
        due = [waker for at_s, waker in self._sleepers if at_s <= self._now_s]
        self._sleepers = [(at_s, waker) for at_s, waker in self._sleepers if at_s > self._now_s]
        for waker in due:
            if not waker.done():  # cancelled with whoever slept
                waker.set_result(None)

    async def until_asked(self, times: int, *, delay_s: float | None = None) -> None:
        """Wait until something has asked `times` times, in all, to sleep (for `delay_s`)."""
        async with asyncio.timeout(10):
            while sum(delay_s is None or asked == delay_s for asked in self.slept) < times:
                self._asked.clear()
                await self._asked.wait()
