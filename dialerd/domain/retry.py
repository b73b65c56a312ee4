"""After an attempt: is its target dialed again, when, and on which of the contact's numbers.

Not here: which dispositions call for a retry as such (disposition.py), which number is the next (numbers.py) and the
wait itself (a target's not_before).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from dialerd.domain.disposition import MEANINGS
from dialerd.domain.words import Disposition

Which = Literal["same", "next", "first"]
"""The number to dial: the same again, the contact's next one, or from the first one on once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryRule:
    """A campaign's own rule for one disposition: dial again `after_min` minutes later, at most `max` times.

    `number`: the same one again, or the contact's next. None: the next at once where there is one, as without a rule.
    """

    disposition: Disposition
    after_min: float
    max: int
    number: Literal["same", "next"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """`max_attempts` counts every spent attempt of a target, the first included; the rules narrow it further."""

    max_attempts: int
    retry_after_min: float
    rules: Sequence[RetryRule] = ()


@dataclass(frozen=True, slots=True)
class RetryAt:
    """Dial again, not before `at`."""

    at: datetime
    reason: str
    number: Which = "same"


@dataclass(frozen=True, slots=True)
class Exhausted:
    """Never again in this run."""

    reason: str


UNSPENT_RETRY_S = 10.0
"""How long a target rests after an attempt that Asterisk refused to dial (trunk known to be down)."""


def decide(
    policy: RetryPolicy,
    *,
    disposition: Disposition,
    spent: bool,
    attempts_spent: int,
    same_before: int,
    now: datetime,
    has_next: bool = False,
    can_repeat: bool = True,
    can_start_over: bool = True,
) -> RetryAt | Exhausted:
    """What becomes of the target.

    `spent` is False where it is proven that nothing was dialed; such an attempt costs the contact nothing.
    `attempts_spent` counts this attempt too; `same_before` earlier spent attempts with this disposition. `has_next`:
    the contact has a further number to try; `can_repeat`: this one may be dialed again; `can_start_over`: any of them.
    """
    if not spent:
        return RetryAt(now + timedelta(seconds=UNSPENT_RETRY_S), "the trunk refused; no attempt was spent")
    if attempts_spent >= policy.max_attempts:
        return Exhausted(f"{attempts_spent} of {policy.max_attempts} attempts made")
    rule = _rule_for(policy, disposition)
    meaning = MEANINGS[disposition]
    is_worn = rule is not None and same_before >= rule.max
    if has_next and meaning.elsewhere and (rule is None or rule.number is None or is_worn):
        return RetryAt(now, f"the next number after {disposition}", "next")
    if rule is not None and is_worn:
        return Exhausted(f"retried {rule.max} times after {disposition}")
    if rule is None and not meaning.retried:
        return Exhausted(f"{disposition} is final")
    after_min = policy.retry_after_min if rule is None else rule.after_min
    reason = f"{disposition} is retried" if rule is None else f"rule for {disposition}"
    at = now + timedelta(minutes=after_min)
    if rule is not None and rule.number == "next" and has_next:
        return RetryAt(at, reason, "next")
    stays = rule is not None and rule.number == "same"
    if not (can_repeat if stays else can_start_over):
        return Exhausted("the number had its attempts" if stays else "every number of the contact had its attempts")
    return RetryAt(at, reason, "same" if stays else "first")


def _rule_for(policy: RetryPolicy, disposition: Disposition) -> RetryRule | None:
    """Its own; a phone that dialerd stopped ringing was not answered, and without an own rule is taken so."""
    rules = {rule.disposition: rule for rule in policy.rules}
    unanswered = rules.get(Disposition.NO_ANSWER) if disposition is Disposition.CANCELLED else None
    return rules.get(disposition, unanswered)


def is_final(policy: RetryPolicy, disposition: Disposition) -> bool:
    """Whether such an ending is by itself the last one at a number, however many attempts are left."""
    rule = _rule_for(policy, disposition)
    return not MEANINGS[disposition].retried if rule is None else rule.max == 0


def decide_custom(
    policy: RetryPolicy,
    *,
    code: str,
    after_min: float | None,
    attempts_spent: int,
    now: datetime,
    can_repeat: bool = True,
    can_start_over: bool = True,
) -> RetryAt | Exhausted:
    """What becomes of a target whose attempt was given the custom disposition `code`, whose set asks for another try
    `after_min` minutes later (None: it is final). Never above the campaign's most attempts, per contact and number."""
    if after_min is None:
        return Exhausted(f"{code} is final")
    if attempts_spent >= policy.max_attempts:
        return Exhausted(f"{attempts_spent} of {policy.max_attempts} attempts made")
    if not (can_repeat or can_start_over):
        return Exhausted("every number of the contact had its attempts")
    return RetryAt(now + timedelta(minutes=after_min), f"{code} is retried", "same" if can_repeat else "first")
