"""What campaigns are made of: queues, sets of dispositions, flows and strategies, each as the file that defines it.

Not here: campaigns themselves (campaigns.py), files that are checked or tried only (trials.py).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from dialerd.domain.dispositionset import DispositionSet, read_disposition_set
from dialerd.domain.errors import BadInputError
from dialerd.domain.flow import FlowSpec, read_flow
from dialerd.domain.queue import QueueSpec, read_queue
from dialerd.domain.strategy import Strategy, read_strategy
from dialerd.domain.user import Right
from dialerd.ports import Unit
from dialerd.usecases import definitions as use
from dialerd.usecases import dispositions, flows, queues, strategies
from dialerd.web.binding import Ask, Model, Path, Queues, Route, of_house
from dialerd.web.resources.campaigns import Changed, DryRun, Table
from dialerd.web.resources.reach import campaigns_of


class QueueListed(Model):
    queue: str
    kind: str
    agents: int
    logged_in: int
    ready: int
    campaigns: list[str]
    description: str


class SetListed(Model):
    set: str
    description: str
    codes: list[str]


class FlowListed(Model):
    flow: str
    version: int
    nodes: int
    applied_at: datetime
    description: str


class StrategyListed(Model):
    strategy: str
    description: str
    steps: list[str]
    campaigns: list[str]


class Applied(Model):
    """`changes`: key by key; of a flow's node, the key is node.NAME."""

    name: str
    is_changed: bool
    dry_run: bool
    changes: dict[str, Changed]
    warnings: list[str]


def queue_itself(unit: Unit, path: Path) -> Collection[str]:
    return (queues.get_queue(unit, path["name"]).name,)


# Queues


def list_queues(ask: Ask[None, None]) -> list[QueueListed]:
    """The queues, with how many of their agents are there."""
    return [
        QueueListed(
            queue=each.spec.name,
            kind=each.spec.kind,
            agents=len(each.spec.agents),
            logged_in=each.logged_in,
            ready=each.ready,
            campaigns=list(each.campaigns),
            description=each.spec.description,
        )
        for each in queues.list_queues(ask.unit)
        if ask.person.serves([each.spec.name])
    ]


def show_queue(ask: Ask[None, None]) -> Table:
    """A queue as its file has it."""
    return queues.get_queue(ask.unit, ask.path["name"]).as_table()


def apply_queue(ask: Ask[DryRun, Table]) -> Applied:
    """Create the queue, or bring it to what the body says."""
    spec = read_queue(_table(ask), source=f"queue {ask.path['name']}")
    done = queues.apply_queue(ask.unit, spec, actor=ask.actor, now=ask.now, dry_run=ask.query.dry_run)
    return _applied(ask, done)


def delete_queue(ask: Ask[None, None]) -> None:
    """Delete a queue that no campaign names."""
    queues.delete_queue(ask.unit, ask.path["name"], actor=ask.actor, now=ask.now)


# Sets of dispositions


def list_sets(ask: Ask[None, None]) -> list[SetListed]:
    """The sets of dispositions."""
    return [
        SetListed(set=each.name, description=each.description, codes=list(each.codes))
        for each in ask.unit.dispositions.all()
    ]


def show_set(ask: Ask[None, None]) -> Table:
    """A set as its file has it."""
    return dispositions.get_set(ask.unit, ask.path["name"]).as_table()


def apply_set(ask: Ask[DryRun, Table]) -> Applied:
    """Create the set, or bring it to what the body says."""
    given = read_disposition_set(_table(ask), source=f"the set of dispositions {ask.path['name']}")
    return _applied(
        ask, dispositions.apply_set(ask.unit, given, actor=ask.actor, now=ask.now, dry_run=ask.query.dry_run)
    )


def delete_set(ask: Ask[None, None]) -> None:
    """Delete a set that no campaign names."""
    dispositions.delete_set(ask.unit, ask.path["name"], actor=ask.actor, now=ask.now)


# Flows


def list_flows(ask: Ask[None, None]) -> list[FlowListed]:
    """The flows."""
    return [
        FlowListed(
            flow=row.spec.name,
            version=row.version,
            nodes=len(row.spec.node),
            applied_at=row.applied_at,
            description=row.spec.description,
        )
        for row in flows.list_flows(ask.unit)
    ]


