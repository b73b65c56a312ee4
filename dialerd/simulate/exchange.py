"""The simulated exchange: ports.Exchange with the events, orders and delays of the real Asterisk 22, on any clock.

Not here: how callees behave (callees.py), what is installed (premises.py), which faults there are (faults.py), one
channel's books (channel.py), what is played and heard (voice.py). What it does is held to the real one by
tests/contracts. It keeps its own record of every call (record.py).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from dialerd.domain.call import CallPlan
from dialerd.domain.call import events as ev
from dialerd.domain.call.commands import Record
from dialerd.domain.errors import ExchangeError
from dialerd.domain.sounds import Sound
from dialerd.domain.words import AttemptId, Person
from dialerd.ports import Clock, DialReply, Dice, ExchangeSink, Failed, Gone, Reply, Timer
from dialerd.simulate.callees import Callees
from dialerd.simulate.callers import is_caller
from dialerd.simulate.channel import Channel
from dialerd.simulate.faults import NONE, Faults
from dialerd.simulate.line import ENTER_S, REPLY_S, STEP_S, Line
from dialerd.simulate.phones import LabPhones, Phones
from dialerd.simulate.premises import PLAIN, Premises
from dialerd.simulate.record import SimulatedCall
from dialerd.simulate.steering import SimulatedSteering
from dialerd.simulate.voice import VoiceDesk

__all__ = ["SimulatedCall", "SimulatedExchange"]


class SimulatedExchange(SimulatedSteering):
    """Implements ports.Exchange. `record` holds every call ever dialed."""

    def __init__(
        self,
        name: str,
        clock: Clock,
        dice: Dice,
        callees: Callees,
        *,
        premises: Premises = PLAIN,
        phones: Phones | None = None,
        faults: Faults = NONE,
    ) -> None:
        super().__init__(Line(name, clock, dice, faults), phones or LabPhones())
        self.name = name
        self.record: list[SimulatedCall] = []
        self._clock = clock
        self._callees = callees
        self._premises = premises
        self._channels: dict[AttemptId, Channel] = {}
        self._refuses_until = 0.0
        self._recordings: set[str] = set()
        self._voices = VoiceDesk(self.line, premises, self._later, self._tell, self._leave_after)

    # ports.Exchange; what is asked of agents' legs is in legs.py, of callers in callers.py

    @property
    def is_alive(self) -> bool:
        return self.line.is_alive

    def trouble(self, *, endpoint: tuple[str, str], amd: bool) -> str | None:
        return None if self.is_alive else f"Asterisk {self.name} is not connected"

    async def run(self, sink: ExchangeSink) -> None:
        await self.line.serve(sink)

    async def originate(self, plan: CallPlan) -> DialReply:
        if not self.is_alive:
            return ev.OriginateRefused(f"Asterisk {self.name} is not connected", trunk_down=True)
        if self._clock.steady() < self._refuses_until:
            await self.line.wait()
            return ev.OriginateRefused(f"Asterisk {self.name}: Allocation failed", trunk_down=True)
        if plan.attempt_id in self._channels:  # 409, and a look finds it
            await self.line.wait(2 * REPLY_S)
            return ev.OriginateTaken()
        number = plan.dial_string.partition("/")[2].partition("@")[0]
        row = SimulatedCall(number, self._clock.now())
        self.record.append(row)
        channel = Channel(plan, self._callees.behaviour(number), row)
        self._channels[plan.attempt_id] = channel
        self._ring(channel)
        await self.line.wait()
        if row.ending == "restart" or self.line.draws(self.line.faults.lose_reply):
            return ev.OriginateUnclear("the reply was lost")
        return ev.OriginateTaken()

    async def detect(self, attempt_id: AttemptId) -> Reply:
        channel = await self._in_our_hands(attempt_id)
        if isinstance(channel, Channel):
            self._voices.then(channel, partial(self._detect, channel))
            return self.line.reply()
        return channel

    async def play(self, attempt_id: AttemptId, playback_id: str, sounds: Sequence[Sound], language: str = "") -> Reply:
        channel = await self._in_our_hands(attempt_id)
        if isinstance(channel, Channel):
            channel.music = ""
            self._voices.play(channel, playback_id, sounds)
            return self.line.reply()
        return channel

    async def start_recording(self, attempt_id: AttemptId, wanted: Record) -> Reply:
        channel = await self._in_our_hands(attempt_id)
        if not isinstance(channel, Channel):
            return channel
        if wanted.name in self._recordings:
            return Failed(f"Asterisk {self.name}: Recording with name '{wanted.name}' already exists")
        self._recordings.add(wanted.name)
        channel.music = ""
        self._voices.record(channel, wanted)
        return self.line.reply()

    async def record_call(self, attempt_id: AttemptId, name: str) -> Reply:
        channel = await self._living(attempt_id)
        if not isinstance(channel, Channel):
            return channel
        if name in self._recordings or channel.recorded is not None or channel.place is ev.Place.RINGING:
            return Failed(f"Asterisk {self.name}: the call cannot be recorded now")
        self._recordings.add(name)
        channel.recorded = (name, self._clock.steady())
        return self.line.reply()

    async def stop_recording_call(self, attempt_id: AttemptId, name: str) -> Reply:
        channel = await self._living(attempt_id)
        if isinstance(channel, Channel) and channel.recorded is not None and channel.recorded[0] == name:
            self._recorded(channel)
        return channel if isinstance(channel, Failed) else self.line.reply()  # what is over already stays so

    async def delete_recording(self, name: str) -> Reply:
        return self.line.reply()

    def _recorded(self, channel: Channel) -> None:
        if channel.recorded is not None:
            (name, began), channel.recorded = channel.recorded, None
            self._tell(channel, ev.RecordingEnded(name, duration_s=float(int(self._clock.steady() - began))))

    async def stop_playing(self, attempt_id: AttemptId, playback_id: str) -> Reply:
        return await self._stopped(attempt_id, playback_id)

    async def stop_recording(self, attempt_id: AttemptId, name: str) -> Reply:
        return await self._stopped(attempt_id, name)

    async def watch(self, attempt_id: AttemptId, silence_s: float | None) -> Reply:
        channel = await self._in_our_hands(attempt_id)
        if isinstance(channel, Channel):
            self._voices.watch(channel, silence_s)
            return self.line.reply()
        return channel

    async def _stopped(self, attempt_id: AttemptId, key: str) -> Reply:
        channel = await self._living(attempt_id)
        if isinstance(channel, Failed):
            return channel
        if isinstance(channel, Channel):
            self._voices.stop(channel, key)
        return self.line.reply()  # what is over already stays so

    async def hand_over(self, attempt_id: AttemptId, context: str, extension: str) -> Reply:
        channel = await self._in_our_hands(attempt_id)
        if isinstance(channel, Channel):
            channel.music = ""
            self._voices.then(channel, partial(self._enter_dialplan, channel, context))
            return self.line.reply()
        return channel

    def furnish(self, premises: Premises) -> None:
        """Another set of sounds and contexts is installed."""
        self._premises = premises
        self._voices.furnish(premises)

    async def sounds(self) -> Mapping[str, Collection[str]] | None:
        try:
            await self.line.look()
        except ExchangeError:
            return None  # as the real one
        return self._premises.index

    async def hold_call(self, attempt_id: AttemptId, music: str) -> Reply:
        channel = await self._in_our_hands(attempt_id)
        if isinstance(channel, Channel):
            if self._bridges.of(attempt_id)[0] is None:
                channel.music = music
                if channel.behaviour.listener is not None:
                    self._leave_after(channel, channel.behaviour.listener.waits(attempt_id))
            return self.line.reply()
        return channel

    def music_to(self, attempt_id: AttemptId) -> str:
        """The class of music that somebody hears; empty: none."""
        channel = self._channels.get(attempt_id)
        return "" if channel is None else channel.music

    async def hang_up(self, attempt_id: AttemptId) -> Reply:
        channel = await self._living(attempt_id)
        if isinstance(channel, Channel):
            self._end(channel, 16, None, "dialer")  # its HangupRequest is soft, and told to nobody
            return self.line.reply()
        return channel

    async def look(self, attempt_id: AttemptId, playback_id: str | None) -> ev.ChannelSeen | Gone | Failed:
        channel = await self._living(attempt_id)
        return channel.seen(playback_id) if isinstance(channel, Channel) else channel

    async def channels(self) -> dict[AttemptId, ev.ChannelSeen]:
        await self.line.look()
        return {key: channel.seen(None) for key, channel in self._channels.items() if not channel.is_ending}

    # Outages, started by tests. Where two overlap, the one that ends later counts

    def cut(self, duration_s: float) -> None:
        """The event stream breaks: events are lost, calls go on, a call that is answered meanwhile is hung up."""
        self.line.go_down("the event stream broke", duration_s)

    def restart(self, duration_s: float) -> None:
        """The exchange dies: every channel is gone, and nobody is told."""
        for channel in list(self._channels.values()):
            if not channel.is_ending:
                channel.row.ended_at, channel.row.ending = self._clock.now(), "restart"
            channel.cancel_timers()
        self._channels.clear()
        self._restart_legs()
        self._restart_callers()
        self.line.go_down("the exchange is restarted", duration_s, is_dead=True)

    def leave(self, attempt_id: AttemptId) -> None:
        """The callee hangs up now, ringing or answered. What is over stays over."""
        channel = self._channels.get(attempt_id)
        if channel is not None and not channel.is_ending:
            left = ev.HangupRequested(16 if channel.row.answered_at else 21)
            self._end(channel, *_codes(left), "callee", told=left)

    def press(self, attempt_id: AttemptId, digit: str) -> None:
        """The callee presses a key now."""
        channel = self._channels.get(attempt_id)
        if channel is not None and not channel.is_ending:
            self._voices.press(channel, digit)

    def refuse_originates(self, duration_s: float) -> None:
        """The trunk is known to be down: originates are refused, nothing is dialed."""
        self._refuses_until = max(self._refuses_until, self._clock.steady() + duration_s)

    # The life of a channel

    def _ring(self, channel: Channel) -> None:
        callee = channel.behaviour
        if callee.rings:
            self._later(channel, self.line.about(STEP_S), lambda: self._tell(channel, ev.Rang()))
        # Never before Rang, which comes after one and a half steps at the latest.
        ring_s = max(callee.ring_s, 2 * STEP_S) + self.line.about(STEP_S)
        if callee.answers:
            self._later(channel, ring_s, lambda: self._pick_up(channel))
        elif callee.cause is not None:
            refused = ev.HangupRequested(callee.cause, callee.sip_code)
            self._later(channel, ring_s, lambda: self._end(channel, *_codes(refused), "callee", told=refused))
        # The originate's own timeout: no HangupRequested, only the end (facts of Asterisk 22).
        channel.ring_timer = self._clock.call_later(
            channel.plan.max_ring_s, lambda: self._end(channel, 19, 480, "timeout")
        )

    def _pick_up(self, channel: Channel) -> None:
        assert channel.ring_timer is not None, "it rang"
        channel.ring_timer.cancel()
        channel.row.answered_at = self._clock.now()
        channel.place = ev.Place.ELSEWHERE
        self._tell(channel, ev.PickedUp())
        self._later(channel, self.line.about(ENTER_S), lambda: self._enter(channel))
        self._leave_after(channel, channel.behaviour.leaves_s)
        answered = self._clock.steady()
        channel.voice.spans = [(answered + begins, answered + ends) for begins, ends in channel.behaviour.talks]
        for after_s, digit in channel.behaviour.presses:
            self._later(channel, after_s, partial(self._voices.press, channel, digit))

    def _leave_after(self, channel: Channel, after_s: float | None) -> None:
        """The callee hangs up then, and not when it would have otherwise; None: it stays."""
        if channel.leave_timer is not None:
            channel.leave_timer.cancel()
        if after_s is not None:
            channel.leave_timer = self._later(channel, after_s, lambda: self._leave(channel))

    def _leave(self, channel: Channel) -> None:
        left = ev.HangupRequested(16 if channel.was_parted else channel.behaviour.leaves_cause)
        self._end(channel, *_codes(left), "callee", told=left)

    def _joined(self, person: Person) -> None:
        if is_caller(person):
            super()._joined(person)
            return
        channel, now = self._channels[AttemptId(person)], self._clock.steady()
        channel.music = ""
        if channel.behaviour.talk_s is not None:
            channel.talks_until = channel.talks_until or now + channel.behaviour.talk_s
            self._leave_after(channel, max(0.0, channel.talks_until - now))

    def _parted(self, person: Person) -> None:
        if is_caller(person):
            return
        channel = self._channels[AttemptId(person)]
        channel.was_parted = self._bridges.of(person)[0] is None
        if channel.behaviour.alone_s is not None:
            self._leave_after(channel, channel.behaviour.alone_s)

    def _enter(self, channel: Channel) -> None:
        if self._hung_up_for_want_of_us(channel):
            return
        channel.place = ev.Place.ANSWERED
        self._tell(channel, ev.Answered())

    def _detect(self, channel: Channel) -> None:
        channel.place = ev.Place.DETECTING
        self._later(channel, channel.behaviour.amd_s, lambda: self._judge(channel))

    def _judge(self, channel: Channel) -> None:
        if self._hung_up_for_want_of_us(channel):
            return
        status, cause = channel.behaviour.amd
        channel.place, channel.amd_status = ev.Place.JUDGED, status
        self._tell(channel, ev.AmdHeard(status, cause))

    def _hung_up_for_want_of_us(self, channel: Channel) -> bool:
        """Nobody listens for the application: Asterisk hangs up on whoever has answered."""
        if not self.is_alive:
            self._end(channel, 16, None, "no application")
        return not self.is_alive

    def _enter_dialplan(self, channel: Channel, context: str) -> None:
        channel.place, channel.amd_status = ev.Place.ELSEWHERE, ""
        stay_s = self._premises.stay_in(context)
        if stay_s is None:
            self._end(channel, 0, None, "dialplan")
        else:
            self._later(channel, stay_s, lambda: self._end(channel, 16, None, "dialplan"))

    def _end(
        self, channel: Channel, cause: int, sip_code: int | None, ending: str, *, told: ev.HangupRequested | None = None
    ) -> None:
        """Begin the end; what plays breaks off, and Destroyed follows in a moment."""
        channel.cancel_timers()
        channel.is_ending = True
        self.comforted.pop(channel.plan.attempt_id, None)
        if self._bridges.of(channel.plan.attempt_id)[0] is not None:
            cause = cause or 16  # in a bridge a BYE without a reason is given one
            self._bridges.leave(channel.plan.attempt_id)
        channel.row.ended_at, channel.row.ending = self._clock.now(), ending
        if told is not None:
            self._tell(channel, told)
        self._voices.break_off(channel)
        self._recorded(channel)
        self._later(channel, self.line.about(ENTER_S), lambda: self._destroy(channel, cause, sip_code))

    def _destroy(self, channel: Channel, cause: int, sip_code: int | None) -> None:
        del self._channels[channel.plan.attempt_id]
        self._tell(channel, ev.Destroyed(cause, sip_code))

    # Commands on a channel

    async def _living(self, attempt_id: AttemptId) -> Channel | Gone | Failed:
        if (lost := await self.line.request()) is not None:
            return lost
        channel = self._channels.get(attempt_id)
        return Gone() if channel is None or channel.is_ending else channel

    async def _in_our_hands(self, attempt_id: AttemptId) -> Channel | Gone | Failed:
        lost = await self.line.request()
        return lost if lost is not None else self._call_in_hands(attempt_id)

    def _in_hands(self, person: Person) -> Gone | Failed | object:
        return super()._in_hands(person) if is_caller(person) else self._call_in_hands(AttemptId(person))

    def _is_there(self, person: Person) -> bool:
        if is_caller(person):
            return not isinstance(super()._in_hands(person), Gone)
        channel = self._channels.get(AttemptId(person))
        return channel is not None and not channel.is_ending

    def _call_in_hands(self, attempt_id: AttemptId) -> Channel | Gone | Failed:
        channel = self._channels.get(attempt_id)
        if channel is None or channel.is_ending:
            return Gone()
        if channel.place not in (ev.Place.ANSWERED, ev.Place.JUDGED):
            return Failed(f"Asterisk {self.name}: Channel not in Stasis application")
        return channel

    # Time and telling

    def _later(self, channel: Channel, delay_s: float, action: Callable[[], None]) -> Timer:
        timer = self._clock.call_later(delay_s, action)
        channel.timers.append(timer)
        return timer

    def _tell(self, channel: Channel, event: ev.CallEvent) -> None:
        self.line.tell(lambda sink: sink.on_call_event(self.name, channel.plan.attempt_id, event))


def _codes(told: ev.HangupRequested) -> tuple[int, int | None]:
    """What Destroyed says after it: a BYE without a reason becomes cause 0."""
    return told.cause or 0, told.sip_code
