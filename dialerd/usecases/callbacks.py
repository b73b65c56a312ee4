"""What a person, an agent, a flow or a hook can ask of callbacks: promise one, look, move, dial at once, cancel.

Not here: carrying them out (callingback.py: each step of claim and settle), the decisions (domain/callback.py).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dialerd.domain import callback as rule
from dialerd.domain.callback import Callback
from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.errors import AlreadyExistsError, BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.gates import Gate, first_closed
from dialerd.domain.regulation import Rulebook
from dialerd.domain.words import CallbackId, CallbackState, CampaignId, RunState, TargetState
from dialerd.ports import AttemptRow, CampaignRow, ContactRow, ListedCallback, RunRow, Unit
from dialerd.usecases import callingback
from dialerd.usecases.contacts import get_contact, read_number
from dialerd.usecases.definitions import changes_of, told
from dialerd.usecases.filters import left_out_by
from dialerd.usecases.judging import gate_facts
from dialerd.usecases.standing import get_campaign
from dialerd.usecases.wishes import MAX_NOTES as MAX_NOTES
from dialerd.usecases.wishes import Wish as Wish
from dialerd.usecases.wishes import agent_of, check_may_be_called, checked_notes, fallback_of, when_of

_LARGEST_ID = 2**63 - 1  # SQLite's; a person may give any whole number
_NO_ID = CallbackId(0)  # of one that the store has not seen
_OF_PLACE_AND_DAY = frozenset({"hours", "regulation"})
"""Gates that can be asked beforehand how they will be when a callback is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A callback as people are shown it: `state` as of now, `gate` what holds it now, `later` what will hold it when
    it is due, as things stand; `late`: outside the window around the time asked for."""

    callback: Callback
    campaign: str
    run_number: int | None
    state: CallbackState
    late: bool
    gate: Gate | None
    later: Gate | None


def why(shown: Shown) -> str:
    """What a callback waits for, or how it ended. Its own time, which stands beside it, is not told again."""
    its_time = rule.set_for(shown.callback)
    gates = [gate for gate in (shown.gate, shown.later) if gate is not None]
    parts = ["its time" if gate.reason == its_time else told_gate(gate) for gate in gates]
    return "; then: ".join(parts) or shown.callback.reason or shown.callback.disposition or ""


def told_gate(gate: Gate) -> str:
    """What holds a callback; until when only where its sentence does not have it."""
    until = f" until {gate.until.isoformat(timespec='minutes')}" if gate.until and gate.name != "callback" else ""
    return f"{gate.reason}{until}"


def add_callback(
    unit: Unit, campaign: str, contact_id: int, wish: Wish, *, region: str, actor: str, now: datetime
) -> Callback:
    """Promise a contact of the campaign a call. A campaign without a run keeps it for its next one.

    Raises RefusedError: a time that is past or means several moments, a number that may not be called, an agent where
    the campaign has none, a contact that the campaign does not call or that has a callback already.
    """
    return _add(unit, get_campaign(unit, campaign), contact_id, wish, region=region, actor=actor, now=now)


def _add(
    unit: Unit, row: CampaignRow, contact_id: int, wish: Wish, *, region: str, actor: str, now: datetime
) -> Callback:
    contact = get_contact(unit, contact_id)
    latest = unit.runs.latest(row.id)
    run = latest if latest is not None and latest.state in (RunState.ACTIVE, RunState.PAUSED) else None
    spec = row.spec if run is None else run.spec
    target = unit.dialing.target(run.id, contact.id, dnc=spec.dnc, now=now) if run else None
    if target is None:
        _check_called(spec, run, contact, now)
    given = contact.contact.numbers[0] if wish.number is None else read_number(wish.number, region=region)
    if target is not None and wish.number is None:
        e164, zones = target.number, target.zones
    else:
        e164, zones = given.e164, (contact.contact.zone,) if contact.contact.zone else given.zones
    check_may_be_called(unit, spec, e164, now)
    _make_room(unit, row, contact, now)
    due_at, zone = when_of(wish, zones, now)
    rules = spec.callback_rules
    asked = Callback(
        id=_NO_ID,
        campaign_id=row.id,
        contact_id=contact.id,
        number=e164,
        zones=tuple(zones),
        zone=zone,
        due_at=due_at,
        planned_at=due_at,
        expires_at=due_at + timedelta(hours=rules.expire_h),
        created_by=actor,
        created_at=now,
        agent=agent_of(unit, spec, wish),
        fallback_after=fallback_of(spec, wish),
        notes=checked_notes(wish.notes),
    )
    made = unit.callbacks.add(_planned(unit, row if run is None else run, asked))
    if run is not None and target is not None:
        made = callingback.take_on(unit, run, made, target)
    detail = {"callback": made.id, "campaign": row.spec.name, "due_at": due_at.isoformat(), "agent": made.agent}
    unit.audit.add(actor=actor, action="callback_added", subject=str(contact.id), detail=detail, now=now)
    return made


def promise_after(
    unit: Unit,
    run: RunRow,
    attempt: AttemptRow,
    wish: Wish,
    *,
    default_at: datetime | None,
    actor: str,
    now: datetime,
) -> Callback:
    """Promise whoever was called in an attempt another call at that number: at the time wished for; else at that of
    the callback that there is; else at `default_at`. Where there is one, all that is wished for is changed in it, and
    the rest stays. Raises RefusedError as `add_callback` does."""
    contact_id = unit.callbacks.contact_of(attempt.target_id)
    present = unit.callbacks.scheduled(run.campaign_id, contact_id)
    if present is not None and rule.state_at(present, now) is not CallbackState.EXPIRED:
        return present if wish == Wish() else _change(unit, run, present, wish, actor=actor, now=now)
    asked = replace(wish, at=default_at if wish.at is None else wish.at, number=wish.number or attempt.number)
    return _add(unit, _campaign_of(unit, run.campaign_id), contact_id, asked, region="", actor=actor, now=now)


def zones_after(unit: Unit, run: RunRow, attempt: AttemptRow) -> tuple[str, ...]:
    """By whose clocks a time is read that is promised to whoever was called in an attempt, at no other number."""
    contact_id = unit.callbacks.contact_of(attempt.target_id)
    present = unit.callbacks.scheduled(run.campaign_id, contact_id)
    if present is not None:
        return (present.zone,)
    contact = unit.contacts.get(contact_id)
    zones = () if contact is None else contact.contact.zones_of(attempt.number)
    return zones or read_number(attempt.number, region="").zones


def _change(unit: Unit, run: RunRow, present: Callback, wish: Wish, *, actor: str, now: datetime) -> Callback:
    """The callback that a contact has, as it is wished for now."""
    number, zones, zone = present.number, present.zones, wish.zone
    if wish.number is not None and (given := read_number(wish.number, region="")).e164 != present.number:
        check_may_be_called(unit, run.spec, given.e164, now)
        if present.target_id is not None and unit.callbacks.is_taken(run.id, given.e164, but=present.target_id):
            raise IllegalActionError("another contact of the run is called at that number", hint="give another number")
        own_zone = get_contact(unit, present.contact_id).contact.zone
        number, zones = given.e164, (own_zone,) if own_zone else tuple(given.zones)
    else:
        zone = zone or present.zone
    due_at = present.due_at
    if wish.at is not None or zone != present.zone:
        due_at, zone = when_of(replace(wish, at=present.due_at if wish.at is None else wish.at, zone=zone), zones, now)
    agent, fallback_after = present.agent, present.fallback_after
    if wish.agent is not None or wish.fallback_min is not None or wish.never_anybody:
        whose = replace(wish, agent=wish.agent or present.agent)
        agent, fallback_after = agent_of(unit, run.spec, whose), fallback_of(run.spec, whose)
    changed = replace(
        present,
        number=number,
        zones=zones,
        zone=zone or present.zone,
        due_at=due_at,
        planned_at=due_at,
        agent=agent,
        fallback_after=fallback_after,
        notes=checked_notes(wish.notes) or present.notes,
        is_urgent=False,
        reason="",
    )
    return _put_off(unit, changed, actor=actor, action="callback_moved", now=now)


def move_callback(unit: Unit, callback_id: int, at: str | datetime, *, actor: str, now: datetime) -> Callback:
    """Another time for a callback that is still to come."""
    callback = _scheduled(unit, callback_id, now, "moved")
    due_at, _ = when_of(Wish(at=at, zone=callback.zone), callback.zones, now)
    moved = replace(callback, due_at=due_at, planned_at=due_at, is_urgent=False, reason="")
    return _put_off(unit, moved, actor=actor, action="callback_moved", now=now)


def dial_callback_now(unit: Unit, callback_id: int, *, actor: str, now: datetime) -> Callback:
    """Dial a callback as soon as hours and rules let it; the quota of its interval does not hold it."""
    callback = _scheduled(unit, callback_id, now, "dialed now")
    urgent = replace(callback, due_at=now, planned_at=now, is_urgent=True, reason="")
    return _put_off(unit, urgent, actor=actor, action="callback_hurried", now=now)


def cancel_callback(unit: Unit, callback_id: int, *, actor: str, now: datetime) -> Callback:
    """The call is not made; the contact goes on as it would have without it."""
    callback = _scheduled(unit, callback_id, now, "cancelled")
    detail = {"callback": callback.id, "before": _times(callback)}
    unit.audit.add(actor=actor, action="callback_cancelled", subject=str(callback.contact_id), detail=detail, now=now)
    return callingback.end(unit, callback, f"cancelled by {actor}", now)


def show_callback(unit: Unit, callback_id: int, *, rulebook: Rulebook, now: datetime) -> Shown:
    found = get_callback(unit, callback_id)
    listed = unit.callbacks.listed(campaign_id=None, agent=None, states=(), only=found.id, limit=1)
    return _shown(unit, listed[0], rulebook, now)


@dataclass(frozen=True, slots=True)
class Listed:
    """Callbacks, at most as many as were asked for: in the store, "due" and "expired" are not told from "scheduled".
    `after`: where the next look goes on; None: there are no more."""

    callbacks: Sequence[Shown]
    after: tuple[datetime, int] | None


def list_callbacks(
    unit: Unit,
    *,
    campaign: str | None,
    agent: str | None,
    states: Collection[CallbackState],
    within: Collection[str] | None = None,
    after: tuple[datetime, int] | None = None,
    limit: int,
    rulebook: Rulebook,
    now: datetime,
) -> Listed:
    """The callbacks in one of the states as they are shown, those that are planned first foremost. `within`: of the
    campaigns of these names only; None: of all; `after`: where the look before ended."""
    row = None if campaign is None else get_campaign(unit, campaign)
    stored = {CallbackState.SCHEDULED if each is CallbackState.DUE else each for each in states}
    if CallbackState.EXPIRED in states:  # one that no run has tried is still scheduled in the store
        stored.add(CallbackState.SCHEDULED)
    found = unit.callbacks.listed(
        campaign_id=row.id if row else None, agent=agent, states=stored, within=within, after=after, limit=limit + 1
    )
    shown = [_shown(unit, each, rulebook, now) for each in found[:limit]]
    last = shown[-1].callback if len(found) > limit else None
    return Listed(
        callbacks=[each for each in shown if each.state in states],
        after=None if last is None else (last.planned_at, last.id),
    )


def get_callback(unit: Unit, callback_id: int) -> Callback:
    found = unit.callbacks.get(CallbackId(callback_id)) if 0 < callback_id <= _LARGEST_ID else None
    if found is None:
        raise NotFoundError(f"there is no callback {callback_id}", hint="see dialerd callback list")
    return found


def _check_called(spec: CampaignSpec, run: RunRow | None, contact: ContactRow, now: datetime) -> None:
    """Whether a contact that is no target will be one."""
    if contact.list_name not in spec.lists:
        raise BadInputError(
            f"contact {contact.id} is in list {contact.list_name}, which campaign {spec.name} does not call",
            hint=f"its lists are: {', '.join(spec.lists)}",
        )
    if condition := left_out_by(spec, contact, now):
        raise BadInputError(
            f"the filter of campaign {spec.name} leaves contact {contact.id} out: not {condition}",
            hint="add the callback in another campaign",
        )
    if run is not None and run.is_prepared:
        raise IllegalActionError(
            f"contact {contact.id} is not called in run {run.number} of campaign {spec.name}",
            hint=f"see why with dialerd contact explain {spec.name} {contact.id}",
        )


def _make_room(unit: Unit, row: CampaignRow, contact: ContactRow, now: datetime) -> None:
    """A contact has one callback at a time; one that has expired gives way."""
    other = unit.callbacks.scheduled(row.id, contact.id)
    if other is None:
        return
    if rule.state_at(other, now) is not CallbackState.EXPIRED:
        raise AlreadyExistsError(
            f"contact {contact.id} has callback {other.id} in campaign {row.spec.name} already",
            hint=f"change its time with dialerd callback move {other.id}",
        )
    callingback.expire(unit, other, now)


def _planned(unit: Unit, whose: RunRow | CampaignRow, callback: Callback) -> Callback:
    """The callback at the place that the quota of its campaign leaves it."""
    found = callingback.plan(unit, whose, callback, callback.due_at)
    expires_at = found.at + timedelta(hours=whose.spec.callback_rules.expire_h)
    return replace(callback, planned_at=found.at, expires_at=expires_at, reason=found.reason)


def _scheduled(unit: Unit, callback_id: int, now: datetime, verb: str) -> Callback:
    callback = get_callback(unit, callback_id)
    state = rule.state_at(callback, now)
    if state is CallbackState.IN_PROGRESS:
        raise IllegalActionError(f"callback {callback.id} cannot be {verb}: its call is up", hint="wait for its end")
    if state not in (CallbackState.SCHEDULED, CallbackState.DUE):
        raise IllegalActionError(f"callback {callback.id} cannot be {verb}: it is {state}", hint="add another one")
    return callback


def _put_off(unit: Unit, callback: Callback, *, actor: str, action: str, now: datetime) -> Callback:
    """Write another time and have the target wait for it."""
    before = get_callback(unit, callback.id)
    run = None if callback.run_id is None else unit.runs.get(callback.run_id)
    if callback.is_urgent:
        hours = (run or _campaign_of(unit, callback.campaign_id)).spec.callback_rules.expire_h
        moved = replace(callback, expires_at=now + timedelta(hours=hours))
    else:
        moved = _planned(unit, run or _campaign_of(unit, callback.campaign_id), callback)
    unit.callbacks.put(moved)
    if run is not None:
        target = unit.dialing.target(run.id, moved.contact_id, dnc=run.spec.dnc, now=now)
        if target is not None and target.state is not TargetState.IN_PROGRESS:
            callingback.hold(unit, run, moved)
    detail: dict[str, object] = {"callback": moved.id, **told(changes_of(_times(before), _times(moved)))}
    if also := [each for each in ("number", "notes") if getattr(before, each) != getattr(moved, each)]:
        detail["also"] = also  # what they are now stands in the callback: it is a person's
    unit.audit.add(actor=actor, action=action, subject=str(moved.contact_id), detail=detail, now=now)
    return moved


def _times(callback: Callback) -> dict[str, object]:
    return {
        "due_at": callback.due_at.isoformat(),
        "at_once": callback.is_urgent,
        "zone": callback.zone,
        "agent": callback.agent,
    }


def _campaign_of(unit: Unit, campaign_id: CampaignId) -> CampaignRow:
    return next(row for row in unit.campaigns.all() if row.id == campaign_id)


def _shown(unit: Unit, listed: ListedCallback, rulebook: Rulebook, now: datetime) -> Shown:
    callback = listed.callback
    state = rule.state_at(callback, now)
    gate: Gate | None = None
    later: Gate | None = None
    if state in (CallbackState.SCHEDULED, CallbackState.DUE):
        gate, later = _outlook(unit, callback, rulebook, now)
    return Shown(
        callback=callback,
        campaign=listed.campaign,
        run_number=listed.run_number,
        state=state,
        late=rule.is_late(callback, now),
        gate=gate,
        later=later,
    )


def _outlook(unit: Unit, callback: Callback, rulebook: Rulebook, now: datetime) -> tuple[Gate | None, Gate | None]:
    """What holds a callback now, and what will when it is due: the same gates that the claim asks."""
    run = None if callback.run_id is None else unit.runs.get(callback.run_id)
    if run is None:
        latest = unit.runs.latest(callback.campaign_id)
        is_coming_in = latest is not None and not latest.state.is_over and not latest.is_prepared
        waits = "the run is still taking its contacts in" if is_coming_in else "it waits for the campaign's next run"
        return Gate(name="run", reason=callback.reason or waits), None
    target = unit.dialing.target(run.id, callback.contact_id, dnc=run.spec.dnc, now=now)
    assert target is not None, "a callback lets go of its target before that is gone"
    packs = rulebook.of(run.spec.regulations)
    gate = first_closed(gate_facts(unit, run, target, packs, now), now)
    if gate is None or gate.name != "callback" or gate.until is None:
        return gate, None
    then = replace(gate_facts(unit, run, target, packs, gate.until), callback=rule.MayDial(rule.ForAny()))
    later = first_closed(then, gate.until)
    return gate, later if later is not None and later.name in _OF_PLACE_AND_DAY else None
