"""Which database the settings name, and what differs by it: opening it, backup, a look at it.

Not here: the stores themselves (adapters/sqlite, adapters/postgres), which daemon may use it (seathouse.py). psycopg is
loaded where a PostgreSQL is named.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from dialerd.adapters import sqlite
from dialerd.databasesettings import DatabaseSettings
from dialerd.domain.errors import RefusedError, StoreError
from dialerd.meters import Meters
from dialerd.ports import Clock, Store, Turn, Unit

if TYPE_CHECKING:
    from dialerd.adapters.postgres import Lease
    from dialerd.adapters.postgres.connection import Address


class OpenStore(Store, Protocol):
    """A store that can have other readers beside its own."""

    def beside(self, readers: int) -> OpenStore: ...


def place(given: DatabaseSettings) -> str:
    """For people: it has no password in it."""
    return str(given.path) if given.url is None else given.url


def unit(given: DatabaseSettings, *, write: bool) -> AbstractContextManager[Unit]:
    """One transaction on the database, whose schema is made or brought up where it has to be."""
    if given.url is None:
        return sqlite.SqliteStore.unit(given.path, write=write)
    address = address_of(given)
    from dialerd.adapters.postgres import PostgresStore

    return PostgresStore.unit(address, write=write)


def opened(
    given: DatabaseSettings,
    *,
    gives_way: bool = False,
    turn: Lease | None = None,
    meters: Meters | None = None,
    steady: Callable[[], float] | None = None,
) -> OpenStore:
    """The store. `gives_way`: for many transactions in a row beside a daemon. `turn`: a daemon's (seathouse.py)."""
    if given.url is None:
        return sqlite.SqliteStore.open(given.path, gives_way=gives_way, meters=meters, steady=steady)
    address = address_of(given)
    from dialerd.adapters.postgres import PostgresStore

    return PostgresStore.open(address, lease=turn, meters=meters, steady=steady)


def turn_of(lease: Lease | None, store: Store, clock: Clock, leave: Callable[[], None]) -> Turn | None:
    """How a daemon proves that its turn goes on; None: on a file nobody else can have it."""
    if lease is None:
        return None
    from dialerd.adapters.postgres import ProvenTurn

    return ProvenTurn(store, clock, leave)


def backup(given: DatabaseSettings, target: Path) -> None:
    if given.url is not None:
        tool = f"pg_dump -Fc -f FILE '{given.url}'"
        raise RefusedError(f"{given.url} is saved with PostgreSQL's own tools", hint=tool)
    sqlite.backup(given.path, target)


def restore(given: DatabaseSettings, source: Path) -> Path | None:
    """Where the old database is kept; None: there was none. A PostgreSQL must be empty: a file is taken into it."""
    if given.url is None:
        return sqlite.restore(source, given.path)
    address = address_of(given)
    from dialerd.adapters.postgres import Lease, take_in

    if _is_dump(source):
        tool = f"pg_restore --clean --if-exists -d '{given.url}' {source}"
        raise RefusedError(f"{source} is pg_dump's, and restored with PostgreSQL's own tools", hint=tool)
    turn = Lease(address)
    try:
        if not turn.tried():
            raise StoreError(f"a daemon uses {given.url}", hint="stop that one first")
        with sqlite.brought_up(source) as database:
            take_in(database, address)
    finally:
        turn.close()
    return None


def _is_dump(source: Path) -> bool:
    if not source.is_file():
        return False
    with source.open("rb") as file:
        return file.read(5) == b"PGDMP"


def check(given: DatabaseSettings) -> None:
    """For doctor. Raises StoreError."""
    if given.url is None:
        sqlite.check(given.path)
        return
    address = address_of(given)
    from dialerd.adapters import postgres

    postgres.check(address)


def address_of(given: DatabaseSettings) -> Address:
    try:
        from dialerd.adapters.postgres.connection import Address
    except ImportError as error:
        raise StoreError(
            f"{given.url} needs psycopg, which is not installed ({error})",
            hint=f"{sys.prefix}/bin/pip install 'dialerd[postgres]'",
        ) from error
    assert given.url is not None
    return Address(given.url, given.secret())
