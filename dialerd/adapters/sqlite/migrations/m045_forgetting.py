"""People can be forgotten: erased everywhere, or with what has become old.

Not here: doing it (persons.py, forgetting.py). The audit log stays a log that is only added to, but for an erasure,
which opens its door within its own transaction: numbers go from its rows, or rows that are older than they are kept.
`erasure`: whom the rest of the audit log still has to be swept for; the needles go with the last row that is swept.
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m045_forgetting(db: Database) -> None:
    run_script(db, _FORGETTING)


_FORGETTING = """
ALTER TABLE recording ADD COLUMN is_unwanted INTEGER NOT NULL DEFAULT 0;
CREATE INDEX recording_unwanted ON recording(name) WHERE is_unwanted;
ALTER TABLE run ADD COLUMN forgotten_at TEXT;
CREATE INDEX callback_of_contact ON callback(contact_id);
CREATE INDEX callback_ended ON callback(ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX reply_by_sender ON reply(sender);
CREATE INDEX reply_kept ON reply(at) WHERE sender <> 'erased';
CREATE INDEX answer_kept ON answer(at) WHERE recipient <> 'erased';
CREATE TABLE erasure (
  id INTEGER PRIMARY KEY, needles TEXT NOT NULL, contacts TEXT NOT NULL, swept INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE audit_door (id INTEGER PRIMARY KEY CHECK (id = 1), is_open INTEGER NOT NULL) STRICT;
INSERT INTO audit_door VALUES (1, 0);
DROP TRIGGER audit_stays;
DROP TRIGGER audit_is_kept;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
WHEN NOT (SELECT is_open FROM audit_door) OR NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.actor <> OLD.actor
  OR NEW.action <> OLD.action BEGIN
  SELECT RAISE(ABORT, 'the audit log can only be added to');
END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit WHEN NOT (SELECT is_open FROM audit_door) BEGIN
  SELECT RAISE(ABORT, 'the audit log can only be added to');
END;
"""
