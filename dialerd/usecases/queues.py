"""What a person can ask of queues: keep them as their files say, and delete one that nothing needs.

Not here: who serves a queue now (engine), what agents may do (agents.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dialerd.domain.errors import IllegalActionError, NotFoundError
from dialerd.domain.queue import QueueSpec
from dialerd.domain.words import AgentState
from dialerd.ports import Unit
from dialerd.usecases import definitions
from dialerd.usecases.unlinking import unlink_queue


def apply_queue(
    unit: Unit, spec: QueueSpec, *, actor: str, now: datetime, dry_run: bool = False
) -> definitions.Applied:
    """Create a queue or bring it to `spec`; the same file twice changes nothing. `dry_run`: only tell.

    Obeyed at once, also by a run that goes on; but people who wait in a queue must not find it of another kind.
    """
    _check_agents(unit, spec)
    before = unit.queues.get(spec.name)
    if before is not None and before.kind != spec.kind:
        _check_idle(unit, spec.name)
    return definitions.apply(
        unit,
        "queue",
        spec.name,
        old=before.as_table() if before else None,
        new=spec.as_table(),
        put=lambda: unit.queues.put(spec, now),
        actor=actor,
        now=now,
        dry_run=dry_run,
        warnings=_warnings(unit, spec),
    )


def _check_agents(unit: Unit, spec: QueueSpec) -> None:
    known = {row.name for row in unit.agents.all()}
    if unknown := [each for each in spec.agents if each not in known]:
        raise NotFoundError(
            f"queue {spec.name} names agent {', '.join(unknown)}: there is none of that name",
            hint=f"make it with dialerd agent add {unknown[0]} --endpoint PJSIP/...",
        )


def _check_idle(unit: Unit, name: str) -> None:
    for run in unit.runs.unfinished():
        if run.spec.queue == name:
            raise IllegalActionError(
                f"queue {name} serves campaign {run.spec.name}, which is {run.state}: its kind cannot be changed",
                hint="stop that run first, or make another queue",
            )


def _warnings(unit: Unit, spec: QueueSpec) -> list[str]:
    """What its author should know, and is obeyed all the same."""
    if spec.kind != "stasis":
        told = "wrap_up_s" in spec.model_fields_set
        return [] if told else [f"wrap_up_s is not given: queue {spec.goes_on_at[1]} is taken to have no wrapuptime"]
    if not spec.agents:
        return ["it has no agents: nobody takes its calls"]
    serving = [row for row in unit.agents.all() if row.name in spec.agents]
    forbidden = [row.name for row in serving if not row.may_outbound]
    return [f"agent {name} may not take campaigns' calls" for name in forbidden]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStanding:
    """A queue, how many of its agents are logged in and ready, and the campaigns that name it."""

    spec: QueueSpec
    logged_in: int
    ready: int
    campaigns: Sequence[str]


def list_queues(unit: Unit) -> list[QueueStanding]:
    states = {row.name: row.seen.state for row in unit.agents.all()}
    users = [(row.spec.queue, row.spec.name) for row in unit.campaigns.all() if row.spec.queue is not None]
    found = []
    for spec in unit.queues.all():
        serving = [states[name] for name in spec.agents if name in states]
        found.append(
            QueueStanding(
                spec=spec,
                logged_in=len(serving) - serving.count(AgentState.LOGGED_OUT),
                ready=serving.count(AgentState.READY),
                campaigns=[campaign for queue, campaign in users if queue == spec.name],
            )
        )
    return found


def get_queue(unit: Unit, name: str) -> QueueSpec:
    spec = unit.queues.get(name)
    if spec is None:
        raise NotFoundError(f"there is no queue {name[:64]}", hint="make it with dialerd queue apply FILE.toml")
    return spec


def delete_queue(unit: Unit, name: str, *, actor: str, now: datetime) -> None:
    """Refused while a campaign or a flow names it. Users who are held to it lose it."""
    before = get_queue(unit, name)
    users = [row.spec.name for row in unit.campaigns.all() if row.spec.queue == name]
    if users:
        raise IllegalActionError(
            f"queue {name} is used by campaign {users[0]}", hint="apply that campaign with another queue, or delete it"
        )
    if flows := [row.spec.name for row in unit.flows.all() if name in row.spec.queues]:
        raise IllegalActionError(
            f"flow {flows[0]} transfers to queue {name}", hint="apply that flow with another queue, or delete it"
        )
    unit.queues.delete(name)
    unlink_queue(unit, name, actor=actor, now=now)
    definitions.note_deleted(unit, "queue", name, before.as_table(), actor=actor, now=now)
