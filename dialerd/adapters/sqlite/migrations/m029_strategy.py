"""Strategies; at which step and on which channel a target is, and each attempt was.

Not here: what an attempt over a channel leads to. `lane` is the walk that a target stands in while it is pending: that
of its channel, or of calls where it waits for a callback (a turn of -2 or less). Calls walk past no messages and the
other way round, however many there are.
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m029_strategy(db: Database) -> None:
    run_script(db, _STRATEGY)


_STRATEGY = """
CREATE TABLE strategy (name TEXT PRIMARY KEY, spec TEXT NOT NULL, updated_at TEXT NOT NULL) STRICT;
ALTER TABLE target ADD COLUMN step TEXT NOT NULL DEFAULT '';
ALTER TABLE target ADD COLUMN channel TEXT NOT NULL DEFAULT 'voice';
ALTER TABLE target ADD COLUMN lane TEXT GENERATED ALWAYS AS (iif(turn <= -2, 'voice', channel)) VIRTUAL;
ALTER TABLE attempt ADD COLUMN step TEXT NOT NULL DEFAULT '';
ALTER TABLE attempt ADD COLUMN channel TEXT NOT NULL DEFAULT 'voice';
DROP INDEX target_next;
CREATE INDEX target_next ON target(run_id, lane, turn, rank, id) WHERE state = 'pending';
"""
