"""Which occurrences of a campaign's schedule were scrubbed for, started or skipped.

Not here: when they are (domain/schedule.py).
"""

from __future__ import annotations

from datetime import datetime

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_moment, to_moment_or_none, to_text
from dialerd.domain.words import CampaignId, RunId
from dialerd.ports import OccurrenceRow

_COLUMNS = "SELECT start_at, scrubbed_at, outcome, run_id, reason FROM occurrence"


class SqlOccurrences:
    """Implements ports.Occurrences on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, campaign_id: CampaignId, start_at: datetime) -> OccurrenceRow | None:
        row = self._connection.execute(
            _COLUMNS + " WHERE campaign_id = ? AND start_at = ?", (campaign_id, to_text(start_at))
        ).fetchone()
        return None if row is None else _to_occurrence(row)

    def of_run(self, campaign_id: CampaignId, run_id: RunId) -> OccurrenceRow | None:
        row = self._connection.execute(
            _COLUMNS + " WHERE campaign_id = ? AND run_id = ?", (campaign_id, run_id)
        ).fetchone()
        return None if row is None else _to_occurrence(row)

    def scrubbed(self, campaign_id: CampaignId, start_at: datetime, now: datetime) -> None:
        self._connection.execute(
            "INSERT INTO occurrence (campaign_id, start_at, scrubbed_at) VALUES (:campaign, :start, :now)"
            " ON CONFLICT (campaign_id, start_at) DO UPDATE SET scrubbed_at = :now",
            {"campaign": campaign_id, "start": to_text(start_at), "now": to_text(now)},
        )

    def settle(
        self, campaign_id: CampaignId, start_at: datetime, *, outcome: str, run_id: RunId | None, reason: str
    ) -> None:
        self._connection.execute(
            "INSERT INTO occurrence (campaign_id, start_at, outcome, run_id, reason)"
            " VALUES (:campaign, :start, :outcome, :run, :reason)"
            " ON CONFLICT (campaign_id, start_at) DO UPDATE SET outcome = :outcome, run_id = :run, reason = :reason",
            {
                "campaign": campaign_id,
                "start": to_text(start_at),
                "outcome": outcome,
                "run": run_id,
                "reason": reason,
            },
        )


def _to_occurrence(row: tuple[str, str | None, str | None, int | None, str]) -> OccurrenceRow:
    start, scrubbed, outcome, run_id, reason = row
    return OccurrenceRow(
        start_at=to_moment(start),
        scrubbed_at=to_moment_or_none(scrubbed),
        outcome=outcome,
        run_id=None if run_id is None else RunId(run_id),
        reason=reason,
    )
