"""Starting a run: what a person, a schedule and a linked campaign have in common.

Not here: carrying it out (engine/runkeeper.py takes the contacts in, engine/dialloop.py dials).
"""

from __future__ import annotations

from datetime import datetime

from dialerd.domain.errors import IllegalActionError, NotFoundError
from dialerd.domain.lifecycle import Action, next_state
from dialerd.domain.words import CampaignState
from dialerd.ports import CampaignRow, ListRow, RunRow, Unit
from dialerd.usecases.standing import get_campaign, standing


def start_run(
    unit: Unit, name: str, *, actor: str, now: datetime, action: Action = Action.RUN, by_schedule: bool = False
) -> RunRow:
    """A fresh run on all contacts. `by_schedule`: a scheduled campaign may start, since it is its schedule that asks.

    Raises IllegalActionError with what is possible instead, NotFoundError for a list that was deleted.
    """
    row = get_campaign(unit, name)
    now_at = standing(unit, row, now)
    if not (by_schedule and now_at.state is CampaignState.SCHEDULED):
        next_state(now_at.state, action, campaign=name, lacks=row.spec.lacks, next_start_at=now_at.next_start_at)
    _check_lists(unit, row)
    run = unit.runs.create(row.id, row.spec, now)
    unit.audit.add(actor=actor, action="run_started", subject=name, detail={"run": run.number}, now=now)
    return run


def _check_lists(unit: Unit, row: CampaignRow) -> None:
    lists = [_get_list(unit, each, campaign=row.spec.name) for each in row.spec.lists]
    if row.spec.finite and not any(each.contacts for each in lists):
        raise IllegalActionError(
            f"campaign {row.spec.name} has nobody to call: its lists are empty",
            hint=f"import contacts with dialerd list import {lists[0].name} FILE.csv",
        )


def _get_list(unit: Unit, name: str, *, campaign: str) -> ListRow:
    row = unit.lists.get(name)
    if row is None:
        raise NotFoundError(
            f"campaign {campaign} names list {name}, which was deleted",
            hint="make the list again, or apply the campaign with another",
        )
    return row
