"""A target may dial several numbers of its contact: which one it is at, and its turn among the targets of its run.

Not here: the numbers (m001_first.py). `turn` is what the dialing order goes by first: the attempts spent, or -1 for the
next number of a contact whose numbers are tried one after the other.
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m016_numbers(db: Database) -> None:
    run_script(db, _NUMBERS)


_NUMBERS = """
ALTER TABLE target ADD COLUMN position INTEGER NOT NULL DEFAULT 1;
ALTER TABLE target ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
UPDATE target SET turn = attempts_spent WHERE attempts_spent > 0;
DROP INDEX target_next;
CREATE INDEX target_next ON target(run_id, turn, rank, id) WHERE state = 'pending';
"""
