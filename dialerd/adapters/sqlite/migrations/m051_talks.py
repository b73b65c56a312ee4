"""The talks of agents who have passed their person on: of an attempt, the last agent's stands in its own row.

Not here: what they add up to (reports).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m051_talks(db: Database) -> None:
    run_script(db, _TALKS)


_TALKS = """
CREATE TABLE talk (
  attempt_id TEXT NOT NULL REFERENCES attempt(id) ON DELETE CASCADE, began_at TEXT NOT NULL, ended_at TEXT NOT NULL,
  agent TEXT NOT NULL, queue TEXT, taker TEXT, PRIMARY KEY (attempt_id, began_at)
) STRICT, WITHOUT ROWID;
"""
