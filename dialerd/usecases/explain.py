"""Why a contact is not being called: the gates between it and its next dial, in the order the dial loop asks them.

Not here: the gates (domain/gates.py), which the dial loop uses too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dialerd.domain.gates import Facts, Gate, closed_gates
from dialerd.domain.words import ContactId
from dialerd.ports import CampaignRow, ContactRow, RunRow, Unit
from dialerd.usecases.campaigns import get_campaign
from dialerd.usecases.contacts import get_contact
from dialerd.usecases.dialing import gate_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """`closed` in order; the first one holds the contact. Empty: it is next in line as pace and trunk allow."""

    campaign: str
    contact_id: ContactId
    number: str
    target_state: str | None
    attempts_spent: int
    closed: Sequence[Gate]


def explain(unit: Unit, campaign: str, contact_id: int, *, now: datetime) -> Explanation:
    """Every closed gate between the contact and its next dial in that campaign."""
    row = get_campaign(unit, campaign)
    contact = get_contact(unit, contact_id)
    run = unit.runs.latest(row.id)
    target = unit.dialing.target(run.id, contact.id, now) if run else None
    if run is not None and target is not None:
        facts = gate_facts(run, target)
    else:
        facts = _facts_before_a_run(unit, row, run, contact, now)
    return Explanation(
        campaign=campaign,
        contact_id=contact.id,
        number=contact.contact.numbers[0].e164,
        target_state=target.state if target else None,
        attempts_spent=target.attempts_spent if target else 0,
        closed=list(closed_gates(facts, now)),
    )


def _facts_before_a_run(
    unit: Unit, campaign: CampaignRow, run: RunRow | None, contact: ContactRow, now: datetime
) -> Facts:
    """The same facts where the contact is no target (yet)."""
    number = contact.contact.numbers[0]
    listed = [entry.list_name for entry in unit.dnc.check(number.e164, now)]
    return Facts(
        run_state=run.state if run else None,
        target_state=None,
        zones=(contact.contact.zone,) if contact.contact.zone else number.zones,
        on_dnc=listed[0] if listed else None,
        number_in_call=False,
        attempts_spent=0,
        max_attempts=campaign.spec.max_attempts,
        not_before=None,
        hours=campaign.spec.contact_hours,
    )
