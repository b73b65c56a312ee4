"""Live answers are counted of calls for agents alone, where a campaign has automated ones beside them.

Not here: which calls those are (usecases/dialing.py). A person who hears a message cannot be abandoned: counted, those
would make the share of the others look smaller than it is.
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m038_agents_calls(db: Database) -> None:
    run_script(db, _AGENTS_CALLS)


_AGENTS_CALLS = """
DROP TRIGGER attempt_answered;
CREATE TRIGGER attempt_answered AFTER UPDATE OF disposition ON attempt
WHEN OLD.disposition IS NULL AND NEW.channel = 'voice'
  AND NEW.disposition IN ('answered_human', 'abandoned', 'customer_hangup', 'agent_hangup') BEGIN
  INSERT INTO live_answer SELECT run.campaign_id,
    substr(NEW.ended_at, 1, 14) || printf('%02d', CAST(substr(NEW.ended_at, 15, 2) AS INTEGER) / 15 * 15),
    1, NEW.disposition = 'abandoned' FROM run WHERE run.id = NEW.run_id
  ON CONFLICT DO UPDATE SET answered = answered + 1, abandoned = abandoned + excluded.abandoned;
END;
"""
