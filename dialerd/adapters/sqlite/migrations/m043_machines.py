"""Calls that detection took for machines are counted beside the live answers: some meters reckon people among them.

Not here: how many of them were people (domain/regulation/meter.py). Counted from this schema on: no meter that asks
for them looks back further than a day.
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m043_machines(db: Database) -> None:
    run_script(db, _MACHINES)


_MACHINES = """
ALTER TABLE live_answer ADD COLUMN machines INTEGER NOT NULL DEFAULT 0;
ALTER TABLE past_answer ADD COLUMN machines INTEGER NOT NULL DEFAULT 0;
DROP TRIGGER attempt_answered;
CREATE TRIGGER attempt_answered AFTER UPDATE OF disposition ON attempt
WHEN OLD.disposition IS NULL AND NEW.channel = 'voice' AND NEW.disposition IN
  ('answered_human', 'abandoned', 'customer_hangup', 'agent_hangup', 'answering_machine', 'voicemail_left') BEGIN
  INSERT INTO live_answer (campaign_id, quarter, answered, abandoned, machines) SELECT run.campaign_id,
    substr(NEW.ended_at, 1, 14) || printf('%02d', CAST(substr(NEW.ended_at, 15, 2) AS INTEGER) / 15 * 15),
    NEW.disposition NOT IN ('answering_machine', 'voicemail_left'), NEW.disposition = 'abandoned',
    NEW.disposition IN ('answering_machine', 'voicemail_left') FROM run WHERE run.id = NEW.run_id
  ON CONFLICT DO UPDATE SET answered = answered + excluded.answered, abandoned = abandoned + excluded.abandoned,
    machines = machines + excluded.machines;
END;
DROP TRIGGER campaign_deleted;
CREATE TRIGGER campaign_deleted BEFORE DELETE ON campaign BEGIN
  INSERT INTO past_answer (campaign, quarter, answered, abandoned, machines)
    SELECT OLD.name, quarter, answered, abandoned, machines FROM live_answer
    WHERE campaign_id = OLD.id AND quarter >= (
      SELECT strftime('%Y-%m-%dT%H:%M', max(quarter), '-32 days') FROM live_answer WHERE campaign_id = OLD.id)
  ON CONFLICT DO UPDATE SET answered = answered + excluded.answered, abandoned = abandoned + excluded.abandoned,
    machines = machines + excluded.machines;
  INSERT INTO past_campaign SELECT OLD.name, min(created_at) FROM run WHERE campaign_id = OLD.id HAVING count(*)
  ON CONFLICT DO UPDATE SET began_at = min(began_at, excluded.began_at);
END;
"""
