"""The rules of signing in: how long a session lasts, and how many wrong passwords are too many.

Not here: who is who (domain/user.py), keeping any of it (adapters/sql/signin.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

IDLE = timedelta(minutes=30)
"""A session that is not used for so long is over; a page that shows live events uses it."""

ABSOLUTE = timedelta(hours=12)
"""However much it is used: a shift."""

TOUCHED_EVERY = timedelta(minutes=1)
"""How exactly it is written down when a session was used last: not with each request."""

WINDOW = timedelta(minutes=15)
PER_USER, PER_ADDRESS = 10, 50
"""Wrong passwords within the window, after which more are not looked at."""


@dataclass(frozen=True, slots=True)
class Failures:
    """Sign-ins that were tried and have not succeeded, since the window began."""

    count: int
    since: datetime


def is_over(*, used_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Whether a session is not good any more."""
    return now >= ends_at or now - used_at >= IDLE


def one_more(failures: Failures | None, now: datetime) -> Failures:
    """With one more try, counted before its password is looked at: many at once are no way around the limit."""
    if failures is None or now - failures.since >= WINDOW:
        return Failures(1, now)
    return Failures(failures.count + 1, failures.since)


def wait_s(failures: Failures | None, most: int, now: datetime) -> int:
    """How long until another try is looked at; 0: now."""
    if failures is None or failures.count < most or now - failures.since >= WINDOW:
        return 0
    return max(1, int((failures.since + WINDOW - now).total_seconds()) + 1)
