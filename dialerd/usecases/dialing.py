"""Claim and settle: what each means, in one transaction each; used by the engine alone.

Not here: how many to claim (engine/dialloop.py), the gates (domain/gates.py), the SQL (adapters/sql/dialing.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dialerd.domain import retry
from dialerd.domain.call import Facts, Outcome
from dialerd.domain.callback import TooLate
from dialerd.domain.gates import Facts as GateFacts
from dialerd.domain.gates import Gate, barred_by, first_closed
from dialerd.domain.numbers import ContactNumber, next_number
from dialerd.domain.optout import as_address
from dialerd.domain.regulation import Allowed, Pack
from dialerd.domain.seat import Ceiling
from dialerd.domain.strategy import END, CallThem, GoOn
from dialerd.domain.tolls import SAFE, TollGuard
from dialerd.domain.words import (
    AttemptId,
    Channel,
    ContactId,
    Disposition,
    RunId,
    RunState,
    TargetState,
)
from dialerd.ports import AttemptRow, RunRow, TargetRow, Unit
from dialerd.usecases import callingback
from dialerd.usecases.finishing import finish_if_over, may_be_over
from dialerd.usecases.judging import gate_facts, listed_by
from dialerd.usecases.onward import Next, after_closing, decide, numbers_of
from dialerd.usecases.promising import promise
from dialerd.usecases.strategies import plan_for

RECHECK = timedelta(seconds=5)
"""When a target is judged again whose gate does not say until when it is closed."""

MOST_UNSPENT = 20  # attempts at one target for which a congested trunk takes the blame
SCRUBBED_AT_ONCE = 2000  # targets that a step of a scrub looks at, at most; a look is cheaper than taking one in
TAKEN_IN_AT_ONCE = 500  # contacts per transaction, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """Where the claimed calls will be sent, and what is not dialed there. `owner`: see AttemptRow.

    `ceiling`: what a claim must leave to other daemons, by which it is made in seats.py; None: nobody shares.
    """

    trunk: str
    asterisk: str
    tolls: TollGuard = SAFE
    owner: str = ""
    ceiling: Ceiling | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a claim brought. `held` targets were next in order but closed to us. `is_dry`: none is left that is due;
    `due_at`: when more may be then.

    `repeatable`: attempts that are no callbacks and leave the target another one, at the same number too.
    `again_s`: other daemons have the room, or the pace; ask again after so many seconds.
    """

    attempts: Sequence[AttemptRow]
    held: int
    is_dry: bool
    due_at: datetime | None
    repeatable: frozenset[AttemptId] = frozenset()
    again_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A settled attempt: its run as it stands now, and when its target is due again."""

    run: RunRow
    retry_at: datetime | None


def claim(
    unit: Unit,
    run_id: RunId,
    *,
    limit: int,
    way_out: WayOut,
    channel: Channel = Channel.VOICE,
    packs: Sequence[Pack] = (),
    new_id: Callable[[], AttemptId],
    now: datetime,
) -> Claim:
    """Open an attempt for up to `limit` targets that may be dialed at `now`; everything is judged in here.

    `channel`: which calls, where a campaign has both kinds; its callbacks are an agent's.

    Callbacks go before the rest, but not an agent's own, which is dialed with that agent (owncallbacks.py).

    The run's state and the do-not-call lists are read in this transaction, so what was committed before it,
    by whichever process, is obeyed.
    """
    run = unit.runs.get(run_id)
    if run is None or run.state is not RunState.ACTIVE:
        return Claim(attempts=(), held=0, is_dry=True, due_at=None)
    if run.waiting:
        unit.callbacks.promote(run_id, now)
        unit.dialing.promote(run_id, now)
    attempts: list[AttemptRow] = []
    repeatable: set[AttemptId] = set()
    held, is_dry, turns = 0, False, callingback.Turns()
    # Where nobody may be dialed of those that are next, whoever comes after them is looked at: where a zone has closed,
    # a claim for each of its targets would cost the run that long, and the writer as many commits.
    while not (attempts or is_dry or held > _HELD_AT_MOST):
        targets, before = unit.dialing.candidates(run.id, dnc=run.spec.dnc, limit=limit, now=now, channel=channel), held
        for target in targets:
            facts = judge_target(unit, run, target, packs, turns, now, way_out.tolls)
            if isinstance(facts, Gate):
                held += 1
                continue
            attempts.append(attempt_at(unit, run, target, facts, turns, way_out=way_out, attempt_id=new_id(), now=now))
            if facts.leaves_another:
                repeatable.add(attempts[-1].id)
        # Who was held may be due again at once, at another number.
        is_dry = len(targets) < max(1, limit) and held == before
    unit.dialing.open_attempt(*attempts)
    due_at = next_call_at(unit, run, channel) if is_dry else None
    return Claim(attempts=attempts, held=held, is_dry=is_dry, due_at=due_at, repeatable=frozenset(repeatable))


def next_call_at(unit: Unit, run: RunRow, channel: Channel) -> datetime | None:
    """When the next waiting target of a run may be called; None: none waits for a call."""
    if run.spec.strategy is None:
        return unit.dialing.next_due_at(run.id)
    return unit.strategies.next_call_at(run.id, channel)


def judge_target(
    unit: Unit,
    run: RunRow,
    target: TargetRow,
    packs: Sequence[Pack],
    turns: callingback.Turns,
    now: datetime,
    tolls: TollGuard,
) -> GateFacts | Gate:
    """The facts of a target that may be dialed; else the gate that holds it back, and is obeyed in here."""
    facts = gate_facts(unit, run, target, packs, now, turns)
    if (refusal := tolls.refusal(target.number)) is not None:
        facts = replace(facts, closed_by_tolls=refusal)
    gate = first_closed(facts, now)
    if gate is None:
        return facts
    if facts.callback is not None and (gate.is_final or isinstance(facts.callback, TooLate)):
        callingback.give_up(unit, target, facts.callback, gate.reason, now)
    else:
        close(unit, run, target, gate, now)
    return gate


def attempt_at(
    unit: Unit,
    run: RunRow,
    target: TargetRow,
    facts: GateFacts,
    turns: callingback.Turns,
    *,
    way_out: WayOut,
    attempt_id: AttemptId,
    now: datetime,
) -> AttemptRow:
    """The attempt at a target that may be dialed, to be opened in this transaction."""
    attempt = AttemptRow(
        id=attempt_id,
        target_id=target.id,
        run_id=run.id,
        number=target.number,
        trunk=way_out.trunk,
        asterisk=way_out.asterisk,
        caller_id=run.spec.caller_id,
        claimed_at=now,
        regulation=" ".join(facts.regulation.packs) if isinstance(facts.regulation, Allowed) else "",
        step="" if target.step == END else target.step,
        channel=Channel.AUTOMATED if target.is_automated else Channel.VOICE,
        owner=way_out.owner,
    )
    if facts.callback is not None:
        callingback.begin(unit, attempt, turns)
    return attempt


_HELD_AT_MOST = 25
"""Targets that a claim puts to rest before others get their turn at the writer."""

_OF_THE_NUMBER = frozenset({"dnc", "toll", "number_attempts", "hours", "regulation"})
"""Gates that, where they are final, speak of one number; another of the contact's may be dialed."""


