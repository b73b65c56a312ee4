"""The part of a call in Asterisk's own queue: waiting for a member, talking with one, and what ends either.

Not here: dialerd's own agents (talk.py), who the members are (domain/appqueue.py).

Two streams tell of it, in no order between them: of the channel (ARI) and of the queue (AMI). So nothing here needs
the second to be right about the end of the call; only that a member has the person is known from it alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from dialerd.domain.call import commands as do
from dialerd.domain.call import events as ev
from dialerd.domain.call.moves import CLEAR_S, Step, clear, end_as_known, enter, learn, play, queue_up, rearm
from dialerd.domain.call.states import Call, Queued, WithMember
from dialerd.domain.words import Disposition

_NOBODY = frozenset({"TIMEOUT", "FULL", "JOINEMPTY", "LEAVEEMPTY", "JOINUNAVAIL", "LEAVEUNAVAIL", "WITHDRAW"})
"""QUEUESTATUS of who leaves a queue without having had a member."""

_EARLY_S = 0.005  # a timer may fire that much before its moment


def member_took(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.MemberTook)
    call = learn(call, agent=event.member or None, connected_at=now)
    return enter(call, WithMember(person_left=call.facts.cause is not None), call.plan.max_talk_s)


def member_named(call: Call, event: ev.CallEvent, _now: datetime) -> Step:
    """Which member it is, where only that there is one was known."""
    assert isinstance(event, ev.MemberTook)
    return learn(call, agent=call.facts.agent or event.member or None), ()


def waited_enough(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    """The timer of a person who waits: no member came in time, or the channel was missed."""
    assert isinstance(event, ev.TimerFired)
    state = call.state
    assert isinstance(state, Queued)
    if event.serial != call.serial:
        return call, ()
    if call.gone:
        return end_as_known(call, now)
    left_s = (state.until - now).total_seconds()
    if left_s > _EARLY_S:
        return rearm(call, left_s)
    # Where the queue cannot be asked at present, the dialplan's own limit gives the person back.
    return rearm(call, CLEAR_S, do.PullOut(), do.Look())


def came_back(call: Call, event: ev.CallEvent, _now: datetime) -> Step:
    """Out of the queue without a member, for whatever reason of the queue's."""
    assert isinstance(event, ev.LeftQueue)
    return play(call, Disposition.ABANDONED)


def member_left(call: Call, event: ev.CallEvent, _now: datetime) -> Step:
    assert isinstance(event, ev.LeftQueue)
    if call.facts.agent is None and event.status in _NOBODY:  # they were on their way out when we looked
        return play(learn(call, connected_at=None), Disposition.ABANDONED)
    return clear(call, Disposition.AGENT_HANGUP)


def person_left(call: Call, event: ev.CallEvent, _now: datetime) -> Step:
    """The person hangs up; the end itself follows."""
    assert isinstance(event, ev.HangupRequested)
    call = learn(call, seen=True, cause=event.cause or 0, sip_code=event.sip_code)
    return rearm(replace(call, state=WithMember(person_left=True)), CLEAR_S)


def waiter_seen(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.ChannelSeen)
    state, call = call.state, replace(call, gone=False)
    assert isinstance(state, Queued)
    if event.place is ev.Place.BACK:
        return play(call, Disposition.ABANDONED)
    if state.is_unclear and event.place is not ev.Place.ELSEWHERE:
        return queue_up(call, state.until, now)  # still with us: our handing over was lost
    left_s = (state.until - now).total_seconds()
    call = replace(call, state=Queued(state.until))
    return rearm(call, left_s) if left_s > 0 else (call, ())


def talkers_seen(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.ChannelSeen)
    call = replace(call, gone=False)
    if event.place is ev.Place.BACK:
        return clear(call, Disposition.AGENT_HANGUP)
    left_s = call.plan.max_talk_s - (now - (call.facts.connected_at or now)).total_seconds()
    if left_s > 0:
        return rearm(call, left_s)
    return clear(call, Disposition.ANSWERED_HUMAN, "the call exceeded its time")


def unserved(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.CommandFailed)
    state = call.state
    assert isinstance(state, Queued)
    match event.command:
        case do.HandOver.__name__ if event.is_unclear:
            return rearm(replace(call, state=Queued(state.until, is_unclear=True)), CLEAR_S, do.Look())
        case do.HandOver.__name__:
            return clear(call, Disposition.FAILED, event.reason)
    return call, ()


def stop(call: Call, event: ev.CallEvent, _now: datetime) -> Step:
    """dialerd wants no more of it: who waits is not left in a queue that nobody looks at."""
    assert isinstance(event, ev.StopRequested)
    return clear(call, Disposition.ABANDONED, event.reason)
