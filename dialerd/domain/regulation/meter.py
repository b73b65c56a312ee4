"""Abandon meters: how many of the people who answered were abandoned, in the window that a rule names.

Not here: counting (the store keeps quarter-hours per campaign), pacing against the tightest (domain/pacing).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dialerd.domain.regulation.pack import AbandonRule, Pack

BUCKET = timedelta(minutes=15)
"""The store counts by quarters of an hour; a window that begins within one counts the whole of it."""

_DAYS_30 = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """One rule's count. `live_answers` are calls that a person answered, the abandoned ones included.

    `false_positives`: people taken for machines, as they are reckoned; they are among both.
    """

    rule: str
    cap: float
    since: datetime
    abandoned: int
    live_answers: int
    false_positives: int = 0

    @property
    def rate(self) -> float:
        return self.abandoned / self.live_answers if self.live_answers else 0.0

    @property
    def room(self) -> float:
        """How many more calls could be abandoned under the cap, as it stands; negative: it is broken."""
        return self.cap * self.live_answers - self.abandoned


def windows_of(
    packs: Sequence[Pack], *, began_at: datetime, now: datetime, zone: str
) -> Iterator[tuple[AbandonRule, datetime]]:
    """Every abandon rule of the packs with the moment its window begins. `began_at`: the campaign's first run."""
    for rule in abandon_rules(packs):
        yield rule, _since(rule, began_at, now, zone)


def abandon_rules(packs: Sequence[Pack]) -> list[AbandonRule]:
    return [rule for pack in packs for rule in pack.rules if isinstance(rule, AbandonRule)]


def _since(rule: AbandonRule, began_at: datetime, now: datetime, zone: str) -> datetime:
    match rule.window:
        case "rolling 24 hours":
            return now - timedelta(hours=24)
        case "rolling 30 days":
            return now - _DAYS_30
        case "successive 30 days":
            return began_at + ((now - began_at) // _DAYS_30) * _DAYS_30
        case "calendar month":
            local = now.astimezone(ZoneInfo(zone))
            return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def bucket_of(moment: datetime) -> datetime:
    """The beginning of the quarter of an hour, in UTC."""
    at = moment.astimezone(UTC)
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)


def meter_of(
    rule: AbandonRule, *, since: datetime, abandoned: int, live_answers: int, false_positives: int = 0
) -> Meter:
    """`false_positives` are counted where the rule asks for them: R = (A + FP) / (A + FP + L), Ofcom 2010."""
    taken = false_positives if rule.with_false_positives else 0
    return Meter(
        rule=rule.id,
        cap=rule.cap,
        since=since,
        abandoned=abandoned + taken,
        live_answers=live_answers + taken,
        false_positives=taken,
    )


def reckoned(machines: int, error: float) -> int:
    """How many of the calls taken for machines were people, by the share that a test has shown; rounded up."""
    return math.ceil(round(machines * error, 6))
