"""What a person can do to a campaign's runs: start, hold, end, change their pace.

Not here: carrying it out: these write what should be, the daemon compares and acts; looking (status.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from dialerd.domain.campaign import CampaignSpec, read_campaign
from dialerd.domain.errors import IllegalActionError
from dialerd.domain.lifecycle import Action, next_state
from dialerd.domain.trunk import Trunk
from dialerd.domain.words import RunId, RunState
from dialerd.ports import RunRow, Unit
from dialerd.usecases.campaigns import check_way_out
from dialerd.usecases.definitions import changes_of, told
from dialerd.usecases.finishing import finish_if_over
from dialerd.usecases.standing import get_campaign, standing
from dialerd.usecases.starting import start_run


def run_campaign(unit: Unit, name: str, *, trunks: Mapping[str, Trunk], actor: str, now: datetime) -> RunRow:
    """Start a run afresh on all contacts of the campaign's lists."""
    check_way_out(get_campaign(unit, name).spec, trunks)
    return start_run(unit, name, actor=actor, now=now)


def rerun_campaign(unit: Unit, name: str, *, trunks: Mapping[str, Trunk], actor: str, now: datetime) -> RunRow:
    """Start afresh after a run that is over; there must be one."""
    check_way_out(get_campaign(unit, name).spec, trunks)
    return start_run(unit, name, actor=actor, now=now, action=Action.RERUN)


def pause_run(unit: Unit, name: str, *, actor: str, now: datetime) -> RunRow:
    """No new calls; those up go on."""
    return _act(unit, name, Action.PAUSE, actor=actor, now=now)


def resume_run(unit: Unit, name: str, *, actor: str, now: datetime) -> RunRow:
    return _act(unit, name, Action.RESUME, actor=actor, now=now)


def stop_run(unit: Unit, name: str, *, actor: str, now: datetime) -> RunRow:
    """End the run: at once where no call is up, else with its last call. Its results stay readable."""
    run = _act(unit, name, Action.STOP, actor=actor, now=now)
    unit.runs.stop(run.id, ending=RunState.STOPPED, reason=f"stopped by {actor}")
    finish_if_over(unit, run.id, now)
    return _get_run(unit, run.id)


def _act(unit: Unit, name: str, action: Action, *, actor: str, now: datetime) -> RunRow:
    row = get_campaign(unit, name)
    now_at = standing(unit, row, now)
    state = next_state(now_at.state, action, campaign=name, lacks=row.spec.lacks, next_start_at=now_at.next_start_at)
    assert now_at.run is not None, "the table allows these actions only on a run"
    assert state is not None, "each of them leads to a state"
    unit.runs.set_state(now_at.run.id, state, now)
    detail = {"run": now_at.run.number, **told({"state": (str(now_at.state), str(state))})}
    unit.audit.add(actor=actor, action=f"run_{action}", subject=name, detail=detail, now=now)
    return _get_run(unit, now_at.run.id)


def _get_run(unit: Unit, run_id: RunId) -> RunRow:
    run = unit.runs.get(run_id)
    assert run is not None, "still there in the same transaction"
    return run


def change_pace(
    unit: Unit,
    name: str,
    *,
    max_calls: int | None = None,
    calls_per_second: float | None = None,
    ratio: int | None = None,
    actor: str,
    now: datetime,
) -> CampaignSpec:
    """Another pace for the unfinished run, from now on; the campaign's own file stays as it is."""
    run = unit.runs.latest(get_campaign(unit, name).id)
    if run is None or run.state.is_over:
        raise IllegalActionError(f"campaign {name} has no run to change the pace of", hint="run it first")
    wanted = {"max_calls": max_calls, "calls_per_second": calls_per_second, "ratio": ratio}
    changes = {key: value for key, value in wanted.items() if value is not None}
    table, source = {**run.spec.as_table(), **changes}, f"the new pace of campaign {name}"
    spec = read_campaign(table, source=source, remedy="give another value")
    unit.runs.set_spec(run.id, spec)
    detail = told(changes_of(run.spec.as_table(), spec.as_table()))
    unit.audit.add(actor=actor, action="run_paced", subject=name, detail=detail, now=now)
    return spec
