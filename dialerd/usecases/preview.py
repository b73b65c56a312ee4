"""A record before it is dialed: shown to one agent and locked for all others, then dialed, skipped or withdrawn.

Not here: which agent is shown one, the timer (engine/previewdesk.py), claims of the other modes (dialing.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dialerd.domain.errors import IllegalActionError
from dialerd.domain.gates import Gate
from dialerd.domain.regulation import Pack
from dialerd.domain.tolls import SAFE, TollGuard
from dialerd.domain.words import AttemptId, RunId, RunState, TargetState
from dialerd.ports import Asked, AttemptRow, ContactRow, PreviewRow, RunRow, TargetRow, Unit
from dialerd.usecases import seats
from dialerd.usecases.agents import get_agent
from dialerd.usecases.callingback import Turns, own_targets
from dialerd.usecases.dialing import WayOut, attempt_at, judge_target

LOCK_GUARD = timedelta(seconds=60)
"""A record stays locked this much longer than its agent's time: after it, it falls due by itself, whatever became of
the daemon that showed it."""

_LOOK = 20  # records judged per transaction


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is no record for that agent. `due_at`: when there may be one; None: not before something changes."""

    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that was shown cannot be dialed now, and why."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What an agent sees of a record. `skips_left`: how many it may still skip in this run; None: any number.
    `on_timeout`: what is done with it where the agent asks for nothing in time."""

    row: PreviewRow
    campaign: str
    contact: ContactRow | None
    number: str
    attempts_spent: int
    skips_left: int | None
    on_timeout: Asked


# For the engine


def show(
    unit: Unit, run_id: RunId, agent: str, *, packs: Sequence[Pack], tolls: TollGuard = SAFE, now: datetime
) -> PreviewRow | Nothing:
    """Lock the next record of the run that may be dialed now and that the agent has not just skipped."""
    run = unit.runs.get(run_id)
    if run is None or run.state is not RunState.ACTIVE:
        return Nothing(None)
    unit.callbacks.promote(run_id, now)
    unit.dialing.promote(run_id, now)
    skipped = unit.previews.skipped(run_id, agent, now)
    limit = len(skipped) + _LOOK
    turns = Turns(agent=agent)
    own = own_targets(unit, run, agent, limit=limit, now=now)  # which go before all others
    others = unit.dialing.candidates(run.id, dnc=run.spec.dnc, limit=limit, now=now)
    candidates = list({each.id: each for each in (*own, *others)}.values())[:limit]
    for target in candidates:
        if target.id in skipped or isinstance(judge_target(unit, run, target, packs, turns, now, tolls), Gate):
            continue
        dial_at = now + timedelta(seconds=run.spec.preview.timer_s)
        row = PreviewRow(
            agent=agent, run_id=run_id, target_id=target.id, contact_id=target.contact_id, shown_at=now, dial_at=dial_at
        )
        unit.dialing.hold(target, "preview", dial_at + LOCK_GUARD)
        unit.previews.put(row)
        return row
    if len(candidates) == limit:
        return Nothing(now)
    moments = [at for at in (unit.dialing.next_due_at(run_id), *skipped.values()) if at is not None]
    return Nothing(min(moments, default=None))


def time_is_up(unit: Unit, agent: str) -> Asked:
    """What is done with the record of an agent that has neither dialed nor skipped it in time."""
    row = unit.previews.get(agent)
    run = None if row is None else unit.runs.get(row.run_id)
    return "dial" if run is None else _on_timeout(run, _skips_left(unit, run, agent))


def _on_timeout(run: RunRow, skips_left: int | None) -> Asked:
    """Whoever has no skip left cannot have one by waiting."""
    return "dial" if skips_left == 0 else run.spec.preview.on_timeout


def lock_on(unit: Unit, agent: str, until: datetime) -> None:
    """Keep the record that the agent is shown from all others until then: its call has to wait."""
    row = unit.previews.get(agent)
    if row is not None:
        unit.previews.lock_on(row.target_id, until)


def dial(
    unit: Unit,
    agent: str,
    *,
    way_out: WayOut,
    packs: Sequence[Pack],
    new_id: Callable[[], AttemptId],
    now: datetime,
) -> AttemptRow | Refused:
    """Claim the record that the agent is shown, through every gate once more: what has changed since is obeyed."""
    row = unit.previews.get(agent)
    if row is None:
        return Refused("the record is not shown any more")
    unit.previews.delete(agent)
    run = unit.runs.get(row.run_id)
    assert run is not None, "a record goes with its run"
    target = unit.dialing.target(row.run_id, row.contact_id, dnc=run.spec.dnc, now=now)
    if target is None or target.state not in (TargetState.WAITING, TargetState.PENDING):
        return Refused("the contact is settled or being called")
    unit.previews.unlock(target.id)
    if run.state is not RunState.ACTIVE:
        return Refused(f"the campaign is {run.state}")
    if not seats.has_channel(unit, run, way_out):
        return Refused(f"other daemons use trunk {way_out.trunk} at this moment")
    turns = Turns(agent=agent)
    target = replace(target, state=TargetState.PENDING, not_before=None)
    facts = judge_target(unit, run, target, packs, turns, now, way_out.tolls)
    if isinstance(facts, Gate):
        return Refused(facts.reason)
    attempt = attempt_at(unit, run, target, facts, turns, way_out=way_out, attempt_id=new_id(), now=now)
    unit.dialing.open_attempt(attempt)
    return attempt


def skip(unit: Unit, agent: str, now: datetime) -> None:
    """Give the record to others at once, and to this agent only after the campaign's retry time. Counts as a skip."""
    row = unit.previews.get(agent)
    if row is None:
        return
    run = unit.runs.get(row.run_id)
    assert run is not None, "a record goes with its run"
    unit.previews.skip(row, at=now, until=now + timedelta(minutes=run.spec.retry_after_min))
    withdraw(unit, agent)


