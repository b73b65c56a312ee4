"""How SQLite is written to: at once where the database is in memory, else by the one writer of adapters/sql.

Not here: the writer's thread and what shares a commit (adapters/sql/writer.py).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TypeVar

from dialerd.adapters.sql.unit import SqlUnit
from dialerd.adapters.sql.writer import Job, report
from dialerd.adapters.sqlite.checkpoint import Checkpointer
from dialerd.adapters.sqlite.connection import begin, translated, undo, waits_by_looking
from dialerd.domain.errors import StoreError
from dialerd.ports import Unit

T = TypeVar("T")


class SqliteSession:
    """Implements adapters.sql.writer.Session for a file."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        waits_by_looking(connection)
        self._checkpointer = Checkpointer(connection, path)
        self.unit = SqlUnit(connection)
        self.place = f"database {path}"

    @property
    def is_in_transaction(self) -> bool:
        return self._connection.in_transaction

    def translated(self) -> AbstractContextManager[None]:
        return translated(self._path)

    def begin(self) -> None:
        begin(self._connection)

    def say(self, words: str) -> None:
        self._connection.execute(words)

    def undo(self) -> None:
        with suppress(sqlite3.Error):
            undo(self._connection)

    def committed(self) -> None:
        self._checkpointer.committed(self._connection.total_changes)

    def close(self) -> None:
        self._checkpointer.close()
        self._connection.close()


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
            report(error)

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
