"""The abandon meters of deleted campaigns: one that is made anew under the same name goes on with them.

Not here: reading them (regulation.py), the calls themselves (m021_past_calls.py). A trigger keeps them, so that no
statement can delete a campaign and bring its meters back to zero.
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m030_past_answers(db: Database) -> None:
    run_script(db, _PAST_ANSWERS)


# No meter looks back further than a month; 32 days of quarters are some 3000 rows, which are written in milliseconds.
_PAST_ANSWERS = """
CREATE TABLE past_answer (
  campaign TEXT NOT NULL, quarter TEXT NOT NULL, answered INTEGER NOT NULL, abandoned INTEGER NOT NULL,
  PRIMARY KEY (campaign, quarter)
) STRICT, WITHOUT ROWID;
CREATE INDEX past_answer_by_time ON past_answer(quarter);
CREATE TABLE past_campaign (name TEXT PRIMARY KEY, began_at TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TRIGGER campaign_deleted BEFORE DELETE ON campaign BEGIN
  INSERT INTO past_answer SELECT OLD.name, quarter, answered, abandoned FROM live_answer
    WHERE campaign_id = OLD.id AND quarter >= (
      SELECT strftime('%Y-%m-%dT%H:%M', max(quarter), '-32 days') FROM live_answer WHERE campaign_id = OLD.id)
  ON CONFLICT DO UPDATE SET answered = answered + excluded.answered, abandoned = abandoned + excluded.abandoned;
  INSERT INTO past_campaign SELECT OLD.name, min(created_at) FROM run WHERE campaign_id = OLD.id HAVING count(*)
  ON CONFLICT DO UPDATE SET began_at = min(began_at, excluded.began_at);
END;
"""