def withdraw(unit: Unit, agent: str) -> None:
    """Take the record from the agent and give it to others; no skip."""
    row = unit.previews.get(agent)
    if row is not None:
        unit.previews.delete(agent)
        unit.previews.unlock(row.target_id)


def withdraw_shown(unit: Unit, agent: str, shown_at: datetime) -> None:
    """Withdraw what the agent was shown at that moment, unless it is shown something else by now."""
    row = unit.previews.get(agent)
    if row is not None and row.shown_at == shown_at:
        withdraw(unit, agent)


# For agents


def shown(unit: Unit, agent: str, now: datetime) -> Shown:
    """The record that the agent is shown. Raises NotFoundError, IllegalActionError."""
    row = _row(unit, agent)
    run = unit.runs.get(row.run_id)
    assert run is not None, "a record goes with its run"
    target, skips_left = _target(unit, run, row, now), _skips_left(unit, run, agent)
    return Shown(
        row=row,
        campaign=run.spec.name,
        contact=unit.contacts.get(row.contact_id),
        number=target.number,
        attempts_spent=target.attempts_spent,
        skips_left=skips_left,
        on_timeout=_on_timeout(run, skips_left),
    )


def ask_dial(unit: Unit, agent: str, *, actor: str, now: datetime) -> None:
    """Have the record that the agent is shown dialed now."""
    _ask(unit, _row(unit, agent), "dial", actor=actor, now=now)


def ask_skip(unit: Unit, agent: str, *, actor: str, now: datetime) -> None:
    """Have another record shown. Refused when the agent has had its skips in this run."""
    row = _row(unit, agent)
    run = unit.runs.get(row.run_id)
    assert run is not None, "a record goes with its run"
    if _skips_left(unit, run, agent) == 0:
        raise IllegalActionError(
            f"agent {agent} has skipped {run.spec.preview.max_skips} records of {run.spec.name}, the most in a run",
            hint="dial this one",
        )
    _ask(unit, row, "skip", actor=actor, now=now)


def _ask(unit: Unit, row: PreviewRow, asked: Asked, *, actor: str, now: datetime) -> None:
    if row.asked is not None:
        raise IllegalActionError(f"agent {row.agent} has asked to {row.asked} this record already", hint="wait for it")
    unit.previews.ask(row.agent, asked)
    detail = {"target": row.target_id}
    unit.audit.add(actor=actor, action=f"record_{asked}", subject=row.agent, detail=detail, now=now)


def _row(unit: Unit, agent: str) -> PreviewRow:
    get_agent(unit, agent)
    row = unit.previews.get(agent)
    if row is None:
        raise IllegalActionError(
            f"agent {agent} is shown no record", hint=f"see what it does with dialerd agent show {agent}"
        )
    return row


def _target(unit: Unit, run: RunRow, row: PreviewRow, now: datetime) -> TargetRow:
    target = unit.dialing.target(row.run_id, row.contact_id, dnc=run.spec.dnc, now=now)
    assert target is not None, "a record goes with its target"
    return target


def _skips_left(unit: Unit, run: RunRow, agent: str) -> int | None:
    """None: as many as it likes."""
    most = run.spec.preview.max_skips
    return None if most is None else max(0, most - unit.previews.skips(run.id, agent))
