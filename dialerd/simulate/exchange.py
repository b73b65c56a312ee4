"""The simulated exchange: ports.Exchange with the events, orders and delays of the real Asterisk 22, on any clock.

Not here: how callees behave (callees.py) and which faults there are (faults.py). What it does is held to the real
one by tests/contracts. It keeps its own record of every call, the referee of the tests on virtual time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from dialerd.domain.call import CallPlan
from dialerd.domain.call import events as ev
from dialerd.domain.errors import ExchangeError
from dialerd.domain.words import AttemptId
from dialerd.ports import Clock, Dice, Done, ExchangeDown, ExchangeSink, ExchangeUp, Failed, Gone, Reply, Timer
from dialerd.simulate.callees import Behaviour, Callees
from dialerd.simulate.faults import NONE, Faults

_REPLY_S = 0.002
_STEP_S = 0.001
_DIALPLAN_S = 5.0  # how long the admin's own dialplan keeps a call
_PROMPT_S = 3.0  # how long a message is


@dataclass(slots=True)
class SimulatedCall:
    """One row of the exchange's own record: what a carrier would have seen."""

    number: str
    invited_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    ending: str = ""


@dataclass(slots=True)
class _Channel:
    plan: CallPlan
    behaviour: Behaviour
    row: SimulatedCall
    place: ev.Place = ev.Place.RINGING
    amd_status: str = ""
    playback_id: str | None = None
    timers: list[Timer] = field(default_factory=list)


