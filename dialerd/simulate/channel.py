"""The books of one simulated channel: where it is, what it plays, and what is to become of it.

Not here: what happens to it (exchange.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from dialerd.domain.call import CallPlan
from dialerd.domain.call import events as ev
from dialerd.ports import Timer
from dialerd.simulate.callees import Behaviour
from dialerd.simulate.record import SimulatedCall


@dataclass(slots=True)
class Channel:
    """`playing_until`: the end of its last sound on the steady clock; `talks_until`: the end of its talk with an agent.

    `was_parted`: it has been taken out of a bridge. `is_ending`: Destroyed is on its way.
    """

    plan: CallPlan
    behaviour: Behaviour
    row: SimulatedCall
    place: ev.Place = ev.Place.RINGING
    amd_status: str = ""
    playbacks: list[str] = field(default_factory=list)
    playing_until: float = 0.0
    talks_until: float = 0.0
    was_parted: bool = False
    is_ending: bool = False
    ring_timer: Timer | None = None
    leave_timer: Timer | None = None
    timers: list[Timer] = field(default_factory=list)

    def seen(self, playback_id: str | None) -> ev.ChannelSeen:
        """As a look tells it; only one that asks for a playback hears of it."""
        playing = None if playback_id is None else playback_id in self.playbacks
        return ev.ChannelSeen(self.place, amd_status=self.amd_status, playing=playing)

    def cancel_timers(self) -> None:
        """Nothing that was to come comes any more; timers that have fired do not mind."""
        if self.ring_timer is not None:
            self.ring_timer.cancel()
        for timer in self.timers:
            timer.cancel()
        self.timers.clear()
