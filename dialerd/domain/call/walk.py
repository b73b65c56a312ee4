"""The part of a call that a flow leads: the call's events become the flow's, the flow's commands become the call's.

Not here: the flow's own steps (domain/flow/step.py), what the store and the world are asked (engine/flowdesk.py).
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
    Step,
    clear,
    end_as_known,
    enter,
    hand_over,
    learn,
    rearm,
    wait,
)
from dialerd.domain.call.states import Away, Call, InFlow
from dialerd.domain.flow import begin
from dialerd.domain.flow import moves as flow
from dialerd.domain.flow.path import followed
from dialerd.domain.flow.step import step
from dialerd.domain.flow.transfer import Transfer
from dialerd.domain.recording import EndsOn, recording_name
from dialerd.domain.words import Disposition

ACT_S = 45.0  # longer than any action may take: the desk answers before
RECORD_SLACK_S = 10.0


def played(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.PlaybackEnded)
    at = _state(call).position
    if at is None or event.playback_id != _playback_id(call, at.serial):
        return call, ()
    if event.failed and call.facts.cause is not None:
        return call, ()  # it broke off because the person hung up; Destroyed is on its way
    return _move(call, flow.Heard(at.serial, event.failed), now)


def pressed(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.Pressed)
    return _move(call, flow.Pressed(event.digit), now)


def recorded(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.RecordingEnded)
    at = _state(call).position
    if at is None or at.recording is None or event.name != recording_name(call.plan.attempt_id, at.recording):
        return call, ()
    if call.facts.cause is not None:
        return call, ()  # the person hung up; what was said so far is kept
    return _move(call, flow.RecordingEnded(at.serial, event.failed), now)


def acted(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    """What was done, or the flow itself: then the person is led to its first node."""
    assert isinstance(event, ev.Acted)
    state = _state(call)
    match event.outcome:
        case flow.Fetched(spec, scene) if state.position is None:
            position, commands = begin(spec, scene)
            return _take(call, InFlow(spec, scene), position, commands, now)
        case flow.Undone(reason) if state.position is None:
            return clear(call, Disposition.FAILED, reason)
        case flow.Did() | flow.Undone() as outcome:
            return _move(call, flow.Acted(event.serial, outcome), now)
    return call, ()


def timer(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    """The flow's own time is over; else nothing was heard for long: a look."""
    assert isinstance(event, ev.TimerFired)
    state = _state(call)
    if event.serial != call.serial:
        return call, ()
    if call.gone:
        return end_as_known(call, now)
    if state.listening is not None and call.facts.cause is None:
        return _move(call, flow.Elapsed(state.listening), now)
    # Also where the person has hung up: the end of their channel may have been missed.
    is_saying = state.position is not None and state.position.stage is flow.Stage.SAYING
    playback_id = _playback_id(call, state.position.serial) if is_saying and state.position is not None else None
    return rearm(replace(call, looked=call.looked + 1), CLEAR_S, do.Look(playback_id))


