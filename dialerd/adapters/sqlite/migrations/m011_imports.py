"""Column maps by name, what came of each import into a list, and the folders that lists are filled from.

Not here: the contacts (m001_first.py).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m011_imports(db: Database) -> None:
    run_script(db, _IMPORTS)


# mark: the highest contact's id when the import began; line: the file's last line that is dealt with.
_IMPORTS = """
CREATE TABLE column_map (name TEXT PRIMARY KEY, spec TEXT NOT NULL, updated_at TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE list_import (
  id INTEGER PRIMARY KEY, list_id INTEGER NOT NULL REFERENCES contact_list(id) ON DELETE CASCADE,
  source TEXT NOT NULL, mark INTEGER NOT NULL, started_at TEXT NOT NULL, updated_at TEXT NOT NULL, finished_at TEXT,
  line INTEGER NOT NULL DEFAULT 1, added INTEGER NOT NULL DEFAULT 0, already_there INTEGER NOT NULL DEFAULT 0,
  doubled INTEGER NOT NULL DEFAULT 0, on_dnc INTEGER NOT NULL DEFAULT 0, rejected INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX list_import_by_list ON list_import(list_id);
CREATE TABLE list_drop (
  list_id INTEGER PRIMARY KEY REFERENCES contact_list(id) ON DELETE CASCADE,
  folder TEXT NOT NULL UNIQUE, map TEXT REFERENCES column_map(name)
) STRICT;
CREATE INDEX list_drop_by_map ON list_drop(map);
"""
