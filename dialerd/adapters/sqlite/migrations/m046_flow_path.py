"""The way of a call through its flow, kept from this schema on: one row for a call that was led through one.

It goes with its attempt. Not here: what is made of it (domain/habits.py).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m046_flow_path(db: Database) -> None:
    run_script(db, _FLOW_PATH)


_FLOW_PATH = """
CREATE TABLE flow_path (
  attempt_id TEXT PRIMARY KEY REFERENCES attempt(id) ON DELETE CASCADE, run_id INTEGER NOT NULL,
  path TEXT NOT NULL CHECK (json_valid(path))
) STRICT;
CREATE INDEX flow_path_by_run ON flow_path(run_id);
"""
