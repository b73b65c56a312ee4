"""What regulation packs ask the store: earlier calls to a person, and the counts behind abandon meters.

Not here: what they mean (domain/regulation).
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from dialerd.domain.regulation import PastCall
from dialerd.domain.words import CampaignId, ContactId


class Regulation(Protocol):
    def past_calls(
        self, number: str, contact_id: ContactId, campaign_id: CampaignId, *, since: datetime
    ) -> list[PastCall]:
        """The attempts at a number, and at the contact's others, that were really dialed: latest first, over all
        campaigns, deleted ones included; walks an index."""
        ...

    def live_answers(self, campaign_id: CampaignId, *, since: datetime) -> tuple[int, int]:
        """Calls answered by a person and, of these, abandoned, from the quarter of an hour of `since` on; those of a
        deleted campaign of the same name are its own."""
        ...

    def machines(self, campaign_id: CampaignId, *, since: datetime) -> int:
        """Calls that detection took for machines, counted as `live_answers` are."""
        ...

    def began_at(self, campaign_id: CampaignId) -> datetime | None:
        """When the first run began of the campaign, or of a deleted one of its name."""
        ...
