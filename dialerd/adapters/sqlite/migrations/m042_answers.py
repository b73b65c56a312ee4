"""What was written back by itself to a STOP or a HELP.

Not here: messages of campaigns, which are attempts (m029_strategy.py). `outcome`: empty while it is under way.
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m042_answers(db: Database) -> None:
    run_script(db, _ANSWERS)


_ANSWERS = """
CREATE TABLE answer (
  id TEXT PRIMARY KEY, route TEXT NOT NULL, recipient TEXT NOT NULL, wish TEXT NOT NULL, text TEXT NOT NULL,
  at TEXT NOT NULL, outcome TEXT NOT NULL DEFAULT '', is_unsent INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX answer_by_recipient ON answer(recipient, wish, at);
CREATE INDEX answer_under_way ON answer(id) WHERE outcome = '';
"""
