"""Callbacks, and the walk of the targets that wait for theirs: a `turn` of -2 or less, before every other.

Not here: when one is due (domain/callback.py). A target that is settled without its callback having been dialed leaves
it to the campaign's next run, or ends it where the number may not be called any more; a trigger sees to it, so that no
statement can settle a target and forget its callback.
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m020_callbacks(db: Database) -> None:
    run_script(db, _CALLBACKS)


_CALLBACKS = """
CREATE TABLE callback (
  id INTEGER PRIMARY KEY, campaign_id INTEGER NOT NULL REFERENCES campaign(id) ON DELETE CASCADE,
  contact_id INTEGER NOT NULL, number TEXT NOT NULL, zones TEXT NOT NULL, zone TEXT NOT NULL,
  due_at TEXT NOT NULL, planned_at TEXT NOT NULL, expires_at TEXT NOT NULL,
  created_by TEXT NOT NULL, created_at TEXT NOT NULL,
  agent TEXT, fallback_s REAL, notes TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN ('scheduled', 'in_progress', 'done', 'cancelled', 'expired')),
  is_urgent INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0,
  run_id INTEGER, target_id INTEGER, resume_at TEXT,
  attempt_id TEXT, dialed_at TEXT, disposition TEXT, reason TEXT NOT NULL DEFAULT '', ended_at TEXT,
  CHECK ((ended_at IS NULL) = (state IN ('scheduled', 'in_progress')))
) STRICT;
CREATE UNIQUE INDEX callback_scheduled ON callback(campaign_id, contact_id) WHERE state = 'scheduled';
CREATE INDEX callback_open ON callback(target_id) WHERE state IN ('scheduled', 'in_progress');
CREATE INDEX callback_by_number ON callback(number) WHERE state = 'scheduled';
CREATE INDEX callback_by_contact ON callback(contact_id) WHERE state = 'scheduled';
CREATE INDEX callback_planned ON callback(campaign_id, planned_at);
CREATE INDEX callback_of_agent ON callback(agent, planned_at) WHERE state = 'scheduled' AND agent IS NOT NULL;
CREATE INDEX callback_dialed ON callback(campaign_id, dialed_at) WHERE dialed_at IS NOT NULL;
CREATE INDEX target_callback ON target(run_id, not_before) WHERE state = 'waiting' AND turn <= -2;
CREATE TRIGGER callback_target_settled AFTER UPDATE OF state ON target
WHEN NEW.state = 'done' AND NEW.turn <= -2 BEGIN
  UPDATE callback SET state = 'cancelled', ended_at = NEW.done_at, reason = 'the number is on a do-not-call list'
  WHERE target_id = NEW.id AND state = 'scheduled' AND NEW.disposition = 'do_not_call';
  UPDATE callback SET run_id = NULL, target_id = NULL, resume_at = NULL
  WHERE target_id = NEW.id AND state = 'scheduled' AND NEW.disposition <> 'do_not_call';
END;
"""
