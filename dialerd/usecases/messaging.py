"""Messages on their way: claimed through the gates that calls go through, written, sent, settled; then reported on.

Not here: when to claim how many (engine/messaging.py), what people write back (replies.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dialerd.domain.call import Facts, Outcome
from dialerd.domain.errors import BadInputError
from dialerd.domain.gates import Facts as GateFacts
from dialerd.domain.gates import Gate, first_closed
from dialerd.domain.optout import as_address
from dialerd.domain.regulation import Allowed, Pack
from dialerd.domain.strategy import Plan, Step
from dialerd.domain.template import Written
from dialerd.domain.words import AttemptId, Channel, Disposition, RunId, RunState
from dialerd.ports import (
    AttemptRow,
    ContactRow,
    Message,
    Refused,
    RunRow,
    SendReply,
    Sent,
    TargetRow,
    Unclear,
    Unit,
)
from dialerd.usecases import dialing
from dialerd.usecases.dispositions import send_on
from dialerd.usecases.finishing import finish_if_over
from dialerd.usecases.judging import gate_facts, listed_by
from dialerd.usecases.strategies import own_route, plan_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message whose attempt is open: to be sent over the route that its attempt names."""

    attempt: AttemptRow
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageClaim:
    """What a claim brought. `unsent`: targets that were next in line and were held, settled or sent on instead.

    `has_more`: somebody may be left for the routes that had room. `waits_for`: routes, full or down, that others name
    for themselves. `due_at`: when more may be due; None: not by time alone.
    """

    outgoing: Sequence[Outgoing] = ()
    unsent: int = 0
    has_more: bool = False
    waits_for: frozenset[str] = frozenset()
    due_at: datetime | None = None


def claim_messages(
    unit: Unit,
    run_id: RunId,
    channel: Channel,
    *,
    rooms: Mapping[str, int],
    packs: Sequence[Pack] = (),
    new_id: Callable[[], AttemptId],
    now: datetime,
) -> MessageClaim:
    """Open an attempt for the next targets of a channel that may be written to at `now`, as many as `rooms` has room
    for: of each route of the channel that is up, how many messages it can take, if only none. Whose step names a route
    without room is passed by, and holds up nobody.

    A message that cannot be written for its contact (an attribute is missing) is an attempt that has failed.
    """
    run = unit.runs.get(run_id)
    if run is None or run.state is not RunState.ACTIVE:
        return MessageClaim()
    unit.dialing.promote(run_id, now)
    plan, left = plan_for(unit, run.spec), dict(rooms)
    limit = sum(left.values())
    routes = {step: own_route(plan, step, channel) for step in unit.strategies.message_steps(run_id, channel)}
    wanted = {step: limit if route is None else left.get(route, 0) for step, route in routes.items()}
    ids = unit.strategies.next_at(run_id, channel, {step: n for step, n in wanted.items() if n}, limit=limit)
    outgoing: list[Outgoing] = []
    passed_by = 0
    for target in unit.dialing.targets(ids, dnc=run.spec.dnc, now=now):
        route = routes.get(target.step)
        if not (sum(left.values()) if route is None else left[route]):
            passed_by += 1  # those before it, at this step or another, have taken the room
            continue
        made = _claim_one(unit, run, plan, target, left, packs=packs, new_id=new_id, now=now)
        if made is not None:
            left[made.attempt.trunk] -= 1
            outgoing.append(made)
    finish_if_over(unit, run_id, now)
    has_more = len(ids) == limit or any(0 < n < limit and n <= len(ids) for n in wanted.values())
    return MessageClaim(
        outgoing=outgoing,
        unsent=len(ids) - passed_by - len(outgoing),
        has_more=has_more,
        waits_for=frozenset(route for step, route in routes.items() if route is not None and not wanted[step]),
        due_at=None if has_more else unit.dialing.next_due_at(run_id),
    )


