"""Saved views of the table of campaigns, and the tallies that reports are made of.

Not here: what is shown of either. A tally counts the ended attempts of a run by the hour they were claimed in, list,
agent, trunk and final disposition. Triggers keep it, so that no statement can end an attempt, or give it another
disposition, and forget to count it; a report then reads some hundreds of rows where a run has millions of attempts.
Times are whole milliseconds: sums of them are exact.
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m037_reports(db: Database) -> None:
    run_script(db, _REPORTS)


_MS = "CAST(round((julianday({0}.ended_at) - julianday({1})) * 86400000) AS INTEGER)"
_LIST = """coalesce((SELECT contact.list_id FROM target JOIN contact ON contact.id = target.contact_id
              WHERE target.id = {0}.target_id), 0)"""
_KEY = "{0}.run_id, substr({0}.claimed_at, 1, 13), " + _LIST + ", coalesce({0}.agent, ''), {0}.trunk"
_CODE = "coalesce({0}.final, {0}.disposition)"


def _counts(attempt: str) -> str:
    """answered, connected, duration_ms, talk_ms of one attempt."""
    whole = _MS.format(attempt, f"{attempt}.claimed_at")
    talk = _MS.format(attempt, f"coalesce({attempt}.connected_at, {attempt}.answered_at)")
    answered = f"{attempt}.answered_at IS NOT NULL, {attempt}.connected_at IS NOT NULL"
    return f"{answered}, {whole}, iif({attempt}.answered_at IS NULL, 0, {talk})"


def _row(attempt: str) -> str:
    """The tally of one attempt by itself."""
    return f"{_KEY.format(attempt)}, {_CODE.format(attempt)}, 1, {_counts(attempt)}"


_ADD = """ON CONFLICT DO UPDATE SET attempts = attempts + excluded.attempts, answered = answered + excluded.answered,
    connected = connected + excluded.connected, duration_ms = duration_ms + excluded.duration_ms,
    talk_ms = talk_ms + excluded.talk_ms"""

_REPORTS = f"""
CREATE TABLE view (
  id INTEGER PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, spec TEXT NOT NULL,
  is_shared INTEGER NOT NULL DEFAULT 0, updated_at TEXT NOT NULL, UNIQUE (owner, name)
) STRICT;
CREATE TABLE view_default (
  owner TEXT PRIMARY KEY, view_id INTEGER NOT NULL REFERENCES view(id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX view_default_by_view ON view_default(view_id);
CREATE TABLE tally (
  run_id INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE, hour TEXT NOT NULL, list_id INTEGER NOT NULL,
  agent TEXT NOT NULL, trunk TEXT NOT NULL, disposition TEXT NOT NULL,
  attempts INTEGER NOT NULL, answered INTEGER NOT NULL, connected INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL, talk_ms INTEGER NOT NULL,
  PRIMARY KEY (run_id, hour, list_id, agent, trunk, disposition)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER attempt_tallied AFTER UPDATE OF disposition ON attempt WHEN OLD.disposition IS NULL BEGIN
  INSERT INTO tally VALUES ({_row("NEW")}) {_ADD};
END;
CREATE TRIGGER attempt_tallied_anew AFTER UPDATE OF final ON attempt
WHEN OLD.final IS NOT NEW.final AND OLD.disposition IS NOT NULL BEGIN
  UPDATE tally SET attempts = attempts - 1, answered = answered - (OLD.answered_at IS NOT NULL),
    connected = connected - (OLD.connected_at IS NOT NULL),
    duration_ms = duration_ms - {_MS.format("OLD", "OLD.claimed_at")},
    talk_ms = talk_ms - iif(OLD.answered_at IS NULL, 0,
      {_MS.format("OLD", "coalesce(OLD.connected_at, OLD.answered_at)")})
  WHERE (run_id, hour, list_id, agent, trunk, disposition) = ({_KEY.format("OLD")}, {_CODE.format("OLD")});
  INSERT INTO tally SELECT {_row("NEW")} WHERE changes() > 0 {_ADD};
  DELETE FROM tally WHERE attempts = 0
    AND (run_id, hour, list_id, agent, trunk, disposition) = ({_KEY.format("OLD")}, {_CODE.format("OLD")});
END;
INSERT INTO tally SELECT {_row("attempt")} FROM attempt WHERE disposition IS NOT NULL {_ADD};
"""  # noqa: S608  # all of it are constants of this file
