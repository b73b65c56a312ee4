"""What the people on the floor see and ask: requests for calls that are up, who waits in which queue, notes.

Not here: doing what is asked (engine). A request is done or refused within moments, or is too late; what it asked (keys
may be anything, a card's number too) goes from the row with that. `listeners` is JSON: who listens to an agent's call.
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m038_floor(db: Database) -> None:
    run_script(db, _FLOOR)


_FLOOR = """
ALTER TABLE agent ADD COLUMN is_muted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agent ADD COLUMN is_holding INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agent ADD COLUMN listeners TEXT NOT NULL DEFAULT '[]';
ALTER TABLE attempt ADD COLUMN rang_at TEXT;
CREATE TABLE call_request (
  id INTEGER PRIMARY KEY, agent TEXT NOT NULL, verb TEXT NOT NULL, detail TEXT NOT NULL, person TEXT,
  actor TEXT NOT NULL, asked_at TEXT NOT NULL, done_at TEXT, refusal TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX call_request_open ON call_request(id) WHERE done_at IS NULL;
CREATE INDEX call_request_done ON call_request(done_at) WHERE done_at IS NOT NULL;
CREATE TABLE caller (
  id TEXT PRIMARY KEY, queue TEXT NOT NULL, asterisk TEXT NOT NULL, came_at TEXT NOT NULL, agent TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE contact_note (
  id INTEGER PRIMARY KEY, contact_id INTEGER NOT NULL REFERENCES contact(id) ON DELETE CASCADE,
  at TEXT NOT NULL, actor TEXT NOT NULL, text TEXT NOT NULL
) STRICT;
CREATE INDEX contact_note_by_contact ON contact_note(contact_id, id);
"""
