"""Daemons that dial the same campaigns, whose attempt is whose, and the pace that they share.

Not here: who leads (adapters/postgres/lease.py). On a file there is one daemon, and nothing of this is ever filled.
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m055_daemons(db: Database) -> None:
    run_script(db, _DAEMONS)


_DAEMONS = """
ALTER TABLE attempt ADD COLUMN owner TEXT NOT NULL DEFAULT '';
CREATE TABLE daemon (
  name TEXT PRIMARY KEY NOT NULL, session TEXT NOT NULL, host TEXT NOT NULL, leads INTEGER NOT NULL,
  began_at TEXT NOT NULL, until_at REAL NOT NULL
);
CREATE TABLE shared_pace (name TEXT PRIMARY KEY NOT NULL, next_at REAL NOT NULL);
CREATE VIEW wall AS SELECT (julianday('now') - 2440587.5) * 86400.0 AS s;
"""
