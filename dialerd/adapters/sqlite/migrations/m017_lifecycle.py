"""How a stopping run will end and why, what holds a run and what holds each of its waiting targets.

Not here: what comes later. The walk of the waiting targets carries the gate, so that counting them by it reads no row.
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m017_lifecycle(db: Database) -> None:
    run_script(db, _LIFECYCLE)


_LIFECYCLE = """
ALTER TABLE run ADD COLUMN ending TEXT NOT NULL DEFAULT 'stopped' CHECK (ending IN ('completed', 'stopped'));
ALTER TABLE run ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN held TEXT NOT NULL DEFAULT '';
ALTER TABLE target ADD COLUMN held_by TEXT;
DROP INDEX target_waiting;
CREATE INDEX target_waiting ON target(run_id, not_before, held_by) WHERE state = 'waiting';
"""
