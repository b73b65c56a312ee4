"""Lists, contacts, do-not-call, campaigns, runs, targets, attempts, audit: the schema of the first version.

Times are ISO 8601 in UTC with microseconds, one width, so that text order is time order. The partial unique
indexes are the last wall before a double call: one open attempt per target and per number, one unfinished run
per campaign.
Not here: what came later (m002_contacts.py and on).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m001_first(db: Database) -> None:
    run_script(db, _FIRST)


_FIRST = """
CREATE TABLE contact_list (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, region TEXT NOT NULL,
  contacts INTEGER NOT NULL DEFAULT 0, created_at TEXT NOT NULL
) STRICT;
CREATE TABLE contact (
  id INTEGER PRIMARY KEY, list_id INTEGER NOT NULL REFERENCES contact_list(id) ON DELETE CASCADE,
  number TEXT NOT NULL, zones TEXT NOT NULL, zone TEXT, priority INTEGER NOT NULL DEFAULT 0,
  attributes TEXT NOT NULL DEFAULT '{}', created_at TEXT NOT NULL,
  UNIQUE (list_id, number)
) STRICT;
CREATE INDEX contact_by_number ON contact(number);
CREATE TABLE contact_number (
  contact_id INTEGER NOT NULL REFERENCES contact(id) ON DELETE CASCADE, position INTEGER NOT NULL,
  number TEXT NOT NULL, zones TEXT NOT NULL, PRIMARY KEY (contact_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_number_by_number ON contact_number(number);
CREATE TABLE dnc_list (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO dnc_list (id, name) VALUES (1, 'global');
CREATE TABLE dnc_entry (
  number TEXT NOT NULL, list_id INTEGER NOT NULL REFERENCES dnc_list(id) ON DELETE CASCADE,
  source TEXT NOT NULL, added_at TEXT NOT NULL, expires_at TEXT,
  PRIMARY KEY (number, list_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE campaign (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, spec TEXT NOT NULL,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT;
CREATE TABLE run (
  id INTEGER PRIMARY KEY, campaign_id INTEGER NOT NULL REFERENCES campaign(id) ON DELETE CASCADE,
  number INTEGER NOT NULL, spec TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'stopping', 'completed', 'stopped')),
  is_prepared INTEGER NOT NULL DEFAULT 0, taken_in INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL, finished_at TEXT,
  pending INTEGER NOT NULL DEFAULT 0, waiting INTEGER NOT NULL DEFAULT 0,
  in_progress INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  UNIQUE (campaign_id, number)
) STRICT;
CREATE UNIQUE INDEX run_unfinished ON run(campaign_id) WHERE finished_at IS NULL;
CREATE TABLE run_disposition (
  run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE, disposition TEXT NOT NULL,
  n INTEGER NOT NULL, PRIMARY KEY (run_id, disposition)
) STRICT, WITHOUT ROWID;
CREATE TABLE target (
  id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE,
  contact_id INTEGER NOT NULL, number TEXT NOT NULL, zones TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'waiting', 'in_progress', 'done')),
  rank REAL NOT NULL, attempts_spent INTEGER NOT NULL DEFAULT 0, not_before TEXT, disposition TEXT, done_at TEXT,
  UNIQUE (run_id, number)
) STRICT;
CREATE INDEX target_next ON target(run_id, attempts_spent, rank, id) WHERE state = 'pending';
CREATE INDEX target_waiting ON target(run_id, not_before) WHERE state = 'waiting';
CREATE INDEX target_contact ON target(run_id, contact_id);
CREATE TABLE attempt (
  id TEXT PRIMARY KEY CHECK (length(id) = 33), target_id INTEGER NOT NULL REFERENCES target(id) ON DELETE CASCADE,
  run_id INTEGER NOT NULL, number TEXT NOT NULL, trunk TEXT NOT NULL, asterisk TEXT NOT NULL,
  caller_id TEXT NOT NULL, claimed_at TEXT NOT NULL, answered_at TEXT, ended_at TEXT, verdict TEXT, amd TEXT,
  cause INTEGER, sip_code INTEGER, disposition TEXT, spent INTEGER NOT NULL DEFAULT 1, reason TEXT NOT NULL DEFAULT '',
  CHECK ((disposition IS NULL) = (ended_at IS NULL))
) STRICT;
CREATE INDEX attempt_by_target ON attempt(target_id);
CREATE INDEX attempt_by_run ON attempt(run_id, claimed_at);
CREATE UNIQUE INDEX attempt_open_target ON attempt(target_id) WHERE disposition IS NULL;
CREATE UNIQUE INDEX attempt_open_number ON attempt(number) WHERE disposition IS NULL;
CREATE TABLE audit (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
  subject TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;
CREATE TRIGGER target_added AFTER INSERT ON target BEGIN
  UPDATE run SET pending = pending + (NEW.state = 'pending'), done = done + (NEW.state = 'done')
  WHERE id = NEW.run_id;
  INSERT INTO run_disposition SELECT NEW.run_id, NEW.disposition, 1 WHERE NEW.state = 'done'
  ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER target_moved AFTER UPDATE OF state ON target WHEN OLD.state <> NEW.state BEGIN
  UPDATE run SET
    pending = pending + (NEW.state = 'pending') - (OLD.state = 'pending'),
    waiting = waiting + (NEW.state = 'waiting') - (OLD.state = 'waiting'),
    in_progress = in_progress + (NEW.state = 'in_progress') - (OLD.state = 'in_progress'),
    done = done + (NEW.state = 'done') - (OLD.state = 'done')
  WHERE id = NEW.run_id;
END;
CREATE TRIGGER target_done_undialed AFTER UPDATE OF state ON target
WHEN NEW.state = 'done' AND OLD.state <> 'in_progress' BEGIN
  INSERT INTO run_disposition VALUES (NEW.run_id, NEW.disposition, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER attempt_opened AFTER INSERT ON attempt BEGIN
  UPDATE run SET attempts = attempts + 1 WHERE id = NEW.run_id;
END;
CREATE TRIGGER attempt_closed AFTER UPDATE OF disposition ON attempt WHEN OLD.disposition IS NULL BEGIN
  INSERT INTO run_disposition VALUES (NEW.run_id, NEW.disposition, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
"""
