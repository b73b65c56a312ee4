"""Time and chance as the house sees them, and systemd: what a daemon is given by its surroundings.

Not here: any behaviour (adapters/clock.py, simulate/clock.py).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from dialerd.domain.words import AttemptId, LegId


class Timer(Protocol):
    def cancel(self) -> None: ...


class Clock(Protocol):
    """The one source of time. `now` is aware UTC; `steady` seconds that never jump."""

    def now(self) -> datetime: ...
    def steady(self) -> float: ...
    async def sleep(self, delay_s: float) -> None: ...
    def call_later(self, delay_s: float, action: Callable[[], None]) -> Timer: ...


class Dice(Protocol):
    """The one source of chance."""

    def attempt_id(self) -> AttemptId: ...
    def leg_id(self) -> LegId: ...
    def draw(self) -> float: ...  # uniform in [0, 1)


class Supervisor(Protocol):
    """systemd, or nobody: told when the daemon is ready, alive and stopping."""

    def ready(self, status: str) -> None: ...
    def alive(self) -> None: ...
    def stopping(self, limit_s: float) -> None: ...
    def says(self, status: str) -> None: ...
