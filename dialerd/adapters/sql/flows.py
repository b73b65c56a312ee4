"""Flows. The definition is one JSON column; it is checked again when it is read.

Not here: which calls walk through them (engine).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_json, to_moment, to_text
from dialerd.domain.flow import FlowSpec, read_flow
from dialerd.domain.flow.path import Visit, as_rows, of_rows
from dialerd.domain.words import AttemptId, Disposition, RunId
from dialerd.ports.flows import FlowRow, WalkedRow

_PATHS = """
SELECT flow_path.path, attempt.disposition, attempt.answered_at, attempt.connected_at
FROM flow_path JOIN attempt ON attempt.id = flow_path.attempt_id
WHERE flow_path.run_id = ? AND attempt.disposition IS NOT NULL ORDER BY attempt.claimed_at, attempt.id
"""


@lru_cache(maxsize=64)
def _to_spec(text: str) -> FlowSpec:
    """The same text is the same flow; a big one takes milliseconds to read."""
    return read_flow(json.loads(text), source="the database")


class SqlFlows:
    """Implements ports.Flows on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
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
            " ON CONFLICT (name) DO UPDATE SET spec = :spec, version = flow.version + 1, applied_at = :now",
            {"name": spec.name, "spec": to_json(spec.as_table()), "now": to_text(now)},
        )

    def delete(self, name: str) -> None:
        self._connection.execute("DELETE FROM flow WHERE name = ?", (name,))

    def keep_path(self, attempt_id: AttemptId, path: Sequence[Visit]) -> None:
        self._connection.execute(
            "INSERT INTO flow_path SELECT id, run_id, ? FROM attempt WHERE id = ? ON CONFLICT DO NOTHING",
            (to_json(as_rows(path)), attempt_id),
        )

    def paths(self, run_id: RunId) -> Iterator[WalkedRow]:
        rows = self._connection.execute(_PATHS, (run_id,))
        for text, disposition, answered_at, connected_at in rows:
            path = of_rows(json.loads(text))
            waited_s = None
            if answered_at is not None and connected_at is not None:
                after_s = (to_moment(connected_at) - to_moment(answered_at)).total_seconds()
                waited_s = max(0.0, after_s - path[-1].after_s)
            yield WalkedRow(path=path, disposition=Disposition(disposition), waited_s=waited_s)
