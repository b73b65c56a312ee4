"""Opt-outs as they were said: kept for as long as somebody may ask how a number came onto a do-not-call list.

They outlive the campaign, the contact and the entry. Not here: the lists (m001_first.py).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m032_opt_out(db: Database) -> None:
    run_script(db, _OPT_OUT)


_OPT_OUT = """
CREATE TABLE opt_out (
  id INTEGER PRIMARY KEY, address TEXT NOT NULL, addresses TEXT NOT NULL, how TEXT NOT NULL, list_name TEXT NOT NULL,
  at TEXT NOT NULL, actor TEXT NOT NULL, words TEXT NOT NULL, contact_id INTEGER, attempt_id TEXT
) STRICT;
CREATE TABLE opt_out_address (
  barred TEXT NOT NULL, opt_out_id INTEGER NOT NULL REFERENCES opt_out(id) ON DELETE CASCADE,
  PRIMARY KEY (barred, opt_out_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempt_by_agent ON attempt(agent, connected_at) WHERE agent IS NOT NULL AND connected_at IS NOT NULL;
"""
