"""What becomes of a target whose attempt has ended, on whichever channel: asked of its campaign's plan, in one place.

Not here: the decision itself (domain/strategy/onward.py), writing the end of the attempt (dialing.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dialerd.domain import retry
from dialerd.domain.disposition import MEANINGS, is_live
from dialerd.domain.numbers import ContactNumber, next_number
from dialerd.domain.strategy import Ending, GoOn, Onward, PlanStep, next_step
from dialerd.domain.words import Channel, Mode, RunState, TargetId
from dialerd.ports import AttemptRow, RunRow, Unit
from dialerd.usecases.strategies import plan_for

_WRONG = tuple(code for code, meaning in MEANINGS.items() if meaning.elsewhere and not meaning.retried)
"""Endings that make another attempt at the same number pointless."""


@dataclass(frozen=True, slots=True)
class Next:
    """What comes next, and the number to dial then where it is another one. `is_barred`: every number of the contact
    is on a do-not-call list by now, so that nothing of it will be done."""

    onward: Onward
    number: ContactNumber | None = None
    is_barred: bool = False

    @property
    def at(self) -> datetime | None:
        """When the target is looked at again; None: it is settled."""
        return None if isinstance(self.onward, retry.Exhausted) else self.onward.at


def numbers_of(unit: Unit, run: RunRow, target_id: TargetId, now: datetime) -> list[ContactNumber]:
    """The numbers of a target's contact, with what speaks against each."""
    return unit.dialing.numbers(target_id, wrong=_WRONG, dnc=run.spec.dnc, now=now)


def after_closing(unit: Unit, run: RunRow, closed: AttemptRow, now: datetime) -> Next:
    """What comes next, asked before the end of the attempt is written."""
    if run.state in (RunState.STOPPING, RunState.STOPPED):
        return Next(retry.Exhausted("the run is being stopped"))
    if run.spec.filter is not None and unit.dialing.is_left_out(closed.target_id):
        return Next(retry.Exhausted("the campaign's filter leaves the contact out now"))
    if has_talked_in_preview(run, closed):
        return Next(retry.Exhausted("an agent has talked to the person"))
    spent = unit.dialing.attempts_spent(closed.target_id) + (1 if closed.spent else 0)
    was_last = run.spec.strategy is None and closed.spent and spent >= run.spec.max_attempts
    numbers_now = () if was_last else numbers_of(unit, run, closed.target_id, now)  # the last one, whatever there is
    numbers = [_with(each, closed) for each in numbers_now]
    after = _with_number(run, closed, numbers, decide(unit, run, closed, numbers, attempts_spent=spent, now=now))
    return replace(after, is_barred=bool(numbers) and all(each.is_barred for each in numbers))


def after_given(
    unit: Unit, run: RunRow, attempt: AttemptRow, code: str, *, after_min: float | None, now: datetime
) -> Next:
    """What comes next once an attempt that has ended was given the disposition `code`, whose set asks to try again
    `after_min` minutes later (None: never)."""
    if has_talked_in_preview(run, attempt):
        return Next(retry.Exhausted("an agent has talked to the person"))
    numbers = numbers_of(unit, run, attempt.target_id, now)
    spent = unit.dialing.attempts_spent(attempt.target_id)
    onward = decide(unit, run, attempt, numbers, attempts_spent=spent, code=code, after_min=after_min, now=now)
    after = _with_number(run, attempt, numbers, onward)
    if after.number is None and isinstance(onward, retry.RetryAt) and attempt.channel.is_call:
        # The target may be at another number by now.
        return Next(onward, next((each for each in numbers if each.number == attempt.number), None))
    return after


def decide(
    unit: Unit,
    run: RunRow,
    attempt: AttemptRow,
    numbers: Sequence[ContactNumber],
    *,
    attempts_spent: int,
    code: str | None = None,
    after_min: float | None = None,
    now: datetime,
) -> Onward:
    """The plan's word on an attempt. `numbers` with the attempt counted; `code` None: its own disposition."""
    code = code or attempt.disposition
    assert code is not None, "what an open attempt leads to is not known"
    plan, per_number = plan_for(unit, run.spec), run.spec.per_number
    if plan.strategy is not None and attempt.channel is Channel.VOICE:
        step = plan.strategy.get(attempt.step)
        if step is None or plan.at(step.name).channel is not Channel.VOICE:
            is_done = step is None or unit.strategies.has_done(attempt.target_id, step.name)
            return _after_promised_call(None if is_done else plan.at(attempt.step), code, now)
    if plan.strategy is None:
        is_first = attempts_spent <= attempt.spent
        at_step, same_before = attempts_spent, 0 if is_first else unit.dialing.same_before(attempt)
    else:
        tries, same_before = unit.strategies.at_step(attempt.target_id, attempt.step, code, but=attempt.id)
        at_step = tries + (1 if attempt.spent else 0)
    is_call = attempt.channel.is_call
    ending = Ending(
        code=code,
        spent=attempt.spent,
        attempts_spent=attempts_spent,
        at_step=at_step,
        same_before=same_before,
        custom_after_min=after_min,
        has_next=is_call and _chosen("next", attempt.number, numbers, per_number) is not None,
        can_repeat=not is_call or can_repeat(numbers, attempt.number, per_number),
        can_start_over=not is_call or _chosen("first", attempt.number, numbers, per_number) is not None,
    )
    return next_step(plan, attempt.step, ending, now)


def _after_promised_call(to_come: PlanStep | None, code: str, now: datetime) -> Onward:
    """After a callback between a contact's steps: whoever was not reached goes on with the step that was to come."""
    if to_come is None or is_live(code):
        return retry.Exhausted("the call that was promised was made")
    reason = f"step {to_come.name} comes after the promised call"
    return GoOn(step=to_come.name, channel=to_come.channel, at=now, reason=reason)


def has_talked_in_preview(run: RunRow, attempt: AttemptRow) -> bool:
    """Whom an agent has talked to is not dialed again in that run, whatever the retry rules say."""
    return run.spec.mode is Mode.PREVIEW and attempt.connected_at is not None


def can_repeat(numbers: Sequence[ContactNumber], number: str, per_number: int) -> bool:
    """Whether that number of a contact may be dialed once more."""
    return any(each.number == number and not each.is_wrong and each.attempts < per_number for each in numbers)


def _with_number(run: RunRow, attempt: AttemptRow, numbers: Sequence[ContactNumber], onward: Onward) -> Next:
    if isinstance(onward, retry.RetryAt) and attempt.channel.is_call:
        chosen = _chosen(onward.number, attempt.number, numbers, run.spec.per_number)
        if chosen is not None and chosen.number != attempt.number:
            return Next(onward, chosen)
    return Next(onward)


def _chosen(
    which: retry.Which, present: str, numbers: Sequence[ContactNumber], per_number: int
) -> ContactNumber | None:
    """The number that a decision means; None: the present one, or there is none."""
    if which == "same":
        return None
    position = next((each.position for each in numbers if each.number == present), 0)
    return next_number(numbers, after=position if which == "next" else 0, max_attempts=per_number)


def _with(each: ContactNumber, closed: AttemptRow) -> ContactNumber:
    """A number with the attempt counted that is being closed."""
    if each.number != closed.number:
        return each
    return replace(
        each,
        attempts=each.attempts - (0 if closed.spent else 1),  # an open attempt stands as spent in the store
        is_wrong=each.is_wrong or (closed.spent and closed.disposition in _WRONG),
    )
