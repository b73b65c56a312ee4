"""Backup of a database in use, restore, and whether one is whole.

Not here: when to do either (cli/backup.py).
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from dialerd.adapters.sqlite.connection import connect, translated
from dialerd.adapters.sqlite.lock import only_daemon
from dialerd.adapters.sqlite.migrations import migrate
from dialerd.domain.errors import BadInputError, StoreError


def check(database: Path) -> None:
    """Whether the database opens and is whole; one that does not exist yet is made. Raises StoreError."""
    with translated(database), closing(connect(database)) as connection:
        migrate(connection)
        (verdict,) = connection.execute("PRAGMA quick_check").fetchone()
    if verdict != "ok":
        raise StoreError(f"database {database} is damaged: {verdict}", hint="restore a backup with dialerd restore")


def backup(database: Path, target: Path) -> None:
    """Copy a consistent state of `database`, in use or not, to `target`, whole or not at all. Raises StoreError."""
    if not database.exists():
        raise StoreError(f"there is no database {database}", hint="check [database] path")
    if target.exists() and not target.is_file():
        raise BadInputError(f"{target} is no file", hint="name a file to write")  # a rename would put one in its place
    making = target.with_name(target.name + ".making")
    with translated(target), closing(connect(database)) as source, closing(sqlite3.connect(making)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    _settle_file(making, target)


def restore(source: Path, database: Path) -> None:
    """Put a backup in the database's place. No daemon may be running; a bad backup changes nothing."""
    if not source.exists():
        raise BadInputError(f"there is no file {source}")
    with only_daemon(database):
        making = database.with_name(database.name + ".restoring")
        making.unlink(missing_ok=True)
        with translated(source), closing(sqlite3.connect(source)) as good, closing(sqlite3.connect(making)) as copy:
            (verdict,) = good.execute("PRAGMA integrity_check").fetchone()
            if verdict != "ok":
                raise BadInputError(f"{source} is damaged: {verdict}", hint="use another backup")
            (campaigns,) = good.execute("SELECT count(*) FROM sqlite_master WHERE name = 'campaign'").fetchone()
            if not campaigns:
                raise BadInputError(f"{source} is no backup of dialerd", hint="use a file made by dialerd backup")
            good.backup(copy)
        with translated(source), closing(connect(making)) as copy:
            migrate(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        for suffix in ("-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
        _settle_file(making, database)


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
