"""The part of a call in which a person hears a recorded message, and may say by a key: never again.

Not here: which message it is (moves.py), menus and their keys (walk.py).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from dialerd.domain.call import commands as do
from dialerd.domain.call import events as ev
from dialerd.domain.call.moves import CLEAR_S, MESSAGE_S, STALE_LOOKS, UNPLAYED, Step, clear, end_as_known, play, rearm
from dialerd.domain.call.states import Call, Playing
from dialerd.domain.words import Disposition

KEY_GRACE_S = 3.0
"""After a message that may name a key: its last words are the key, and who holds the phone to an ear has to take it
down, find the key and press it. It is the pause between two keys that telephone systems wait for (Asterisk: 3 s)."""


def over(call: Call, event: ev.CallEvent, _now: datetime) -> Step:
    assert isinstance(event, ev.PlaybackEnded)
    state = _state(call)
    if event.playback_id != state.playback_id or state.is_over:
        return call, ()
    if event.failed and call.facts.cause is not None:
        return call, ()  # it broke off because the person hung up; Destroyed is on its way
    if event.failed:
        return clear(call, unheard(state), UNPLAYED)
    return _heard(call)


def _heard(call: Call) -> Step:
    """The message has been said: the call ends, after a while for the key where there is one."""
    state = _state(call)
    if call.plan.opt_out_key is None:
        return clear(call, state.disposition)
    return rearm(replace(call, state=replace(state, is_over=True, is_unclear=False)), KEY_GRACE_S)


def key_pressed(call: Call, event: ev.CallEvent, _now: datetime) -> Step:
    """A message may say which key means: never again. It is obeyed, and the call ends, at once."""
    assert isinstance(event, ev.Pressed)
    if event.digit != call.plan.opt_out_key:
        return call, ()
    call, commands = clear(call, _state(call).disposition, "the person has opted out by a key")
    return call, (do.OptOut(), *commands)


def timer(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    """The time for the key is over; else nothing was heard for long: a look."""
    assert isinstance(event, ev.TimerFired)
    state = _state(call)
    if event.serial != call.serial:
        return call, ()
    if call.gone:
        return end_as_known(call, now)
    if state.is_over:
        return clear(call, state.disposition)
    return rearm(replace(call, looked=call.looked + 1), CLEAR_S, do.Look(state.playback_id))


def unheard(state: Playing) -> Disposition:
    """What a call is whose message was not heard: one that was abandoned stays so."""
    return Disposition.FAILED if state.disposition is Disposition.ANSWERED_HUMAN else state.disposition


def seen(call: Call, event: ev.CallEvent, _now: datetime) -> Step:
    assert isinstance(event, ev.ChannelSeen)
    call = replace(call, gone=False)
    state = _state(call)
    if state.is_over:
        return rearm(call, KEY_GRACE_S)  # a key of meanwhile was not heard
    if event.playing is None:  # seen in a list after a reconnect: the end of the message may have been missed
        return rearm(call, CLEAR_S, do.Look(state.playback_id))
    if not event.playing and state.is_unclear:
        return play(call, state.disposition)  # as far as we know nobody has heard a word of it
    if not event.playing:
        return _heard(call)
    if call.looked < STALE_LOOKS:
        return rearm(replace(call, state=replace(state, is_unclear=False)), MESSAGE_S)
    return clear(call, state.disposition, "the message exceeded its time")


def _state(call: Call) -> Playing:
    assert isinstance(call.state, Playing)
    return call.state
