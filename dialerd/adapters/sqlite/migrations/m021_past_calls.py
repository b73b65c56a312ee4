"""The calls of a deleted campaign, as far as the rules of others must still count them: number, times, how it ended.

Not here: reading them (regulation.py). A trigger keeps them, so that no statement can delete an attempt and forget it.
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m021_past_calls(db: Database) -> None:
    run_script(db, _PAST_CALLS)


# The campaign by its name: ids are given again, and one that is made anew under the same name is the same matter.
_PAST_CALLS = """
CREATE TABLE past_call (
  id INTEGER PRIMARY KEY, number TEXT NOT NULL, claimed_at TEXT NOT NULL, ended_at TEXT, disposition TEXT,
  campaign TEXT NOT NULL
) STRICT;
CREATE INDEX past_call_by_number ON past_call(number, claimed_at);
CREATE INDEX past_call_by_time ON past_call(claimed_at);
CREATE TRIGGER attempt_deleted AFTER DELETE ON attempt WHEN OLD.spent BEGIN
  INSERT INTO past_call (number, claimed_at, ended_at, disposition, campaign)
  SELECT OLD.number, OLD.claimed_at, OLD.ended_at, OLD.disposition, campaign.name
  FROM run JOIN campaign ON campaign.id = run.campaign_id WHERE run.id = OLD.run_id;
END;
"""
