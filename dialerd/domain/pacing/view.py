"""What a pacer may see (the view), what it is told (events), and the shape of every pacer.

Not here: any decision; each mode has its own file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonMeter:
    """One regulator's count of abandoned calls: at most `cap` (a share) of the live answers in its window."""

    cap: float
    abandoned: int
    live_answers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PacingView:
    """The state of one run at `now` (seconds on any steady clock). Sequences hold elapsed seconds, one per item.

    `connected`: answered calls that a message, flow or the dialplan has (agentless). `unsent`: how many of the ringing
    ones the exchange has not confirmed yet: no CallStarted has told of them, so they come off what a rate allows.
    """

    now: float
    patience: float = 2.0
    ready: Sequence[float] = ()
    talking: Sequence[float] = ()
    wrapping: Sequence[float] = ()
    ringing: Sequence[float] = ()
    detecting: Sequence[float] = ()
    connected: Sequence[float] = ()
    waiting: Sequence[float] = ()
    meters: Sequence[AbandonMeter] = ()
    unsent: int = 0

    @property
    def calls_up(self) -> int:
        return len(self.ringing) + len(self.detecting) + len(self.connected) + len(self.waiting)


@dataclass(frozen=True, slots=True)
class CallStarted:
    """The exchange has taken a call, at `at` on the view's clock."""

    at: float


PacingEvent = CallStarted


class Pacer(Protocol):
    """One per run. The same settings, events and views give the same answers."""

    def decide(self, view: PacingView) -> int:
        """How many calls to start now."""
        ...

    def observe(self, event: PacingEvent) -> None:
        """Learn from what happened."""
        ...

    def next_at(self, now: float) -> float:
        """The earliest moment at which time alone lets `decide` allow a call; events may do so at any time."""
        ...
