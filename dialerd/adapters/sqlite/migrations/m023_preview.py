"""Records that are shown to agents before they are dialed, and those that agents have skipped.

A shown record waits in its run, held by 'preview', so that nobody else can claim it; should the daemon die, it falls
due by itself. Not here: the attempt that comes of it.
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m023_preview(db: Database) -> None:
    run_script(db, _PREVIEW)


_PREVIEW = """
CREATE TABLE preview (
  agent TEXT PRIMARY KEY, run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  target_id INTEGER NOT NULL UNIQUE REFERENCES target(id) ON DELETE CASCADE, contact_id INTEGER NOT NULL,
  shown_at TEXT NOT NULL, dial_at TEXT NOT NULL, asked TEXT CHECK (asked IN ('dial', 'skip'))
) STRICT;
CREATE INDEX preview_by_run ON preview(run_id);
CREATE TABLE preview_skip (
  run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE, agent TEXT NOT NULL, at TEXT NOT NULL,
  target_id INTEGER NOT NULL REFERENCES target(id) ON DELETE CASCADE, until TEXT NOT NULL
) STRICT;
CREATE INDEX preview_skip_by_agent ON preview_skip(run_id, agent, until);
CREATE INDEX preview_skip_by_target ON preview_skip(target_id);
"""
