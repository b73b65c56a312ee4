"""What creating requests were answered, so that one that is sent twice is done once.

Not here: which requests those are (web/binding.py).
"""

from __future__ import annotations

from datetime import datetime

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_text
from dialerd.ports import KeptAnswer


class SqlKeptAnswers:
    """Implements ports.KeptAnswers on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, actor: str, key: str, *, since: datetime) -> KeptAnswer | None:
        row = self._connection.execute(
            "SELECT request, status, body FROM idempotency_key WHERE actor = ? AND key = ? AND at >= ?",
            (actor, key, to_text(since)),
        ).fetchone()
        return None if row is None else KeptAnswer(request=row[0], status=row[1], body=row[2])

    def put(self, actor: str, key: str, answer: KeptAnswer, now: datetime) -> None:
        self._connection.execute(
            "INSERT INTO idempotency_key (actor, key, request, status, body, at) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (actor, key) DO UPDATE SET"
            " request = excluded.request, status = excluded.status, body = excluded.body, at = excluded.at",
            (actor, key, answer.request, answer.status, answer.body, to_text(now)),
        )

    def forget(self, before: datetime, *, size: int) -> None:
        self._connection.execute(
            "DELETE FROM idempotency_key WHERE (actor, key) IN"
            " (SELECT actor, key FROM idempotency_key WHERE at < ? LIMIT ?)",
            (to_text(before), size),
        )
