"""What a run's pacer has learnt, for a daemon that is started again; beside `run`, whose rows every call writes.

Not here: what it is (domain/pacing/predictive.py).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script

_SCRIPT = """
CREATE TABLE pacer (
  run_id INTEGER PRIMARY KEY REFERENCES run(id) ON DELETE CASCADE, learnt TEXT NOT NULL
) STRICT;
"""


def m030_pacer(db: Database) -> None:
    run_script(db, _SCRIPT)
