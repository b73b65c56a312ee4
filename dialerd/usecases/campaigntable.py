"""The table of campaigns: one line per campaign with all that a person who runs them wants to see of it.

Not here: saved views (views.py), one campaign's figures and what holds it (status.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.lifecycle import possible
from dialerd.domain.view import PLAIN, ViewSpec, seen
from dialerd.domain.words import AgentState, RunState
from dialerd.ports import CampaignRow, RunRow, Unit
from dialerd.usecases.finishing import positive_codes
from dialerd.usecases.standing import standing
from dialerd.usecases.status import abandoned_rate

_AWAY = frozenset({AgentState.LOGGED_OUT, AgentState.PAUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """What a person who answers is connected to. `kind` none: the campaign is a draft that names nothing yet."""

    kind: Literal["queue", "flow", "sound", "context", "strategy", "none"]
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignLine:
    """A campaign and its latest run. `actions`: what can be done to it now; `progress`: the share of its targets that
    are done; `left`: those that are neither done nor being called; `positive`: endings that count as success; `agents`:
    those at work for it now; `reason`: why it places no calls, or why its run ends or ended before its last target."""

    campaign: str
    description: str
    mode: str
    priority: int
    state: str
    actions: Sequence[str]
    run: int | None
    targets: int
    done: int
    left: int
    in_progress: int
    progress: float
    attempts: int
    abandoned_rate: float
    positive: int
    agents: int
    lists: Sequence[str]
    connection: Connection
    queue: str | None
    flow: str | None
    strategy: str | None
    trunk: str
    last_run_at: datetime | None
    finished_at: datetime | None
    next_start_at: datetime | None
    updated_at: datetime
    reason: str


def table(unit: Unit, view: ViewSpec = PLAIN, *, now: datetime) -> list[CampaignLine]:
    """The campaigns that the view shows, in its order. What each costs does not depend on how many targets it has."""
    agents = Counter(row.seen.campaign for row in unit.agents.all() if row.seen.state not in _AWAY)
    return seen(view, (_line(unit, row, agents, now) for row in unit.campaigns.all()))


def _line(unit: Unit, row: CampaignRow, agents: Mapping[str, int], now: datetime) -> CampaignLine:
    spec, now_at = row.spec, standing(unit, row, now)
    run = now_at.run
    counted = unit.runs.dispositions(run.id) if run else {}
    positive = positive_codes(unit, run) if run else frozenset()
    return CampaignLine(
        campaign=spec.name,
        description=spec.description,
        mode=str(spec.mode),
        priority=spec.priority,
        state=str(now_at.state),
        actions=possible(now_at.state),
        run=run.number if run else None,
        targets=run.targets if run else 0,
        done=run.done if run else 0,
        left=run.pending + run.waiting if run else 0,
        in_progress=run.in_progress if run else 0,
        progress=run.done / run.targets if run and run.targets else 0.0,
        attempts=run.attempts if run else 0,
        abandoned_rate=abandoned_rate(counted),
        positive=sum(count for code, count in counted.items() if code in positive),
        agents=agents.get(spec.name, 0),
        lists=spec.lists,
        connection=_connection(spec),
        queue=spec.queue,
        flow=spec.flow,
        strategy=spec.strategy,
        trunk=spec.trunk,
        last_run_at=run.created_at if run else None,
        finished_at=run.finished_at if run else None,
        next_start_at=now_at.next_start_at,
        updated_at=row.updated_at,
        reason=_reason(run),
    )


def _reason(run: RunRow | None) -> str:
    if run is None:
        return ""
    return run.held if run.state is RunState.ACTIVE else run.reason


def _connection(spec: CampaignSpec) -> Connection:
    if spec.queue is not None:
        return Connection(kind="queue", name=spec.queue)
    if spec.flow is not None:
        return Connection(kind="flow", name=spec.flow)
    if spec.on_human is not None and spec.on_human.play is not None:
        return Connection(kind="sound", name=spec.on_human.play)
    if spec.on_human is not None and spec.on_human.context is not None:
        return Connection(kind="context", name=f"{spec.on_human.context},{spec.on_human.extension}")
    if spec.strategy is not None:
        return Connection(kind="strategy", name=spec.strategy)
    return Connection(kind="none", name="")
