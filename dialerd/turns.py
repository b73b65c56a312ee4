"""Waiting for one's turn at a rate, first come, first served.

Not here: the rate itself as a rule (domain/pacing/rate.py).
"""

from __future__ import annotations

from dialerd.domain.pacing.rate import RateLimit
from dialerd.ports import Clock


class Turns:
    """At most `rate` a second, evenly spaced, in the order in which they were asked for."""

    def __init__(self, clock: Clock, *, rate: float) -> None:
        self._clock = clock
        self._limit = RateLimit(rate=rate)

    async def mine(self) -> None:
        """Wait until it is the caller's turn. One that is cancelled while it waits has used its turn up."""
        now = self._clock.steady()
        at = self._limit.room_at(now)
        self._limit = self._limit.take(at)
        if at > now:
            await self._clock.sleep(at - now)