def end_waits(unit: Unit, run_id: RunId, *, limit: int, now: datetime) -> int:
    """Settle up to `limit` targets that have waited for an answer to the end; how many."""
    run = unit.runs.get(run_id)
    if run is None or run.state is not RunState.ACTIVE:
        return 0
    unit.dialing.promote(run_id, now)
    waited = unit.dialing.candidates(run_id, dnc=run.spec.dnc, limit=limit, now=now, channel=None)
    for target in waited:
        last = unit.dialing.last_attempt(target.id)
        assert last is not None, "only after a message there is something to wait for"
        unit.dispositions.settle_target(target.id, last.final or last.disposition or Disposition.SENT, now)
    finish_if_over(unit, run_id, now)
    return len(waited)


def _claim_one(
    unit: Unit,
    run: RunRow,
    plan: Plan,
    target: TargetRow,
    left: Mapping[str, int],
    *,
    packs: Sequence[Pack],
    new_id: Callable[[], AttemptId],
    now: datetime,
) -> Outgoing | None:
    """The target's message, its attempt opened; None: it is not written to now, and what holds it is obeyed."""
    here = plan.at(target.step)
    step = here.step
    if step is None or not step.is_message or step.over is not target.channel:
        # The strategy was changed between two runs' time: it begins anew.
        unit.strategies.set_step(target.id, plan.first.name, plan.first.channel)
        return None
    route = step.route or min(left, key=lambda name: (-left[name], name))
    contact = unit.contacts.get(target.contact_id)
    email = None if contact is None or not contact.contact.email else as_address(contact.contact.email)
    address = target.number if step.over is Channel.SMS else email
    facts = facts_of_message(unit, run, target, step.over, address, packs, now)
    gate_closed = first_closed(facts, now)
    if gate_closed is not None:
        _obey(unit, run, target, step, gate_closed, now)
        return None
    attempt = AttemptRow(
        id=new_id(),
        target_id=target.id,
        run_id=run.id,
        number=address or "",
        trunk=route,
        asterisk="",
        caller_id="",
        claimed_at=now,
        regulation=" ".join(facts.regulation.packs) if isinstance(facts.regulation, Allowed) else "",
        step=step.name,
        channel=step.over,
    )
    unit.dialing.open_attempt(attempt)
    try:
        written = _write(plan, step, contact, address)
    except BadInputError as error:
        settle_message(unit, attempt.id, Disposition.FAILED, reason=error.message, now=now)
        return None
    message = Message(
        attempt_id=attempt.id,
        recipient=attempt.number,
        text=written.text,
        subject=written.subject,
        html=written.html,
    )
    return Outgoing(attempt=attempt, message=message)


def facts_of_message(
    unit: Unit,
    run: RunRow,
    target: TargetRow,
    over: Channel,
    address: str | None,
    packs: Sequence[Pack],
    now: datetime,
) -> GateFacts:
    """What the gates need to know. The rules of packs are about telephone numbers: a text counts as a call, an e-mail
    is held by hours, maxima and do-not-call lists alone."""
    facts = gate_facts(unit, run, target, packs if over is Channel.SMS else (), now)
    if over is Channel.SMS or address is None:
        return replace(facts, number_in_call=facts.number_in_call and over is Channel.SMS)
    barred_by = listed_by(unit, run, address, now)
    return replace(
        facts, on_dnc=facts.on_dnc or barred_by, number_in_call=unit.messages.is_open_at(address), attempts_at_number=0
    )


def _obey(unit: Unit, run: RunRow, target: TargetRow, step: Step, gate: Gate, now: datetime) -> None:
    if gate.name == "dnc" and step.over is Channel.EMAIL:  # no other number is an address of this person
        unit.dialing.settle_target(target, Disposition.DO_NOT_CALL, now)
    else:
        dialing.close(unit, run, target, gate, now)


def _write(plan: Plan, step: Step, contact: ContactRow | None, address: str | None) -> Written:
    """What the contact reads. Raises BadInputError: the contact is gone or has no address, or something is missing."""
    assert plan.strategy is not None, "only its steps are messages"
    assert step.template is not None, "a step without one is refused"
    if contact is None:
        raise BadInputError("the contact was deleted", hint="")
    if address is None:
        raise BadInputError("the contact has no e-mail address", hint="")
    given = {"number": contact.contact.numbers[0].e164, **contact.contact.attributes}
    return plan.strategy.template[step.template].write(given)


