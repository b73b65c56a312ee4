"""Runs a script of statements inside the migration's own transaction.

Not here: the scripts (m001_first.py and on).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from sqlite_utils import Database


def run_script(db: Database, script: str) -> None:
    """Every statement of `script`, one by one: executescript would commit what the migration has done so far."""
    for statement in _statements(script):
        db.execute(statement)


def _statements(script: str) -> Iterator[str]:
    """One statement at a time; a trigger's body has semicolons of its own."""
    statement = ""
    for line in script.strip().splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
