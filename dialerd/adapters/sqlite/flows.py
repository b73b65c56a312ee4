"""Flows. The definition is one JSON column; it is checked again when it is read.

Not here: which calls walk through them (engine).
"""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from functools import lru_cache

from dialerd.adapters.sqlite.rows import to_json, to_moment, to_text
from dialerd.domain.flow import FlowSpec, read_flow
from dialerd.ports.flows import FlowRow


@lru_cache(maxsize=64)
def _to_spec(text: str) -> FlowSpec:
    """The same text is the same flow; a big one takes milliseconds to read."""
    return read_flow(json.loads(text), source="the database")


class SqliteFlows:
    """Implements ports.Flows on one connection, within its transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def all(self) -> list[FlowRow]:
        rows = self._connection.execute("SELECT spec, version, applied_at FROM flow ORDER BY name")
        return [FlowRow(spec=_to_spec(spec), version=version, applied_at=to_moment(at)) for spec, version, at in rows]

    def get(self, name: str) -> FlowRow | None:
        row = self._connection.execute("SELECT spec, version, applied_at FROM flow WHERE name = ?", (name,)).fetchone()
        return None if row is None else FlowRow(spec=_to_spec(row[0]), version=row[1], applied_at=to_moment(row[2]))

    def put(self, spec: FlowSpec, now: datetime) -> None:
        self._connection.execute(
            "INSERT INTO flow VALUES (:name, :spec, 1, :now)"
            " ON CONFLICT DO UPDATE SET spec = :spec, version = version + 1, applied_at = :now",
            {"name": spec.name, "spec": to_json(spec.as_table()), "now": to_text(now)},
        )

    def delete(self, name: str) -> None:
        self._connection.execute("DELETE FROM flow WHERE name = ?", (name,))
