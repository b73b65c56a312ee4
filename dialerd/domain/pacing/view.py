"""What a pacer may see (the view) and the shape of every pacer.

Not here: what it is told (events.py) and any decision; each mode has its own file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dialerd.domain.pacing.events import PacingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonMeter:
    """One regulator's count of abandoned calls: at most `cap` (a share) of the live answers in its window.

    `live_answers` counts every call that a person answered, the abandoned ones included. `name`: for people.
    """

    cap: float
    abandoned: int
    live_answers: int
    name: str = ""

    @property
    def room(self) -> float:
        """How many more calls could be abandoned under the cap, as it stands; negative: the cap is broken."""
        return self.cap * self.live_answers - self.abandoned


@dataclass(frozen=True, slots=True, kw_only=True)
class PacingView:
    """The state of one run at `now` (seconds on any steady clock). Sequences hold elapsed seconds, one per item.

    Agents: `ready` are free to talk, those reserved for calls that are being dialed included; `talking` and `wrapping`
    will be. Calls: `ringing` (dialed, not answered), `detecting` (answered, no verdict yet), `waiting` (people without
    an agent), `connected` (those that a message, a flow or the dialplan has: agentless). `patience`: how long a person
    may wait before the call counts as abandoned. `min_ring_s`: no younger call may be hung up. `unsent`: how many of
    the ringing ones the exchange has not confirmed yet: no CallStarted has told of them, so they come off what a rate
    allows.
    """

    now: float
    patience: float = 2.0
    min_ring_s: float = 15.0
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

    @property
    def calls_for_agents(self) -> int:
        """Calls that may yet ask for an agent."""
        return len(self.ringing) + len(self.detecting) + len(self.waiting)

    @property
    def unclaimed(self) -> int:
        """Ready agents for whom no call is on its way; negative: more calls than ready agents."""
        return len(self.ready) - self.calls_for_agents


class Pacer(Protocol):
    """One per run. The same settings, events and views give the same answers."""

    def decide(self, view: PacingView) -> int:
        """How many calls to start now."""
        ...

    def observe(self, event: PacingEvent) -> None:
        """Learn from what happened."""
        ...

    def cancel(self, view: PacingView) -> Sequence[int]:
        """Indices into `view.ringing` of calls to hang up, none twice: a person who answered would find no agent."""
        ...

    def next_at(self, now: float) -> float:
        """The earliest moment at which time alone lets `decide` allow a call; events may do so at any time."""
        ...
