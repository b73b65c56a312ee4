"""Recordings of calls, and who wants a call that is up to be recorded or not.

Not here: the sound, which Asterisk keeps.
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m027_recording(db: Database) -> None:
    run_script(db, _RECORDING)


_RECORDING = """
CREATE TABLE recording (
  name TEXT PRIMARY KEY, attempt_id TEXT NOT NULL REFERENCES attempt(id) ON DELETE CASCADE, asterisk TEXT NOT NULL,
  asked_by TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT, duration_s REAL, trouble TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX recording_by_attempt ON recording(attempt_id);
CREATE INDEX recording_by_start ON recording(started_at);
CREATE INDEX recording_going_on ON recording(attempt_id) WHERE ended_at IS NULL;
CREATE TABLE recording_wish (
  attempt_id TEXT PRIMARY KEY REFERENCES attempt(id) ON DELETE CASCADE, wanted INTEGER NOT NULL, asked_by TEXT NOT NULL
) STRICT;
"""
