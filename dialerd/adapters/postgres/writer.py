"""How PostgreSQL is written to by the one writer of adapters/sql: one transaction at a time over all processes.

Not here: the writer's thread and what shares a commit (adapters/sql/writer.py), whose turn it is to dial (lease.py).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from dialerd.adapters.postgres.connection import Address, PgConnection, connect, translated
from dialerd.adapters.sql.unit import SqlUnit
from dialerd.ports import Unit

_WRITING = 0x6469616C0002  # of the advisory lock that a transaction which writes holds

# What a use case has read within its transaction still holds when it commits, as with SQLite's one writer: no other
# transaction writes meanwhile. What those before it have written is seen, since each statement looks anew.
# One that has stopped halfway keeps the others waiting for a minute at most.
BEGIN = f"BEGIN; SET LOCAL idle_in_transaction_session_timeout = '60s'; SELECT pg_advisory_xact_lock({_WRITING})"
BEGIN_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class PostgresSession:
    """Implements adapters.sql.writer.Session. A connection that was lost is made anew as the next transaction begins.

    `opened`: makes the connection.
    """

    def __init__(self, address: Address, opened: Callable[[], PgConnection] | None = None) -> None:
        self._address = address
        self._opened = opened or (lambda: connect(address))
        self._use(self._opened())
        self.place = str(address)

    def _use(self, connection: PgConnection) -> None:
        self._connection = connection
        self._unit = SqlUnit(connection)

    @property
    def unit(self) -> Unit:
        return self._unit

    @property
    def is_in_transaction(self) -> bool:
        return self._connection.is_in_transaction

    def translated(self) -> AbstractContextManager[None]:
        return translated(self._address)

    def begin(self) -> None:
        if self._connection.is_closed:
            self._use(self._opened())
        self._connection.say(BEGIN)

    def say(self, words: str) -> None:
        self._connection.say(words)

    def undo(self) -> None:
        self._connection.undo()

    def committed(self) -> None: ...

    def close(self) -> None:
        self._connection.close()
