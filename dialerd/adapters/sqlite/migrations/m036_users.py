"""Users, sessions, tokens, kept answers; the audit log cannot be changed any more, only added to.

Secrets stand here as SHA-256 of what was drawn (passwords as argon2id): the file alone signs nobody in.
Not here: later changes (a migration that has landed is never edited).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m036_users(db: Database) -> None:
    run_script(db, _USERS)


_USERS = """
CREATE TABLE user (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL CHECK (role IN ('admin', 'supervisor', 'agent')), password_hash TEXT NOT NULL,
  agent TEXT, queues TEXT, is_disabled INTEGER NOT NULL DEFAULT 0, created_at TEXT NOT NULL, last_signed_in_at TEXT
) STRICT;
CREATE TABLE session (
  digest TEXT PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,
  created_at TEXT NOT NULL, used_at TEXT NOT NULL, ends_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_user ON session(user_id);
CREATE INDEX session_by_use ON session(used_at);
CREATE TABLE api_token (
  digest TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, user_id INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE,
  created_at TEXT NOT NULL, expires_at TEXT, used_at TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX api_token_by_user ON api_token(user_id);
CREATE TABLE signin_failure (key TEXT PRIMARY KEY, n INTEGER NOT NULL, since TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX signin_failure_by_time ON signin_failure(since);
CREATE TABLE idempotency_key (
  actor TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
  at TEXT NOT NULL, PRIMARY KEY (actor, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_key_by_time ON idempotency_key(at);
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit log can only be added to');
END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit log can only be added to');
END;
"""
