"""Whom an agent asks about its call, with the person on hold.

Not here: what is asked (m038_floor.py).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m050_consults(db: Database) -> None:
    run_script(db, "ALTER TABLE agent ADD COLUMN consults TEXT NOT NULL DEFAULT '';\n")
