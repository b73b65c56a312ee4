"""Since when a campaign's schedule holds, which of its occurrences were started or skipped, and when a run must end.

Not here: the schedules, which are in the campaigns' definitions. The primary key is what starts an occurrence once.
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m014_schedule(db: Database) -> None:
    run_script(db, _SCHEDULE)


_SCHEDULE = """
ALTER TABLE campaign ADD COLUMN scheduled_at TEXT;
ALTER TABLE run ADD COLUMN ends_at TEXT;
ALTER TABLE run ADD COLUMN precedence INTEGER NOT NULL DEFAULT 0;
CREATE TABLE occurrence (
  campaign_id INTEGER NOT NULL REFERENCES campaign(id) ON DELETE CASCADE, start_at TEXT NOT NULL,
  scrubbed_at TEXT, outcome TEXT CHECK (outcome IN ('started', 'skipped')), run_id INTEGER,
  reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (campaign_id, start_at)
) STRICT, WITHOUT ROWID;
"""