def seen(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    """The person is there. What plays may have ended unheard of; what was asked for and never came is given up."""
    assert isinstance(event, ev.ChannelSeen)
    state, call = _state(call), replace(call, gone=False)
    if call.plan.max_talk_s < (now - (call.facts.answered_at or now)).total_seconds():
        return clear(call, Disposition.ANSWERED_HUMAN, "the call exceeded its time")
    if state.position is None:
        return rearm(call, CLEAR_S) if call.looked < STALE_LOOKS else _lost(call, "the flow could not be read")
    if state.listening is not None:
        return call, ()  # its timer runs
    if state.position.stage is flow.Stage.SAYING:
        playback_id = _playback_id(call, state.position.serial)
        if event.playing is None:  # seen in a list after a reconnect
            return rearm(call, CLEAR_S, do.Look(playback_id))
        if not event.playing:
            return _move(call, flow.Heard(state.position.serial), now)
        return rearm(call, MESSAGE_S) if call.looked < STALE_LOOKS else _lost(call, "a prompt never ended")
    if call.looked < STALE_LOOKS:
        return rearm(call, CLEAR_S)
    return _move(call, _given_up(state.position), now)


def _given_up(at: flow.Position) -> flow.Event:
    if at.stage is flow.Stage.RECORDING:
        return flow.RecordingEnded(at.serial, failed=True)
    return flow.Acted(at.serial, flow.Undone("no answer came"))


def failed(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    """A command was not done: what it was for has failed. Where that is unclear, a look tells."""
    assert isinstance(event, ev.CommandFailed)
    at = _state(call).position
    if at is None:
        return call, ()
    is_play = event.command == do.Play.__name__ and at.stage is flow.Stage.SAYING
    is_record = event.command == do.Record.__name__ and at.stage is flow.Stage.RECORDING
    if not is_play and not is_record:
        return call, ()
    if event.is_unclear and is_play:
        return rearm(call, CLEAR_S)
    return _move(call, flow.Heard(at.serial, failed=True) if is_play else flow.RecordingEnded(at.serial, True), now)


def back(call: Call, state: InFlow, now: datetime) -> Step:
    """Nobody took the person: on with the flow from where they were given away."""
    assert state.position is not None, "who was given away had come to a node"
    return _move(replace(call, state=state), flow.NobodyThere(state.position.serial), now)


# One step of the flow ----------------------------------------------------------------------------------------------


def _state(call: Call) -> InFlow:
    assert isinstance(call.state, InFlow)
    return call.state


def _lost(call: Call, reason: str) -> Step:
    return clear(call, Disposition.FAILED, reason)


def _move(call: Call, event: flow.Event, now: datetime) -> Step:
    state = _state(call)
    if state.flow is None or state.scene is None or state.position is None or call.facts.cause is not None:
        return call, ()  # not begun, or the person has hung up just now: nothing more is begun with them
    position, commands = step(state.flow, state.position, event, state.scene)
    if position == state.position and not commands:
        return call, ()
    return _take(call, state, position, commands, now)


def _take(
    call: Call, state: InFlow, position: flow.Position, commands: tuple[flow.Command, ...], now: datetime
) -> Step:
    """The position with what it asks for; the last command says what the call waits for, and for how long."""
    after_s = (now - (call.facts.answered_at or now)).total_seconds()
    path = followed(call.facts.path, position, after_s)
    call = learn(call, given=position.disposition, attributes=position.attributes, path=path)
    state = replace(state, position=position, listening=None)
    asked: list[do.Command] = []
    for command in commands:
        match command:
            case flow.StopSaying(serial):
                asked.append(do.StopPlaying(_playback_id(call, serial)))
            case flow.Say(serial, sounds, language):
                asked.append(do.Play(_playback_id(call, serial), sounds, language))
                return enter(call, state, MESSAGE_S, *asked)
            case flow.Listen(serial, after_s):
                return enter(call, replace(state, listening=serial), after_s, *asked)
            case flow.RecordBoth(wanted):
                # Not before they have been told; what is begun later, talk.announced does.
                call = replace(call, record_wish=wanted and not call.is_told and call.facts.consent is None)
                if not wanted or call.is_told:
                    asked.append(do.RecordCall(wanted))
            case flow.RecordVoice() as voice:
                name = recording_name(call.plan.attempt_id, voice.label)
                silence_s = voice.silence_s or None
                asked.append(do.Record(name, voice.max_s, silence_s, EndsOn(voice.ends_on), voice.beep))
                return enter(call, state, voice.max_s + RECORD_SLACK_S, *asked)
            case flow.Act(serial, action):
                return enter(call, state, ACT_S, *asked, do.Act(serial, action))
            case flow.GiveAway(to=to, number=number):
                return _give_away(call, state, to, number, asked, now)
            case flow.End(reason):
                disposition = Disposition.FAILED if reason else Disposition.ANSWERED_HUMAN
                call, clearing = clear(call, disposition, reason)
                return call, (*asked, *clearing)
    return replace(call, state=replace(state, listening=_state(call).listening)), tuple(asked)


def _give_away(
    call: Call, state: InFlow, to: Transfer, number: str | None, asked: list[do.Command], now: datetime
) -> Step:
    if to.context is None:
        away = Away(state, queue=to.queue, agent=to.agent, number=number, music=to.music)
        call, commands = wait(call, now + timedelta(seconds=to.wait_s), now, away)
    else:
        call, commands = hand_over(call, to.context, to.extension)
    return call, (*asked, *commands)


def _playback_id(call: Call, serial: int) -> str:
    return f"{call.plan.attempt_id}-flow-{serial}"
