"""Which database the settings name, and what differs by it: opening it, the daemon's turn, backup, a look at it.

Not here: the stores themselves (adapters/sqlite, adapters/postgres). psycopg is loaded where a PostgreSQL is named.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from dialerd.adapters import sqlite
from dialerd.databasesettings import DatabaseSettings
from dialerd.domain.errors import RefusedError, StoreError
from dialerd.log import logger
from dialerd.meters import Meters
from dialerd.ports import Clock, Store, Supervisor, Turn, Unit

if TYPE_CHECKING:
    from dialerd.adapters.postgres import Lease
    from dialerd.adapters.postgres.connection import Address

_log = logger(__name__)

_LOOK_S = 1.0
_AFTER_OUTAGE_S = 10.0
"""Where PostgreSQL was restarted, the daemon whose turn it was has the first word: its calls are up."""

_PAUSE = threading.Event()  # never set: no event loop runs while a daemon stands by
_OVER = 75  # what a daemon exits with whose turn is over: for now (EX_TEMPFAIL)


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
    address = _address(given)
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
    """The store. `gives_way`: for many transactions in a row beside a daemon. `turn`: a daemon's (only_daemon)."""
    if given.url is None:
        return sqlite.SqliteStore.open(given.path, gives_way=gives_way, meters=meters, steady=steady)
    address = _address(given)
    from dialerd.adapters.postgres import PostgresStore

    return PostgresStore.open(address, lease=turn, meters=meters, steady=steady)


@contextmanager
def only_daemon(given: DatabaseSettings, supervisor: Supervisor) -> Iterator[Lease | None]:
    """The daemon's turn to dial. On a file: raises StoreError where another daemon has it. On PostgreSQL: waits until
    no other has, which `supervisor` is told as being ready."""
    with sqlite.only_daemon(given.path):  # also beside PostgreSQL: one daemon per state folder
        if given.url is None:
            yield None
            return
        address = _address(given)
        from dialerd.adapters.postgres import Lease

        turn = Lease(address)
        turn.on_lost = _leave
        _stand_by(turn, given, supervisor)
        try:
            yield turn
        finally:
            turn.close()


def turn_of(lease: Lease | None, store: Store, clock: Clock) -> Turn | None:
    """How a daemon proves that its turn goes on; None: on a file nobody else can have it."""
    if lease is None:
        return None
    from dialerd.adapters.postgres import ProvenTurn

    return ProvenTurn(store, clock, _leave)


def _stand_by(turn: Lease, given: DatabaseSettings, supervisor: Supervisor) -> None:
    if turn.tried():
        return
    from dialerd.adapters.postgres.lease import holder

    by = holder(_address(given))
    _log.info(f"another daemon dials{f' ({by})' if by else ''}: this one stands by", action="standing_by")
    supervisor.ready("standing by: another daemon dials")
    is_told = False
    while True:
        supervisor.alive()
        _PAUSE.wait(_LOOK_S)
        try:
            if turn.tried():
                break
            is_told = False
        except StoreError as error:  # the server is restarted, say; whose turn it is shows when it is back
            if not is_told:
                _log.error(f"the database cannot be asked whose turn it is: {error}", action="standing_by_blind")
            is_told = True
            _wait(supervisor, _AFTER_OUTAGE_S)
    _log.info("the other daemon is gone: this one takes over", action="taking_over")


def _wait(supervisor: Supervisor, seconds: float) -> None:
    for _ in range(int(seconds / _LOOK_S)):
        supervisor.alive()
        _PAUSE.wait(_LOOK_S)


def _leave() -> None:
    """Another daemon dials by now and has taken over the calls: touch nothing any more, not even to end in order."""
    _log.error(
        "this daemon's turn was lost with its connection to the database, and another dials by now: this one ends",
        action="turn_lost",
    )
    os._exit(_OVER)


def backup(given: DatabaseSettings, target: Path) -> None:
    if given.url is not None:
        tool = f"pg_dump -Fc -f FILE '{given.url}'"
        raise RefusedError(f"{given.url} is saved with PostgreSQL's own tools", hint=tool)
    sqlite.backup(given.path, target)


def restore(given: DatabaseSettings, source: Path) -> Path | None:
    """Where the old database is kept; None: there was none. A PostgreSQL must be empty: a file is taken into it."""
    if given.url is None:
        return sqlite.restore(source, given.path)
    address = _address(given)
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
    address = _address(given)
    from dialerd.adapters import postgres

    postgres.check(address)


def _address(given: DatabaseSettings) -> Address:
    try:
        from dialerd.adapters.postgres.connection import Address
    except ImportError as error:
        raise StoreError(
            f"{given.url} needs psycopg, which is not installed ({error})",
            hint=f"{sys.prefix}/bin/pip install 'dialerd[postgres]'",
        ) from error
    assert given.url is not None
    return Address(given.url, given.secret())