def show_flow(ask: Ask[None, None]) -> Table:
    """A flow as its file has it."""
    return flows.get_flow(ask.unit, ask.path["name"]).spec.as_table()


def apply_flow(ask: Ask[DryRun, Table]) -> Applied:
    """Create the flow, or bring it to what the body says."""
    spec = read_flow(_table(ask), source=f"flow {ask.path['name']}")
    done = flows.apply_flow(ask.unit, spec, actor=ask.actor, now=ask.now, dry_run=ask.query.dry_run)
    warnings = flows.equipment_warnings(spec, hosts=ask.house.hosts, speaks=ask.house.speaks, routes=ask.house.routes)
    return _applied(ask, done, warnings)


def delete_flow(ask: Ask[None, None]) -> None:
    """Delete a flow that no campaign names."""
    flows.delete_flow(ask.unit, ask.path["name"], actor=ask.actor, now=ask.now)


# Strategies


def list_strategies(ask: Ask[None, None]) -> list[StrategyListed]:
    """The strategies, and the campaigns that go by them."""
    mine = campaigns_of(ask.unit, ask.person)
    return [
        StrategyListed(
            strategy=each.name,
            description=each.description,
            steps=[step.name for step in each.step],
            campaigns=[name for name in strategies.users_of(ask.unit, each.name) if mine is None or name in mine],
        )
        for each in ask.unit.strategies.all()
    ]


def show_strategy(ask: Ask[None, None]) -> Table:
    """A strategy as its file has it."""
    return strategies.get_strategy(ask.unit, ask.path["name"]).as_table()


def apply_strategy(ask: Ask[DryRun, Table]) -> Applied:
    """Create the strategy, or bring it to what the body says."""
    given = read_strategy(_table(ask), source=f"strategy {ask.path['name']}")
    done = strategies.apply_strategy(ask.unit, given, actor=ask.actor, now=ask.now, dry_run=ask.query.dry_run)
    return _applied(ask, done, strategies.route_warnings(given, ask.house.routes))


def delete_strategy(ask: Ask[None, None]) -> None:
    """Delete a strategy that no campaign names."""
    strategies.delete_strategy(ask.unit, ask.path["name"], actor=ask.actor, now=ask.now)


def _table(ask: Ask[DryRun, Table]) -> Table:
    name = ask.path["name"]
    if ask.body.get("name", name) != name:
        raise BadInputError("body.name: is not the name in the path", hint="put it under the name that it has")
    return {**ask.body, "name": name}


def _applied(ask: Ask[DryRun, Table], done: use.Applied, warnings: Collection[str] = ()) -> Applied:
    return Applied(
        name=done.name,
        is_changed=done.is_changed,
        dry_run=ask.query.dry_run,
        changes={key: Changed(old=old, new=new) for key, (old, new) in done.changes.items()},
        warnings=[*done.warnings, *warnings],
    )


def _routes(
    noun: str, spec: Any, list_all: Any, show: Any, apply: Any, delete: Any, *, seen_on: Queues = of_house
) -> tuple[Route, ...]:
    every, one = f"/api/{noun}", f"/api/{noun}/{{name}}"
    see, define = Right.SEE, Right.DEFINE
    return (
        Route(method="GET", path=every, do=list_all, right=see),
        Route(method="GET", path=one, do=show, right=see, on=seen_on, is_table=True),
        Route(method="PUT", path=one, do=apply, right=define, shows=show, body_is=spec),
        Route(method="DELETE", path=one, do=delete, right=define, shows=show),
    )


ROUTES: tuple[Route, ...] = (
    *_routes("queues", QueueSpec, list_queues, show_queue, apply_queue, delete_queue, seen_on=queue_itself),
    *_routes("dispositions", DispositionSet, list_sets, show_set, apply_set, delete_set),
    *_routes("flows", FlowSpec, list_flows, show_flow, apply_flow, delete_flow),
    *_routes("strategies", Strategy, list_strategies, show_strategy, apply_strategy, delete_strategy),
)
