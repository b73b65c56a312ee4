"""After an attempt: is its target dialed again, and when.

Not here: which dispositions call for a retry as such (disposition.py) and the wait itself (a target's not_before).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dialerd.domain.disposition import MEANINGS
from dialerd.domain.words import Disposition


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryRule:
    """A campaign's own rule for one disposition: dial again `after_min` minutes later, at most `max` times."""

    disposition: Disposition
    after_min: float
    max: int


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
) -> RetryAt | Exhausted:
    """What becomes of the target.

    `spent` is False where it is proven that nothing was dialed; such an attempt costs the contact nothing.
    `attempts_spent` counts this attempt too; `same_before` earlier spent attempts with this disposition.
    """
    if not spent:
        return RetryAt(now + timedelta(seconds=UNSPENT_RETRY_S), "the trunk refused; no attempt was spent")
    if attempts_spent >= policy.max_attempts:
        return Exhausted(f"{attempts_spent} of {policy.max_attempts} attempts made")
    for rule in policy.rules:
        if rule.disposition is disposition:
            if same_before >= rule.max:
                return Exhausted(f"retried {rule.max} times after {disposition}")
            return RetryAt(now + timedelta(minutes=rule.after_min), f"rule for {disposition}")
    if MEANINGS[disposition].retried:
        return RetryAt(now + timedelta(minutes=policy.retry_after_min), f"{disposition} is retried")
    return Exhausted(f"{disposition} is final")
