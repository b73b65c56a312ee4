"""The part of a call before anybody is served: placed, ringing, answered, and what a look finds of it then.

Not here: the table (step.py), what a person is given (moves.py), an agent (talk.py).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from dialerd.domain import amd
from dialerd.domain.call import commands as do
from dialerd.domain.call import events as ev
from dialerd.domain.call import machine
from dialerd.domain.call.moves import (
    CLEAR_S,
    DETECT_S,
    RING_SLACK_S,
    Step,
    clear,
    enter,
    learn,
    play,
    rearm,
    ring_left_s,
    rung_s,
    serve,
    settle,
    waited_s,
)
from dialerd.domain.call.states import Call, Detecting, Placing, Queued, Ringing
from dialerd.domain.words import Disposition, Verdict


def taken(call: Call, _event: ev.CallEvent, now: datetime) -> Step:
    return enter(call, Ringing(), ring_left_s(call, now))


def refused(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.OriginateRefused)
    if call.facts.seen:  # a refusal cannot undo a channel that has shown itself
        return taken(call, event, now)
    if event.trunk_down:
        return settle(call, Disposition.NETWORK_FAILURE, now, reason=event.reason, spent=False)
    if event.no_agent:
        return settle(call, Disposition.NO_AGENT, now, reason=event.reason, spent=False)
    if event.too_late:
        return settle(call, Disposition.CANCELLED, now, reason=event.reason, spent=False)
    return settle(call, Disposition.FAILED, now, reason=event.reason)


def unclear(call: Call, _event: ev.CallEvent, _now: datetime) -> Step:
    # It may have been dialed, so it may not be dialed again: wait for signs of life, then look.
    return enter(call, Ringing(), RING_SLACK_S)


def _seen_alive(call: Call, _event: ev.CallEvent, _now: datetime) -> Step:
    return learn(replace(call, gone=False), seen=True), ()


def rang(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    if call.facts.rang_at is not None:
        return _seen_alive(call, event, now)
    call = learn(replace(call, gone=False), seen=True, rang_at=now)
    if call.stopping and isinstance(call.state, Ringing):
        return rearm(call, ring_left_s(call, now))  # the rest of its time begins only now
    return call, ()


def picked_up(call: Call, _event: ev.CallEvent, now: datetime) -> Step:
    return learn(replace(call, gone=False), seen=True, answered_at=call.facts.answered_at or now), ()


def answered(call: Call, _event: ev.CallEvent, now: datetime) -> Step:
    call = learn(call, seen=True, answered_at=call.facts.answered_at or now)
    if call.plan.amd:
        return enter(call, Detecting(), DETECT_S, do.Detect())
    return serve(learn(call, verdict=Verdict.HUMAN, greeted_at=now), now)


def judged(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.AmdHeard)
    return as_of_verdict(call, event.status, event.cause, now)


def found_unanswered(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.ChannelSeen)
    call = learn(replace(call, gone=False), seen=True)
    if event.place is ev.Place.RINGING:
        if waited_s(call, now) >= call.plan.max_ring_s + RING_SLACK_S:
            return clear(call, Disposition.NO_ANSWER, "rang beyond its time")
        return enter(call, Ringing(), ring_left_s(call, now))
    if call.facts.verdict is not None:
        return _take_over(call, event, now)
    match event.place:
        case ev.Place.ANSWERED:
            return answered(call, event, now)
        case ev.Place.DETECTING:
            call = learn(call, answered_at=call.facts.answered_at or now)
            return enter(call, Detecting(), DETECT_S)
        case ev.Place.JUDGED:
            return as_of_verdict(call, event.amd_status, "", now)
        case _:
            return _take_over(learn(call, answered_at=call.facts.answered_at or now), event, now)


def _take_over(call: Call, event: ev.ChannelSeen, now: datetime) -> Step:
    """Up, and served by an earlier daemon as far as we can tell: it cannot be served again, so it ends."""
    reason = "taken over after a restart"
    match call.facts.verdict:
        case Verdict.HUMAN | Verdict.UNSURE if call.plan.in_app_queue and event.place is ev.Place.ELSEWHERE:
            until = (call.facts.answered_at or now) + timedelta(seconds=call.plan.patience_s)
            return enter(call, Queued(until), CLEAR_S)  # the queue will tell whether a member has them
        case Verdict.HUMAN | Verdict.UNSURE if call.plan.has_agents:
            if call.plan.abandon_play is not None:  # they have waited too long, and not yet been told by whom
                return play(call, Disposition.ABANDONED)
            return clear(call, Disposition.ABANDONED, reason)  # no agent was there when dialerd was cut off
        case Verdict.HUMAN | Verdict.UNSURE:
            return clear(call, Disposition.ANSWERED_HUMAN, reason)
        case Verdict.MACHINE:
            return clear(call, Disposition.ANSWERING_MACHINE, reason)
        case None:
            return clear(call, Disposition.INTERRUPTED, reason)


def stop_unanswered(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.StopRequested)
    call = replace(call, stopping=event.reason)
    left_s = call.plan.min_ring_s - rung_s(call, now)
    if isinstance(call.state, Placing):
        return call, ()  # a hang-up could overtake the originate; the reply's timer comes first
    if left_s > 0:
        return rearm(call, left_s)
    return clear(call, Disposition.CANCELLED, event.reason)


def as_of_verdict(call: Call, status: str, cause: str, now: datetime) -> Step:
    """AMD has said who answered: serve them."""
    verdict = amd.judge(status)
    answered_at = call.facts.answered_at or now
    text = f"{status} {cause}".strip() or "NONE"
    if verdict is Verdict.MACHINE and call.plan.held_out:
        verdict = Verdict.UNSURE  # the agent will tell; until then it counts as a person with every rule
    call = learn(call, verdict=verdict, amd=text, answered_at=answered_at, seen=True)
    if verdict is Verdict.MACHINE:
        return machine.answered(call, now)
    silence_s = amd.silence_s(cause)
    if cause:  # else the verdict was missed, or there was none
        call = learn(call, greeted_at=now - timedelta(seconds=silence_s))
    return serve(call, now, silence_s=silence_s)
