"""What a person can ask of flows: keep them as their files say, and delete one that nothing needs.

Not here: what is wrong with a file by itself (domain/flow), calls that walk through a flow (engine).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dialerd.domain.errors import BadInputError, NotFoundError
from dialerd.domain.flow import FlowSpec
from dialerd.ports import Unit
from dialerd.ports.flows import FlowRow
from dialerd.usecases.queues import get_queue


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowApplied:
    """What applying a file does: `changes` maps a key (of a node: node.NAME) to its old and new value (None: not set).

    `version`: the flow's, as it is then.
    """

    name: str
    version: int
    changes: Mapping[str, tuple[Any, Any]]

    @property
    def is_new(self) -> bool:
        return self.version == 1 and bool(self.changes)


def apply_flow(unit: Unit, spec: FlowSpec, *, actor: str, now: datetime, dry_run: bool = False) -> FlowApplied:
    """Create a flow or bring it to `spec`; the same file twice changes nothing. `dry_run`: only tell.

    Calls that are in it go on by the flow that they began with.
    """
    check_queues(unit, spec)
    before = unit.flows.get(spec.name)
    old, new = (_keys(before.spec) if before else {}), _keys(spec)
    changes = {
        key: (old.get(key), new.get(key)) for key in [*new, *(old.keys() - new.keys())] if old.get(key) != new.get(key)
    }
    if changes and not dry_run:
        unit.flows.put(spec, now)
        unit.audit.add(actor=actor, action="flow_applied", subject=spec.name, detail={"keys": sorted(changes)}, now=now)
    version = before.version if before else 0
    return FlowApplied(name=spec.name, version=version + bool(changes), changes=changes)


def check_queues(unit: Unit, spec: FlowSpec) -> None:
    """Whether dialerd itself can put people through where the flow transfers them."""
    for name in sorted(spec.queues):
        queue = get_queue(unit, name)
        if queue.kind != "stasis":
            context, extension = queue.goes_on_at
            raise BadInputError(
                f"flow {spec.name}: queue {name} is of kind {queue.kind}, to whose agents dialerd cannot transfer",
                hint=f'transfer to context = "{context}", extension = "{extension}" instead',
            )


def _keys(spec: FlowSpec) -> dict[str, Any]:
    table = spec.as_table()
    nodes = table.pop("node")
    return {**table, **{f"node.{name}": node for name, node in nodes.items()}}


def list_flows(unit: Unit) -> Sequence[FlowRow]:
    return unit.flows.all()


def get_flow(unit: Unit, name: str) -> FlowRow:
    row = unit.flows.get(name)
    if row is None:
        raise NotFoundError(f"there is no flow {name[:64]}", hint="make it with dialerd flow apply FILE.toml")
    return row


def delete_flow(unit: Unit, name: str, *, actor: str, now: datetime) -> None:
    get_flow(unit, name)
    unit.flows.delete(name)
    unit.audit.add(actor=actor, action="flow_deleted", subject=name, detail={}, now=now)