def settle_message(
    unit: Unit, attempt_id: AttemptId, disposition: Disposition, *, reason: str = "", spent: bool = True, now: datetime
) -> dialing.Settled | None:
    """Write how a message ended as far as is known, and what becomes of its target. None: it was settled before."""
    attempt = unit.dialing.attempt(attempt_id)
    if attempt is None:
        return None
    facts = Facts(placed_at=attempt.claimed_at)
    outcome = Outcome(disposition=disposition, facts=facts, ended_at=now, spent=spent, reason=reason)
    return dialing.settle(unit, attempt_id, outcome)


def settle_sent(unit: Unit, outgoing: Outgoing, reply: SendReply, *, now: datetime) -> dialing.Settled | None:
    """What the route's answer makes of an attempt; None: it was settled before."""
    attempt_id = outgoing.attempt.id
    match reply:
        case Sent():
            return sent(unit, outgoing.attempt, reply, now=now)
        case Refused(reason=reason, is_route_down=True):
            return settle_message(unit, attempt_id, Disposition.NETWORK_FAILURE, reason=reason, spent=False, now=now)
        case Refused(reason=reason, is_taken_back=True):
            return settle_message(unit, attempt_id, Disposition.CANCELLED, reason=reason, spent=False, now=now)
        case Refused(reason=reason, is_lasting=is_lasting):
            code = Disposition.BOUNCED if is_lasting else Disposition.FAILED
            return settle_message(unit, attempt_id, code, reason=reason, now=now)
        case Unclear(reason=reason):
            return settle_message(unit, attempt_id, Disposition.INTERRUPTED, reason=reason, now=now)


def sent(unit: Unit, attempt: AttemptRow, reply: Sent, *, now: datetime) -> dialing.Settled | None:
    """The route has taken a message. What may have arrived twice is written down."""
    unit.messages.add_ids(attempt.trunk, reply.ids, attempt.id)
    again = f"sent again ({reply.repeated}): the answer was lost with the link" if reply.repeated else ""
    settled = settle_message(unit, attempt.id, Disposition.SENT, reason=again, now=now)
    if settled is None and again:  # a report was sooner than the answer
        unit.messages.came_again(attempt.id, again)
    return settled


def interrupt_open(unit: Unit, now: datetime) -> int:
    """Settle what an earlier daemon was sending when it ended: nobody knows whether it went out, and it is not sent
    again by itself. How many."""
    unit.messages.interrupt_answers("perhaps sent: the daemon ended before the route had answered")
    left = unit.messages.open()
    for attempt_id in left:
        settle_message(
            unit, attempt_id, Disposition.INTERRUPTED, reason="the daemon ended before the route had answered", now=now
        )
    return len(left)


_SETTLED_BY_REPORT = (None, Disposition.DELIVERED)
"""What a later report may still change. A reply, and what it gave, says more than any report."""


def report(unit: Unit, attempt: AttemptRow, code: Disposition, now: datetime) -> RunRow | None:
    """What a route has told of a message that was sent: its attempt gets the disposition, its target what follows.

    Returns the run where anything has changed.
    """
    if attempt.disposition is not Disposition.SENT or attempt.final not in _SETTLED_BY_REPORT or attempt.final == code:
        return None
    return give_code(unit, attempt, code, now=now)


def give_code(
    unit: Unit, attempt: AttemptRow, code: str, *, after_min: float | None = None, now: datetime
) -> RunRow | None:
    """Let a disposition take the place of a message's, and have its target go on by it, where it is the last attempt.

    Returns the run as it stands then.
    """
    run = unit.runs.get(attempt.run_id)
    if run is None:
        return None
    unit.dispositions.give(attempt.id, code)
    if attempt.beside is not None:  # its target goes on by the call that it was sent in
        return run
    latest = unit.dialing.last_attempt(attempt.target_id)
    if latest is not None and latest.id == attempt.id and not run.state.is_over:
        send_on(unit, run, attempt, code, after_min=after_min, now=now)
    finish_if_over(unit, run.id, now)
    return unit.runs.get(run.id)
