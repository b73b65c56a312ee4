"""The names that routes know our messages by, and what was written back: each reply once, however often it is brought.

Not here: the messages themselves, which are attempts (m029_strategy.py).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m033_messages(db: Database) -> None:
    run_script(db, _MESSAGES)


_MESSAGES = """
CREATE TABLE message_id (
  route TEXT NOT NULL, id TEXT NOT NULL, attempt_id TEXT NOT NULL, is_delivered INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (route, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_id_by_attempt ON message_id(attempt_id);
CREATE TABLE reply (
  id INTEGER PRIMARY KEY, route TEXT NOT NULL, reply_id TEXT NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL,
  subject TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL, attempt_id TEXT, contact_id INTEGER,
  did TEXT NOT NULL DEFAULT '', UNIQUE (route, reply_id)
) STRICT;
CREATE INDEX reply_by_contact ON reply(contact_id) WHERE contact_id IS NOT NULL;
CREATE TRIGGER message_id_deleted AFTER DELETE ON attempt BEGIN
  DELETE FROM message_id WHERE attempt_id = OLD.id;
END;
"""