def close(unit: Unit, run: RunRow, target: TargetRow, gate: Gate, now: datetime) -> None:
    """Obey a closed gate: the target waits behind it, goes on to another number, or is settled."""
    if not gate.is_final:
        unit.dialing.hold(target, gate.name, gate.until or now + RECHECK)
        return
    if (on := way_on(unit, run, target, gate, now)) is None:
        _settle_undialed(unit, target, gate, now)
        return
    unit.dialing.set_number(target.id, on[0])
    if on[1] is not None:
        unit.dialing.hold(target, "retry", on[1])


def _settle_undialed(unit: Unit, target: TargetRow, gate: Gate, now: datetime) -> None:
    last = unit.dialing.last_attempt(target.id)
    if gate.name in ("attempts", "number_attempts") and last is not None and last.disposition is not None:
        # A changed campaign gives it fewer: its last attempt was the last one, and is counted as what it was.
        unit.dispositions.settle_target(target.id, last.final or last.disposition, now)
        return
    code = Disposition.DO_NOT_CALL if gate.name == "dnc" else Disposition.FAILED
    unit.dialing.settle_target(target, code, now)


def settle_barred(unit: Unit, run: RunRow, contact_id: ContactId, now: datetime) -> bool:
    """Settle the contact's waiting target as its next claim would, where do-not-call lists leave it no number; whether
    that was so. Whom an agent is shown is taken from that one by the engine (engine/previewdesk.py) first."""
    target = unit.dialing.target(run.id, contact_id, dnc=run.spec.dnc, now=now)
    if target is None or target.state not in (TargetState.PENDING, TargetState.WAITING):
        return False
    if target.channel is None or target.has_callback or target.held_by == "preview":
        return False  # it waits for an answer only, or for a call that was promised at a number of its own
    is_mail = target.channel is Channel.EMAIL
    listed = target.on_dnc or (_mail_barred_by(unit, run, contact_id, now) if is_mail else None)
    if listed is None:
        return False
    gate = barred_by(listed)
    if not is_mail and way_on(unit, run, target, gate, now) is not None:
        return False  # no other number is an address of this person, but it may be called
    _settle_undialed(unit, target, gate, now)
    return True


