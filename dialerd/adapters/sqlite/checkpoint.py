"""Moves what was committed from the write-ahead log into the database, beside the writer instead of within a commit.

Not here: the writer (writer.py). With ten million rows a commit's pages lie scattered: SQLite's own checkpoint, done in
the commit that makes the log long, would keep every call that waits for it waiting for tens of milliseconds.
"""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from dialerd.adapters.sqlite.connection import connect
from dialerd.log import logger

_log = logger(__name__)

_EVERY = 500  # changed rows: the steps of some fifty calls, about a thousand pages
_LONGEST = 20_000  # pages of log (80 MB): so far behind, the writer does it itself


class Checkpointer:
    """A thread with a connection of its own. It waits for nobody (a passive checkpoint) and nobody for it."""

    def __init__(self, writer: sqlite3.Connection, path: Path) -> None:
        writer.execute(f"PRAGMA wal_autocheckpoint = {_LONGEST}")
        self._connection = connect(path)
        self._done_at = writer.total_changes
        self._is_due = threading.Event()
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, name="sqlite checkpoint", daemon=True)
        self._thread.start()

    def committed(self, total_changes: int) -> None:
        """The writer has committed; `total_changes` is its connection's count of changed rows."""
        if total_changes - self._done_at >= _EVERY:
            self._done_at = total_changes
            self._is_due.set()

    def close(self) -> None:
        self._is_closed = True
        self._is_due.set()
        self._thread.join()
        self._connection.close()

    def _work(self) -> None:
        while True:
            self._is_due.wait()
            self._is_due.clear()
            try:
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            except sqlite3.Error as error:  # the log only gets longer, and the next time is soon
                _log.warning(f"the write-ahead log was not moved: {error}", action="checkpoint_failed")
            if self._is_closed:
                return
