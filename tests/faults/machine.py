"""The machine that a daemon runs on in a fault run: a clock that can be set wrong and a disk that can be full.

Not here: what dies with a daemon (life.py), when any of it happens (happenings.py).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from dialerd.adapters.sqlite.connection import BUSY_S
from dialerd.adapters.sqlite.writer import InlineWriter
from dialerd.domain.errors import StoreError
from dialerd.ports import Dice, Timer, Unit
from dialerd.simulate.clock import VirtualClock

T = TypeVar("T")
Job = Callable[[Unit], Any]

_AGAIN_S = 1.0


class Wall:
    """Implements ports.Clock: true time, but for what the machine takes it for."""

    def __init__(self, true: VirtualClock) -> None:
        self._true = true
        self._wrong_by = timedelta()

    def jump(self, by_s: float) -> None:
        self._wrong_by += timedelta(seconds=by_s)

    def put_right(self) -> None:
        self._wrong_by = timedelta()

    def now(self) -> datetime:
        return self._true.now() + self._wrong_by

    def steady(self) -> float:
        return self._true.steady()

    async def sleep(self, delay_s: float) -> None:
        await self._true.sleep(delay_s)

    def call_later(self, delay_s: float, action: Callable[[], None]) -> Timer:
        return self._true.call_later(delay_s, action)


class Witness(Protocol):
    """A process that writes: whether it still does, and that it has."""

    def begins(self) -> bool: ...
    def done(self) -> None: ...


class Outliving:
    """Implements Witness: the people at the console, who survive everything."""

    def begins(self) -> bool:
        return True

    def done(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Item:
    job: Job
    future: asyncio.Future[Any] | None
    witness: Witness


class Disk:
    """Implements ports.Store on a database in memory, written as the daemon's own is: in order, those of one moment
    together, and `commit_s` after they were asked for.

    `full`, `locked` and `unreadable` say until when (steady seconds).
    """

    def __init__(self, clock: VirtualClock, dice: Dice, connection: sqlite3.Connection, *, commit_s: float) -> None:
        self._clock = clock
        self._dice = dice
        self._writer = InlineWriter(connection)
        self._commit_s = commit_s
        self._queue: deque[_Item] = deque()
        self._gives_up_at: float | None = None
        self._timer: Timer | None = None
        self._pumps_at = 0.0
        self.full = self.locked = self.unreadable = 0.0
        self.crashes: list[str] = []

    def put_right(self) -> None:
        self.full = self.locked = self.unreadable = 0.0

    async def write(self, job: Callable[[Unit], T], *, patient: bool = False) -> T:
        return await self.commit(job, Outliving())

    async def commit(self, job: Callable[[Unit], T], witness: Witness) -> T:
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._put(_Item(job, future, witness))
        return await asyncio.shield(future)

    def post(self, job: Job) -> None:
        self.note(job, Outliving())

    def note(self, job: Job, witness: Witness) -> None:
        self._put(_Item(job, None, witness))

    async def read(self, job: Callable[[Unit], T]) -> T:
        if self._clock.steady() < self.unreadable:
            raise StoreError("the database in memory: disk I/O error", hint="see the log of the daemon")
        return self._writer.look(job)

    async def close(self) -> None:
        await self._writer.close()

    def _put(self, item: _Item) -> None:
        self._queue.append(item)
        if self._commit_s or self._clock.steady() < self.locked:
            self._pump_after(self._commit_s * 2 * self._dice.draw())
        else:
            self._pump()

    def _pump_after(self, delay_s: float) -> None:
        """Unless it is to be sooner."""
        at = self._clock.steady() + delay_s
        if self._timer is None or at < self._pumps_at:
            if self._timer is not None:
                self._timer.cancel()
            self._pumps_at, self._timer = at, self._clock.call_later(delay_s, self._pump)

    def _pump(self) -> None:
        """Commit what has queued up, once nobody else has the database; what was noted in vain is tried again."""
        now, self._timer = self._clock.steady(), None
        if now < self.locked:
            self._gives_up_at = self._gives_up_at or now + BUSY_S
            if now < self._gives_up_at:
                self._pump_after(min(self.locked, self._gives_up_at) - now)
                return
        is_locked, self._gives_up_at = now < self.locked, None
        items, self._queue = self._queue, deque()
        for item in items:
            if item.witness.begins():
                if not self._commit(item, is_locked=is_locked):
                    self._queue.append(item)
                item.witness.done()
        if self._queue:
            self._pump_after(_AGAIN_S)

    def _commit(self, item: _Item, *, is_locked: bool) -> bool:
        """False: it is to be tried again, as the writer of the daemon does with what nobody waits for."""
        try:
            result = self._writer.run(_locked if is_locked else self._or_full(item.job))
        except Exception as error:  # noqa: BLE001  # told to who asked
            if item.future is None and isinstance(error, StoreError):
                return False
            if item.future is None:
                self.crashes.append(f"what was noted failed: {error!r}")
            elif not item.future.done():
                item.future.set_exception(error)
        else:
            if item.future is not None and not item.future.done():
                item.future.set_result(result)
        return True

    def _or_full(self, job: Job) -> Job:
        """On a full disk everything is done, and nothing can be written of it."""
        if self._clock.steady() >= self.full:
            return job

        def fails(unit: Unit) -> None:
            job(unit)
            raise sqlite3.OperationalError("database or disk is full")

        return fails


def _locked(unit: Unit) -> None:
    raise sqlite3.OperationalError("database is locked")
