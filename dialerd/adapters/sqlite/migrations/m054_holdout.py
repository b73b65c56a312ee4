"""A call that was held out from detection's verdict counts as a live answer only where it was abandoned.

Not here: which calls those are (domain/amd.py). Detection said that they are machines, and who is none is told by
nobody at that moment: counted as people, they would thin out the share that is abandoned.
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m054_holdout(db: Database) -> None:
    run_script(db, _HOLDOUT)


_HOLDOUT = """
DROP TRIGGER attempt_answered;
CREATE TRIGGER attempt_answered AFTER UPDATE OF disposition ON attempt
WHEN OLD.disposition IS NULL AND NEW.channel = 'voice' AND NEW.disposition IN
  ('answered_human', 'abandoned', 'customer_hangup', 'agent_hangup', 'answering_machine', 'voicemail_left')
  AND (NEW.disposition = 'abandoned' OR NEW.verdict IS NULL OR NEW.verdict = 'machine' OR NEW.amd IS NULL
    OR substr(NEW.amd, 1, 7) <> 'MACHINE') BEGIN
  INSERT INTO live_answer (campaign_id, quarter, answered, abandoned, machines) SELECT run.campaign_id,
    substr(NEW.ended_at, 1, 14) || printf('%02d', CAST(substr(NEW.ended_at, 15, 2) AS INTEGER) / 15 * 15),
    NEW.disposition NOT IN ('answering_machine', 'voicemail_left'), NEW.disposition = 'abandoned',
    NEW.disposition IN ('answering_machine', 'voicemail_left') FROM run WHERE run.id = NEW.run_id
  ON CONFLICT DO UPDATE SET answered = answered + excluded.answered, abandoned = abandoned + excluded.abandoned,
    machines = machines + excluded.machines;
END;
"""
