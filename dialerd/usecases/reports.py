"""Reports over any span: what calls came to by campaign, list, agent, hour, disposition or trunk, and agents' times.

Not here: single attempts (export.py), one run's dispositions (dispositions.py). They are read from tallies that are
kept as attempts end (migrations), so that a report costs the same whether a campaign has a thousand targets or a
million.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Literal

from dialerd.domain.disposition import is_live
from dialerd.domain.errors import BadInputError
from dialerd.domain.regulation import Rulebook
from dialerd.domain.words import AgentState, Disposition, RunId
from dialerd.ports import Dimension, Tally, Unit
from dialerd.usecases.finishing import machine_codes, positive_codes
from dialerd.usecases.regulation import meters
from dialerd.usecases.standing import get_campaign, run_of

By = Literal["campaign", "list", "agent", "hour", "disposition", "trunk"]
BYS: tuple[By, ...] = ("campaign", "list", "agent", "hour", "disposition", "trunk")

_CHART = timedelta(hours=24)
"""How far back the chart of abandoned calls goes where no pack names a window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """Ended attempts with that key. `answered`: somebody or something picked up; `live`: a person did; `abandoned` of
    those; `connected`: an agent was put through; `positive`: they count as success of their campaign. `talk_s`: from
    the agent's being there, without one from the answer, to the end."""

    key: str
    attempts: int
    answered: int
    live: int
    connected: int
    abandoned: int
    abandoned_rate: float
    positive: int
    duration_s: float
    talk_s: float
    mean_talk_s: float


COLUMNS = tuple(field.name for field in fields(ReportRow) if field.name != "key")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentTimes:
    """How long an agent was in each state within a span, and what it was put through to."""

    agent: str
    ready_s: float
    reserved_s: float
    preview_s: float
    on_call_s: float
    inbound_s: float
    wrap_up_s: float
    paused_s: float
    connected: int
    talk_s: float


AGENT_COLUMNS = tuple(field.name for field in fields(AgentTimes))


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonPoint:
    """A quarter of an hour of the window: people who answered, those abandoned, and the share since its begin."""

    at: datetime
    live: int
    abandoned: int
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Abandonment:
    """The abandoned share of a campaign over the window of its tightest rule, or of a day where it has none.

    `cap` None: nothing limits it. `rule` names what does."""

    rule: str
    cap: float | None
    since: datetime
    live: int
    abandoned: int
    rate: float
    points: Sequence[AbandonPoint]