def _mail_barred_by(unit: Unit, run: RunRow, contact_id: ContactId, now: datetime) -> str | None:
    """The do-not-call list that the run obeys and that has the contact's e-mail address."""
    contact = unit.contacts.get(contact_id)
    if contact is None or not contact.contact.email:
        return None
    return listed_by(unit, run, as_address(contact.contact.email), now)


def way_on(
    unit: Unit, run: RunRow, target: TargetRow, gate: Gate, now: datetime
) -> tuple[ContactNumber, datetime | None] | None:
    """Where a target goes on that `gate` has closed for good at its number: to which one, and not before when.

    To the contact's next one. Where that was the last one, the next round begins as the last attempt's ending has it,
    with those that were dialed before. (One that was not was closed for good itself.)
    """
    if gate.name not in _OF_THE_NUMBER:
        return None
    if gate.name == "dnc" and target.position == 1 and not unit.dialing.has_more_numbers(target.contact_id):
        return None  # the usual contact's one number is on a list: there is nothing to be found out
    numbers = numbers_of(unit, run, target.id, now)
    another = next_number(numbers, after=target.position, max_attempts=run.spec.per_number)
    if another is not None:
        return another, None
    dialed = [each for each in numbers if each.attempts]
    first = next_number(dialed, after=0, max_attempts=run.spec.per_number)
    last = None if first is None else unit.dialing.last_attempt(target.id)
    if last is None or last.disposition is None or first is None:
        return None
    onward = decide(unit, run, last, dialed, attempts_spent=target.attempts_spent, now=now)
    return (first, onward.at) if isinstance(onward, retry.RetryAt) else None


def note(unit: Unit, attempt_id: AttemptId, facts: Facts) -> None:
    """Keep what is known of a call that is still up, for whoever adopts it after a crash."""
    unit.dialing.note(attempt_id, facts)


