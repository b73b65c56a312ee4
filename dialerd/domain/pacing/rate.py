"""Calls per second as a token bucket that holds at the far end too.

Not here: who shares a bucket (a trunk has one, a run has one) and calls not yet confirmed (engine/dialloop.py
takes them off what is available).

A plain bucket is refilled by the clock of whoever spends, so calls let go at its two edges can reach the carrier
closer together than it thought: an exchange takes milliseconds to send an INVITE, and not always the same. Here
a token is spent when the exchange is known to have *taken* the call and comes back one whole period later. Any
period at the carrier then holds at most `size` INVITEs, whatever the delays before.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass

MARGIN_S = 0.03
"""From the exchange's reply to the INVITE on the wire (Asterisk 22: 1 to 20 ms under load)."""

CATCH_UP_S = 0.05
"""How far the even spacing may lag and be made up for, so that late timers do not cost calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """At most `rate` calls per second, evenly spaced. Frozen: taking a token returns the next state.

    `next_at`: the moment the even spacing allows the next call. `returns`: when spent tokens come back, sorted.
    All times are seconds on any steady clock.
    """

    rate: float
    next_at: float = float("-inf")
    returns: tuple[float, ...] = ()

    @property
    def size(self) -> int:
        """Tokens in the bucket: the calls of one period of `size / rate` seconds (1 s for whole rates)."""
        return max(1, int(self.rate))

    def available(self, now: float) -> int:
        """How many calls may start at `now`."""
        if now < self.next_at:
            return 0
        spaced = 1 + int(min(now - self.next_at, CATCH_UP_S) * self.rate)
        return min(spaced, self.size - self._outstanding(now))

    def take(self, at: float) -> RateLimit:
        """Spend a token on a call that the exchange took at `at`."""
        kept = list(self.returns[bisect_right(self.returns, at) :])
        insort(kept, at + self.size / self.rate + MARGIN_S)
        spaced_at = max(self.next_at, at - CATCH_UP_S) + 1.0 / self.rate
        return RateLimit(rate=self.rate, next_at=spaced_at, returns=tuple(kept))

    def spent(self, at: float) -> RateLimit:
        """The same limit with every token spent at `at`: what an earlier process may have dialed until then counts."""
        back_at = at + self.size / self.rate + MARGIN_S
        return RateLimit(rate=self.rate, next_at=max(self.next_at, at), returns=(back_at,) * self.size)

    def changed(self, rate: float) -> RateLimit:
        """The same bucket at another rate; what was spent stays spent."""
        return RateLimit(rate=rate, next_at=self.next_at, returns=self.returns)

    def room_at(self, now: float) -> float:
        """The earliest moment, not before `now`, at which a call may start."""
        waiting = self._outstanding(now) - self.size + 1
        freed_at = self.returns[len(self.returns) - self._outstanding(now) + waiting - 1] if waiting > 0 else now
        return max(now, self.next_at, freed_at)

    def _outstanding(self, now: float) -> int:
        return len(self.returns) - bisect_right(self.returns, now)
