"""Whether the packs of a campaign let a number be called now: which rule refuses, and until when.

Not here: the campaign's own hours and limits (gates.py), pacing against abandon meters (meter.py). Where it is not
known which state a number is in, every pack that is named applies: to be wrong the other way costs a fine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dialerd.domain.hours import opening
from dialerd.domain.phone import Place
from dialerd.domain.regulation.pack import (
    LONGEST_WINDOW_H,
    FrequencyRule,
    HoursRule,
    LockRule,
    MinRingRule,
    Pack,
    Rule,
)
from dialerd.domain.words import Disposition

_LONGEST = timedelta(hours=12)
"""A lock runs from the end of a call; no call that matters lasts longer."""

REMEMBERED = timedelta(hours=LONGEST_WINDOW_H) + _LONGEST
"""An older call is asked for by no rule that a pack can have."""


@dataclass(frozen=True, slots=True)
class PastCall:
    """An earlier attempt at the person that was really dialed, at this number or at another of theirs.

    `disposition` None: it is not over yet.
    """

    at: datetime
    disposition: Disposition | None
    same_campaign: bool
    same_number: bool = True
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Allowed:
    """No rule refuses; `packs` are the labels of those that were asked."""

    packs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The first rule that refuses. `until` None: no moment is known at which it will not."""

    rule: str
    pack: str
    reason: str
    until: datetime | None


def judge(
    packs: Sequence[Pack],
    *,
    place: Place,
    zones: Sequence[str],
    past: Sequence[PastCall],
    now: datetime,
    has_reserved_agent: bool = False,
) -> Allowed | Refused:
    """Every rule of every pack that applies at `place`; the refusal that lasts longest is the one that is told."""
    asked = tuple(pack for pack in packs if applies(pack, place))
    refusals = [
        Refused(rule=rule.id, pack=pack.label, reason=rule.text, until=until)
        for pack in asked
        for rule in pack.rules
        for until in _refused_until(rule, zones, past, now, has_reserved_agent=has_reserved_agent)
    ]
    if not refusals:
        return Allowed(tuple(pack.label for pack in asked))
    return max(refusals, key=lambda each: (each.until is None, each.until or now))


def applies(pack: Pack, place: Place) -> bool:
    """Whether the pack is about numbers there."""
    if pack.applies.countries and place.country not in pack.applies.countries:
        return False
    if not pack.applies.states:
        return True
    return place.country in ("US", "") and (not place.states or bool(set(place.states) & set(pack.applies.states)))


def min_ring_s(packs: Sequence[Pack]) -> float:
    """The longest minimum ring of the packs, wherever they apply; 0 where none asks for one."""
    rings = (rule.seconds for pack in packs for rule in pack.rules if isinstance(rule, MinRingRule))
    return max(rings, default=0.0)


def needs_calls_since(packs: Sequence[Pack], now: datetime) -> datetime | None:
    """How far back the begin of a call to a number must be known; None: no rule asks."""
    spans = [
        timedelta(hours=rule.window_h) if isinstance(rule, FrequencyRule) else timedelta(hours=rule.for_h) + _LONGEST
        for pack in packs
        for rule in pack.rules
        if isinstance(rule, FrequencyRule | LockRule)
    ]
    return now - max(spans) if spans else None


def _refused_until(
    rule: Rule, zones: Sequence[str], past: Sequence[PastCall], now: datetime, *, has_reserved_agent: bool
) -> Iterator[datetime | None]:
    """Until when the rule refuses, once; nothing where it does not."""
    match rule:
        case HoursRule():
            found = opening(rule.windows, zones, now)
            if not found.is_open:
                yield found.until
        case FrequencyRule():
            window = timedelta(hours=rule.window_h)
            calls = sorted(call.at for call in past if _counts(call, rule) and call.at > now - window)
            if len(calls) >= rule.max:
                yield calls[-rule.max] + window
        case LockRule():
            if rule.unless == "reserved_agent" and has_reserved_agent:
                return
            ends = [
                (call.ended_at or call.at) + timedelta(hours=rule.for_h)
                for call in past
                if _counts(call, rule) and call.disposition in rule.after
            ]
            if ends and max(ends) > now:
                yield max(ends)


def _counts(call: PastCall, rule: FrequencyRule | LockRule) -> bool:
    return call.same_number if rule.scope == "number" else call.same_campaign