class SimulatedExchange:
    """Implements ports.Exchange. `record` holds every call ever dialed."""

    def __init__(
        self,
        name: str,
        clock: Clock,
        dice: Dice,
        callees: Callees,
        *,
        faults: Faults = NONE,
        message_s: float = _PROMPT_S,
    ) -> None:
        self.name = name
        self.is_alive = False
        self.record: list[SimulatedCall] = []
        self.faults = faults
        self._clock = clock
        self._dice = dice
        self._callees = callees
        self._message_s = message_s
        self._sink: ExchangeSink | None = None
        self._channels: dict[AttemptId, _Channel] = {}
        self._refuses = False

    # ports.Exchange

    def trouble(self, *, endpoint: tuple[str, str], amd: bool) -> str | None:
        return None if self.is_alive else f"Asterisk {self.name} is not connected"

    async def run(self, sink: ExchangeSink) -> None:
        self._sink = sink
        self._come_up()
        await asyncio.Event().wait()

    async def originate(self, plan: CallPlan) -> ev.CallEvent:
        if not self.is_alive or self._refuses:
            return ev.OriginateRefused(f"Asterisk {self.name}: Allocation failed", trunk_down=True)
        if plan.attempt_id in self._channels:
            return ev.OriginateTaken()
        number = plan.dial_string.partition("/")[2].partition("@")[0]
        row = SimulatedCall(number=number, invited_at=self._clock.now())
        self.record.append(row)
        channel = _Channel(plan=plan, behaviour=self._callees.behaviour(number), row=row)
        self._channels[plan.attempt_id] = channel
        self._ring(channel)
        await self._clock.sleep(_REPLY_S)
        if self._dice.draw() < self.faults.lose_reply:
            return ev.OriginateUnclear("the reply was lost")
        return ev.OriginateTaken()

    async def detect(self, attempt_id: AttemptId) -> Reply:
        channel = await self._answered(attempt_id)
        if not isinstance(channel, _Channel):
            return channel
        channel.place = ev.Place.DETECTING
        self._later(channel, channel.behaviour.amd_s, lambda: self._judge(channel))
        return Done()

    async def play(self, attempt_id: AttemptId, playback_id: str, sound: str) -> Reply:
        channel = await self._answered(attempt_id)
        if not isinstance(channel, _Channel):
            return channel
        channel.playback_id = playback_id
        self._later(channel, self._message_s, lambda: self._played(channel))
        return Done()

    async def hand_over(self, attempt_id: AttemptId, context: str, extension: str) -> Reply:
        channel = await self._answered(attempt_id)
        if not isinstance(channel, _Channel):
            return channel
        channel.place = ev.Place.ELSEWHERE
        self._later(channel, _DIALPLAN_S, lambda: self._end(channel, 16, None, "dialplan", told=False))
        return Done()

    async def hang_up(self, attempt_id: AttemptId) -> Reply:
        await self._clock.sleep(_REPLY_S)
        channel = self._channels.get(attempt_id)
        if not self.is_alive:
            return Failed("not connected")
        if channel is None:
            return Gone()
        self._end(channel, 16, None, "dialer", told=False)
        return Done()

    async def look(self, attempt_id: AttemptId, playback_id: str | None) -> ev.ChannelSeen | Gone | Failed:
        await self._clock.sleep(_REPLY_S)
        if not self.is_alive:
            return Failed("not connected")
        channel = self._channels.get(attempt_id)
        return Gone() if channel is None else _seen(channel, playing=channel.playback_id is not None)

    async def channels(self) -> dict[AttemptId, ev.ChannelSeen]:
        await self._clock.sleep(_REPLY_S)
        if not self.is_alive:
            raise ExchangeError(f"Asterisk {self.name} is not connected")
        return {attempt_id: _seen(channel) for attempt_id, channel in self._channels.items()}

    # Outages, started by tests

    def cut(self, duration_s: float) -> None:
        """The event stream breaks: events are lost, calls go on, a call that is answered meanwhile is hung up."""
        self._go_down("the event stream broke", duration_s)

    def restart(self, duration_s: float) -> None:
        """The exchange dies: every channel is gone, and nobody is told."""
        for channel in list(self._channels.values()):
            self._drop(channel, "restart")
        self._go_down("the exchange is restarted", duration_s)

    def refuse_originates(self, duration_s: float) -> None:
        """The trunk is known to be down: originates are refused, nothing is dialed."""
        self._refuses = True
        self._clock.call_later(duration_s, self._accept)

    # The life of a channel

    def _ring(self, channel: _Channel) -> None:
        behaviour, plan = channel.behaviour, channel.plan
        if behaviour.rings:
            self._later(channel, _STEP_S, lambda: self._tell(channel, ev.Rang()))
        if behaviour.answers:
            self._later(channel, max(behaviour.ring_s, 2 * _STEP_S), lambda: self._answer(channel))
        elif behaviour.cause is not None:
            self._later(
                channel,
                behaviour.ring_s,
                lambda: self._end(channel, behaviour.cause, behaviour.sip_code, "callee", told=True),
            )
        # The originate's own timeout: no HangupRequested, only the end (facts of Asterisk 22).
        self._later(channel, plan.max_ring_s, lambda: self._time_out(channel))

    def _time_out(self, channel: _Channel) -> None:
        if channel.row.answered_at is None:
            self._end(channel, 19, 480, "timeout", told=False)

    def _answer(self, channel: _Channel) -> None:
        channel.row.answered_at = self._clock.now()
        if not self.is_alive:
            # Nobody listens for the application: Asterisk hangs up on whoever has answered.
            self._drop(channel, "no application")
            return
        channel.place = ev.Place.ANSWERED
        self._tell(channel, ev.PickedUp())
        self._tell(channel, ev.Answered())
        if channel.behaviour.leaves_s is not None:
            self._later(channel, channel.behaviour.leaves_s, lambda: self._leave(channel))

    def _leave(self, channel: _Channel) -> None:
        """The callee hangs up; a sound that is playing breaks off."""
        cause = channel.behaviour.leaves_cause
        self._tell(channel, ev.HangupRequested(cause))
        if channel.playback_id is not None:
            self._tell(channel, ev.PlaybackEnded(channel.playback_id, failed=True))
        self._end(channel, cause or 0, None, "callee", told=False)

    def _judge(self, channel: _Channel) -> None:
        if channel.place is not ev.Place.DETECTING:
            return
        if not self.is_alive:
            self._drop(channel, "no application")
            return
        status, cause = channel.behaviour.amd
        channel.place, channel.amd_status = ev.Place.JUDGED, status
        self._tell(channel, ev.AmdHeard(status, cause))

    def _played(self, channel: _Channel) -> None:
        playback_id, channel.playback_id = channel.playback_id, None
        assert playback_id is not None, "a playback ends once"
        self._tell(channel, ev.PlaybackEnded(playback_id))

    def _end(self, channel: _Channel, cause: int | None, sip_code: int | None, ending: str, *, told: bool) -> None:
        if channel.plan.attempt_id not in self._channels:
            return
        if told:
            self._tell(channel, ev.HangupRequested(cause, sip_code))
        self._tell(channel, ev.Destroyed(cause, sip_code))
        self._drop(channel, ending)

    def _drop(self, channel: _Channel, ending: str) -> None:
        channel.row.ended_at = self._clock.now()
        channel.row.ending = ending
        for timer in channel.timers:
            timer.cancel()
        del self._channels[channel.plan.attempt_id]

    async def _answered(self, attempt_id: AttemptId) -> _Channel | Gone | Failed:
        await self._clock.sleep(_STEP_S)
        if not self.is_alive:
            return Failed("not connected")
        channel = self._channels.get(attempt_id)
        if channel is None:
            return Gone()
        if channel.place not in (ev.Place.ANSWERED, ev.Place.JUDGED):
            return Failed("Channel not in Stasis application")
        return channel

    def _later(self, channel: _Channel, delay_s: float, action: Callable[[], None]) -> None:
        channel.timers.append(self._clock.call_later(delay_s, action))

    # Telling

    def _tell(self, channel: _Channel, event: ev.CallEvent) -> None:
        if not self.is_alive or self._sink is None or self._draws(self.faults.lose_event):
            return
        deliver = partial(self._deliver, channel.plan.attempt_id, event)
        for _ in range(2 if self._draws(self.faults.double_event) else 1):
            if self._draws(self.faults.delay_event):
                self._clock.call_later(self.faults.delay_s * self._dice.draw(), deliver)
            else:
                deliver()

    def _draws(self, probability: float) -> bool:
        return probability > 0 and self._dice.draw() < probability

    def _deliver(self, attempt_id: AttemptId, event: ev.CallEvent) -> None:
        if self.is_alive and self._sink is not None:
            self._sink.on_call_event(self.name, attempt_id, event)

    def _go_down(self, reason: str, duration_s: float) -> None:
        self.is_alive = False
        assert self._sink is not None, "an exchange goes down after it came up"
        self._sink.on_exchange_event(self.name, ExchangeDown(reason))
        self._clock.call_later(duration_s, self._come_up)

    def _come_up(self) -> None:
        self.is_alive = True
        assert self._sink is not None
        self._sink.on_exchange_event(self.name, ExchangeUp())

    def _accept(self) -> None:
        self._refuses = False


def _seen(channel: _Channel, *, playing: bool | None = None) -> ev.ChannelSeen:
    return ev.ChannelSeen(channel.place, amd_status=channel.amd_status, playing=playing)
