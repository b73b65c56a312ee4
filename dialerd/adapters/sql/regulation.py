"""Earlier calls to a number and the counts behind the abandon meters.

Not here: what they mean (domain/regulation).
"""

from __future__ import annotations

from datetime import datetime

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_moment, to_moment_or_none, to_text
from dialerd.domain.regulation import PastCall, bucket_of
from dialerd.domain.words import CampaignId, ContactId, Disposition

_MOST = 2000  # calls to one person: no rule asks for as many, and nobody can be called as often

# The ended ones, messages of calls among them, the open one of each number, and those of campaigns that were deleted.
_PAST = """
WITH asked AS MATERIALIZED (
  SELECT :number AS number UNION SELECT number FROM contact WHERE id = :contact_id
  UNION SELECT number FROM contact_number WHERE contact_id = :contact_id)
SELECT claimed_at, ended_at, disposition, number = :number,
  (SELECT campaign_id FROM run WHERE run.id = attempt.run_id) = :campaign_id
FROM attempt WHERE number IN (SELECT number FROM asked) AND claimed_at > :since AND disposition IS NOT NULL AND spent
UNION ALL
SELECT claimed_at, ended_at, disposition, number = :number,
  (SELECT campaign_id FROM run WHERE run.id = attempt.run_id) = :campaign_id
FROM attempt WHERE number IN (SELECT number FROM asked) AND claimed_at > :since AND disposition IS NULL
  AND beside IS NULL
UNION ALL
SELECT claimed_at, ended_at, disposition, number = :number,
  campaign = (SELECT name FROM campaign WHERE id = :campaign_id)
FROM past_call WHERE number IN (SELECT number FROM asked) AND claimed_at > :since
ORDER BY claimed_at DESC LIMIT :most
"""

# One that was deleted under the same name is the same campaign: else deleting it would bring its meters to zero.
_ANSWERS = """
SELECT coalesce(sum(answered), 0), coalesce(sum(abandoned), 0) FROM (
  SELECT answered, abandoned FROM live_answer WHERE campaign_id = :campaign_id AND quarter >= :quarter
  UNION ALL SELECT answered, abandoned FROM past_answer
  WHERE campaign = (SELECT name FROM campaign WHERE id = :campaign_id) AND quarter >= :quarter) AS quarters
"""
_MACHINES = """
SELECT coalesce(sum(machines), 0) FROM (
  SELECT machines FROM live_answer WHERE campaign_id = :campaign_id AND quarter >= :quarter
  UNION ALL SELECT machines FROM past_answer
  WHERE campaign = (SELECT name FROM campaign WHERE id = :campaign_id) AND quarter >= :quarter) AS quarters
"""
_BEGAN = """
SELECT min(began_at) FROM (
  SELECT created_at AS began_at FROM run WHERE campaign_id = :campaign_id
  UNION ALL SELECT began_at FROM past_campaign WHERE name = (SELECT name FROM campaign WHERE id = :campaign_id)) AS run
"""


class SqlRegulation:
    """Implements ports.Regulation on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def past_calls(
        self, number: str, contact_id: ContactId, campaign_id: CampaignId, *, since: datetime
    ) -> list[PastCall]:
        rows = self._connection.execute(
            _PAST,
            {
                "number": number,
                "contact_id": contact_id,
                "campaign_id": campaign_id,
                "since": to_text(since),
                "most": _MOST,
            },
        )
        return [
            PastCall(
                at=to_moment(at),
                ended_at=to_moment_or_none(ended_at),
                disposition=Disposition(code) if code else None,
                same_number=bool(same_number),
                same_campaign=bool(same_campaign),
            )
            for at, ended_at, code, same_number, same_campaign in rows.fetchall()
        ]

    def live_answers(self, campaign_id: CampaignId, *, since: datetime) -> tuple[int, int]:
        (answered, abandoned) = self._connection.execute(
            _ANSWERS, {"campaign_id": campaign_id, "quarter": to_text(bucket_of(since))[:16]}
        ).fetchone()
        return answered, abandoned

    def machines(self, campaign_id: CampaignId, *, since: datetime) -> int:
        (machines,) = self._connection.execute(
            _MACHINES, {"campaign_id": campaign_id, "quarter": to_text(bucket_of(since))[:16]}
        ).fetchone()
        return int(machines)

    def began_at(self, campaign_id: CampaignId) -> datetime | None:
        (text,) = self._connection.execute(_BEGAN, {"campaign_id": campaign_id}).fetchone()
        return to_moment_or_none(text)
