"""How long to wait before the next try of something that fails again and again: twice as long each time, to a limit.

Not here: what is tried, and the waiting itself (whoever has a clock).
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Seconds: `first_s` to begin with, at most `longest_s`. `doubled`: how often in a row it has failed so far.

    Frozen: what has happened gives the next one.
    """

    first_s: float
    longest_s: float
    doubled: int = 0

    @property
    def wait_s(self) -> float:
        """The wait before the next try."""
        return min(self.first_s * 2.0**self.doubled, self.longest_s)

    def longer(self) -> Backoff:
        """It has failed again: the next wait is twice as long."""
        return self if self.wait_s >= self.longest_s else replace(self, doubled=self.doubled + 1)

    def after(self, lasted_s: float) -> Backoff:
        """It had held for `lasted_s` when it failed: what has held for the longest wait is tried again as at first."""
        return self.anew() if lasted_s >= self.longest_s else self

    def anew(self) -> Backoff:
        """It has gone well."""
        return replace(self, doubled=0)
