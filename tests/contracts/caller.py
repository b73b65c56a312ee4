"""Plays every scenario on one exchange at once and writes down what each call was told, when, and what was replied.

Not here: the scenarios and what they must come to (scenarios.py). Times are the running loop's, so that a minute on
virtual time costs nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from dialerd.domain.call import CallPlan
from dialerd.domain.call import events as ev
from dialerd.domain.call.commands import Record
from dialerd.domain.caller import CallerEvent
from dialerd.domain.leg import LegEvent
from dialerd.domain.recording import EndsOn, recording_name
from dialerd.domain.sounds import Characters, Digits, Number, Recorded, Tone
from dialerd.domain.words import AttemptId, CallerId, LegId
from dialerd.ports import Clock, Exchange, ExchangeEvent, ExchangeSink
from dialerd.tasks import end, spawn
from tests.contracts.shape import Scenario
from tests.numbers import number

MESSAGE, NO_SOUND = "/sounds/message", "/sounds/not-there"  # 3 s long
IVR, NO_CONTEXT = "lab-ivr", "not-there"
_MESSAGE, _NO_SOUND = Recorded(MESSAGE), Recorded(NO_SOUND)
_LIMIT_S = 90.0
_FOLLOWS_S = 5.0
_STRAY_S = 0.5  # after the last end: whatever comes still would be one event too many


@dataclass(slots=True)
class Heard:
    """One call. `times` has the second of each event, from the originate on."""

    scenario: Scenario
    plan: CallPlan
    began: float
    events: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    taken: str = ""
    busy: int = 0  # step lists being done

    @property
    def is_over(self) -> bool:
        return any(event.startswith("Destroyed") for event in self.events) and not self.busy and bool(self.taken)


class Caller:
    """An ExchangeSink that does what the scenario of each call says."""

    def __init__(self, exchange: Exchange, clock: Clock, scenarios: Mapping[str, Scenario]) -> None:
        self._exchange = exchange
        self._clock = clock
        self._scenarios = scenarios
        self._label = f"{time.time_ns()}"  # what an earlier session has recorded is still there
        self.moved = asyncio.Event()
        self.calls: dict[AttemptId, Heard] = {}

    def begin(self) -> None:
        for index, scenario in enumerate(self._scenarios.values()):
            self._place(index, scenario, AttemptId(f"d{2**100 + index:032x}"))

    @property
    def is_over(self) -> bool:
        return all(call.is_over for call in self.calls.values())

    def _place(self, index: int, scenario: Scenario, attempt_id: AttemptId) -> None:
        plan = CallPlan(
            attempt_id=attempt_id,
            dial_string=f"PJSIP/{number(index, scenario.ending)}@carrier",
            caller_id="+12125550100",
            amd=True,
            max_ring_s=scenario.max_ring_s,
            min_ring_s=1,
            play=MESSAGE,
        )
        self.calls[attempt_id] = Heard(scenario, plan, self._clock.steady())
        spawn("originate", self._dial(self.calls[attempt_id]))

    async def _dial(self, call: Heard) -> None:
        call.taken = type(await self._exchange.originate(call.plan)).__name__
        self.moved.set()

    def on_exchange_event(self, exchange: str, event: ExchangeEvent) -> None:
        self.moved.set()

    def on_caller_event(self, exchange: str, caller_id: CallerId, event: CallerEvent) -> None: ...

    def on_leg_event(self, exchange: str, leg_id: LegId, event: LegEvent) -> None:
        self.moved.set()

    def on_call_event(self, exchange: str, attempt_id: AttemptId, event: ev.CallEvent) -> None:
        call, name = self.calls[attempt_id], type(event).__name__
        # Asterisk tells of ringing twice, as a Dial and as a new state, in either order.
        if isinstance(event, ev.Rang) and "Rang" in call.events:
            return
        call.events.append(told(event))
        call.times.append(self._clock.steady() - call.began)
        if steps := call.scenario.does.get(name):
            call.busy += 1
            spawn(f"{name} {attempt_id}", self._do(call, steps))
        self.moved.set()

    async def _do(self, call: Heard, steps: Sequence[str]) -> None:
        for step in steps:
            if step.endswith(" s"):
                await self._clock.sleep(float(step[:-2]))
            else:
                call.replies.append(await self._command(call, step))
        call.busy -= 1
        self.moved.set()

    async def _command(self, call: Heard, step: str) -> str:
        exchange, plan, attempt_id = self._exchange, call.plan, call.plan.attempt_id
        message, name = f"{attempt_id}-message", recording_name(attempt_id, self._label)
        match step:
            case "detect":
                reply: object = await exchange.detect(attempt_id)
            case "play":
                reply = await exchange.play(attempt_id, message, (_MESSAGE,))
            case "play nothing":
                reply = await exchange.play(attempt_id, message, (_NO_SOUND,))
            case "play another":
                reply = await exchange.play(attempt_id, f"{attempt_id}-another", (_MESSAGE,))
            case "play two as one":
                reply = await exchange.play(attempt_id, message, (_MESSAGE, _MESSAGE))
            case "play, the first not there":
                reply = await exchange.play(attempt_id, message, (_NO_SOUND, _MESSAGE))
            case "play, the last not there":
                reply = await exchange.play(attempt_id, message, (_MESSAGE, _NO_SOUND))
            case "say":
                reply = await exchange.play(attempt_id, message, (Digits("12"), Number(42), Characters("ab")), "en")
            case "play a tone":
                reply = await exchange.play(attempt_id, message, (Tone("busy"),))
            case "stop playing":
                reply = await exchange.stop_playing(attempt_id, message)
            case "stop playing the other":
                reply = await exchange.stop_playing(attempt_id, f"{attempt_id}-another")
            case "record until silence":
                reply = await exchange.start_recording(attempt_id, Record(name, 20.0, silence_s=2.0, beep=False))
            case "record after a beep until silence":
                reply = await exchange.start_recording(attempt_id, Record(name, 20.0, silence_s=2.0))
            case "record briefly":
                reply = await exchange.start_recording(attempt_id, Record(name, 3.0, ends_on=EndsOn.NONE))
            case "record until a key":
                reply = await exchange.start_recording(attempt_id, Record(name, 20.0, ends_on=EndsOn.ANY, beep=False))
            case "stop recording":
                reply = await exchange.stop_recording(attempt_id, name)
            case "record the call":
                reply = await exchange.record_call(attempt_id, self._of_call(attempt_id, 1))
            case "record the call again":
                reply = await exchange.record_call(attempt_id, self._of_call(attempt_id, 2))
            case "stop recording the call":
                reply = await exchange.stop_recording_call(attempt_id, self._of_call(attempt_id, 1))
            case "hold":
                reply = await exchange.hold_call(attempt_id, "default")
            case "watch":
                reply = await exchange.watch(attempt_id, 1.0)
            case "watch no more":
                reply = await exchange.watch(attempt_id, None)
            case "hand over":
                reply = await exchange.hand_over(attempt_id, IVR, "s")
            case "hand over nowhere":
                reply = await exchange.hand_over(attempt_id, NO_CONTEXT, "s")
            case "hang up":
                reply = await exchange.hang_up(attempt_id)
            case "originate":
                reply = await exchange.originate(plan)
            case "look":
                return await self._look(call, message)
            case _:
                raise AssertionError(f"no command is called {step}")
        return shown(reply)

    async def _look(self, call: Heard, playback_id: str) -> str:
        async def see() -> str:
            return shown(await self._exchange.look(call.plan.attempt_id, playback_id))

        return await seen_as(call.scenario.expected_replies, call.replies, self._clock, see)

    def _of_call(self, attempt_id: AttemptId, n: int) -> str:
        return recording_name(attempt_id, f"{self._label}-{n}")


async def seen_as(
    expected: Sequence[str], so_far: Sequence[str], clock: Clock, see: Callable[[], Awaitable[str]]
) -> str:
    """What a look sees, once it is what the next reply is to be: what Asterisk lists follows its events by a moment."""
    seen = await see()
    deadline = clock.steady() + _FOLLOWS_S
    while seen not in expected[len(so_far) : len(so_far) + 1] and clock.steady() < deadline:
        await clock.sleep(0.1)
        seen = await see()
    return seen


def told(event: ev.CallEvent) -> str:
    """An event with the facts that matter."""
    match event:
        case ev.AmdHeard(status, _):
            return f"AmdHeard {status}"
        case ev.HangupRequested(cause, sip_code) | ev.Destroyed(cause, sip_code):
            return f"{type(event).__name__} {or_dash(cause)}/{or_dash(sip_code)}"
        case ev.PlaybackEnded(_, failed) | ev.RecordingEnded(_, failed):
            return f"{type(event).__name__} failed" if failed else type(event).__name__
        case ev.Pressed(digit):
            return f"Pressed {digit}"
        case _:
            return type(event).__name__


def shown(reply: object) -> str:
    """A reply with the facts that matter; the words of a failure are the exchange's own."""
    if isinstance(reply, ev.ChannelSeen):
        return " ".join(filter(None, [reply.place, reply.amd_status, "playing" if reply.playing else ""]))
    return type(reply).__name__


