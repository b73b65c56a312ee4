"""What a person can ask of schedules, and what the daemon does when one of their moments has come.

Not here: when those moments are (domain/schedule.py), waiting for them (engine/timetable.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dialerd.domain.campaign import read_campaign
from dialerd.domain.errors import BadInputError, DialerdError, NotFoundError
from dialerd.domain.regulation import EMPTY, Rulebook
from dialerd.domain.schedule import SCRUB_AHEAD, Occurrence, due_occurrence, next_occurrence, next_occurrences
from dialerd.domain.trunk import Trunk
from dialerd.domain.words import RunState
from dialerd.ports import CampaignRow, RunRow, Unit
from dialerd.usecases.campaigns import Applied, apply_campaign
from dialerd.usecases.dnc import Scrub
from dialerd.usecases.standing import get_campaign
from dialerd.usecases.starting import start_run

SHOWN = 5
_ACTOR = "schedule"


@dataclass(frozen=True, slots=True)
class Started:
    """An occurrence that was due has become a run."""

    run: RunRow


@dataclass(frozen=True, slots=True)
class Skipped:
    """An occurrence that was due cannot become a run, and will not be tried again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Postponed:
    """An occurrence that is due is looked at again: the run before it is ending, or its campaign was just changed."""

    reason: str


def set_schedule(
    unit: Unit,
    name: str,
    schedules: Sequence[Mapping[str, Any]],
    *,
    trunks: Mapping[str, Trunk],
    rulebook: Rulebook = EMPTY,
    actor: str,
    now: datetime,
) -> Applied:
    """Give a campaign these schedules in place of those it has; none takes it off the timetable.

    Raises BadInputError where they would start nothing any more.
    """
    row = get_campaign(unit, name)
    table = {key: value for key, value in row.spec.as_table().items() if key != "schedule"}
    if schedules:
        table["schedule"] = [dict(each) for each in schedules]
    spec = read_campaign(table, source=f"the schedule of campaign {name}", remedy="give another value")
    if schedules and next_occurrence(spec.schedules, after=now) is None:
        raise BadInputError(f"the schedule of campaign {name} has no start ahead", hint="give a later --start")
    return apply_campaign(unit, spec, trunks=trunks, rulebook=rulebook, actor=actor, now=now)


def upcoming(unit: Unit, name: str, now: datetime, *, limit: int = SHOWN) -> list[Occurrence]:
    """The next occurrences of a campaign. Raises NotFoundError where it has no schedule."""
    spec = get_campaign(unit, name).spec
    if not spec.schedules:
        raise NotFoundError(f"campaign {name} has no schedule", hint="give it one with --start, or in its file")
    return next_occurrences(spec.schedules, after=now, limit=limit)


def due(row: CampaignRow, now: datetime, *, since: datetime | None = None) -> Occurrence | None:
    """The occurrence that should have been started by now, if one is; `since`: and not yet at that moment."""
    if row.scheduled_at is None:
        return None
    return due_occurrence(row.spec.schedules, since=since or row.scheduled_at, now=now)


def to_scrub(unit: Unit, row: CampaignRow, now: datetime) -> Occurrence | None:
    """The occurrence that starts within the next 15 minutes and was not scrubbed for yet."""
    soon = next_occurrence(row.spec.schedules, after=now)
    if soon is None or soon.start_at - SCRUB_AHEAD > now:
        return None
    known = unit.occurrences.get(row.id, soon.start_at)
    return None if known is not None and known.scrubbed_at is not None else soon


def note_scrub(unit: Unit, row: CampaignRow, occurrence: Occurrence, scrub: Scrub, now: datetime) -> None:
    """Write down what the scrub before a start has found."""
    unit.occurrences.scrubbed(row.id, occurrence.start_at, now)
    detail = {
        "start_at": occurrence.start_at.isoformat(),
        "contacts": scrub.contacts,
        "kept": scrub.kept,
        "on_dnc": scrub.on_dnc,
    }
    unit.audit.add(actor=_ACTOR, action="schedule_scrubbed", subject=row.spec.name, detail=detail, now=now)


def start_due(unit: Unit, seen: CampaignRow, now: datetime) -> Started | Skipped | Postponed | None:
    """Start the occurrence that is due, unless it was started or skipped before; None: nothing is due.

    `seen`: the campaign as it was read a moment ago. All in the caller's transaction: whatever crashes, an occurrence
    becomes one run or none.
    """
    row = unit.campaigns.get(seen.spec.name)
    if row is None or row.id != seen.id:
        return Postponed("it was just renamed or deleted")
    occurrence = due(row, now)
    if occurrence is None:
        return None
    known = unit.occurrences.get(row.id, occurrence.start_at)
    if known is not None and known.outcome is not None:
        return None
    last = unit.runs.latest(row.id)
    if last is not None and last.state is RunState.STOPPING:
        return Postponed(f"run {last.number} is still stopping")
    if last is not None and not last.state.is_over:
        return _skip(unit, row, occurrence, f"run {last.number} is still {last.state}", now)
    try:
        run = start_run(unit, row.spec.name, actor=_ACTOR, now=now, by_schedule=True)
    except DialerdError as error:
        return _skip(unit, row, occurrence, str(error), now)
    unit.runs.set_window(run.id, ends_at=occurrence.ends_at, precedence=occurrence.precedence)
    unit.occurrences.settle(row.id, occurrence.start_at, outcome="started", run_id=run.id, reason="")
    return Started(run)


def _skip(unit: Unit, row: CampaignRow, occurrence: Occurrence, reason: str, now: datetime) -> Skipped:
    unit.occurrences.settle(row.id, occurrence.start_at, outcome="skipped", run_id=None, reason=reason)
    detail = {"start_at": occurrence.start_at.isoformat(), "reason": reason}
    unit.audit.add(actor=_ACTOR, action="schedule_skipped", subject=row.spec.name, detail=detail, now=now)
    return Skipped(reason)
