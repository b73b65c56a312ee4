"""When an agent has asked to have its conversation ended.

Not here: doing it (engine/agentdesk.py).
"""

from __future__ import annotations

from sqlite_utils import Database

from dialerd.adapters.sqlite.migrations.script import run_script


def m034_hang_up(db: Database) -> None:
    run_script(db, "ALTER TABLE agent ADD COLUMN hang_up_at TEXT;\n")
