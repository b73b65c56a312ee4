"""Flows: what a person hears when no agent takes the call. The definition is one JSON column, as a campaign's is.

Not here: what a flow is (domain/flow).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m026_flow(db: Database) -> None:
    run_script(db, _FLOW)


_FLOW = """
CREATE TABLE flow (
  name TEXT PRIMARY KEY, spec TEXT NOT NULL, version INTEGER NOT NULL, applied_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""
