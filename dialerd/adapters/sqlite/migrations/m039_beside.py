"""An attempt may be made beside another: a message that goes to somebody who is in a call.

It does not take its target, which the call has; so the two indexes that let a target and a number have one open
attempt leave it out, and whatever asks for open attempts says whether it means those. Not here: whether it may be sent
(usecases/besides.py).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m039_beside(db: Database) -> None:
    run_script(db, _BESIDE)


_BESIDE = """
ALTER TABLE attempt ADD COLUMN beside TEXT;
DROP INDEX attempt_open_target;
CREATE UNIQUE INDEX attempt_open_target ON attempt(target_id) WHERE disposition IS NULL AND beside IS NULL;
DROP INDEX attempt_open_number;
CREATE UNIQUE INDEX attempt_open_number ON attempt(number) WHERE disposition IS NULL AND beside IS NULL;
CREATE INDEX attempt_open_beside ON attempt(target_id) WHERE disposition IS NULL AND beside IS NOT NULL;
DROP TRIGGER target_deleted;
CREATE TRIGGER target_deleted AFTER DELETE ON target BEGIN
  DELETE FROM attempt WHERE target_id = OLD.id AND disposition IS NOT NULL;
  DELETE FROM attempt WHERE target_id = OLD.id AND disposition IS NULL AND beside IS NULL;
  DELETE FROM attempt WHERE target_id = OLD.id AND disposition IS NULL AND beside IS NOT NULL;
END;
"""
