"""When the person who answered had ended the greeting: what the two seconds until an agent is there are counted from.

Not here: who says so (domain/amd.py).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m035_greeting(db: Database) -> None:
    run_script(db, "ALTER TABLE attempt ADD COLUMN greeted_at TEXT;\n")
