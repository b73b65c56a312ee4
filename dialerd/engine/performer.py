"""A command of a call becomes a port call; what comes of it goes back into the call's inbox as an event.

Not here: which command follows from what (domain/call/step.py).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from dialerd.domain.call import commands as do
from dialerd.domain.call import events as ev
from dialerd.domain.call.states import CallPlan
from dialerd.ports import Exchange, Failed, Gone, Reply
from dialerd.tasks import spawn

_TRIES = 3

Tell = Callable[[ev.CallEvent], None]


async def surely(request: Callable[[], Awaitable[Reply]]) -> None:
    """Ask for the end of what nobody leads until it is heard, a few times: nobody else would ask again."""
    for _ in range(_TRIES):
        if not isinstance(await request(), Failed):
            return


async def originate(exchange: Exchange, plan: CallPlan, *, is_ready: bool) -> ev.CallEvent:
    """Dial, unless the exchange went away between the claim and now; also where it is back, but `is_ready` (reconciled)
    not yet."""
    if not (exchange.is_alive and is_ready):
        return ev.OriginateRefused(f"Asterisk {exchange.name} is not ready", trunk_down=True)
    return await exchange.originate(plan)


def perform(exchange: Exchange, plan: CallPlan, command: do.Command, tell: Tell) -> None:
    """Start doing `command`. Originate, timers and settling and agents are the call desk's own: they need its books."""
    attempt_id = plan.attempt_id
    match command:
        case do.Detect():
            _ask(command, exchange.detect(attempt_id), tell)
        case do.Play(playback_id, sounds, language):
            _ask(command, exchange.play(attempt_id, playback_id, sounds, language), tell)
        case do.StopPlaying(playback_id):
            _ask(command, exchange.stop_playing(attempt_id, playback_id), tell)
        case do.Record():
            _ask(command, exchange.start_recording(attempt_id, command), tell)
        case do.StopRecording(name):
            _ask(command, exchange.stop_recording(attempt_id, name), tell)
        case do.Watch(silence_s):
            _ask(command, exchange.watch(attempt_id, silence_s), tell)
        case do.Hold(music):
            _ask(command, exchange.hold_call(attempt_id, music), tell)
        case do.HandOver(context, extension):
            _ask(command, exchange.hand_over(attempt_id, context, extension), tell)
        case do.HangUp():
            _ask(command, exchange.hang_up(attempt_id), tell)
        case do.Look(playback_id):
            spawn(f"look {attempt_id}", _look(exchange, plan, playback_id, tell))
        case do.Originate() | do.SetTimer() | do.Settle() | do.OptOut() | do.Act():
            raise AssertionError(f"{type(command).__name__} is not done here")
        case do.Seek() | do.StopSeeking() | do.RecordCall() | do.Connect() | do.Comfort() | do.PullOut():
            raise AssertionError(f"{type(command).__name__} is not done here")


def _ask(command: do.Command, request: Coroutine[Any, Any, Reply], tell: Tell) -> None:
    spawn(type(command).__name__, _report(type(command).__name__, request, tell))


async def _report(command: str, request: Coroutine[Any, Any, Reply], tell: Tell) -> None:
    reply = await request
    if isinstance(reply, Gone):
        tell(ev.ChannelGone())
    elif isinstance(reply, Failed):
        tell(ev.CommandFailed(command, reply.reason, reply.is_unclear))


async def _look(exchange: Exchange, plan: CallPlan, playback_id: str | None, tell: Tell) -> None:
    found = await exchange.look(plan.attempt_id, playback_id)
    if isinstance(found, Failed):
        tell(ev.CommandFailed(do.Look.__name__, found.reason))
    else:
        tell(ev.ChannelGone() if isinstance(found, Gone) else found)
