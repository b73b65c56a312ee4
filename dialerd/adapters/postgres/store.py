"""The store on a PostgreSQL server: one writer, readers beside it, and single transactions for the command line.

Not here: the schema (schema), the words (dialect.py), whose turn it is to dial (lease.py), any statement.
"""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from dialerd.adapters.postgres.connection import Address, PgConnection, connect, translated
from dialerd.adapters.postgres.lease import Lease
from dialerd.adapters.postgres.schema import make
from dialerd.adapters.postgres.writer import BEGIN, BEGIN_READ, PostgresSession
from dialerd.adapters.sql.committimer import CommitTimer
from dialerd.adapters.sql.unit import SqlUnit
from dialerd.adapters.sql.writer import ThreadWriter
from dialerd.meters import Meters
from dialerd.ports import Unit

T = TypeVar("T")

_READERS = 3


class PostgresStore:
    """Implements ports.Store."""

    def __init__(
        self, writer: ThreadWriter, address: Address, *, readers: int = _READERS, is_guest: bool = False
    ) -> None:
        self._writer = writer
        self._is_guest = is_guest
        self._address = address
        self._connections: queue.SimpleQueue[PgConnection] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="postgres reader")
        for _ in range(readers):
            self._connections.put(connect(address))

    @classmethod
    def open(
        cls,
        address: Address,
        *,
        lease: Lease | None = None,
        meters: Meters | None = None,
        steady: Callable[[], float] | None = None,
    ) -> PostgresStore:
        """Open the database and bring its schema up to date. Raises StoreError.

        `lease`: a daemon's, which writes on the connection that holds it. `meters`: the writer is timed, by `steady`.
        """
        _make(address)
        timer = CommitTimer(meters, steady) if meters is not None and steady is not None else None
        session = PostgresSession(address, None if lease is None else lease.connection)
        return cls(ThreadWriter(session, timer=timer), address)

    def beside(self, readers: int) -> PostgresStore:
        """The same store with readers of its own; to be closed first."""
        return PostgresStore(self._writer, self._address, readers=readers, is_guest=True)

    async def write(self, job: Callable[[Unit], T], *, patient: bool = False) -> T:
        return await self._writer.write(job, patient=patient)

    def post(self, job: Callable[[Unit], object]) -> None:
        self._writer.post(job)

    async def read(self, job: Callable[[Unit], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, job)

    def _read(self, job: Callable[[Unit], T]) -> T:
        connection = self._connections.get()
        try:
            with translated(self._address):
                if connection.is_closed:
                    connection = connect(self._address)
                connection.say(BEGIN_READ)
                try:
                    return job(SqlUnit(connection))
                finally:
                    connection.undo()  # a read changes nothing
        finally:
            self._connections.put(connection)

    async def close(self) -> None:
        """Finish what is queued, then close every connection."""
        if not self._is_guest:
            await self._writer.close()
        self._readers.shutdown(wait=True)
        while not self._connections.empty():
            self._connections.get().close()

    @staticmethod
    @contextmanager
    def unit(address: Address, *, write: bool) -> Iterator[Unit]:
        """One transaction on a connection of its own, for the command line; what is raised inside undoes it."""
        connection = connect(address)
        try:
            make(connection, address)
            with translated(address):
                connection.say(BEGIN if write else BEGIN_READ)
                try:
                    yield SqlUnit(connection)
                except BaseException:  # whatever it was: undone, closed, and raised on
                    connection.undo()
                    raise
                connection.say("COMMIT")
        finally:
            connection.close()


def _make(address: Address) -> None:
    connection = connect(address)
    try:
        make(connection, address)
    finally:
        connection.close()
