"""The store: one writer, readers beside it, and single transactions for the command line.

Not here: backup (backup.py), the lock (lock.py), any statement.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TypeVar

from dialerd.adapters.sql.committimer import CommitTimer
from dialerd.adapters.sql.unit import SqlUnit
from dialerd.adapters.sql.writer import ThreadWriter
from dialerd.adapters.sqlite.connection import connect, give_way, translated, undo
from dialerd.adapters.sqlite.migrations import migrate
from dialerd.adapters.sqlite.writer import InlineWriter, SqliteSession
from dialerd.meters import Meters
from dialerd.ports import Unit

T = TypeVar("T")

_READERS = 3


class SqliteStore:
    """Implements ports.Store. `open` for a file, with threads; `in_memory` for virtual time, without any."""

    def __init__(
        self, writer: ThreadWriter | InlineWriter, path: Path | None, *, readers: int = _READERS, is_guest: bool = False
    ) -> None:
        self._writer = writer
        self._is_guest = is_guest
        self._path = path
        self._connections: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        self._readers: ThreadPoolExecutor | None = None
        if path is not None:
            self._readers = ThreadPoolExecutor(readers, thread_name_prefix="sqlite reader")
            for _ in range(readers):
                self._connections.put(connect(path, read_only=True))

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        gives_way: bool = False,
        meters: Meters | None = None,
        steady: Callable[[], float] | None = None,
    ) -> SqliteStore:
        """Open or create the database file and bring its schema up to date. Raises StoreError, also where the daemon
        of an older version runs on it.

        `gives_way`: for many transactions in a row beside a daemon, whose claims shall not wait for several of them.
        `meters`: the writer is timed, by the clock `steady`.
        """
        connection = _open_migrated(path)
        timer = CommitTimer(meters, steady) if meters is not None and steady is not None else None
        session = SqliteSession(connection, path)
        return cls(ThreadWriter(session, rest=give_way if gives_way else None, timer=timer), path)

    @classmethod
    def in_memory(cls) -> SqliteStore:
        return cls(InlineWriter(empty_in_memory()), None)

    def beside(self, readers: int) -> SqliteStore:
        """The same store with readers of its own, so that who asks there for long reads holds up nobody here. To be
        closed first; the writer is one and stays."""
        return SqliteStore(self._writer, self._path, readers=readers, is_guest=True)

    async def write(self, job: Callable[[Unit], T], *, patient: bool = False) -> T:
        return await self._writer.write(job, patient=patient)

    def post(self, job: Callable[[Unit], object]) -> None:
        self._writer.post(job)

    async def read(self, job: Callable[[Unit], T]) -> T:
        if self._readers is None:
            assert isinstance(self._writer, InlineWriter)
            return self._writer.look(job)
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, job)

    def _read(self, job: Callable[[Unit], T]) -> T:
        connection = self._connections.get()
        try:
            return _in_transaction(connection, self._path, "BEGIN", job)
        finally:
            self._connections.put(connection)

    async def close(self) -> None:
        """Finish what is queued, then close every connection."""
        if not self._is_guest:
            await self._writer.close()
        if self._readers is not None:
            self._readers.shutdown(wait=True)
            while not self._connections.empty():
                self._connections.get().close()

    @staticmethod
    @contextmanager
    def unit(path: Path, *, write: bool) -> Iterator[Unit]:
        """One transaction on a connection of its own, for the command line; what is raised inside undoes it."""
        connection = _open_migrated(path)
        try:
            with translated(path):
                if not write:
                    connection.execute("PRAGMA query_only = ON")
                connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            try:
                with translated(path):
                    yield SqlUnit(connection)
            except BaseException:  # whatever it was: undone, closed, and raised on
                undo(connection)
                raise
            with translated(path):
                connection.execute("COMMIT")
        finally:
            connection.close()


def empty_in_memory() -> sqlite3.Connection:
    """A database in memory with the whole schema: a copy of one that was made once, which took as long as a hundred."""
    connection = connect(None)
    _first_in_memory().backup(connection)
    return connection


@cache
def _first_in_memory() -> sqlite3.Connection:
    connection = connect(None)
    migrate(connection)
    return connection


def _open_migrated(path: Path) -> sqlite3.Connection:
    with suppress(OSError):  # what is wrong with the place, SQLite will say
        path.touch(mode=0o600, exist_ok=True)  # it will hold people's numbers: for its own user only
    connection = connect(path)
    try:
        with translated(path):
            migrate(connection, path)
    except BaseException:  # whatever it was: undone, closed, and raised on
        connection.close()
        raise
    return connection


def _in_transaction(connection: sqlite3.Connection, path: Path | None, begin: str, job: Callable[[Unit], T]) -> T:
    with translated(path):
        connection.execute(begin)
        try:
            return job(SqlUnit(connection))
        finally:
            undo(connection)  # a read changes nothing
