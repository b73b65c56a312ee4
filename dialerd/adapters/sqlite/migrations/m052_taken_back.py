"""When and by what an opt-out was taken back, address by address.

Not here: the opt-outs (m032_opt_out.py).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m052_taken_back(db: Database) -> None:
    run_script(db, _TAKEN_BACK)


_TAKEN_BACK = """
ALTER TABLE opt_out_address ADD COLUMN taken_back_at TEXT;
ALTER TABLE opt_out_address ADD COLUMN taken_back_by TEXT NOT NULL DEFAULT '';
"""
