"""What regulation packs need to know of earlier calls, what each attempt was allowed by, and the abandon meters.

Not here: the packs. Live answers are counted per campaign and quarter of an hour by a trigger, so that no statement can
close an attempt and forget to count it.
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m015_regulation(db: Database) -> None:
    run_script(db, _REGULATION)


_REGULATION = """
ALTER TABLE attempt ADD COLUMN regulation TEXT NOT NULL DEFAULT '';
CREATE INDEX attempt_by_number ON attempt(number, claimed_at);
CREATE TABLE live_answer (
  campaign_id INTEGER NOT NULL REFERENCES campaign(id) ON DELETE CASCADE, quarter TEXT NOT NULL,
  answered INTEGER NOT NULL, abandoned INTEGER NOT NULL, PRIMARY KEY (campaign_id, quarter)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER attempt_answered AFTER UPDATE OF disposition ON attempt
WHEN OLD.disposition IS NULL
  AND NEW.disposition IN ('answered_human', 'abandoned', 'customer_hangup', 'agent_hangup') BEGIN
  INSERT INTO live_answer SELECT run.campaign_id,
    substr(NEW.ended_at, 1, 14) || printf('%02d', CAST(substr(NEW.ended_at, 15, 2) AS INTEGER) / 15 * 15),
    1, NEW.disposition = 'abandoned' FROM run WHERE run.id = NEW.run_id
  ON CONFLICT DO UPDATE SET answered = answered + 1, abandoned = abandoned + excluded.abandoned;
END;
INSERT INTO live_answer SELECT run.campaign_id,
  substr(ended_at, 1, 14) || printf('%02d', CAST(substr(ended_at, 15, 2) AS INTEGER) / 15 * 15) AS quarter,
  count(*), sum(disposition = 'abandoned') FROM attempt JOIN run ON run.id = attempt.run_id
  WHERE disposition IN ('answered_human', 'abandoned', 'customer_hangup', 'agent_hangup')
  GROUP BY run.campaign_id, quarter;
"""
