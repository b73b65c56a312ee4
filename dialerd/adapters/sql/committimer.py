"""Times the writer: how long writes wait for their transaction, how long it takes, and which jobs made a slow one.

Not here: the writer (writer.py). A slow one is logged once a minute for the same jobs, and always counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from dialerd.log import logger
from dialerd.meters import Meters

_log = logger(__name__)

SLOW_S = 0.05
"""What a transaction may take: nobody's write waits for longer than one of them."""

_AGAIN_S = 60.0

Job = Callable[[Any], Any]


class CommitTimer:
    """`steady`: seconds that never jump. Called on the writer's thread only."""

    def __init__(self, meters: Meters, steady: Callable[[], float]) -> None:
        self.steady = steady
        self._meters = meters
        self._said_at: dict[str, float] = {}

    def committed(self, began: float, jobs: Sequence[tuple[float, Job]]) -> None:
        """A transaction that began then is over; of each of its jobs, when it was asked for."""
        now = self.steady()
        self._meters.commit.observe(now - began)
        for queued_at, _ in jobs:
            self._meters.writer_wait.observe(began - queued_at)
        if now - began > SLOW_S:
            self._meters.slow_commits += 1
            self._say(now - began, now, Counter(name_of(job) for _, job in jobs))

    def _say(self, took_s: float, now: float, jobs: Counter[str]) -> None:
        what = ", ".join(f"{n} × {name}" if n > 1 else name for name, n in jobs.most_common(5))
        kind = ",".join(sorted(jobs))
        if now < self._said_at.get(kind, float("-inf")) + _AGAIN_S:
            return
        if len(self._said_at) > 100:
            self._said_at.clear()
        self._said_at[kind] = now
        _log.warning(
            f"a transaction of the database took {took_s * 1000:.0f} ms: {what}",
            action="slow_commit",
            took_s=round(took_s, 3),
            jobs=dict(jobs),
        )


def name_of(job: Job) -> str:
    """What a job is called, for people."""
    while isinstance(job, partial):
        job = job.func
    module = getattr(job, "__module__", "") or ""
    return f"{module.rpartition('.')[2]}.{getattr(job, '__qualname__', type(job).__name__)}".replace(".<locals>", "")
