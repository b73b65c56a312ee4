"""What a person can ask of a campaign's runs: start, hold, end, change pace, look.

Not here: carrying it out: these write what should be, the daemon compares and acts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dialerd.domain.campaign import CampaignSpec, read_campaign
from dialerd.domain.disposition import MEANINGS
from dialerd.domain.errors import BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.run import Action, next_state
from dialerd.domain.trunk import Trunk
from dialerd.domain.words import Disposition, RunState
from dialerd.ports import CampaignRow, ListRow, RunRow, Unit
from dialerd.usecases.campaigns import check_way_out, get_campaign
from dialerd.usecases.dialing import finish_if_over


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A campaign and its latest run, as `campaign status` tells it. `state` is draft before the first run."""

    campaign: str
    run: int | None
    state: str
    mode: str
    targets: int
    pending: int
    in_progress: int
    done: int
    attempts: int
    calls_now: int
    abandoned_rate: float
    dispositions: Mapping[str, int]
    started_at: datetime | None
    finished_at: datetime | None


def run_campaign(unit: Unit, name: str, *, trunks: Mapping[str, Trunk], actor: str, now: datetime) -> RunRow:
    """Start a run afresh on all contacts of the campaign's lists."""
    return _start(unit, name, Action.RUN, trunks=trunks, actor=actor, now=now)


def rerun_campaign(unit: Unit, name: str, *, trunks: Mapping[str, Trunk], actor: str, now: datetime) -> RunRow:
    """Start afresh after a run that is over; there must be one."""
    return _start(unit, name, Action.RERUN, trunks=trunks, actor=actor, now=now)


def _start(unit: Unit, name: str, action: Action, *, trunks: Mapping[str, Trunk], actor: str, now: datetime) -> RunRow:
    row = get_campaign(unit, name)
    last = unit.runs.latest(row.id)
    next_state(last.state if last else None, action, campaign=name)
    check_way_out(row.spec, trunks)
    lists = [_get_list(unit, each, campaign=name) for each in row.spec.lists]
    if row.spec.finite and not any(each.contacts for each in lists):
        raise IllegalActionError(
            f"campaign {name} has nobody to call: its lists are empty",
            hint=f"import contacts with dialerd list import {lists[0].name} FILE.csv",
        )
    run = unit.runs.create(row.id, row.spec, now)
    unit.audit.add(actor=actor, action="run_started", subject=name, detail={"run": run.number}, now=now)
    return run


def _get_list(unit: Unit, name: str, *, campaign: str) -> ListRow:
    row = unit.lists.get(name)
    if row is None:
        raise NotFoundError(
            f"campaign {campaign} names list {name}, which was deleted",
            hint="make the list again, or apply the campaign with another",
        )
    return row


def pause_run(unit: Unit, name: str, *, actor: str, now: datetime) -> RunRow:
    """No new calls; those up go on."""
    return _act(unit, name, Action.PAUSE, actor=actor, now=now)


def resume_run(unit: Unit, name: str, *, actor: str, now: datetime) -> RunRow:
    return _act(unit, name, Action.RESUME, actor=actor, now=now)


def stop_run(unit: Unit, name: str, *, actor: str, now: datetime) -> RunRow:
    """End the run: at once where no call is up, else with its last call. Its results stay readable."""
    run = _act(unit, name, Action.STOP, actor=actor, now=now)
    finish_if_over(unit, run.id, now)
    after = unit.runs.get(run.id)
    assert after is not None
    return after


def _act(unit: Unit, name: str, action: Action, *, actor: str, now: datetime) -> RunRow:
    run = unit.runs.latest(get_campaign(unit, name).id)
    state = next_state(run.state if run else None, action, campaign=name)
    assert run is not None, "the table allows these actions only on a run"
    assert state is not None, "each of them leads to a state"
    unit.runs.set_state(run.id, state, now)
    unit.audit.add(actor=actor, action=f"run_{action}", subject=name, detail={"run": run.number}, now=now)
    after = unit.runs.get(run.id)
    assert after is not None
    return after


def change_pace(
    unit: Unit, name: str, *, max_calls: int | None, calls_per_second: float | None, actor: str, now: datetime
) -> CampaignSpec:
    """Another pace for the unfinished run, from now on; the campaign's own file stays as it is."""
    run = unit.runs.latest(get_campaign(unit, name).id)
    if run is None or run.state.is_over:
        raise IllegalActionError(f"campaign {name} has no run to change the pace of", hint="run it first")
    wanted = {"max_calls": max_calls, "calls_per_second": calls_per_second}
    changes = {key: value for key, value in wanted.items() if value is not None}
    try:
        spec = read_campaign({**run.spec.as_table(), **changes}, source=f"the new pace of campaign {name}")
    except BadInputError as error:
        raise BadInputError(error.message, hint="give another value") from None  # no file is to be corrected here
    unit.runs.set_spec(run.id, spec)
    unit.audit.add(actor=actor, action="run_paced", subject=name, detail=changes, now=now)
    return spec


def status(unit: Unit, name: str) -> Status:
    """The campaign's latest run in figures."""
    row = get_campaign(unit, name)
    run = unit.runs.latest(row.id)
    if run is None:
        return _never_run(row)
    dispositions = unit.runs.dispositions(run.id)
    return Status(
        campaign=name,
        run=run.number,
        state=run.state,
        mode=run.spec.mode,
        targets=run.targets,
        pending=run.pending + run.waiting,
        in_progress=run.in_progress,
        done=run.done,
        attempts=run.attempts,
        calls_now=run.in_progress,
        abandoned_rate=_abandoned_rate(dispositions),
        dispositions={str(each): count for each, count in dispositions.items()},
        started_at=run.created_at,
        finished_at=run.finished_at,
    )


def _abandoned_rate(dispositions: Mapping[Disposition, int]) -> float:
    """Abandoned calls as a share of all answered by a person."""
    live = sum(count for each, count in dispositions.items() if MEANINGS[each].live)
    return dispositions.get(Disposition.ABANDONED, 0) / live if live else 0.0


def _never_run(row: CampaignRow) -> Status:
    return Status(
        campaign=row.spec.name,
        run=None,
        state="draft",
        mode=row.spec.mode,
        targets=0,
        pending=0,
        in_progress=0,
        done=0,
        attempts=0,
        calls_now=0,
        abandoned_rate=0.0,
        dispositions={},
        started_at=None,
        finished_at=None,
    )


def dispositions(unit: Unit, name: str) -> dict[Disposition, int]:
    """How the attempts of the active or last run ended, the most frequent first."""
    return unit.runs.dispositions(latest_run(unit, name).id)


def latest_run(unit: Unit, name: str) -> RunRow:
    """The run whose results are asked for: the active or last one."""
    run = unit.runs.latest(get_campaign(unit, name).id)
    if run is None:
        raise IllegalActionError(f"campaign {name} has never run", hint=f"start it with dialerd campaign run {name}")
    return run


def is_over(state: str) -> bool:
    """Whether a status' state will not change by itself any more."""
    return state == "draft" or RunState(state).is_over
