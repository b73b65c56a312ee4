"""Earlier calls to a number and the counts behind the abandon meters.

Not here: what they mean (domain/regulation).
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from dialerd.adapters.sqlite.rows import to_moment, to_moment_or_none, to_text
from dialerd.domain.regulation import PastCall
from dialerd.domain.words import CampaignId, Disposition

_MOST = 2000  # calls to one number: no rule asks for as many, and nobody can be called as often

_PAST = """
SELECT claimed_at, disposition, (SELECT campaign_id FROM run WHERE run.id = attempt.run_id) = :campaign_id
FROM attempt WHERE number = :number AND claimed_at > :since AND spent ORDER BY claimed_at DESC LIMIT :most
"""


class SqliteRegulation:
    """Implements ports.Regulation on one connection, within its transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def past_calls(self, number: str, campaign_id: CampaignId, *, since: datetime) -> list[PastCall]:
        rows = self._connection.execute(
            _PAST, {"number": number, "campaign_id": campaign_id, "since": to_text(since), "most": _MOST}
        )
        return [
            PastCall(at=to_moment(at), disposition=Disposition(code) if code else None, same_campaign=bool(same))
            for at, code, same in rows.fetchall()
        ]

    def live_answers(self, campaign_id: CampaignId, *, since: datetime) -> tuple[int, int]:
        (answered, abandoned) = self._connection.execute(
            "SELECT coalesce(sum(answered), 0), coalesce(sum(abandoned), 0) FROM live_answer"
            " WHERE campaign_id = ? AND quarter >= ?",
            (campaign_id, to_text(since)[:16]),
        ).fetchone()
        return answered, abandoned

    def began_at(self, campaign_id: CampaignId) -> datetime | None:
        (text,) = self._connection.execute(
            "SELECT min(created_at) FROM run WHERE campaign_id = ?", (campaign_id,)
        ).fetchone()
        return to_moment_or_none(text)
