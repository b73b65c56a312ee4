"""The routes for messages as the daemon sees them, for whoever asks why a message waits.

Not here: their settings, and what is under way over them (the open attempts).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m048_message_routes(db: Database) -> None:
    run_script(db, _ROUTES)


_ROUTES = """
CREATE TABLE message_route (
  name TEXT PRIMARY KEY,
  channel TEXT NOT NULL,
  window INTEGER NOT NULL,
  rate REAL NOT NULL,
  is_up INTEGER NOT NULL,
  since TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT;
"""
