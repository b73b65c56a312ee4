"""Time and chance as the house sees them, and systemd, whose turn it is: what a daemon is given by its surroundings.

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


class Turn(Protocol):
    """That this daemon, and no other on its database, is the one that leads its calls. Whoever takes an Asterisk for
    itself proves it first: a daemon that was cut off from its database may have been succeeded by another."""

    async def prove(self) -> None:
        """Return once the database has just said so, however long that takes."""
        ...

    async def defend(self) -> None:
        """Another has our place at an Asterisk. Return where the turn is proven within some seconds all the same; else
        this process ends, and leaves its calls to the other."""
        ...


class Supervisor(Protocol):
    """systemd, or nobody: told when the daemon is ready, alive and stopping."""

    def ready(self, status: str) -> None: ...
    def alive(self) -> None: ...
    def stopping(self, limit_s: float) -> None: ...
    def says(self, status: str) -> None: ...
