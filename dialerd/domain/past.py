"""What another dialer has done with a contact before it came here, and what of it a run has to obey.

Not here: how it is found out (domain/vicidial), the calls that dialerd has made itself (attempts).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from dialerd.domain import retry
from dialerd.domain.retry import RetryPolicy
from dialerd.domain.words import SYSTEM_CODES, Disposition


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """`attempts` were made, the last one at `last_at`; it ended in `code`, a disposition of the system or of a set.

    `is_over`: the other dialer would not have called any more. `source`: what it called the contact.
    """

    attempts: int
    last_at: datetime | None
    code: str
    is_over: bool
    source: str


@dataclass(frozen=True, slots=True)
class GoesOn:
    """The contact is a target that had so many attempts, not to be dialed before `at`."""

    attempts: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Closed:
    """The contact is not dialed in the run."""

    reason: str


def judge(past: Past, policy: RetryPolicy, *, per_number: int, has_more_numbers: bool) -> GoesOn | Closed:
    """What a run makes of it: the earlier attempts count as if they had been its own.

    Of the earlier endings only the last is known, so that all are taken to have been like it: rather a call too few.
    """
    if past.is_over:
        return Closed(f"it was settled as {past.code} before it came here")
    most = policy.max_attempts if has_more_numbers else min(policy.max_attempts, per_number)
    if past.attempts >= most:
        return Closed(f"{past.attempts} of {most} attempts were made before it came here")
    if past.last_at is None:
        return GoesOn(past.attempts, None)
    if past.attempts == 0:  # its list begins anew; whoever was called just now is not called at once again for that
        return GoesOn(0, past.last_at + timedelta(minutes=policy.retry_after_min))
    if past.code in SYSTEM_CODES:
        later = retry.decide(
            policy,
            disposition=Disposition(past.code),
            spent=True,
            attempts_spent=past.attempts,
            same_before=past.attempts - 1,
            now=past.last_at,
        )
    else:
        later = retry.decide_custom(
            policy, code=past.code, after_min=policy.retry_after_min, attempts_spent=past.attempts, now=past.last_at
        )
    if isinstance(later, retry.Exhausted):
        return Closed(f"{later.reason}, counting the attempts from before it came here")
    return GoesOn(past.attempts, later.at)
