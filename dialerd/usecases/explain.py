"""Why a contact is not being called: the gates between it and its next dial, in the order the dial loop asks them.

Not here: the gates (domain/gates.py), which the dial loop uses too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dialerd.domain import past
from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.errors import BadInputError
from dialerd.domain.gates import TITLES, Facts, Gate, closed_gates
from dialerd.domain.hours import CONTACT_ZONE, opening
from dialerd.domain.pacing.modes import GUARANTEES
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.regulation import EMPTY, Rulebook
from dialerd.domain.tolls import SAFE
from dialerd.domain.trunk import Trunk
from dialerd.domain.words import ContactId, Disposition, RunState, TargetState
from dialerd.ports import ContactRow, RunRow, TargetRow, Unit
from dialerd.usecases.campaigns import check_way_out
from dialerd.usecases.contacts import get_contact
from dialerd.usecases.dialing import way_on
from dialerd.usecases.dnc import GLOBAL
from dialerd.usecases.filters import left_out_by
from dialerd.usecases.judging import gate_facts
from dialerd.usecases.messageroutes import route_hold
from dialerd.usecases.regulation import regulated
from dialerd.usecases.standing import get_campaign
from dialerd.usecases.status import NO_DAEMON
from dialerd.usecases.strategies import own_route, plan_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """`closed` in order; the first one holds the contact, `until` when it opens, where that is known.

    Nothing closed: it is next in line, as pace and the trunk's limits allow.
    """

    campaign: str
    contact_id: ContactId
    number: str
    target_state: str | None
    attempts_spent: int
    held_by: str | None
    until: datetime | None
    closed: Sequence[Gate]


def explain(
    unit: Unit,
    campaign: str,
    contact_id: int,
    *,
    trunks: Mapping[str, Trunk],
    rulebook: Rulebook = EMPTY,
    is_daemon_running: bool = True,
    now: datetime,
) -> Explanation:
    """Every closed gate between the contact and its next dial in that campaign."""
    row = get_campaign(unit, campaign)
    contact = get_contact(unit, contact_id)
    run = unit.runs.latest(row.id)
    spec = row.spec if run is None or run.state.is_over else run.spec
    packs = rulebook.of(spec.regulations)
    target = unit.dialing.target(run.id, contact.id, dnc=run.spec.dnc, now=now) if run else None
    if run is not None and target is not None:
        number = target.number
        facts = gate_facts(unit, run, target, packs, now)
    else:
        number, facts = _facts_before_a_run(unit, spec, run, contact, now)
        is_sure = spec.mode in GUARANTEES
        said = regulated(unit, row.id, contact.id, number, facts.zones, packs, now, has_reserved_agent=is_sure)
        facts = replace(facts, regulation=said)
    is_message = _is_message(unit, spec, target)
    facts = replace(facts, closed_before=_closed_before(unit, spec, contact, target))
    fresh_ahead = 0 if is_message else _fresh_ahead(unit, run, target)
    no_way_out = _no_way_out(spec, trunks, run, is_message=is_message, is_daemon_running=is_daemon_running, now=now)
    if is_message and no_way_out is None and run is not None and run.state is RunState.ACTIVE:
        no_way_out = _no_route(unit, spec, target, now)
    facts = replace(facts, fresh_ahead=fresh_ahead, closed_way_out=no_way_out)
    if not is_message:
        tolls = trunks[spec.trunk].tolls if spec.trunk in trunks else SAFE
        facts = replace(facts, closed_by_tolls=tolls.refusal(number))
    closed = _as_held(target, list(closed_gates(facts, now)))
    if run is not None and target is not None and not run.state.is_over and target.state is not TargetState.DONE:
        closed = [_passed_by(unit, run, target, gate, now) for gate in closed]
    if run is not None and target is None:
        reason = _why_no_target(unit, run, contact, now)
        closed = [replace(gate, reason=reason) if gate.name == "target" else gate for gate in closed]
    return Explanation(
        campaign=campaign,
        contact_id=contact.id,
        number=number,
        target_state=target.state if target else None,
        attempts_spent=target.attempts_spent if target else 0,
        held_by=closed[0].name if closed else None,
        until=closed[0].until if closed else None,
        closed=closed,
    )


def _closed_before(unit: Unit, spec: CampaignSpec, contact: ContactRow, target: TargetRow | None) -> str | None:
    """What another dialer has done with a contact that is therefore not dialed; one that came through is no more held
    by it."""
    if target is not None and unit.callbacks.settled_as(target.id) != Disposition.SETTLED_BEFORE:
        return None
    earlier = unit.pasts.get(contact.id)
    if earlier is None:
        return None
    has_more = len(contact.contact.numbers) > 1
    found = past.judge(earlier, spec.retry_policy, per_number=spec.per_number, has_more_numbers=has_more)
    return found.reason if isinstance(found, past.Closed) else None


def _as_held(target: TargetRow | None, closed: Sequence[Gate]) -> Sequence[Gate]:
    """A target that waits behind a gate waits for that one, and not for its next try: it is judged again then."""
    name = None if target is None else target.held_by
    again = next((gate.until for gate in closed if gate.name == "retry"), None)
    if name is None or name == "retry" or name not in TITLES or again is None:
        return closed
    if any(gate.name == name for gate in closed):
        others = (gate for gate in closed if gate.name != "retry")
        return [replace(gate, until=max(gate.until or again, again)) if gate.name == name else gate for gate in others]
    seen = Gate(name=name, reason=f"{TITLES[name]}, as it was seen last; it is judged again then", until=again)
    return [seen if gate.name == "retry" else gate for gate in closed]


def _passed_by(unit: Unit, run: RunRow, target: TargetRow, gate: Gate, now: datetime) -> Gate:
    """What is closed for good at one number does not hold a contact where the claim goes on to another."""
    on = way_on(unit, run, target, gate, now) if gate.is_final else None
    if on is None:
        return gate
    number, at = on
    return replace(gate, reason=f"{gate.reason}; {number.number} is dialed in its place", is_final=False, until=at)


def _fresh_ahead(unit: Unit, run: RunRow | None, target: TargetRow | None) -> int:
    """Targets that go before a redial, but not before the next number of one whose numbers are tried in a row."""
    if run is None or target is None or target.turn <= 0:
        return 0
    return unit.dialing.fresh(run.id)


def _is_message(unit: Unit, spec: CampaignSpec, target: TargetRow | None) -> bool:
    """Whether what comes next is a message: no trunk carries it, and no agent is waited for."""
    if target is None:
        return not plan_for(unit, spec).first.channel.is_call
    return (target.channel is None or not target.channel.is_call) and not target.has_callback


def _no_route(unit: Unit, spec: CampaignSpec, target: TargetRow | None, now: datetime) -> str | None:
    """What holds the messages of the route that the contact's next one goes over."""
    plan = plan_for(unit, spec)
    here = plan.first if target is None else plan.at(target.step)
    channel = here.channel if target is None else target.channel
    if channel is None:
        return None  # it only waits for an answer
    held = route_hold(unit, channel, own_route(plan, here.name, channel), waiting=1, now=now)
    return held.reason if held.is_way_out else None


