"""The audit log: who changed what, when. The schema refuses to change or delete a row (m036_users).

Not here: what is worth a row (each use case).
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_json, to_moment, to_text, to_text_or_none
from dialerd.ports import AuditRow

_LATEST = (
    "SELECT id, at, actor, action, subject, detail FROM audit WHERE (:actor IS NULL OR actor = :actor)"
    " AND (:action IS NULL OR action = :action) AND (:subject IS NULL OR subject = :subject)"
    " AND (:since IS NULL OR at >= :since) AND (:until IS NULL OR at < :until)"
    " AND id < coalesce(:before_id, 9223372036854775807) ORDER BY id DESC LIMIT :limit"
)


class SqlAudit:
    """Implements ports.Audit on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, *, actor: str, action: str, subject: str, detail: dict[str, Any], now: datetime) -> None:
        self._connection.execute(
            "INSERT INTO audit (at, actor, action, subject, detail) VALUES (?, ?, ?, ?, ?)",
            (to_text(now), actor, action, subject, to_json(detail)),
        )

    def latest(
        self,
        *,
        actor: str | None = None,
        action: str | None = None,
        subject: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        before_id: int | None = None,
        limit: int,
    ) -> list[AuditRow]:
        asked = {
            "actor": actor,
            "action": action,
            "subject": subject,
            "since": to_text_or_none(since),
            "until": to_text_or_none(until),
            "before_id": before_id,
            "limit": limit,
        }
        return [
            AuditRow(
                id=row[0], at=to_moment(row[1]), actor=row[2], action=row[3], subject=row[4], detail=json.loads(row[5])
            )
            for row in self._connection.execute(_LATEST, asked)
        ]
