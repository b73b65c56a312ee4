"""An empty database of each kind, for tests that hold for all stores.

Not here: any test. A test on PostgreSQL is one transaction that is undone at its end, with the ids from 1 on. Where
there is no PostgreSQL the tests on it are skipped and say why; with CI=true that fails, since green would hide it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sqlite.connection import connect
from dialerd.adapters.sqlite.migrations import migrate
from tests.adapters.postgres.server import Server, the_server

if TYPE_CHECKING:
    from dialerd.adapters.postgres.connection import PgConnection

KINDS = ("sqlite", "postgres")


@contextmanager
def empty(kind: str) -> Iterator[Connection]:
    """A connection to an empty database with the whole schema."""
    if kind == "sqlite":
        with closing(connect(None)) as made:
            migrate(made)
            yield made
    else:
        yield from _in_postgres()


def server() -> Server:
    """PostgreSQL for tests; without one this test is over."""
    found = the_server()
    if isinstance(found, str):
        if os.environ.get("CI") == "true":
            pytest.fail(f"not checked on PostgreSQL: {found}")
        pytest.skip(f"not checked on PostgreSQL: {found}")
    return found


def _in_postgres() -> Iterator[Connection]:
    connection, sequences = _prepared(server())
    connection.say("BEGIN")
    connection.say(sequences)
    try:
        yield _Forgiving(connection)
    finally:
        connection.undo()


@cache
def _prepared(server: Server) -> tuple[PgConnection, str]:
    """A connection to a database with the schema, and the statement that lets all ids begin anew."""
    from dialerd.adapters.postgres.connection import Address, connect
    from dialerd.adapters.postgres.schema import make

    address = Address(server.create("prepared"))
    connection = connect(address)
    make(connection, address)
    names = connection.execute("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'dialerd'")
    known = [f"setval('dialerd.{name}', {1 if last is None else last + 1}, false)" for name, last in names]
    return connection, f"SELECT {', '.join(known)}"


class _Forgiving:
    """A statement that fails undoes itself alone, as SQLite has it; the stores do the same for each job."""

    def __init__(self, connection: PgConnection) -> None:
        self._connection = connection
        self.IntegrityError = connection.IntegrityError

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        return self._tried(sql, lambda: self._connection.execute(sql, parameters))

    def executemany(self, sql: str, parameters: Any, /) -> Any:
        return self._tried(sql, lambda: self._connection.executemany(sql, parameters))

    def _tried(self, sql: str, do: Any) -> Any:
        if sql.lstrip().split(maxsplit=1)[0] in ("SELECT", "SAVEPOINT", "ROLLBACK", "RELEASE"):
            return do()
        self._connection.say("SAVEPOINT tried")
        try:
            done = do()
        except BaseException:  # an interrupt, too, must not leave the savepoint open; it goes on upwards
            self._connection.say("ROLLBACK TO tried")
            raise
        self._connection.say("RELEASE tried")
        return done