def _no_way_out(
    spec: CampaignSpec,
    trunks: Mapping[str, Trunk],
    run: RunRow | None,
    *,
    is_message: bool,
    is_daemon_running: bool,
    now: datetime,
) -> str | None:
    """What the settings say of the way out, and where a run is going, what its daemon said last."""
    if not is_message:
        try:
            check_way_out(spec, trunks)
        except BadInputError as error:
            return error.message
    if run is None or run.state is not RunState.ACTIVE:
        return None
    if not is_daemon_running:
        return NO_DAEMON
    if is_message:
        return None
    hours = run.spec.contact_hours
    is_for_all = hours.timezone != CONTACT_ZONE and not run.precedence
    is_told = is_for_all and not opening(hours, (), now).is_open  # by the gate of the hours
    return None if is_told else run.held or None


def _why_no_target(unit: Unit, run: RunRow, contact: ContactRow, now: datetime) -> str:
    if contact.list_name not in run.spec.lists:
        return f"the contact's list {contact.list_name} is not one of this run's: {', '.join(run.spec.lists)}"
    if not run.is_prepared:
        return "the run is still taking its contacts in"
    number = contact.contact.numbers[0].e164
    for other in unit.contacts.find(number):
        target = unit.dialing.target(run.id, other.id, dnc=run.spec.dnc, now=now)
        if target is not None and target.number == number:
            return f"contact {other.id} of list {other.list_name} has the same number and is dialed in its place"
    return "the contact is not a target: its number is another one's, or it came after the run had begun"


def _facts_before_a_run(
    unit: Unit, spec: CampaignSpec, run: RunRow | None, contact: ContactRow, now: datetime
) -> tuple[str, Facts]:
    """The same facts where the contact is no target (yet), and the number that would be dialed: the first of those
    that are on no list, where there is one."""
    barred = {number: _listed(unit, spec, number, now) for number in contact.contact.numbers}
    number = next((number for number, on_dnc in barred.items() if on_dnc is None), contact.contact.numbers[0])
    return number.e164, Facts(
        run_state=run.state if run else None,
        target_state=None,
        zones=(contact.contact.zone,) if contact.contact.zone else number.zones,
        on_dnc=barred[number],
        number_in_call=False,
        attempts_spent=0,
        max_attempts=spec.max_attempts,
        not_before=None,
        hours=spec.contact_hours,
        left_out_by=left_out_by(spec, contact, now),
    )


def _listed(unit: Unit, spec: CampaignSpec, number: PhoneNumber, now: datetime) -> str | None:
    entries = unit.dnc.check(number.e164, now)
    return next((each.list_name for each in entries if each.list_name in (GLOBAL, spec.dnc)), None)
