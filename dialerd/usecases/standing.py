"""Where a campaign stands: its definition, schedule and latest run read as one state.

Not here: what may be done in it (domain/lifecycle.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dialerd.domain.errors import IllegalActionError, NotFoundError
from dialerd.domain.lifecycle import campaign_state
from dialerd.domain.schedule import next_occurrence
from dialerd.domain.words import CampaignState
from dialerd.ports import CampaignRow, RunRow, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`run` is the latest one, over or not; None: the campaign never ran."""

    state: CampaignState
    run: RunRow | None
    next_start_at: datetime | None


def get_campaign(unit: Unit, name: str) -> CampaignRow:
    row = unit.campaigns.get(name)
    if row is None:
        raise NotFoundError(f"there is no campaign {name}", hint="see dialerd campaign list")
    return row


def standing(unit: Unit, row: CampaignRow, now: datetime) -> Standing:
    """The campaign's state at `now`."""
    run = unit.runs.latest(row.id)
    soon = next_occurrence(row.spec.schedules, after=now)
    next_start_at = None if soon is None else soon.start_at
    state = campaign_state(lacks=row.spec.lacks, run=run.state if run else None, next_start_at=next_start_at)
    return Standing(state=state, run=run, next_start_at=next_start_at)


def run_of(unit: Unit, name: str, number: int | None) -> RunRow:
    """The run with that number; None: the active or last one. Raises NotFoundError, IllegalActionError."""
    last = latest_run(unit, name)
    if number is None:
        return last
    for run in unit.runs.of_campaign(last.campaign_id):
        if run.number == number:
            return run
    raise NotFoundError(f"campaign {name} has no run {number}", hint=f"it has runs 1 to {last.number}")


def latest_run(unit: Unit, name: str) -> RunRow:
    """The run whose results are asked for: the active or last one."""
    run = unit.runs.latest(get_campaign(unit, name).id)
    if run is None:
        raise IllegalActionError(f"campaign {name} has never run", hint=f"start it with dialerd campaign run {name}")
    return run
