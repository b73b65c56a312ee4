"""What a person can ask of regulation packs, and what a campaign must be for those that it names.

Not here: judging a call (domain/regulation, asked by the gates).
"""

from __future__ import annotations

from datetime import UTC, datetime

from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.errors import BadInputError
from dialerd.domain.hours import CONTACT_ZONE
from dialerd.domain.regulation import Meter, Rulebook, meter_of, min_ring_s, windows_of
from dialerd.ports import Unit
from dialerd.usecases.standing import get_campaign


def check_regulations(spec: CampaignSpec, rulebook: Rulebook) -> None:
    """Whether the campaign can obey the packs that it names. Raises NotFoundError, BadInputError."""
    ring_s = min_ring_s(rulebook.of(spec.regulations))
    if spec.max_ring_s < ring_s:
        raise BadInputError(
            f"campaign {spec.name}: max_ring_s is {spec.max_ring_s}, but its regulation packs let a call ring for at"
            f" least {ring_s:g} s",
            hint=f"set max_ring_s to {ring_s:g} or more",
        )


def meters(unit: Unit, name: str, rulebook: Rulebook, now: datetime) -> list[Meter]:
    """Every abandon meter of a campaign's packs as it stands now."""
    row = get_campaign(unit, name)
    zone = row.spec.contact_hours.timezone
    began_at = unit.regulation.began_at(row.id) or now
    found = []
    for rule, since in windows_of(
        rulebook.of(row.spec.regulations),
        began_at=began_at,
        now=now,
        zone=str(UTC) if zone == CONTACT_ZONE else zone,
    ):
        answered, abandoned = unit.regulation.live_answers(row.id, since=since)
        found.append(meter_of(rule, since=since, abandoned=abandoned, live_answers=answered))
    return found
