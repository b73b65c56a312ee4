"""The part of a call that a machine has answered: waiting until it listens, saying our word, what comes of it.

Not here: what is said (domain/machines.py), whether it is a machine (amd.py).

A voicemail and a phone's call assistant sound alike: a greeting, then silence. What tells them apart is what follows
our word: a voicemail records and says nothing, an assistant speaks to us, and then perhaps its owner does. So whoever
has `[screened]` says who calls first; who answers within ANSWERS_S is an assistant, who does not is a voicemail.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from dialerd.domain.call import commands as do
from dialerd.domain.call import events as ev
from dialerd.domain.call.moves import (
    CLEAR_S,
    MESSAGE_S,
    STALE_LOOKS,
    UNLEFT,
    Step,
    clear,
    end_as_known,
    enter,
    learn,
    machine_ending,
    rearm,
    serve,
)
from dialerd.domain.call.states import Aim, Call, Leaving, Listening, Screening
from dialerd.domain.sounds import Recorded
from dialerd.domain.words import Disposition, Verdict

BEEP_S = 1.2
"""The longest sound that is a beep; the shortest of the greetings' last words are shorter, but come without a pause."""

_PAUSE_S = 0.7  # before and after a beep, and after what a person says
_SHORT_S = 2.2  # the longest greeting of a person, as AMD has it

ANSWERS_S = 8.0
"""An assistant speaks to us within that time after our word; a voicemail says nothing any more."""

_ACKNOWLEDGED_S = 3.0  # what is said sooner after our word is the assistant's own thanks: its owner has to read first


def answered(call: Call, now: datetime) -> Step:
    """A machine answered: whatever the campaign has for it."""
    plan = call.plan
    if plan.screened is not None:
        return listen(call, Aim.NAME, now)
    if plan.voicemail is not None:
        return listen(call, Aim.MESSAGE, now)
    return clear(call, Disposition.ANSWERING_MACHINE)


def listen(call: Call, aim: Aim, now: datetime) -> Step:
    """Wait until the machine is silent."""
    wait_s = _max_wait_s(call, aim)
    state = Listening(aim, until=now + timedelta(seconds=wait_s), quiet_from=now)
    return enter(call, state, _silence_s(call, aim), do.Watch(_told_s(call, aim)))


def _silence_s(call: Call, aim: Aim) -> float:
    given = call.plan.screened if aim is Aim.NAME else call.plan.voicemail
    assert given is not None
    return given.silence_ms / 1000


def _max_wait_s(call: Call, aim: Aim) -> float:
    given = call.plan.screened if aim is Aim.NAME else call.plan.voicemail
    assert given is not None
    return float(given.max_wait_s)


def _hears_beeps(call: Call, aim: Aim) -> bool:
    return aim is Aim.MESSAGE and call.plan.voicemail is not None and call.plan.voicemail.wait == "beep"


def _told_s(call: Call, aim: Aim) -> float:
    """The silence after which the exchange is to tell that talk has ended."""
    silence_s = _silence_s(call, aim)
    return min(_PAUSE_S, silence_s) if _hears_beeps(call, aim) else silence_s


def _left_s(until: datetime, now: datetime) -> float:
    return max(0.0, (until - now).total_seconds())


# Listening


def began(call: Call, _event: ev.CallEvent, now: datetime) -> Step:
    state = call.state
    assert isinstance(state, Listening)
    if state.quiet_from is None:
        return call, ()
    paused = (now - state.quiet_from).total_seconds() >= _told_s(call, state.aim)
    state = replace(state, quiet_from=None, has_paused=paused)
    return rearm(replace(call, state=state), _left_s(state.until, now))


def ended(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.TalkEnded)
    state = call.state
    assert isinstance(state, Listening)
    told_s, silence_s = _told_s(call, state.aim), _silence_s(call, state.aim)
    is_beep = _hears_beeps(call, state.aim) and state.has_paused and event.duration_s <= BEEP_S
    if is_beep or told_s >= silence_s:
        return say(call, state.aim)
    state = replace(state, quiet_from=now - timedelta(seconds=told_s))
    return rearm(replace(call, state=state), silence_s - told_s)


