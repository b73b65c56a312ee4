"""A disposition that the dialplan gives to a call that is still up, until the call is settled.

Not here: later changes (a migration that has landed is never edited).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m031_hooks(db: Database) -> None:
    run_script(db, _HOOKS)


_HOOKS = """
CREATE TABLE asked_disposition (
  attempt_id TEXT PRIMARY KEY REFERENCES attempt(id) ON DELETE CASCADE, code TEXT NOT NULL, actor TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""
