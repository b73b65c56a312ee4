"""Callbacks on the way through claim and settle: a run takes them on, holds its targets for them, dials, goes on.

Not here: what a person can ask of callbacks (callbacks.py), the decisions (domain/callback.py). Each function is a step
of the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from dialerd.domain import callback as rule
from dialerd.domain.callback import Callback, ForAgent, Judged, MayDial, TooLate
from dialerd.domain.errors import IllegalActionError
from dialerd.domain.words import CallbackState, ListId, RunState, TargetId, TargetState
from dialerd.ports import AttemptRow, CampaignRow, RunRow, TargetRow, Unit

_UNDIALED = frozenset({"cancelled", "do_not_call", "failed"})
"""How a target is settled without a call. It was counted for that, and stays so."""

_CHUNK = 200  # callbacks ended per transaction, far below the 50 ms that a job may hold the writer
_NO_RUN = "no run of the campaign could dial it in time"


def plan(unit: Unit, whose: RunRow | CampaignRow, callback: Callback, wanted_at: datetime) -> rule.Planned:
    """A place for the callback under the quota of its campaign."""
    rules = whose.spec.callback_rules
    if rules.max is None:
        return rule.Planned(wanted_at)
    since = rule.interval_of(wanted_at, rules)[0]
    taken = unit.callbacks.planned(callback.campaign_id, since=since, but=callback.id)
    return rule.plan(wanted_at, rules, taken)


def take_on(unit: Unit, run: RunRow, callback: Callback, target: TargetRow) -> Callback:
    """Have the run's target wait for the callback, at its number. One whose call is up waits when that has ended.

    Raises IllegalActionError where the target was settled without a call, or another one has the number.
    """
    name = f"contact {callback.contact_id} in run {run.number} of campaign {run.spec.name}"
    if target.state is TargetState.DONE and unit.callbacks.settled_as(target.id) in _UNDIALED:
        code = unit.callbacks.settled_as(target.id)
        raise IllegalActionError(f"{name} is settled as {code}, without a call", hint="add the callback in another run")
    if unit.callbacks.is_taken(run.id, callback.number, but=target.id):
        raise IllegalActionError(f"{name}: another contact is called at that number", hint="give another number")
    resume_at = None if target.state is TargetState.DONE else target.not_before or callback.created_at
    taken = replace(callback, run_id=run.id, target_id=target.id, resume_at=resume_at)
    unit.callbacks.put(taken)
    if target.state is not TargetState.IN_PROGRESS:
        unit.callbacks.hold_target(taken, rule.opens_at(taken, run.spec.mode))
    return taken


def take_on_new(unit: Unit, run: RunRow, *, after: int, now: datetime) -> None:
    """Take on the callbacks of the contacts that have just come in, those with an id above `after`.

    One that can have no place in this run waits for the next one.
    """
    for each in unit.callbacks.unclaimed(run.campaign_id, after=after, up_to=unit.callbacks.taken_in(run.id)):
        if now >= each.expires_at:
            expire(unit, each, now)
            continue
        target = unit.dialing.target(run.id, each.contact_id, dnc=run.spec.dnc, now=now)
        if target is None:
            continue
        try:
            take_on(unit, run, each, target)
        except IllegalActionError as error:
            if target.on_dnc is not None:
                _end(unit, each, CallbackState.CANCELLED, _barred_by(target.on_dnc), now)
            else:
                unit.callbacks.put(replace(each, reason=error.message))


@dataclass(slots=True)
class Turns:
    """What the callbacks of one claim share. `agent`: who is kept free for the one call of it, be it a callback of its
    own; None: whoever is free then has each.

    `dialed`: the campaign's callbacks dialed in the interval of `now`; None: not counted yet.
    """

    agent: str | None = None
    dialed: int | None = None


def judged(unit: Unit, run: RunRow, target: TargetRow, turns: Turns, now: datetime) -> Judged | None:
    """What the callback of a target says to its being dialed now; None: it waits for none."""
    callback = waiting_for(unit, target.id) if target.has_callback else None
    if callback is None:
        return None
    rules, dialed = run.spec.callback_rules, 0
    if rules.max is not None:
        since = rule.interval_of(now, rules)[0]
        if turns.dialed is None:
            turns.dialed = unit.callbacks.dialed(run.campaign_id, since=since)
        is_counted = callback.dialed_at is not None and callback.dialed_at >= since
        dialed = turns.dialed - is_counted
    return rule.judge(callback, rules=rules, mode=run.spec.mode, dialed=dialed, agent=turns.agent, now=now)


def is_for_one_agent(judgement: Judged | None) -> bool:
    """Whether the call is one that a given agent is kept free for."""
    return isinstance(judgement, MayDial) and isinstance(judgement.turn, ForAgent)


def own_targets(unit: Unit, run: RunRow, agent: str, *, limit: int, now: datetime) -> list[TargetRow]:
    """The targets of the run that wait for this agent, by time."""
    targets = (
        unit.dialing.target(run.id, each.contact_id, dnc=run.spec.dnc, now=now)
        for each in unit.callbacks.own((agent,), runs=(run.id,), until=now, each=limit)
    )
    return [target for target in targets if target is not None]


def waiting_for(unit: Unit, target_id: TargetId) -> Callback | None:
    """The scheduled callback of a target."""
    return next((each for each in unit.callbacks.open(target_id) if each.state is CallbackState.SCHEDULED), None)


def begin(unit: Unit, attempt: AttemptRow, turns: Turns) -> None:
    """The claim dials the callback of its target."""
    callback = waiting_for(unit, attempt.target_id)
    assert callback is not None, "the target has a turn that only a callback gives"
    if turns.dialed is not None:
        turns.dialed += 1
    unit.callbacks.put(
        replace(callback, state=CallbackState.IN_PROGRESS, attempt_id=attempt.id, dialed_at=attempt.claimed_at)
    )


def give_up(unit: Unit, target: TargetRow, judgement: Judged | None, reason: str, now: datetime) -> None:
    """The callback can never be dialed: too late, or a gate is closed for good. Its target goes on without it."""
    callback = waiting_for(unit, target.id)
    assert callback is not None, "the target has a turn that only a callback gives"
    if isinstance(judgement, TooLate):
        _end(unit, callback, CallbackState.EXPIRED, judgement.reason, now)
    else:
        _end(unit, callback, CallbackState.CANCELLED, reason, now)


def after_attempt(
    unit: Unit, run: RunRow, closed: AttemptRow, resume_at: datetime | None, now: datetime
) -> Callback | None:
    """Settle the callback whose call has ended; the one that its target is to wait for now, where there is one.

    `resume_at`: when the target is dialed again without a callback; None: it would be settled.
    """
    assert closed.disposition is not None
    waits: Callback | None = None
    is_ending = run.state in (RunState.STOPPING, RunState.STOPPED)
    for each in unit.callbacks.open(closed.target_id):
        if each.state is CallbackState.SCHEDULED:  # set while the call was up: what the customer wants now
            waits = each
            continue
        tried = replace(each, tries=each.tries + closed.spent, disposition=closed.disposition)
        rules = run.spec.callback_rules
        what = rule.after(tried, disposition=closed.disposition, spent=closed.spent, rules=rules, now=now)
        if isinstance(what, rule.Over):
            unit.callbacks.put(replace(tried, state=what.state, reason=what.reason, ended_at=now))
        elif unit.callbacks.scheduled(run.campaign_id, each.contact_id) is not None:
            reason = "another time was asked for during the call"
            unit.callbacks.put(replace(tried, state=CallbackState.DONE, reason=reason, ended_at=now))
        else:
            planned = plan(unit, run, tried, what.at)
            reason = planned.reason or what.reason
            waits = replace(tried, state=CallbackState.SCHEDULED, planned_at=planned.at, is_urgent=False, reason=reason)
    if waits is None:
        return None
    if is_ending:  # it waits for the campaign's next run
        unit.callbacks.put(replace(waits, run_id=None, target_id=None, resume_at=None))
        return None
    waits = replace(waits, resume_at=resume_at)
    unit.callbacks.put(waits)
    return waits


def hold(unit: Unit, run: RunRow, callback: Callback) -> datetime:
    """Have the target of a call that has ended wait for its callback; until when."""
    until = rule.opens_at(callback, run.spec.mode)
    unit.callbacks.hold_target(callback, until)
    return until


def stays(unit: Unit, target_id: TargetId, resume_at: datetime | None) -> datetime | None:
    """Whether a target waits for a callback, whatever is decided on it otherwise: when that is due. It will go on as
    decided where the callback is cancelled."""
    callback = waiting_for(unit, target_id)
    if callback is None:
        return None
    unit.callbacks.put(replace(callback, resume_at=resume_at))
    return callback.planned_at


def end(unit: Unit, callback: Callback, reason: str, now: datetime) -> Callback:
    """Cancel a scheduled callback; its target goes on without it."""
    return _end(unit, callback, CallbackState.CANCELLED, reason, now)


def expire(unit: Unit, callback: Callback, now: datetime) -> None:
    """One that no run could dial in time gives way."""
    _end(unit, callback, CallbackState.EXPIRED, _NO_RUN, now)


def cancel_barred(
    unit: Unit, numbers: Collection[str], *, list_name: str, expires_at: datetime | None, now: datetime
) -> int:
    """Cancel the callbacks to numbers that a do-not-call list has just got; how many. The claim would refuse them, too,
    but whoever looks after them is to see it at once."""
    found = unit.callbacks.barred(numbers, list_name=list_name, expires_at=expires_at)
    for each in found:
        _end(unit, each, CallbackState.CANCELLED, _barred_by(list_name), now)
    return len(found)


def cancel_of_list(unit: Unit, list_id: ListId, now: datetime) -> bool:
    """The contacts of a list are about to be deleted; True: to be called again, there may be more callbacks of them."""
    found = unit.callbacks.of_list(list_id, limit=_CHUNK)
    for each in found:
        _end(unit, each, CallbackState.CANCELLED, "the contact was deleted", now)
    return len(found) == _CHUNK


def release_agent(unit: Unit, agent: str) -> None:
    """An agent is about to be deleted: its callbacks are anybody's."""
    for each in unit.callbacks.of_agent(agent):
        anybodys = replace(each, agent=None, fallback_after=None, reason=f"agent {agent} was deleted")
        unit.callbacks.put(anybodys)
        run = None if each.run_id is None else unit.runs.get(each.run_id)
        target = None if run is None else unit.dialing.target(run.id, each.contact_id, dnc=None, now=each.created_at)
        if run is not None and target is not None and target.state is not TargetState.IN_PROGRESS:
            hold(unit, run, anybodys)


def _barred_by(list_name: str) -> str:
    return f"the number is on the do-not-call list {list_name}"


def _end(unit: Unit, callback: Callback, state: CallbackState, reason: str, now: datetime) -> Callback:
    ended = replace(callback, state=state, reason=reason, ended_at=now)
    unit.callbacks.put(ended)
    if callback.target_id is not None:
        _own_number(unit, callback, now)
        unit.callbacks.resume_target(callback, now)
    return ended


def _own_number(unit: Unit, callback: Callback, now: datetime) -> None:
    """Have the target dial the number again that it was at before its callback."""
    assert callback.target_id is not None
    assert callback.run_id is not None
    target = unit.dialing.target(callback.run_id, callback.contact_id, dnc=None, now=now)
    if target is None or target.state not in (TargetState.PENDING, TargetState.WAITING):
        return
    numbers = unit.dialing.numbers(target.id, wrong=(), dnc=None, now=now)
    own = next((each for each in numbers if each.position == target.position), None)
    if own is not None and own.number != target.number and not own.is_taken:
        unit.dialing.set_number(target.id, own)
