"""Sets of custom dispositions, and giving one to an attempt.

Not here: what a disposition leads to (usecases/dispositions.py).
"""

from __future__ import annotations

import json
from datetime import datetime

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_json, to_text
from dialerd.domain.dispositionset import DispositionSet, read_disposition_set
from dialerd.domain.words import AttemptId, TargetId


class SqlDispositions:
    """Implements ports.Dispositions on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, name: str) -> DispositionSet | None:
        row = self._connection.execute("SELECT spec FROM disposition_set WHERE name = ?", (name,)).fetchone()
        return None if row is None else _to_set(row[0])

    def all(self) -> list[DispositionSet]:
        return [_to_set(spec) for (spec,) in self._connection.execute("SELECT spec FROM disposition_set ORDER BY name")]

    def put(self, given: DispositionSet, now: datetime) -> None:
        self._connection.execute(
            "INSERT INTO disposition_set VALUES (:name, :spec, :now)"
            " ON CONFLICT (name) DO UPDATE SET spec = :spec, updated_at = :now",
            {"name": given.name, "spec": to_json(given.as_table()), "now": to_text(now)},
        )

    def delete(self, name: str) -> None:
        self._connection.execute("DELETE FROM disposition_set WHERE name = ?", (name,))

    def give(self, attempt_id: AttemptId, code: str) -> None:
        self._connection.execute("UPDATE attempt SET final = ? WHERE id = ?", (code, attempt_id))

    def ask(self, attempt_id: AttemptId, code: str, actor: str) -> None:
        self._connection.execute(
            "INSERT INTO asked_disposition VALUES (?, ?, ?)"
            " ON CONFLICT (attempt_id) DO UPDATE SET code = excluded.code, actor = excluded.actor",
            (attempt_id, code, actor),
        )

    def asked(self, attempt_id: AttemptId) -> tuple[str, str] | None:
        found: tuple[str, str] | None = self._connection.execute(
            "SELECT code, actor FROM asked_disposition WHERE attempt_id = ?", (attempt_id,)
        ).fetchone()
        if found is not None:  # seldom: most calls are settled without a write for it
            self._connection.execute("DELETE FROM asked_disposition WHERE attempt_id = ?", (attempt_id,))
        return found

    def settle_target(self, target_id: TargetId, code: str, now: datetime) -> None:
        self._connection.execute(
            "UPDATE target SET state = 'done', disposition = ?, done_at = ?, not_before = NULL, held_by = 'given'"
            " WHERE id = ? AND state IN ('pending', 'waiting')",
            (code, to_text(now), target_id),
        )

    def wait_target(self, target_id: TargetId, until: datetime) -> bool:
        cursor = self._connection.execute(
            "UPDATE target SET state = 'waiting', not_before = ?, held_by = 'retry', done_at = NULL"
            # One that was settled without a call stays so: it was counted for that.
            " WHERE id = ? AND (state IN ('pending', 'waiting')"
            " OR state = 'done' AND disposition NOT IN ('cancelled', 'do_not_call', 'failed'))",
            (to_text(until), target_id),
        )
        return cursor.rowcount == 1


def _to_set(spec: str) -> DispositionSet:
    return read_disposition_set(json.loads(spec), source="the database")