def report(
    unit: Unit,
    by: By,
    *,
    campaign: str | None = None,
    run: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[ReportRow]:
    """The attempts that ended, by one thing, in its order; of one campaign, or of one run of it, or of all.

    `since` and `until` count by whole hours: from the one that `since` lies in, up to the one that `until` lies in.
    Raises NotFoundError, BadInputError.
    """
    if by not in BYS:
        raise BadInputError(f"there is no report by {by[:40]}", hint=f"there are reports by {', '.join(BYS)}")
    if run is not None and campaign is None:
        raise BadInputError("a run is one of a campaign", hint="name the campaign, too")
    if since is not None and until is not None and until <= since:
        raise BadInputError("the span ends before it begins", hint="give a later until")
    names = unit.reports.runs_of(() if campaign is None else (get_campaign(unit, campaign).id,))
    wanted = None if campaign is None else [run_of(unit, campaign, run).id] if run is not None else [*names]
    dimension: Dimension = "run" if by == "campaign" else by
    found = unit.reports.tallies(dimension, wanted, since=since, until=until)
    grouped: defaultdict[str, list[Tally]] = defaultdict(list)
    for each in found:
        grouped[_key(by, each, names.get(each.run_id, ""))].append(each)
    good = {run_id: _positive(unit, run_id) for run_id in {each.run_id for each in found}}
    machines = {run_id: _machines(unit, run_id) for run_id in good}
    rows = [_row(key, tallies, good, machines) for key, tallies in grouped.items() if key]
    if by == "disposition":
        return sorted(rows, key=lambda row: (-row.attempts, row.key))
    return sorted(rows, key=lambda row: row.key)


def by_hour(unit: Unit, campaign: str, *, run: int | None = None) -> list[ReportRow]:
    """The attempts of a run, the active or last one, by the hour that they were claimed in: the figures of a chart."""
    return report(unit, "hour", campaign=campaign, run=run or run_of(unit, campaign, None).number)


def _key(by: By, tally: Tally, campaign: str) -> str:
    match by:
        case "campaign":
            return campaign
        case "hour":
            return f"{tally.key}:00:00+00:00"
        case "disposition":
            return tally.disposition
        case "list":
            return tally.key or "(deleted)"
        case _:
            return tally.key  # an attempt without an agent is in no agent's row


def _positive(unit: Unit, run_id: RunId) -> frozenset[str]:
    run = unit.runs.get(run_id)
    return frozenset() if run is None else positive_codes(unit, run)


def _machines(unit: Unit, run_id: RunId) -> frozenset[str]:
    run = unit.runs.get(run_id)
    return frozenset() if run is None else machine_codes(unit, run.spec)


Codes = Mapping[RunId, frozenset[str]]


def _row(key: str, tallies: Sequence[Tally], good: Codes, machines: Codes) -> ReportRow:
    answered = sum(each.answered for each in tallies)
    live = sum(
        each.attempts for each in tallies if is_live(each.disposition) and each.disposition not in machines[each.run_id]
    )
    abandoned = sum(each.attempts for each in tallies if each.disposition == Disposition.ABANDONED)
    talk_s = sum(each.talk_ms for each in tallies) / 1000
    return ReportRow(
        key=key,
        attempts=sum(each.attempts for each in tallies),
        answered=answered,
        live=live,
        connected=sum(each.connected for each in tallies),
        abandoned=abandoned,
        abandoned_rate=abandoned / live if live else 0.0,
        positive=sum(each.attempts for each in tallies if each.disposition in good[each.run_id]),
        duration_s=sum(each.duration_ms for each in tallies) / 1000,
        talk_s=talk_s,
        mean_talk_s=round(talk_s / answered, 3) if answered else 0.0,
    )


def agent_times(unit: Unit, *, since: datetime, until: datetime) -> list[AgentTimes]:
    """Where the time of each agent went from `since` to `until`, by name. Raises BadInputError."""
    if until <= since:
        raise BadInputError("the span ends before it begins", hint="give a later until")
    spent: defaultdict[str, dict[AgentState, float]] = defaultdict(dict)
    for each in unit.reports.times(since=since, until=until):
        spent[each.agent][each.state] = each.seconds
    calls = {row.key: row for row in report(unit, "agent", since=since, until=until)}
    return [
        AgentTimes(
            agent=agent,
            **{f"{state}_s": round(times.get(state, 0.0), 3) for state in AgentState if state != "logged_out"},
            connected=calls[agent].connected if agent in calls else 0,
            talk_s=calls[agent].talk_s if agent in calls else 0.0,
        )
        for agent, times in sorted(spent.items())
    ]


def abandonment(unit: Unit, campaign: str, *, rulebook: Rulebook, now: datetime) -> Abandonment:
    """The figures of the chart of abandoned calls, against the rule that has the least room."""
    row = get_campaign(unit, campaign)
    tightest = min(meters(unit, campaign, rulebook, now), key=lambda meter: meter.room, default=None)
    since = now - _CHART if tightest is None else tightest.since
    points: list[AbandonPoint] = []
    live = abandoned = 0
    for at, answered_then, abandoned_then in unit.reports.answers(row.id, since=since):
        live, abandoned = live + answered_then, abandoned + abandoned_then
        points.append(AbandonPoint(at=at, live=answered_then, abandoned=abandoned_then, rate=abandoned / live))
    return Abandonment(
        rule="" if tightest is None else tightest.rule,
        cap=None if tightest is None else tightest.cap,
        since=since,
        live=live,
        abandoned=abandoned,
        rate=abandoned / live if live else 0.0,
        points=points,
    )


def as_rows(by: By, found: Sequence[ReportRow]) -> Iterator[tuple[str, ...]]:
    """A report as rows of text, for CSV; the first one names the columns."""
    yield (by, *COLUMNS)
    for row in found:
        yield (row.key, *(_cell(getattr(row, column)) for column in COLUMNS))


def agent_rows(found: Sequence[AgentTimes]) -> Iterator[tuple[str, ...]]:
    """Agents' times as rows of text; the first one names the columns."""
    yield AGENT_COLUMNS
    for row in found:
        yield tuple(_cell(getattr(row, column)) for column in AGENT_COLUMNS)


def _cell(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)
