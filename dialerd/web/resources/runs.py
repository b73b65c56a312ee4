"""Running campaigns: start, hold, end, pace, schedule, and how they stand.

Not here: their definitions (campaigns.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from dialerd.domain.user import Right
from dialerd.ports import RunRow, Unit
from dialerd.usecases import dispositions, runs, schedules, status
from dialerd.usecases.export import COLUMNS, Wanted, export_attempts
from dialerd.usecases.standing import get_campaign
from dialerd.usecases.status import Status
from dialerd.web.binding import Ask, Model, Moment, Query, Route, Streamed, Visit, changes_by_itself
from dialerd.web.csvstream import StoreReader, csv_response
from dialerd.web.paging import Asked, Page, page_of_all
from dialerd.web.resources.campaigns import CampaignApplied, applied_document, queues_of


class PaceShown(Model):
    max_calls: int
    calls_per_second: float
    ratio: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusWithWhy(Status):
    """`pace`: of the run, where there is one; `why` and `pacing` where they were asked for, `pacing` only of a
    predictive one."""

    pace: PaceShown | None = None
    why: Sequence[status.Hold] | None = None
    pacing: dict[str, Any] | None = None


class Why(Query):
    why: bool = False


class Pace(Model):
    max_calls: int | None = None
    calls_per_second: float | None = None
    ratio: int | None = None


class WhichRun(Query):
    """The active or last one, where none is named."""

    run: Annotated[int, Field(ge=1, le=2**31)] | None = None


class DispositionShown(Model):
    disposition: str
    attempts: int
    positive: bool
    final: bool
    custom: bool


class DispositionsShown(Model):
    """`conversion`: positive outcomes as a share of the targets."""

    campaign: str
    run: int
    targets: int
    dispositions: list[DispositionShown]
    conversion: float


class RunShown(Model):
    run: int
    state: str
    targets: int
    pending: int
    in_progress: int
    done: int
    attempts: int
    started_at: datetime
    finished_at: datetime | None
    reason: str


class Schedules(Model):
    """Each as [schedule] in a campaign's file; none: it starts only by hand."""

    schedules: list[dict[str, Any]]


class OccurrenceShown(Model):
    start_at: datetime
    ends_at: datetime | None
    precedence: bool


class ScheduleShown(Schedules):
    """`schedules`: as they are set; `occurrences`: the next ones."""

    occurrences: list[OccurrenceShown]


class ExportAsked(Query):
    """`run`: its number, or all; else the last."""

    run: Annotated[str, Field(pattern=r"^(all|[0-9]{1,9})$")] | None = None
    since: Moment | None = None
    until: Moment | None = None
    disposition: tuple[str, ...] = ()


def show_status(ask: Ask[Why, None]) -> StatusWithWhy:
    """How the campaign stands; with `why`, what holds each target that is not being called."""
    name = ask.path["name"]
    found = status.status(ask.unit, name, ask.now)
    given = {each.name: getattr(found, each.name) for each in fields(found)} | {"pace": _pace(ask.unit, name)}
    if not ask.query.why:
        return StatusWithWhy(**given)
    holds = status.why(ask.unit, name, ask.now, is_daemon_running=True, rulebook=ask.house.rulebook)
    pacing = status.pacing(ask.unit, name)
    return StatusWithWhy(**given, why=holds, pacing=None if pacing is None else dict(pacing))


def _pace(unit: Unit, name: str) -> PaceShown | None:
    run = unit.runs.latest(get_campaign(unit, name).id)
    if run is None:
        return None
    spec = run.spec
    return PaceShown(max_calls=spec.max_calls, calls_per_second=spec.calls_per_second, ratio=spec.ratio)


def run_campaign(ask: Ask[None, None]) -> Status:
    """Start a run on all contacts of the campaign's lists."""
    name = ask.path["name"]
    runs.run_campaign(ask.unit, name, trunks=ask.house.trunks, actor=ask.actor, now=ask.now)
    return status.status(ask.unit, name, ask.now)


def rerun_campaign(ask: Ask[None, None]) -> Status:
    """Start afresh after a run that is over; the earlier results stay readable."""
    name = ask.path["name"]
    runs.rerun_campaign(ask.unit, name, trunks=ask.house.trunks, actor=ask.actor, now=ask.now)
    return status.status(ask.unit, name, ask.now)


def pause_campaign(ask: Ask[None, None]) -> Status:
    """Place no new calls; those up go on."""
    return _act(ask, runs.pause_run)


def resume_campaign(ask: Ask[None, None]) -> Status:
    """Go on after a pause."""
    return _act(ask, runs.resume_run)


def stop_campaign(ask: Ask[None, None]) -> Status:
    """End the run for good when its last call has ended."""
    return _act(ask, runs.stop_run)


