"""The schema is SQLite's, table by table; it is made once, whoever comes first; what cannot be used is refused."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest

from dialerd.adapters.postgres.connection import Address, PgConnection, connect
from dialerd.adapters.postgres.schema import STEPS, make
from dialerd.adapters.sqlite.migrations import MIGRATIONS
from dialerd.adapters.sqlite.store import empty_in_memory
from dialerd.domain.errors import StoreError
from tests.adapters.postgres.server import Server

_OWN = {"casefolding", "schema_step", "wall"}
"""What PostgreSQL has beside SQLite's tables, and a view of both."""

_TYPES = {"bigint": "INTEGER", "boolean": "INTEGER", "text": "TEXT", "double precision": "REAL"}


def made(address: Address) -> PgConnection:
    connection = connect(address)
    make(connection, address)
    return connection


def test_it_has_the_tables_columns_and_indexes_that_sqlites_migrations_make(address: Address) -> None:
    """A migration without its twin in adapters/postgres/schema ends here."""
    with closing(made(address)) as connection, closing(empty_in_memory()) as sqlite:
        names = [
            name
            for (name,) in sqlite.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not name.startswith("_sqlite")
        ]
        theirs = {
            (table, row[1]): (row[2].upper(), bool(row[3]) or bool(row[5]) or row[6] != 0)
            for table in names
            for row in sqlite.execute(f"PRAGMA table_xinfo('{table}')")
        }
        ours = {
            (table, column): (_TYPES[kind], is_nullable == "NO")
            for table, column, kind, is_nullable in connection.execute(
                "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
                " WHERE table_schema = 'dialerd'"
            )
            if table not in _OWN and (table, column) != ("attempt", "rowid")
        }
        assert ours.keys() == theirs.keys()
        assert {key for key in ours if ours[key][0] != theirs[key][0]} == set()
        assert {key for key in ours if ours[key][1] != theirs[key][1]} == set()
        wanted = {
            name
            for (name,) in sqlite.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
            if "sqlite" not in name
        }
        there = {
            name for (name,) in connection.execute("SELECT indexname FROM pg_indexes WHERE schemaname = 'dialerd'")
        }
        assert wanted - there == set()


def test_every_migration_since_has_its_twin() -> None:
    since = [name for each in MIGRATIONS if (name := each.__name__)[:4] > "m053"]
    assert [name for name in STEPS if name[:4] > "m053"] == since


def test_daemon_and_commands_that_come_at_once_make_it_once(address: Address) -> None:
    troubles: list[StoreError] = []

    def come() -> None:
        try:
            made(address).close()
        except StoreError as error:
            troubles.append(error)

    threads = [threading.Thread(target=come) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert troubles == []
    with closing(made(address)) as connection:
        assert connection.execute("SELECT name FROM dnc_list").fetchall() == [("global",)]


def test_a_database_of_a_later_dialerd_is_refused_and_left_alone(address: Address) -> None:
    with closing(made(address)) as connection:
        connection.execute("INSERT INTO schema_step VALUES (999, 'm999_future')")
        with pytest.raises(StoreError, match=r"later dialerd \(m999_future\)"):
            make(connection, address)


def test_a_database_that_is_not_utf8_is_refused(server: Server) -> None:
    server.psql("CREATE DATABASE plain TEMPLATE template0 ENCODING 'SQL_ASCII'")
    with closing(connect(Address(server.url("plain")))) as connection, pytest.raises(StoreError, match="UTF8"):
        make(connection, Address(server.url("plain")))


def test_whoever_cannot_come_in_is_told_what_to_do_and_no_password(server: Server) -> None:
    for url, remedy in ((server.url("nowhere"), "createdb"), ("postgresql:///x?host=/nonexistent", "server runs")):
        with pytest.raises(StoreError, match=remedy) as told:
            connect(Address(url, "secret-word"))
        assert "secret-word" not in repr(told.value) + str(told.value) + repr(Address(url, "secret-word"))
