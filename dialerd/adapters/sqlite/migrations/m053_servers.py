"""Which Asterisk servers an admin has drained, and what the daemon says of servers and trunks.

Not here: what they are (the settings).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m053_servers(db: Database) -> None:
    run_script(db, _SERVERS)


_SERVERS = """
CREATE TABLE server (
  name TEXT PRIMARY KEY, drained_at TEXT, drained_by TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', told_at TEXT
);
CREATE TABLE trunk_state (
  name TEXT PRIMARY KEY, pace REAL NOT NULL, rests_until TEXT, reason TEXT NOT NULL, told_at TEXT NOT NULL
);
"""