def or_dash(value: int | None) -> str:
    return "-" if value is None else str(value)


class Player(ExchangeSink, Protocol):
    """A sink that begins everything at once and says with `moved` that something may be over."""

    @property
    def moved(self) -> asyncio.Event: ...
    @property
    def is_over(self) -> bool: ...
    def begin(self) -> None: ...


async def drive(exchange: Exchange, clock: Clock, player: Player) -> None:
    """Let it play on the exchange until all is over; what did not end in time shows in its own scenario."""
    running = spawn("exchange", exchange.run(player))

    async def until(is_so: Callable[[], bool]) -> None:
        while not is_so():
            player.moved.clear()
            await player.moved.wait()

    try:
        async with asyncio.timeout(_LIMIT_S):
            await until(lambda: exchange.is_alive)
            player.begin()
            await until(lambda: player.is_over)
        await clock.sleep(_STRAY_S)
    except TimeoutError:
        pass
    finally:
        await end(running)


async def play_all(exchange: Exchange, clock: Clock, scenarios: Mapping[str, Scenario]) -> dict[str, Heard]:
    """Every scenario, all at once; what came of each."""
    caller = Caller(exchange, clock, scenarios)
    await drive(exchange, clock, caller)
    return dict(zip(scenarios, caller.calls.values(), strict=True))