def settle(unit: Unit, attempt_id: AttemptId, outcome: Outcome, *, finishes: bool = True) -> Settled | None:
    """Write how an attempt ended and what becomes of its target and run. None: it was settled before.

    `finishes` False: the caller has more to say of the attempt, and looks afterwards whether its target waits in vain
    (settle_barred) and the run is over.
    """
    attempt = unit.dialing.attempt(attempt_id)
    if attempt is None or attempt.disposition is not None:
        return None
    now = outcome.now
    closed = _closed(attempt, outcome)
    if not closed.spent and (closed.cause or closed.sip_code) and unit.dialing.unspent_before(closed) >= MOST_UNSPENT:
        closed = replace(closed, spent=True)  # a number that finds no room each time may be what is wrong
    run = unit.runs.get(attempt.run_id)
    assert run is not None, "an attempt's run cannot be deleted while it is open"
    if closed.beside is not None:  # its target is the call's, and goes on by that
        return Settled(run=run, retry_at=None) if unit.dialing.close_attempt(closed) else None
    after = after_closing(unit, run, closed, now)
    if not unit.dialing.close_attempt(closed):
        return None
    retry_at = _release(unit, run, closed, after, now)
    if finishes and retry_at is not None and after.is_barred:  # who has opted out in the call does not wait in vain
        is_settled = settle_barred(unit, run, unit.callbacks.contact_of(closed.target_id), now)
        retry_at = None if is_settled else retry_at
    run = unit.runs.get(attempt.run_id)
    if finishes and run is not None and may_be_over(run):
        finish_if_over(unit, run.id, now)
        run = unit.runs.get(run.id)
    assert run is not None, "still there in the same transaction"
    return Settled(run=run, retry_at=retry_at)


def _release(unit: Unit, run: RunRow, closed: AttemptRow, after: Next, now: datetime) -> datetime | None:
    """Give the target back for what comes next; when that is due, None: it is settled."""
    onward = after.onward
    retry_at = None if isinstance(onward, CallThem) else after.at
    state = TargetState.DONE if retry_at is None else TargetState.WAITING
    if after.number is not None:
        unit.dialing.set_number(closed.target_id, after.number)
    if isinstance(onward, GoOn):
        unit.strategies.set_step(closed.target_id, onward.step, onward.channel)
    goes_first = isinstance(onward, retry.RetryAt) and onward.number == "next" and run.spec.numbers == "numbers-first"
    callback = callingback.after_attempt(unit, run, closed, retry_at, now)
    unit.dialing.release_target(closed, state=state, not_before=retry_at, goes_first=goes_first, now=now)
    if callback is not None:
        return callingback.hold(unit, run, callback)
    if isinstance(onward, CallThem):
        return promise(unit, run, closed, onward, now)
    return retry_at


def _closed(attempt: AttemptRow, outcome: Outcome) -> AttemptRow:
    facts = outcome.facts
    return replace(
        attempt,
        answered_at=facts.answered_at,
        verdict=facts.verdict,
        amd=facts.amd,
        cause=facts.cause,
        sip_code=facts.sip_code,
        agent=facts.agent,
        connected_at=facts.connected_at,
        greeted_at=facts.greeted_at,
        rang_at=facts.rang_at or attempt.rang_at,
        ended_at=outcome.ended_at,
        disposition=outcome.disposition,
        spent=outcome.spent,
        reason=outcome.reason,
    )


def scrub(unit: Unit, run_id: RunId, now: datetime, *, size: int = SCRUBBED_AT_ONCE) -> bool:
    """The next step of a scrub that was asked for; True when it was the last one."""
    scrubbed = unit.runs.scrub(run_id, size=size, now=now)
    if scrubbed.is_last:
        finish_if_over(unit, run_id, now)
    return scrubbed.is_last


def take_in(
    unit: Unit, run_id: RunId, *, draw: Callable[[], float], now: datetime, size: int = TAKEN_IN_AT_ONCE
) -> bool:
    """Take the next contacts of the run's lists in as its targets; True when every one is in."""
    before = unit.callbacks.taken_in(run_id)
    run = unit.runs.get(run_id)
    assert run is not None, "contacts come in only while it exists"
    first = plan_for(unit, run.spec).first
    is_prepared = unit.runs.prepare(run_id, size=size, draw=draw, now=now, step=first.name, channel=first.channel)
    callingback.take_on_new(unit, run, after=before, now=now)
    if is_prepared:
        finish_if_over(unit, run_id, now)
    return is_prepared
