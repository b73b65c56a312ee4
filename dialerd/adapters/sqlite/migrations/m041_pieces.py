"""The parts of incoming texts that are not whole yet, for a daemon that comes after.

Not here: replies (m033_messages.py).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m041_pieces(db: Database) -> None:
    run_script(db, _PIECES)


_PIECES = """
CREATE TABLE piece (
  route TEXT NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL, reference INTEGER NOT NULL,
  total INTEGER NOT NULL, number INTEGER NOT NULL, text TEXT NOT NULL, began_at TEXT NOT NULL,
  PRIMARY KEY (route, sender, recipient, reference, total, number)
) STRICT, WITHOUT ROWID;
"""