def change_pace(ask: Ask[None, Pace]) -> PaceShown:
    """Change the pace of the run that is going on."""
    spec = runs.change_pace(
        ask.unit,
        ask.path["name"],
        max_calls=ask.body.max_calls,
        calls_per_second=ask.body.calls_per_second,
        ratio=ask.body.ratio,
        actor=ask.actor,
        now=ask.now,
    )
    return PaceShown(max_calls=spec.max_calls, calls_per_second=spec.calls_per_second, ratio=spec.ratio)


def count_dispositions(ask: Ask[WhichRun, None]) -> DispositionsShown:
    """How the attempts of a run ended, by final disposition."""
    found = dispositions.count(ask.unit, ask.path["name"], ask.query.run)
    return DispositionsShown(
        campaign=ask.path["name"],
        run=found.run.number,
        targets=found.run.targets,
        dispositions=[
            DispositionShown(
                disposition=code, attempts=each.count, positive=each.positive, final=each.final, custom=each.custom
            )
            for code, each in found.counts.items()
        ],
        conversion=found.conversion,
    )


def list_runs(ask: Ask[Asked, None]) -> Page[RunShown]:
    """Every run of the campaign, the first one first."""
    rows = ask.unit.runs.of_campaign(get_campaign(ask.unit, ask.path["name"]).id)
    return page_of_all(rows, ask.query, key=lambda row: (row.number,), show=_run)


@changes_by_itself("occurrences")
def show_schedule(ask: Ask[None, None]) -> ScheduleShown:
    """The campaign's schedules, and when it starts by itself next."""
    found = schedules.upcoming(ask.unit, ask.path["name"], ask.now)
    given = get_campaign(ask.unit, ask.path["name"]).spec.as_table()["schedule"]  # one is a table of its own
    return ScheduleShown(
        schedules=given if isinstance(given, list) else [given],
        occurrences=[
            OccurrenceShown(start_at=each.start_at, ends_at=each.ends_at, precedence=each.precedence) for each in found
        ],
    )


def set_schedule(ask: Ask[None, Schedules]) -> CampaignApplied:
    """Give the campaign these schedules in place of those it has."""
    applied = schedules.set_schedule(
        ask.unit,
        ask.path["name"],
        ask.body.schedules,
        trunks=ask.house.trunks,
        rulebook=ask.house.rulebook,
        actor=ask.actor,
        now=ask.now,
    )
    return applied_document(applied, dry_run=False)


async def export_campaign(visit: Visit) -> web.StreamResponse:
    """The campaign's attempts as CSV, in the order of dialing."""
    asked: ExportAsked = visit.query
    run = None if asked.run is None else asked.run if asked.run == "all" else int(asked.run)
    wanted = Wanted(
        run=run,
        since=asked.since,
        until=asked.until,
        dispositions=asked.disposition or None,
    )
    rows = await asyncio.to_thread(export_attempts, StoreReader(visit), visit.path["name"], wanted)
    return await csv_response(visit, "attempts.csv", COLUMNS, rows)


def _act(ask: Ask[None, None], use: Callable[..., RunRow]) -> Status:
    use(ask.unit, ask.path["name"], actor=ask.actor, now=ask.now)
    return status.status(ask.unit, ask.path["name"], ask.now)


def _run(row: RunRow) -> RunShown:
    return RunShown(
        run=row.number,
        state=row.state,
        targets=row.targets,
        pending=row.pending + row.waiting,
        in_progress=row.in_progress,
        done=row.done,
        attempts=row.attempts,
        started_at=row.created_at,
        finished_at=row.finished_at,
        reason=row.reason,
    )


_ONE = "/api/campaigns/{name}"
_VERBS: Mapping[str, Callable[[Ask[None, None]], Status]] = {
    "run": run_campaign,
    "rerun": rerun_campaign,
    "pause": pause_campaign,
    "resume": resume_campaign,
    "stop": stop_campaign,
}

ROUTES: tuple[Route | Streamed, ...] = (
    *(
        Route(
            method="POST", path=f"{_ONE}/{verb}", do=do, right=Right.STEER, on=queues_of, idempotent=verb[-3:] == "run"
        )
        for verb, do in _VERBS.items()
    ),
    Route(method="POST", path=_ONE + "/pace", do=change_pace, right=Right.STEER, on=queues_of),
    Route(method="GET", path=_ONE + "/status", do=show_status, right=Right.SEE, on=queues_of),
    Route(method="GET", path=_ONE + "/dispositions", do=count_dispositions, right=Right.SEE, on=queues_of),
    Route(method="GET", path=_ONE + "/runs", do=list_runs, right=Right.SEE, on=queues_of),
    Route(method="GET", path=_ONE + "/schedule", do=show_schedule, right=Right.SEE, on=queues_of),
    Route(
        method="PUT", path=_ONE + "/schedule", do=set_schedule, right=Right.DEFINE, on=queues_of, shows=show_schedule
    ),
    Streamed(
        method="GET",
        path=_ONE + "/export",
        do=export_campaign,
        right=Right.SEE,
        on=queues_of,
        query=ExportAsked,
        media="text/csv",
    ),
)