def quiet_long_enough(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    """The timer of one who listens: it is silent, or it is not and never was."""
    assert isinstance(event, ev.TimerFired)
    state = call.state
    assert isinstance(state, Listening)
    if event.serial != call.serial:
        return call, ()
    if call.gone:
        return end_as_known(call, now)
    if state.quiet_from is not None:
        return say(call, state.aim)
    return clear(call, Disposition.ANSWERING_MACHINE, "the machine was never silent long enough for a message")


def listener_seen(call: Call, _event: ev.CallEvent, now: datetime) -> Step:
    state = call.state
    assert isinstance(state, Listening)
    left_s = _left_s(state.until, now)
    if state.quiet_from is not None:
        left_s = _silence_s(call, state.aim)  # what was told meanwhile is not known: count from now
        state = replace(state, quiet_from=now)
    return rearm(replace(call, state=state, gone=False), left_s, do.Watch(_told_s(call, state.aim)))


def unwatched(call: Call, event: ev.CallEvent, _now: datetime) -> Step:
    assert isinstance(event, ev.CommandFailed)
    if event.command != do.Watch.__name__:
        return call, ()
    if event.is_unclear:
        return rearm(call, CLEAR_S, do.Look())
    return clear(call, Disposition.ANSWERING_MACHINE, event.reason)


# Leaving


def say(call: Call, aim: Aim) -> Step:
    """The machine listens: say it."""
    plan = call.plan
    sound = plan.screened if aim is Aim.NAME else plan.voicemail
    assert sound is not None
    playback_id = f"{plan.attempt_id}-{aim}"
    return enter(call, Leaving(aim, playback_id), MESSAGE_S, do.Play(playback_id, (Recorded(sound.play),)))


def said(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.PlaybackEnded)
    state = call.state
    assert isinstance(state, Leaving)
    if event.playback_id != state.playback_id:
        return call, ()
    if event.failed and call.facts.cause is not None:
        return call, ()  # it broke off because the machine hung up; Destroyed is on its way
    if event.failed:
        return clear(call, Disposition.FAILED, UNLEFT)
    if state.aim is Aim.MESSAGE:
        return clear(call, Disposition.VOICEMAIL_LEFT)
    return _screen(call, now)


def unsaid(call: Call, event: ev.CallEvent, _now: datetime) -> Step:
    assert isinstance(event, ev.CommandFailed)
    assert isinstance(call.state, Leaving)
    if event.command != do.Play.__name__:
        return call, ()
    if event.is_unclear:
        return rearm(replace(call, state=replace(call.state, is_unclear=True)), CLEAR_S)
    return clear(call, Disposition.FAILED, event.reason)


def leaver_seen(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.ChannelSeen)
    state, call = call.state, replace(call, gone=False)
    assert isinstance(state, Leaving)
    if event.playing is None:
        return rearm(call, CLEAR_S, do.Look(state.playback_id))
    if not event.playing and state.is_unclear:
        return say(call, state.aim)  # as far as we know not a word of it was heard
    if not event.playing and state.aim is Aim.NAME:
        return _screen(call, now)
    if not event.playing:  # nobody has seen it played to its end
        return clear(call, Disposition.ANSWERING_MACHINE, "the end of the message was not seen")
    if call.looked < STALE_LOOKS:
        return rearm(replace(call, state=replace(state, is_unclear=False)), MESSAGE_S)
    return clear(call, Disposition.ANSWERING_MACHINE, "the message exceeded its time")


# Screening


def _screen(call: Call, now: datetime) -> Step:
    state = Screening(said_at=now, until=now + timedelta(seconds=_max_wait_s(call, Aim.NAME)))
    return enter(call, state, min(ANSWERS_S, _left_s(state.until, now)), do.Watch(_PAUSE_S))


def answer_began(call: Call, _event: ev.CallEvent, now: datetime) -> Step:
    """Somebody speaks to us: no voicemail does."""
    state = call.state
    assert isinstance(state, Screening)
    state = replace(state, has_answered=True, talks_from=now)
    return rearm(replace(call, state=state), _left_s(state.until, now))


def answer_ended(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    """A short word, and not at once: the owner of the phone. Anything else is its assistant."""
    assert isinstance(event, ev.TalkEnded)
    state = call.state
    assert isinstance(state, Screening)
    began_at = state.talks_from or now - timedelta(seconds=event.duration_s + _PAUSE_S)
    if event.duration_s <= _SHORT_S and (began_at - state.said_at).total_seconds() >= _ACKNOWLEDGED_S:
        greeted_at = now - timedelta(seconds=_PAUSE_S)
        return serve(learn(call, verdict=Verdict.HUMAN, greeted_at=greeted_at), now, silence_s=_PAUSE_S)
    state = replace(state, has_answered=True, talks_from=None)
    return replace(call, state=state), ()


def waited_enough(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    """Nobody has come to the phone."""
    assert isinstance(event, ev.TimerFired)
    state = call.state
    assert isinstance(state, Screening)
    if event.serial != call.serial:
        return call, ()
    if call.gone:
        return end_as_known(call, now)
    if state.has_answered:
        return clear(call, Disposition.SCREENED, "the call was not let through")
    if call.plan.voicemail is not None:
        return say(call, Aim.MESSAGE)  # a voicemail: it has been silent for longer than any beep waits
    return clear(call, Disposition.ANSWERING_MACHINE)


def screener_seen(call: Call, _event: ev.CallEvent, now: datetime) -> Step:
    state = call.state
    assert isinstance(state, Screening)
    return rearm(replace(call, gone=False), _left_s(state.until, now), do.Watch(_PAUSE_S))


def stop(call: Call, _event: ev.CallEvent, _now: datetime) -> Step:
    assert isinstance(call.state, Listening | Leaving | Screening)
    return clear(call, machine_ending(call.state), "the daemon was stopped")
