"""Queues. The definition is one JSON column; it is checked again when it is read.

Not here: who serves them now (engine).
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_json, to_text
from dialerd.domain.queue import QueueSpec, read_queue


@lru_cache(maxsize=256)
def _to_spec(text: str) -> QueueSpec:
    """The engine reads them on each look; the same text is the same queue."""
    return read_queue(json.loads(text), source="the database")


class SqlQueues:
    """Implements ports.Queues on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> list[QueueSpec]:
        return [_to_spec(spec) for (spec,) in self._connection.execute("SELECT spec FROM queue ORDER BY name")]

    def get(self, name: str) -> QueueSpec | None:
        row = self._connection.execute("SELECT spec FROM queue WHERE name = ?", (name,)).fetchone()
        return None if row is None else _to_spec(row[0])

    def put(self, spec: QueueSpec, now: datetime) -> None:
        self._connection.execute(
            "INSERT INTO queue VALUES (:name, :spec, :now)"
            " ON CONFLICT (name) DO UPDATE SET spec = :spec, updated_at = :now",
            {"name": spec.name, "spec": to_json(spec.as_table()), "now": to_text(now)},
        )

    def delete(self, name: str) -> None:
        self._connection.execute("DELETE FROM queue WHERE name = ?", (name,))
