"""Campaign definitions. The definition itself is one JSON column; it is checked again when it is read.

Not here: runs of it (runs.py).
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_json, to_moment, to_moment_or_none, to_text, to_text_or_none
from dialerd.domain.campaign import CampaignSpec, read_campaign
from dialerd.domain.words import CampaignId
from dialerd.ports import CampaignRow

_COLUMNS = "SELECT id, spec, created_at, updated_at, scheduled_at FROM campaign"

# With each target go its attempts, of which it has only a few.
_DELETE_CALLBACKS = "DELETE FROM callback WHERE id IN (SELECT id FROM callback WHERE campaign_id = ? LIMIT ?)"
_DELETE_TARGETS = """
DELETE FROM target WHERE id IN (SELECT id FROM target INDEXED BY target_contact WHERE run_id = ? LIMIT ?)
"""

_FORGET = """
DELETE FROM past_call WHERE id IN (SELECT id FROM past_call WHERE claimed_at < ? ORDER BY claimed_at LIMIT ?)
"""
_FORGET_ANSWERS = """
DELETE FROM past_answer WHERE (campaign, quarter) IN (
  SELECT campaign, quarter FROM past_answer WHERE quarter < ? ORDER BY quarter LIMIT ?)
"""


@lru_cache(maxsize=256)
def to_spec(text: str) -> CampaignSpec:
    """A kept definition. The same text is the same campaign, so reading it twice costs nothing."""
    return read_campaign(json.loads(text), source="the database")


class SqlCampaigns:
    """Implements ports.Campaigns on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, name: str) -> CampaignRow | None:
        row = self._connection.execute(_COLUMNS + " WHERE name = ?", (name,)).fetchone()
        return None if row is None else _to_campaign(row)

    def all(self) -> list[CampaignRow]:
        return [_to_campaign(row) for row in self._connection.execute(_COLUMNS + " ORDER BY name")]

    def put(self, spec: CampaignSpec, now: datetime) -> CampaignRow:
        before = self.get(spec.name)
        # A schedule holds from the moment it was given: what it would have started before is not made up for. Its zone
        # may be that of the contact hours.
        is_same = before is not None and before.spec.schedules == spec.schedules
        scheduled_at = before.scheduled_at if before is not None and is_same else now
        self._connection.execute(
            "INSERT INTO campaign (name, spec, created_at, updated_at, scheduled_at)"
            " VALUES (:name, :spec, :now, :now, :scheduled_at) ON CONFLICT (name) DO UPDATE SET"
            " spec = excluded.spec, updated_at = excluded.updated_at, scheduled_at = excluded.scheduled_at",
            {
                "name": spec.name,
                "spec": to_json(spec.as_table()),
                "now": to_text(now),
                "scheduled_at": to_text_or_none(scheduled_at if spec.schedules else None),
            },
        )
        row = self.get(spec.name)
        assert row is not None, "just written"
        return row

    def rename(self, campaign_id: CampaignId, spec: CampaignSpec, now: datetime) -> None:
        self._connection.execute(
            "UPDATE campaign SET name = ?, spec = ?, updated_at = ? WHERE id = ?",
            (spec.name, to_json(spec.as_table()), to_text(now), campaign_id),
        )

    def delete(self, campaign_id: CampaignId, *, size: int, forget: datetime) -> bool:
        for kept in (_FORGET, _FORGET_ANSWERS):
            self._connection.execute(kept, (to_text(forget), size))
        runs = self._connection.execute("SELECT id FROM run WHERE campaign_id = ?", (campaign_id,)).fetchall()
        left = size
        for (run_id,) in runs:
            left -= self._connection.execute(_DELETE_TARGETS, (run_id, left)).rowcount
            if left == 0:
                return False
        if self._connection.execute(_DELETE_CALLBACKS, (campaign_id, left)).rowcount == left:
            return False
        self._connection.execute("DELETE FROM campaign WHERE id = ?", (campaign_id,))
        return True


def _to_campaign(row: tuple[int, str, str, str, str | None]) -> CampaignRow:
    campaign_id, spec, created_at, updated_at, scheduled_at = row
    return CampaignRow(
        id=CampaignId(campaign_id),
        spec=to_spec(spec),
        created_at=to_moment(created_at),
        updated_at=to_moment(updated_at),
        scheduled_at=to_moment_or_none(scheduled_at),
    )
