"""Backup of a database in use, restore, and whether one is whole.

Not here: when to do either (cli/backup.py).
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from dialerd.adapters.sqlite.connection import connect, translated
from dialerd.adapters.sqlite.lock import only_daemon, running_daemon
from dialerd.adapters.sqlite.migrations import migrate, refuse_newer
from dialerd.domain.errors import BadInputError, StoreError


def check(database: Path) -> None:
    """Whether the database opens and is whole; one that does not exist yet is made. Raises StoreError."""
    with translated(database), closing(connect(database)) as connection:
        migrate(connection, database)
        (verdict,) = connection.execute("PRAGMA quick_check").fetchone()
    if verdict != "ok":
        raise StoreError(f"database {database} is damaged: {verdict}", hint="restore a backup with dialerd restore")


def files_of(database: Path) -> tuple[Path, ...]:
    """The database's own files, which nothing else may be written over."""
    return tuple(database.with_name(database.name + end) for end in ("", "-wal", "-shm"))


def backup(database: Path, target: Path) -> None:
    """Copy a consistent state of `database`, in use or not, to `target`, whole or not at all. Raises StoreError."""
    if not database.exists():
        raise StoreError(f"there is no database {database}", hint="check [database] path")
    if target.exists() and not target.is_file():
        raise BadInputError(f"{target} is no file", hint="name a file to write")  # a rename would put one in its place
    if target.exists() and target.samefile(database):
        # The daemon would go on writing to the file that no longer has the name.
        raise BadInputError(f"{target} is the database itself", hint="name another file to write")
    with _making(target, ".making") as making:
        with (
            translated(database),
            closing(connect(database)) as source,
            translated(target),
            closing(sqlite3.connect(making)) as copy,
        ):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            _refuse_damaged(copy, database, hint="a backup of it would be as damaged; restore an older one")
        _settle_file(making, target)


def restore(source: Path, database: Path) -> Path | None:
    """Put a backup in the database's place. No daemon may be running; a bad backup changes nothing.

    Returns where the old database is kept, until the next restore; None where there was none.
    """
    kept = None
    if not source.exists():
        raise BadInputError(f"there is no file {source}")
    if database.exists() and database.samefile(source):
        raise BadInputError(f"{source} is the database itself", hint="name a file made by dialerd backup")
    with only_daemon(database), _making(database, ".restoring") as making:
        with translated(source), closing(sqlite3.connect(source)) as good:
            _refuse_bad(good, source)
            with translated(database), closing(sqlite3.connect(making)) as copy:
                good.backup(copy)
        with translated(source), closing(connect(making)) as copy:
            migrate(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        if database.exists():
            _keep_rights(database, making)
            _close_journal(database)
            kept = _keep(database)
        _settle_file(making, database)
    return kept


@contextmanager
def brought_up(source: Path) -> Iterator[sqlite3.Connection]:
    """The database of a file, checked, and brought up to date in a copy beside it that is gone afterwards. Raises
    StoreError, BadInputError."""
    if not source.exists():
        raise BadInputError(f"there is no file {source}")
    if (process := running_daemon(source)) is not None:
        raise StoreError(f"a daemon (process {process}) uses {source}", hint="stop it: what it does now would be lost")
    with _making(source, ".moving") as making:
        with (
            translated(source),
            closing(sqlite3.connect(source)) as good,
            closing(sqlite3.connect(making)) as copy,
        ):
            _refuse_bad(good, source)
            good.backup(copy)
        with translated(source), closing(connect(making)) as copy:
            migrate(copy)
            yield copy


def _refuse_bad(connection: sqlite3.Connection, source: Path) -> None:
    _refuse_damaged(connection, source, hint="use another backup")
    (campaigns,) = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'campaign'").fetchone()
    if not campaigns:
        raise BadInputError(f"{source} is no backup of dialerd", hint="use a file made by dialerd backup")
    refuse_newer(connection)


def _refuse_damaged(connection: sqlite3.Connection, database: Path, *, hint: str) -> None:
    (verdict, *_) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise BadInputError(f"{database} is damaged: {verdict}", hint=hint)


def _keep(database: Path) -> Path:
    """A second name for the old database, so that a wrong backup restored over it costs nothing."""
    kept = database.with_name(database.name + ".before-restore")
    try:
        kept.unlink(missing_ok=True)
        os.link(database, kept)
    except OSError as error:
        raise StoreError(f"unable to keep {database} as {kept}: {error.strerror}", hint="move it away first") from error
    return kept


def _keep_rights(old: Path, new: Path) -> None:
    """The restored file is the daemon's user's as the old one was, also where root restores it."""
    was = old.stat()
    with suppress(PermissionError):  # not root: it is ours, and stays so
        os.chown(new, was.st_uid, was.st_gid)
    new.chmod(stat.S_IMODE(was.st_mode))


def _close_journal(database: Path) -> None:
    """No write-ahead log of the old database may stay: SQLite would play it into the new one.

    Its transactions are put into the old file first, which is whole should the power fail before the rename. Raises
    StoreError while a command uses the database.
    """
    with translated(database), closing(sqlite3.connect(database)) as old:
        try:
            old.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode not in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
                raise
            # Beyond saving; perhaps that is why a backup is restored.
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)


@contextmanager
def _making(target: Path, suffix: str) -> Iterator[Path]:
    """An empty file beside `target` to be renamed to it, gone where that fails. It will hold people's numbers: for
    its own user only."""
    making = target.with_name(target.name + suffix)
    try:
        making.unlink(missing_ok=True)  # of one that was killed
        os.close(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise StoreError(f"unable to open {making}: {error.strerror}", hint="check its folder and rights") from error
    try:
        yield making
    finally:
        for end in ("", "-journal", "-wal", "-shm"):
            making.with_name(making.name + end).unlink(missing_ok=True)


def _settle_file(making: Path, target: Path) -> None:
    """On the disk first, under its name after: a half-written file never has the good name."""
    handle = os.open(making, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    making.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
