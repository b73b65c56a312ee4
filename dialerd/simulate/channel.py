"""The books of one simulated channel: where it is, what it plays, and what is to become of it.

Not here: what happens to it (exchange.py).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dialerd.domain.call import CallPlan
from dialerd.domain.call import events as ev
from dialerd.domain.recording import EndsOn
from dialerd.ports import Timer
from dialerd.simulate.callees import Behaviour
from dialerd.simulate.record import SimulatedCall

Over = Callable[[bool], None]
"""Told when a piece is over; True: the call ended first."""


@dataclass(slots=True)
class Piece:
    """One thing on a channel's list. `length_s` None: goes on until it is stopped; asked for at its begin."""

    key: str
    length_s: Callable[[], float | None]
    over: Over
    ends_on: EndsOn = EndsOn.NONE
    timer: Timer | None = None
    is_stopped: bool = False


@dataclass(slots=True)
class Voice:
    """The books of one channel. `spans`: when its callee makes a sound, by the steady clock; `fingers`: the keys that
    its listener means to press."""

    pieces: deque[Piece] = field(default_factory=deque)
    spans: Sequence[tuple[float, float]] = ()
    watchers: list[Timer] = field(default_factory=list)
    fingers: list[Timer] = field(default_factory=list)
    is_talking: bool = False
    has_answered_us: bool = False

    def has(self, key: str) -> bool:
        return any(piece.key == key for piece in self.pieces)


@dataclass(slots=True)
class Channel:
    """`talks_until`: the end of its talk with an agent, on the steady clock; `voice`: what is played and heard.

    `recorded`: the name of the recording of both sides that goes on, and its begin.

    `was_parted`: it has been taken out of a bridge. `is_ending`: Destroyed is on its way.
    """

    plan: CallPlan
    behaviour: Behaviour
    row: SimulatedCall
    place: ev.Place = ev.Place.RINGING
    amd_status: str = ""
    voice: Voice = field(default_factory=Voice)
    talks_until: float = 0.0
    recorded: tuple[str, float] | None = None
    music: str = ""  # the class that plays to it; empty: none
    was_parted: bool = False
    is_ending: bool = False
    ring_timer: Timer | None = None
    leave_timer: Timer | None = None
    timers: list[Timer] = field(default_factory=list)

    def seen(self, playback_id: str | None) -> ev.ChannelSeen:
        """As a look tells it; only one that asks for a playback hears of it."""
        playing = None if playback_id is None else self.voice.has(playback_id)
        return ev.ChannelSeen(self.place, amd_status=self.amd_status, playing=playing)

    def cancel_timers(self) -> None:
        """Nothing that was to come comes any more; timers that have fired do not mind."""
        if self.ring_timer is not None:
            self.ring_timer.cancel()
        for timer in self.timers:
            timer.cancel()
        self.timers.clear()
