"""What a run's pacer said last of itself, for `campaign status --why`.

Not here: what it says (domain/pacing/account.py).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m025_pacing(db: Database) -> None:
    run_script(db, "ALTER TABLE run ADD COLUMN pacing TEXT;\n")
