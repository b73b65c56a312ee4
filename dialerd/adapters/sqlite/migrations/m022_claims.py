"""What a claim writes becomes less: what lies scattered over the indexes of attempts is written when a call ends.

Not here: the claim (dialing.py). A claim of a hundred wrote a page of its own for each attempt in the index by target
and in the one by number, while the open attempts stand in the two small unique indexes anyway. Those by target and by
number hold the ended ones from now on: a statement says which it means by `disposition IS NULL` or `IS NOT NULL`.
A foreign key cannot be followed along two indexes, so that a trigger deletes a target's attempts with it.
The counters of a run move with the batch that a claim is, in one statement, instead of twice for each target.
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script

_FOREIGN_KEY = " REFERENCES target(id) ON DELETE CASCADE"


def m022_claims(db: Database) -> None:
    _drop_foreign_key(db)
    run_script(db, _CLAIMS)


def _drop_foreign_key(db: Database) -> None:
    """As SQLite's manual (ALTER TABLE, 7) has it for a constraint that does not affect what is on disk."""
    (version,) = db.execute("PRAGMA schema_version").fetchone()
    db.execute("PRAGMA writable_schema = ON")
    db.execute(
        "UPDATE sqlite_schema SET sql = replace(sql, ?, '') WHERE type = 'table' AND name = 'attempt'", (_FOREIGN_KEY,)
    )
    db.execute(f"PRAGMA schema_version = {version + 1}")
    db.execute("PRAGMA writable_schema = RESET")


_CLAIMS = """
DROP INDEX attempt_by_target;
CREATE INDEX attempt_by_target ON attempt(target_id) WHERE disposition IS NOT NULL;
DROP INDEX attempt_by_number;
CREATE INDEX attempt_by_number ON attempt(number, claimed_at) WHERE disposition IS NOT NULL;
CREATE TRIGGER target_deleted AFTER DELETE ON target BEGIN
  DELETE FROM attempt WHERE target_id = OLD.id AND disposition IS NOT NULL;
  DELETE FROM attempt WHERE target_id = OLD.id AND disposition IS NULL;
END;
DROP TRIGGER attempt_opened;
DROP TRIGGER target_moved;
CREATE TRIGGER target_moved AFTER UPDATE OF state ON target
WHEN OLD.state <> NEW.state AND NOT (OLD.state = 'pending' AND NEW.state = 'in_progress') BEGIN
  UPDATE run SET
    pending = pending + (NEW.state = 'pending') - (OLD.state = 'pending'),
    waiting = waiting + (NEW.state = 'waiting') - (OLD.state = 'waiting'),
    in_progress = in_progress + (NEW.state = 'in_progress') - (OLD.state = 'in_progress'),
    done = done + (NEW.state = 'done') - (OLD.state = 'done')
  WHERE id = NEW.run_id;
END;
"""
