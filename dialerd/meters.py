"""What is counted and timed while calls are placed: plain numbers, that cost the dialing less than a microsecond each.

Not here: showing them (adapters/metrics.py reads them when it is asked), what each one means (domain/metrics.py).

Everything is written from one thread, but for what the database's writer times, which nobody else does.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field

BOUNDS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of a timing's buckets; one more has what is longer."""


class Timing:
    """How often something took how long."""

    __slots__ = ("counts", "longest_s", "sum_s")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS_S) + 1)
        self.sum_s = 0.0
        self.longest_s = 0.0

    def observe(self, seconds: float) -> None:
        self.counts[bisect_left(BOUNDS_S, seconds)] += 1
        self.sum_s += seconds
        if seconds > self.longest_s:
            self.longest_s = seconds

    @property
    def count(self) -> int:
        return sum(self.counts)


@dataclass(slots=True)
class Meters:
    """One per daemon.

    `originate`: Asterisk's reply to it. `dial_delay`: from a reason to look for more to dial (a slot that frees, a
    target that falls due) to the originate. `to_agent`: from when a person is known to be there until an agent has
    them. `writer_wait`: a write's wait for its transaction; `commit`: the transaction. `loop_lag`: how late the event
    loop comes to what is due. `ended` counts by trunk and disposition, `started` by trunk;
    `detections` what was compared with the replay, by server and agreement.
    """

    originate: Timing = field(default_factory=Timing)
    dial_delay: Timing = field(default_factory=Timing)
    to_agent: Timing = field(default_factory=Timing)
    writer_wait: Timing = field(default_factory=Timing)
    commit: Timing = field(default_factory=Timing)
    loop_lag: Timing = field(default_factory=Timing)
    started: Counter[str] = field(default_factory=Counter)
    ended: Counter[tuple[str, str]] = field(default_factory=Counter)
    detections: Counter[tuple[str, str]] = field(default_factory=Counter)
    slow_commits: int = 0
    slow_turns: int = 0
    _waiting: dict[Hashable, float] = field(default_factory=dict)

    def turned(self, call: Hashable, *, waits: bool, talks: bool, at: float) -> None:
        """A call is in another state at `at` (steady seconds): its person waits for an agent, talks to one, or neither.

        Whoever came to an agent without waiting for one is not counted.
        """
        if waits:
            self._waiting.setdefault(call, at)
        elif talks and (since := self._waiting.pop(call, None)) is not None:
            self.to_agent.observe(at - since)

    def over(self, call: Hashable) -> None:
        self._waiting.pop(call, None)
