"""What a forecast of a campaign starts from: its definition, queue, contacts, and the rates of its own past calls.

Not here: the forecast itself (simulate/forecast.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.errors import BadInputError
from dialerd.domain.hours import CONTACT_ZONE
from dialerd.domain.queue import QueueSpec
from dialerd.domain.rates import PastCall, Rates, measured
from dialerd.domain.words import Verdict
from dialerd.ports import CampaignRow, Unit
from dialerd.usecases.standing import get_campaign

_MOST_PAST = 50_000  # the latest calls tell how calls go now, and more tell it no better
_SAMPLE = 200  # contacts whose zones stand for all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is to be forecast. `zones`: those of some of its contacts; `agents`: how many serve its queue."""

    spec: CampaignSpec
    queue: QueueSpec | None
    contacts: int
    zones: tuple[str, ...]

    @property
    def agents(self) -> int:
        return len(self.queue.agents) if self.queue is not None else 0

    @property
    def zone(self) -> str:
        """Where the campaign's day is: its own zone, else that of its first contact."""
        own = self.spec.contact_hours.timezone
        return self.zones[0] if own == CONTACT_ZONE else own


def subject_of(unit: Unit, name: str, *, now: datetime) -> Subject:
    """Raises NotFoundError, BadInputError for a campaign that lacks what a run needs."""
    spec = get_campaign(unit, name).spec
    if spec.strategy is not None:
        raise BadInputError(
            f"campaign {name} goes by strategy {spec.strategy}; a forecast knows calls by retry rules only",
            hint="give simulate a campaign without a strategy",
        )
    if spec.lacks:
        raise BadInputError(
            f"campaign {name} is a draft: it lacks {', '.join(spec.lacks)}", hint="complete it: dialerd campaign apply"
        )
    lists = [row for each in spec.lists if (row := unit.lists.get(each)) is not None]
    sample = [each.contact for row in lists for each in unit.contacts.of_list(row.id, limit=_SAMPLE)]
    zones = [contact.numbers[0].zones[0] for contact in sample if contact.numbers[0].zones]
    queue = unit.queues.get(spec.queue) if spec.queue is not None else None
    return Subject(
        spec=spec,
        queue=queue if queue is not None and queue.kind == "stasis" else None,  # Asterisk's own has no agents of ours
        contacts=sum(row.contacts for row in lists),
        zones=tuple(zones) or ("UTC",),
    )


def past_rates(unit: Unit, name: str, *, zone: str, otherwise: Rates) -> Rates:
    """The rates of the campaign's latest calls. Raises BadInputError where they are too few."""
    return measured(_past(unit, get_campaign(unit, name)), zone=zone, otherwise=otherwise)


def _past(unit: Unit, row: CampaignRow) -> Iterator[PastCall]:
    left = _MOST_PAST
    for run in reversed(unit.runs.of_campaign(row.id)):
        for each in unit.dialing.export(run.id):
            if left <= 0:
                return
            left -= 1
            attempt = each.attempt
            yield PastCall(
                claimed_at=attempt.claimed_at,
                answered_at=attempt.answered_at,
                connected_at=attempt.connected_at,
                ended_at=attempt.ended_at,
                verdict=Verdict(attempt.verdict) if attempt.verdict else None,
                disposition=attempt.disposition,
            )
