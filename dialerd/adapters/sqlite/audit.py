"""The audit log: who changed what, when.

Not here: what is worth a row (each use case).
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

from dialerd.adapters.sqlite.rows import to_json, to_text


class SqliteAudit:
    """Implements ports.Audit on one connection, within its transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, *, actor: str, action: str, subject: str, detail: dict[str, Any], now: datetime) -> None:
        self._connection.execute(
            "INSERT INTO audit (at, actor, action, subject, detail) VALUES (?, ?, ?, ?, ?)",
            (to_text(now), actor, action, subject, to_json(detail)),
        )
