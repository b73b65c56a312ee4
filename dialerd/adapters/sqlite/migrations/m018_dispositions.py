"""Sets of custom dispositions, and the one that took the place of the system's on an attempt.

Not here: the system's own (m001_first.py), which stays on the attempt beside it. Counts go by the final one; a target
that is settled by one is counted with its attempt.
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m018_dispositions(db: Database) -> None:
    run_script(db, _DISPOSITIONS)


_DISPOSITIONS = """
CREATE TABLE disposition_set (name TEXT PRIMARY KEY, spec TEXT NOT NULL, updated_at TEXT NOT NULL) STRICT;
ALTER TABLE attempt ADD COLUMN final TEXT;
CREATE TRIGGER attempt_overridden AFTER UPDATE OF final ON attempt WHEN OLD.final IS NOT NEW.final BEGIN
  UPDATE run_disposition SET n = n - 1
  WHERE run_id = NEW.run_id AND disposition = coalesce(OLD.final, OLD.disposition);
  DELETE FROM run_disposition WHERE run_id = NEW.run_id AND n = 0;
  INSERT INTO run_disposition VALUES (NEW.run_id, coalesce(NEW.final, NEW.disposition), 1)
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
DROP TRIGGER target_done_undialed;
CREATE TRIGGER target_done_undialed AFTER UPDATE OF state ON target
WHEN NEW.state = 'done' AND OLD.state <> 'in_progress' AND NEW.held_by IS NOT 'given' BEGIN
  INSERT INTO run_disposition VALUES (NEW.run_id, NEW.disposition, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
"""
