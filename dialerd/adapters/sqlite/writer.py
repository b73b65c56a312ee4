"""The one writer: jobs in order, those of one moment in one commit; long work in chunks between them.

Not here: what a job does. A job that fails is undone alone; a job's result is told only after the commit.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from dialerd.adapters.sql.unit import SqlUnit
from dialerd.adapters.sqlite.checkpoint import Checkpointer
from dialerd.adapters.sqlite.connection import begin, give_way, translated, undo
from dialerd.domain.errors import StoreError
from dialerd.log import logger
from dialerd.ports import Unit

_log = logger(__name__)
T = TypeVar("T")
Job = Callable[[Unit], Any]

_AT_ONCE = 200  # jobs per commit: enough to share an fsync, few enough to answer soon

_PASSED_OVER = 8  # commits at most before a patient job has its turn, though others are there


class InlineWriter:
    """Runs each job at once, in the caller's thread: for databases in memory on virtual time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._unit = SqlUnit(connection)

    async def write(self, job: Callable[[Unit], T], *, patient: bool = False) -> T:
        return self.run(job)

    def post(self, job: Job) -> None:
        try:
            self.run(job)
        except StoreError as error:
            _report(error)

    def run(self, job: Callable[[Unit], T]) -> T:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            with translated(None):
                result = job(self._unit)
        except BaseException:  # whatever it was: undone, closed, and raised on
            undo(self._connection)
            raise
        self._connection.execute("COMMIT")
        return result

    def look(self, job: Callable[[Unit], T]) -> T:
        """Run a job that may only read, as one on a reader's connection: a write in it fails here too.

        Not by PRAGMA query_only, which makes SQLite prepare every statement anew: half of what a simulation took.
        """
        before = self._connection.total_changes
        self._connection.execute("BEGIN")
        try:
            with translated(None):
                result = job(self._unit)
        finally:
            undo(self._connection)
        if self._connection.total_changes != before:
            raise StoreError("the database in memory: a read has written", hint="this is a defect of dialerd")
        return result

    async def close(self) -> None:
        self._connection.close()


class ThreadWriter:
    """A thread with a queue. Group commit: what has queued up while one commit was on its way shares the next. Patient
    jobs come when no others are there, or have had their turns, each by itself: nobody waits for more than one of them.

    `gives_way`: between two commits it leaves other processes the time to begin one of theirs.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, *, gives_way: bool = False) -> None:
        self._connection = connection
        self._gives_way = gives_way
        self._path = path
        self._checkpointer = Checkpointer(connection, path)
        self._unit = SqlUnit(connection)
        self._queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, name="sqlite writer", daemon=True)
        self._thread.start()

    async def write(self, job: Callable[[Unit], T], *, patient: bool = False) -> T:
        if self._is_closed:
            raise self._closed()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._queue.put(_Item(job, loop, future, patient=patient))
        # Shielded: a caller that goes away must not leave a committed claim unseen halfway.
        return await asyncio.shield(future)

    def post(self, job: Job) -> None:
        if self._is_closed:
            _report(self._closed())
        else:
            self._queue.put(_Item(job, None, None))

    def _closed(self) -> StoreError:
        return StoreError(f"database {self._path} is closed", hint="dialerd is ending; start it again")

    async def close(self) -> None:
        self._is_closed = True  # the thread ends with what is queued now: later jobs would wait for ever
        self._queue.put(None)
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join)
        self._checkpointer.close()
        self._connection.close()

    def _work(self) -> None:
        patient: deque[_Item] = deque()
        passed_over, is_ending = 0, False
        while not is_ending or patient:
            now: list[_Item] = []
            for item in self._take(wait=not patient and not is_ending):
                if item is None:
                    is_ending = True
                else:
                    (patient if item.is_patient else now).append(item)
            if now:
                self._commit(now)
                passed_over = passed_over + 1 if patient else 0
            if patient and (not now or passed_over >= _PASSED_OVER or self._queue.empty()):
                self._commit([patient.popleft()])
                passed_over = 0
            if self._gives_way:
                give_way()

    def _take(self, *, wait: bool) -> list[_Item | None]:
        """What has queued up; `wait`: at least one."""
        items = [self._queue.get()] if wait else []
        while len(items) < _AT_ONCE and not self._queue.empty():
            items.append(self._queue.get())
        return items

    def _commit(self, items: list[_Item]) -> None:
        try:
            with translated(self._path):
                begin(self._connection)
                for item in items:
                    self._run(item)
                self._connection.execute("COMMIT")
        except StoreError as error:
            with suppress(sqlite3.Error):  # the next commit tries again; this thread must outlive every failure
                undo(self._connection)
            for item in items:
                item.result, item.error = None, item.error or error
        _answer(items)
        self._checkpointer.committed(self._connection.total_changes)

    def _run(self, item: _Item) -> None:
        """One job in a savepoint of its own, so that its failure undoes nobody else's work."""
        self._connection.execute("SAVEPOINT job")
        try:
            with translated(self._path):
                item.result = item.job(self._unit)
        except Exception as error:  # handed to whoever asked
            if not self._connection.in_transaction:
                # SQLite has undone everything (disk full, I/O): all of this commit has failed.
                raise (
                    error
                    if isinstance(error, StoreError)
                    else StoreError(f"database {self._path}: a transaction was lost", hint="see the log of the daemon")
                ) from error
            self._connection.execute("ROLLBACK TO job")
            item.error = error
        self._connection.execute("RELEASE job")


class _Item:
    """A job, who waits for it (nobody, where it was posted), and what came of it."""

    __slots__ = ("error", "future", "is_patient", "job", "loop", "result")

    def __init__(
        self,
        job: Job,
        loop: asyncio.AbstractEventLoop | None,
        future: asyncio.Future[Any] | None,
        *,
        patient: bool = False,
    ) -> None:
        self.job = job
        self.is_patient = patient
        self.loop = loop
        self.future = future
        self.result: Any = None
        self.error: Exception | None = None


def _answer(items: list[_Item]) -> None:
    """Tell everybody, with one wake-up per loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Item]] = {}
    for item in items:
        if item.loop is not None:
            by_loop.setdefault(item.loop, []).append(item)
        elif item.error is not None:
            _report(item.error)
    for loop, waiting in by_loop.items():
        with suppress(RuntimeError):  # that loop is closed, and nobody waits any more
            loop.call_soon_threadsafe(_tell, waiting)


def _tell(items: list[_Item]) -> None:
    for item in items:
        if item.future is None or item.future.done():
            continue
        if item.error is not None:
            item.future.set_exception(item.error)
        else:
            item.future.set_result(item.result)


def _report(error: Exception) -> None:
    _log.error(f"a note about a call was not written: {error}", action="write_failed")
