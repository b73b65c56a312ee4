"""What a person can ask of regulation packs, what a campaign must be for those that it names, and what they say of a
call.

Not here: the judgement itself (domain/regulation).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.errors import BadInputError
from dialerd.domain.hours import CONTACT_ZONE
from dialerd.domain.pacing import AbandonMeter
from dialerd.domain.phone import place_of
from dialerd.domain.regulation import (
    Allowed,
    Meter,
    Pack,
    Refused,
    Rulebook,
    abandon_rules,
    judge,
    meter_of,
    min_ring_s,
    needs_calls_since,
    reckoned,
    windows_of,
)
from dialerd.domain.words import CampaignId, ContactId, Mode
from dialerd.ports import RunRow, Unit
from dialerd.usecases.standing import get_campaign

_OWN_WINDOW = timedelta(hours=24)


def check_regulations(spec: CampaignSpec, rulebook: Rulebook) -> None:
    """Whether the campaign can obey the packs that it names. Raises NotFoundError, BadInputError."""
    ring_s = min_ring_s(rulebook.of(spec.regulations))
    if spec.max_ring_s < ring_s:
        raise BadInputError(
            f"campaign {spec.name}: max_ring_s is {spec.max_ring_s}, but its regulation packs let a call ring for at"
            f" least {ring_s:g} s",
            hint=f"set max_ring_s to {ring_s:g} or more",
        )


def regulation_warnings(spec: CampaignSpec, rulebook: Rulebook) -> list[str]:
    """What the author of a campaign with agents should know of its packs' meters."""
    if spec.queue is None or not spec.amd or spec.machine_error:
        return []
    reckoning = [rule.id for rule in abandon_rules(rulebook.of(spec.regulations)) if rule.with_false_positives]
    return [
        f"machine_error is 0: {rule} counts people taken for machines as abandoned, and the pace is set as if there"
        " were none of them; test the detection, set machine_error to the share of people among those that it takes for"
        " machines (0.05 is one in twenty), or switch it off with amd = false"
        for rule in reckoning
    ]


def regulated(
    unit: Unit,
    campaign_id: CampaignId,
    contact_id: ContactId,
    number: str,
    zones: Sequence[str],
    packs: Sequence[Pack],
    now: datetime,
    *,
    has_reserved_agent: bool,
) -> Allowed | Refused:
    """What the packs say of calling a number now. Without packs nothing is looked up. `has_reserved_agent`: one is
    kept free for this call alone, which some locks make an exception for."""
    if not packs:
        return Allowed(())
    since = needs_calls_since(packs, now)
    past = [] if since is None else unit.regulation.past_calls(number, contact_id, campaign_id, since=since)
    return judge(packs, place=place_of(number), zones=zones, past=past, now=now, has_reserved_agent=has_reserved_agent)


def meters(unit: Unit, name: str, rulebook: Rulebook, now: datetime) -> list[Meter]:
    """Every abandon meter of a campaign's packs as it stands now."""
    row = get_campaign(unit, name)
    return _meters(unit, row.id, row.spec, rulebook, now)


def pacing_meters(unit: Unit, run: RunRow, rulebook: Rulebook, now: datetime) -> list[AbandonMeter]:
    """What the pace of a run is held to: its packs' meters, and in predictive mode its own target over 24 hours.

    The latter is what remains of a target when the daemon is started anew in the middle of a day.
    """
    of_packs = [
        AbandonMeter(name=each.rule, cap=each.cap, abandoned=each.abandoned, live_answers=each.live_answers)
        for each in _meters(unit, run.campaign_id, run.spec, rulebook, now)
    ]
    if run.spec.mode is not Mode.PREDICTIVE:
        return of_packs
    answered, abandoned = unit.regulation.live_answers(run.campaign_id, since=now - _OWN_WINDOW)
    own = AbandonMeter(
        name="abandon_target over 24 hours", cap=run.spec.abandon_target, abandoned=abandoned, live_answers=answered
    )
    return [own, *of_packs]


def _meters(unit: Unit, campaign_id: CampaignId, spec: CampaignSpec, rulebook: Rulebook, now: datetime) -> list[Meter]:
    zone = spec.contact_hours.timezone
    began_at = unit.regulation.began_at(campaign_id) or now
    found = []
    for rule, since in windows_of(
        rulebook.of(spec.regulations),
        began_at=began_at,
        now=now,
        zone=str(UTC) if zone == CONTACT_ZONE else zone,
    ):
        answered, abandoned = unit.regulation.live_answers(campaign_id, since=since)
        taken = 0
        if rule.with_false_positives and spec.machine_error:
            taken = reckoned(unit.regulation.machines(campaign_id, since=since), spec.machine_error)
        found.append(meter_of(rule, since=since, abandoned=abandoned, live_answers=answered, false_positives=taken))
    return found
