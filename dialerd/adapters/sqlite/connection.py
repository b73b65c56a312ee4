"""Opening the database: how every connection is set, and what is said when it cannot be.

Not here: transactions (writer.py, store.py) and the schema (migrations).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dialerd.adapters.sqlite.functions import make_known
from dialerd.domain.errors import StoreError

BUSY_S = 5.0
"""How long a writer waits for another process's transaction; none of ours lasts longer than 50 ms."""

_PASSING = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})

_LOOK_S = 0.001
_PAUSE = threading.Event()  # never set: a wait of a thread that is not the event loop's

_CACHE_KIB = 65_536  # at most, as pages are used: with SQLite's own 2 MB the inner pages of long indexes do not stay
_SWITCHES = 50  # each is lost only to a process that got further, so far fewer are needed


def connect(path: Path | None, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection in autocommit mode: transactions are begun and ended by name. None: in memory.

    synchronous=FULL: a commit that was answered survives a power cut, which "called exactly once" stands on.
    """
    with translated(path):
        connection = sqlite3.connect(
            ":memory:" if path is None else path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
        make_known(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        _use_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        if read_only:
            connection.execute("PRAGMA query_only = ON")
        return connection


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log. Where processes open a new database at once, only one of them can.

    This one statement does not wait for the others (SQLite sees a deadlock coming); beginning to write does.
    """
    for _ in range(_SWITCHES):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = WAL")


def begin(connection: sqlite3.Connection) -> None:
    """Begin a transaction that writes, once no other process writes. Raises sqlite3.OperationalError after BUSY_S.

    SQLite's own wait looks again at ever longer intervals of up to 100 ms: beside an import, which writes most of
    the time, the dialing would miss one gap after the other. This looks every millisecond. The connection is one that
    `waits_by_looking`: switching its own wait off and on again was an eighth of the statements of a call.
    """
    for _ in range(int(BUSY_S / _LOOK_S)):
        try:
            connection.execute("BEGIN IMMEDIATE")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
        _PAUSE.wait(_LOOK_S)
    connection.execute("BEGIN IMMEDIATE")


def waits_by_looking(connection: sqlite3.Connection) -> None:
    """For a connection whose every transaction comes from `begin`: within one, it waits for nobody."""
    connection.execute("PRAGMA busy_timeout = 0")


def give_way() -> None:
    """Leave the database free for as long as a process in `begin` takes to see it."""
    _PAUSE.wait(2 * _LOOK_S)


def undo(connection: sqlite3.Connection) -> None:
    """Roll back what is left to roll back: on a full disk SQLite has done so itself, and would complain of a second."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")


@contextmanager
def translated(path: Path | None) -> Iterator[None]:
    """sqlite3's errors as ours, with the file and what to do."""
    place = "the database in memory" if path is None else f"database {path}"
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise StoreError(f"{place}: {error}", hint="this is a defect of dialerd; nothing was changed") from error
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        raise StoreError(
            f"{place}: {error}",
            hint=_remedy(str(error)),
            may_pass=code in _PASSING,
            is_damage=code == sqlite3.SQLITE_IOERR,
        ) from error


def _remedy(text: str) -> str:
    remedies = {
        "unable to open": "check that its folder exists and that this user may write there",
        "not a database": "restore a backup with dialerd restore, or name another file in [database] path",
        "malformed": "stop dialerd and restore a backup with dialerd restore",
        "locked": "another program holds it; end that program",
        "full": "free room on the disk",
        "readonly": "give this user the right to write the file and its folder",
    }
    return next((remedy for word, remedy in remedies.items() if word in text), "see the log of the daemon")
