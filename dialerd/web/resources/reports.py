"""Reports: what attempts came to, by campaign, list, agent, hour, disposition or trunk; as JSON and as CSV.

Not here: the figures (usecases/reports.py), a campaign's standing (runs.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, get_args

from aiohttp import web
from pydantic import Field

from dialerd.domain.errors import ForbiddenError, NotFoundError
from dialerd.domain.user import Person, Right
from dialerd.ports import Unit
from dialerd.usecases import agents, detection
from dialerd.usecases import reports as use
from dialerd.usecases.standing import get_campaign
from dialerd.web.binding import Ask, Model, Moment, Path, Query, Route, Streamed, Visit
from dialerd.web.csvstream import csv_response
from dialerd.web.resources.campaigns import is_shown_to, queues_of
from dialerd.web.resources.runs import WhichRun

_TIMES = "agent-times"
_SPAN = timedelta(days=1)


class Span(Query):
    """`since` and `until`: without them all there is. `run`: only of that one of the campaign."""

    campaign: str | None = None
    run: Annotated[int, Field(ge=1, le=2**31)] | None = None
    since: Moment | None = None
    until: Moment | None = None


class ReportShown(Model):
    by: str
    rows: list[use.ReportRow]


def show_report(ask: Ask[Span, None]) -> ReportShown:
    """Ended attempts and what came of them, by `by`: campaign, list, agent, hour, disposition, trunk."""
    by = _by(ask.path)
    return ReportShown(by=by, rows=_rows(ask.unit, by, ask.query, ask.person))


def list_agent_times(ask: Ask[Span, None]) -> list[use.AgentTimes]:
    """How long each agent was in each state, in the last day where no span is given."""
    return _times(ask.unit, ask.query, ask.person, ask.now)


def list_hours(ask: Ask[WhichRun, None]) -> list[use.ReportRow]:
    """A run's attempts by the hour in which they began."""
    return use.by_hour(ask.unit, ask.path["name"], run=ask.query.run)


def show_abandonment(ask: Ask[None, None]) -> use.Abandonment:
    """The abandoned share over the window of the tightest rule, against its cap."""
    return use.abandonment(ask.unit, ask.path["name"], rulebook=ask.house.rulebook, now=ask.now)


def show_detection(ask: Ask[Span, None]) -> list[detection.Detected]:
    """How often answering machine detection was wrong, by campaign and trunk, as agents said afterwards."""
    asked, person = ask.query, ask.person
    if asked.campaign is not None and not is_shown_to(person, get_campaign(ask.unit, asked.campaign).spec):
        raise ForbiddenError(f"campaign {asked.campaign} is of none of your queues", hint="name one of yours")
    found = detection.amd_report(ask.unit, campaign=asked.campaign, since=asked.since, until=asked.until)
    specs = {each.spec.name: each.spec for each in ask.unit.campaigns.all()}
    return [each for each in found if is_shown_to(person, specs[each.campaign])]


async def export_report(visit: Visit) -> web.StreamResponse:
    """A report as a CSV file."""
    by, person, asked = visit.path["by"], visit.person, visit.query

    def rows(unit: Unit) -> Sequence[tuple[str, ...]]:
        if by == _TIMES:
            return list(use.agent_rows(_times(unit, asked, person, visit.house.clock.now())))
        kind = _by(visit.path)
        return list(use.as_rows(kind, _rows(unit, kind, asked, person)))

    head, *body = await visit.house.store.read(rows)
    return await csv_response(visit, f"{by}.csv", head, body)


def _by(path: Path) -> use.By:
    by = next((each for each in get_args(use.By) if each == path["by"]), None)
    if by is None:
        known = ", ".join(get_args(use.By))
        raise NotFoundError(f"there is no report by {path['by'][:40]!r}", hint=f"there are {known}, {_TIMES}")
    found: use.By = by
    return found


def _rows(unit: Unit, by: use.By, asked: Span, person: Person) -> list[use.ReportRow]:
    """Whoever is held to queues sees the figures of their campaigns, one at a time or each in its row."""
    if asked.campaign is not None and not is_shown_to(person, get_campaign(unit, asked.campaign).spec):
        raise ForbiddenError(f"campaign {asked.campaign} is of none of your queues", hint="name one of yours")
    if person.queues is not None and asked.campaign is None and by != "campaign":
        raise ForbiddenError("this report is of all queues", hint="name a campaign of your queues")
    found = use.report(unit, by, campaign=asked.campaign, run=asked.run, since=asked.since, until=asked.until)
    if person.queues is None or by != "campaign":
        return found
    specs = {each.spec.name: each.spec for each in unit.campaigns.all()}
    return [each for each in found if each.key in specs and is_shown_to(person, specs[each.key])]


def _times(unit: Unit, asked: Span, person: Person, now: datetime) -> list[use.AgentTimes]:
    until = asked.until or now
    found = use.agent_times(unit, since=asked.since or until - _SPAN, until=until)
    if person.queues is None:
        return found
    return [each for each in found if person.serves([queue.name for queue in agents.queues_of(unit, each.agent)])]


_OF_CAMPAIGN = "/api/campaigns/{name}"

ROUTES: tuple[Route | Streamed, ...] = (
    Route(method="GET", path=f"/api/reports/{_TIMES}", do=list_agent_times, right=Right.SEE),
    Route(method="GET", path="/api/reports/amd", do=show_detection, right=Right.SEE),
    Streamed(
        method="GET",
        path="/api/reports/{by}/export",
        do=export_report,
        right=Right.SEE,
        query=Span,
        media="text/csv",
    ),
    Route(method="GET", path="/api/reports/{by}", do=show_report, right=Right.SEE),
    Route(method="GET", path=_OF_CAMPAIGN + "/hours", do=list_hours, right=Right.SEE, on=queues_of),
    Route(method="GET", path=_OF_CAMPAIGN + "/abandonment", do=show_abandonment, right=Right.SEE, on=queues_of),
)
