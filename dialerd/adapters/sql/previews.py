"""Records that are shown to agents, and those that agents have skipped.

Not here: which record is shown (usecases/preview.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_moment, to_text
from dialerd.domain.words import ContactId, RunId, TargetId
from dialerd.ports import Asked, PreviewRow

_PREVIEW = "SELECT agent, run_id, target_id, contact_id, shown_at, dial_at, asked FROM preview"


class SqlPreviews:
    """Implements ports.Previews on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> list[PreviewRow]:
        return [_to_preview(row) for row in self._connection.execute(_PREVIEW + " ORDER BY agent")]

    def get(self, agent: str) -> PreviewRow | None:
        row = self._connection.execute(_PREVIEW + " WHERE agent = ?", (agent,)).fetchone()
        return None if row is None else _to_preview(row)

    def put(self, row: PreviewRow) -> None:
        self._connection.execute("DELETE FROM preview WHERE agent = ? OR target_id = ?", (row.agent, row.target_id))
        self._connection.execute(
            "INSERT INTO preview (agent, run_id, target_id, contact_id, shown_at, dial_at, asked)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                row.agent,
                row.run_id,
                row.target_id,
                row.contact_id,
                to_text(row.shown_at),
                to_text(row.dial_at),
                row.asked,
            ),
        )

    def ask(self, agent: str, asked: Asked) -> None:
        self._connection.execute("UPDATE preview SET asked = ? WHERE agent = ?", (asked, agent))

    def delete(self, agent: str) -> None:
        self._connection.execute("DELETE FROM preview WHERE agent = ?", (agent,))

    def lock_on(self, target_id: TargetId, until: datetime) -> None:
        self._connection.execute(
            "UPDATE target SET not_before = ? WHERE id = ? AND state = 'waiting' AND held_by = 'preview'",
            (to_text(until), target_id),
        )

    def unlock(self, target_id: TargetId) -> None:
        self._connection.execute(
            "UPDATE target SET state = 'pending', not_before = NULL, held_by = NULL"
            " WHERE id = ? AND state = 'waiting' AND held_by = 'preview'",
            (target_id,),
        )

    def skip(self, row: PreviewRow, *, at: datetime, until: datetime) -> None:
        self._connection.execute(
            "INSERT INTO preview_skip (run_id, agent, target_id, at, until) VALUES (?, ?, ?, ?, ?)",
            (row.run_id, row.agent, row.target_id, to_text(at), to_text(until)),
        )

    def skips(self, run_id: RunId, agent: str) -> int:
        (count,) = self._connection.execute(
            "SELECT count(*) FROM preview_skip WHERE run_id = ? AND agent = ?", (run_id, agent)
        ).fetchone()
        return int(count)

    def skipped(self, run_id: RunId, agent: str, now: datetime) -> Mapping[TargetId, datetime]:
        rows = self._connection.execute(
            "SELECT target_id, max(until) FROM preview_skip WHERE run_id = ? AND agent = ? AND until > ?"
            " GROUP BY target_id",
            (run_id, agent, to_text(now)),
        )
        return {TargetId(target_id): to_moment(until) for target_id, until in rows}


def _to_preview(row: tuple[Any, ...]) -> PreviewRow:
    agent, run_id, target_id, contact_id, shown_at, dial_at, asked = row
    return PreviewRow(
        agent=agent,
        run_id=RunId(run_id),
        target_id=TargetId(target_id),
        contact_id=ContactId(contact_id),
        shown_at=to_moment(shown_at),
        dial_at=to_moment(dial_at),
        asked=asked,
    )
