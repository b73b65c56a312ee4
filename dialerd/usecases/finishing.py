"""How a run ends: by a finish criterion, by having nothing left to do, by being stopped; and what starts after it.

Not here: the criteria (domain/finish.py), stopping by hand (runs.py). Called within the transaction that settles an
attempt, and by the run keeper as time passes.
"""

from __future__ import annotations

from datetime import datetime

from dialerd.domain import finish
from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.errors import DialerdError
from dialerd.domain.words import RunId, RunState
from dialerd.ports import RunRow, Unit
from dialerd.usecases.starting import start_run

_CHUNK = 500  # targets cancelled per transaction: well under the 50 ms that a job may hold the writer
_ACTOR = "daemon"


def finish_if_met(unit: Unit, run: RunRow, now: datetime) -> finish.Reached | None:
    """Bring a run that has met a finish criterion to stopping: no new calls, and completed with its last one."""
    if run.state not in (RunState.ACTIVE, RunState.PAUSED):
        return None
    met = _met(unit, run, now)
    if met is not None:
        unit.runs.stop(run.id, ending=RunState.COMPLETED, reason=met.reason)
        detail = {"run": run.number, "reason": met.reason}
        unit.audit.add(actor=_ACTOR, action="run_finishing", subject=run.spec.name, detail=detail, now=now)
    return met


def _met(unit: Unit, run: RunRow, now: datetime) -> finish.Reached | None:
    if run.ends_at is not None and run.ends_at <= now:
        return finish.Reached("the end of its schedule has come")
    if run.spec.finish is None:
        return None
    return finish.reached(
        run.spec.finish,
        dispositions=unit.runs.dispositions(run.id),
        positive=positive_codes(unit, run),
        started_at=run.created_at,
        now=now,
    )


def positive_codes(unit: Unit, run: RunRow) -> frozenset[str]:
    """The dispositions that count as success: the campaign's, and those of its set."""
    named = unit.dispositions.get(run.spec.dispositions) if run.spec.dispositions else None
    return frozenset({*run.spec.positive, *(named.positive if named else ())})


def machine_codes(unit: Unit, spec: CampaignSpec) -> frozenset[str]:
    """The dispositions of the campaign's set by which agents say that they found a machine."""
    named = unit.dispositions.get(spec.dispositions) if spec.dispositions else None
    return named.machines if named else frozenset()


def ends_at(run: RunRow) -> datetime | None:
    """When time alone ends the run; None: it does not, or it is ending already."""
    if run.state not in (RunState.ACTIVE, RunState.PAUSED):
        return None
    moments = [] if run.ends_at is None else [run.ends_at]
    if run.spec.finish is not None and (at := finish.ends_at(run.spec.finish, started_at=run.created_at)):
        moments.append(at)
    return min(moments, default=None)


def may_be_over(run: RunRow) -> bool:
    """Whether a run that has just settled an attempt can have nothing left to do, or have met a criterion."""
    if run.spec.finish is not None or run.ends_at is not None:
        return True
    return not run.in_progress and (run.state is RunState.STOPPING or run.pending + run.waiting == 0)


def finish_if_over(unit: Unit, run_id: RunId, now: datetime) -> RunState | None:
    """End a run that has nothing left to do: all settled, or stopping with the last call ended.

    A long list is cancelled chunk by chunk: None then, and it is to be called again.
    """
    run = unit.runs.get(run_id)
    if run is None or run.state.is_over:
        return None
    if finish_if_met(unit, run, now):
        run = unit.runs.get(run_id)
        assert run is not None, "still there in the same transaction"
    if run.in_progress:
        return None
    if run.state is RunState.STOPPING:
        if unit.runs.cancel_targets(run_id, now, size=_CHUNK) == _CHUNK:
            return None
        return _end(unit, run, run.ending, now)
    if run.spec.finite and run.is_prepared and run.pending + run.waiting == 0:
        return _end(unit, run, RunState.COMPLETED, now)
    return None


def _end(unit: Unit, run: RunRow, state: RunState, now: datetime) -> RunState:
    unit.runs.set_state(run.id, state, now)
    if state is RunState.COMPLETED and run.spec.then is not None:
        _start_follow_up(unit, run, run.spec.then, now)
    return state


def _start_follow_up(unit: Unit, run: RunRow, name: str, now: datetime) -> None:
    """Start the linked campaign. Where it cannot start now, the run says so in its status and nothing else is lost."""
    detail = {"run": run.number, "then": name}
    try:
        start_run(unit, name, actor=f"campaign:{run.spec.name}", now=now)
    except DialerdError as error:
        detail["error"] = str(error)
        said = f"its follow-up {name} is not started: {error.message}"
        unit.runs.set_reason(run.id, f"{run.reason}; {said}" if run.reason else said)
        unit.audit.add(actor=_ACTOR, action="follow_up_refused", subject=run.spec.name, detail=detail, now=now)
        return
    unit.audit.add(actor=_ACTOR, action="follow_up_started", subject=run.spec.name, detail=detail, now=now)
