"""What a person can ask of campaign definitions.

Not here: running them (runs.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dialerd.domain.campaign import CampaignSpec, read_campaign
from dialerd.domain.errors import AlreadyExistsError, BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.run import Action, next_state
from dialerd.domain.trunk import Trunk
from dialerd.ports import CampaignRow, RunRow, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What applying a file does: `changes` maps a key to its old and new value (None: not set)."""

    name: str
    is_new: bool
    changes: Mapping[str, tuple[Any, Any]]


def apply_campaign(
    unit: Unit, spec: CampaignSpec, *, trunks: Mapping[str, Trunk], actor: str, now: datetime, dry_run: bool = False
) -> Applied:
    """Create a campaign or bring it to `spec`; the same file twice changes nothing. `dry_run`: only tell."""
    check_way_out(spec, trunks)
    for name in spec.lists:
        if unit.lists.get(name) is None:
            raise NotFoundError(
                f"campaign {spec.name} names list {name}, which does not exist",
                hint=f"make it with dialerd list create {name}, or import a file into it",
            )
    before = unit.campaigns.get(spec.name)
    old, new = (before.spec.as_table() if before else {}), spec.as_table()
    changes = {
        key: (old.get(key), new.get(key)) for key in [*new, *(old.keys() - new.keys())] if old.get(key) != new.get(key)
    }
    applied = Applied(name=spec.name, is_new=before is None, changes=changes)
    if not changes:
        return applied
    if before is not None:
        run = unit.runs.latest(before.id)
        next_state(run.state if run else None, Action.EDIT, campaign=spec.name)
    if not dry_run:
        unit.campaigns.put(spec, now)
        unit.audit.add(
            actor=actor, action="campaign_applied", subject=spec.name, detail={"keys": sorted(changes)}, now=now
        )
    return applied


def check_way_out(spec: CampaignSpec, trunks: Mapping[str, Trunk]) -> None:
    """Whether the settings have the campaign's trunk, and allow its caller ID there. Raises BadInputError."""
    trunk = trunks.get(spec.trunk)
    if trunk is None:
        known = ", ".join(sorted(trunks))
        raise BadInputError(f"campaign {spec.name}: there is no trunk {spec.trunk}", hint=f"the settings have: {known}")
    if spec.caller_id not in trunk.caller_ids:
        raise BadInputError(
            f"campaign {spec.name}: caller ID {spec.caller_id} is not allowed on trunk {spec.trunk}",
            hint="use one of the trunk's caller_ids, or add it to them in the settings",
        )


def get_campaign(unit: Unit, name: str) -> CampaignRow:
    row = unit.campaigns.get(name)
    if row is None:
        raise NotFoundError(f"there is no campaign {name}", hint="see dialerd campaign list")
    return row


def list_campaigns(unit: Unit) -> list[tuple[CampaignRow, RunRow | None]]:
    """Every campaign with its latest run, by priority, then name."""
    rows = [(row, unit.runs.latest(row.id)) for row in unit.campaigns.all()]
    return sorted(rows, key=lambda pair: (-pair[0].spec.priority, pair[0].spec.name))


def clone_campaign(unit: Unit, name: str, new_name: str, *, actor: str, now: datetime) -> CampaignRow:
    """A copy under another name, never run."""
    spec = get_campaign(unit, name).spec
    if unit.campaigns.get(new_name) is not None:
        raise AlreadyExistsError(f"there is a campaign {new_name} already", hint="choose another name")
    copy = read_campaign({**spec.as_table(), "name": new_name}, source=f"the copy of {name}")
    row = unit.campaigns.put(copy, now)
    unit.audit.add(actor=actor, action="campaign_cloned", subject=new_name, detail={"from": name}, now=now)
    return row


def delete_campaign(unit: Unit, name: str, *, actor: str, now: datetime) -> None:
    """Delete a campaign with the results of its runs. Refused while a run is unfinished."""
    row = get_campaign(unit, name)
    run = unit.runs.latest(row.id)
    next_state(run.state if run else None, Action.DELETE, campaign=name)
    if run is not None and run.in_progress:
        raise IllegalActionError(f"campaign {name} still has {run.in_progress} calls up", hint="wait for their end")
    unit.campaigns.delete(row.id)
    unit.audit.add(actor=actor, action="campaign_deleted", subject=name, detail={}, now=now)
