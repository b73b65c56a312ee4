"""What another dialer has done with a contact before it came here, and which of its callbacks were brought over.

Not here: the calls themselves, which stand with those of deleted campaigns (m021_past_calls.py).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m044_past(db: Database) -> None:
    run_script(db, _PAST)


_PAST = """
CREATE TABLE contact_past (
  contact_id INTEGER PRIMARY KEY REFERENCES contact(id) ON DELETE CASCADE, attempts INTEGER NOT NULL, last_at TEXT,
  code TEXT NOT NULL, is_over INTEGER NOT NULL, source TEXT NOT NULL
) STRICT;
CREATE TABLE brought_over (what TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
"""
