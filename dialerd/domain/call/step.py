"""step(call, event, now) -> (call, commands): the whole life of a call as one table.

Not here: doing anything (engine/performer.py), the order of events (there is none to rely on), retries (retry.py).

Rules of this file
- The table is complete: every state has a rule for every event; `_ignore` says that an event means nothing there.
- Every state but Settled has a timer running, and every timer leads to a look at the exchange: lost events can
  delay a call's end but not prevent it.
- Settle is asked for in `settle` only, which leads to Settled, which ignores everything: once per call.
- A phone that rings is not cancelled before plan.min_ring_s, whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from dialerd.domain.call import commands as do
from dialerd.domain.call import events as ev
from dialerd.domain.call import talk
from dialerd.domain.call.moves import (
    CLEAR_S,
    DETECT_S,
    GONE_S,
    MESSAGE_S,
    REPLY_S,
    RING_SLACK_S,
    STALE_LOOKS,
    UNPLAYED,
    Step,
    as_of_verdict,
    clear,
    end_as_known,
    enter,
    learn,
    play,
    rearm,
    ring_left_s,
    rung_s,
    serve,
    settle,
    unanswered_end,
    waited_s,
)
from dialerd.domain.call.states import (
    Call,
    CallPlan,
    Clearing,
    Detecting,
    Facts,
    Handed,
    Placing,
    Playing,
    Ringing,
    Settled,
    State,
    Talking,
    Waiting,
)
from dialerd.domain.words import Disposition, Verdict

Rule = Callable[[Call, ev.CallEvent, datetime], Step]


def begin(plan: CallPlan, now: datetime) -> Step:
    """A new call: its first state and the originate."""
    call = Call(plan=plan, state=Placing(), facts=Facts(placed_at=now), serial=1)
    return call, (do.Originate(), do.SetTimer(1, REPLY_S))


def resume(plan: CallPlan, facts: Facts) -> Step:
    """A call that an earlier daemon placed: nothing is known of it until a look at the exchange tells."""
    state: State = Ringing()
    if facts.agent is not None and facts.connected_at is not None:  # two people who talk are left to talk
        state = Talking(facts.agent, None, until=facts.connected_at, is_unclear=False)
    call = Call(plan=plan, state=state, facts=facts, serial=1)
    return call, (do.Look(), do.SetTimer(1, CLEAR_S))


def step(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    """What `event` at `now` makes of the call, and what is to be done about it."""
    return TABLE[type(call.state)][type(event)](call, event, now)


# Rules ----------------------------------------------------------------------------------------------------------


def _ignore(call: Call, _event: ev.CallEvent, _now: datetime) -> Step:
    return call, ()


def _taken(call: Call, _event: ev.CallEvent, now: datetime) -> Step:
    return enter(call, Ringing(), ring_left_s(call, now))


def _refused(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.OriginateRefused)
    if call.facts.seen:  # a refusal cannot undo a channel that has shown itself
        return _taken(call, event, now)
    if event.trunk_down:
        return settle(call, Disposition.NETWORK_FAILURE, now, reason=event.reason, spent=False)
    return settle(call, Disposition.FAILED, now, reason=event.reason)


def _unclear(call: Call, _event: ev.CallEvent, _now: datetime) -> Step:
    # It may have been dialed, so it may not be dialed again: wait for signs of life, then look.
    return enter(call, Ringing(), RING_SLACK_S)


def _seen_alive(call: Call, _event: ev.CallEvent, _now: datetime) -> Step:
    return learn(replace(call, gone=False), seen=True), ()


def _rang(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    if call.rang_at is not None:
        return _seen_alive(call, event, now)
    call = learn(replace(call, gone=False, rang_at=now), seen=True)
    if call.stopping and isinstance(call.state, Ringing):
        return rearm(call, ring_left_s(call, now))  # the rest of its time begins only now
    return call, ()


def _picked_up(call: Call, _event: ev.CallEvent, now: datetime) -> Step:
    return learn(replace(call, gone=False), seen=True, answered_at=call.facts.answered_at or now), ()


def _answered(call: Call, _event: ev.CallEvent, now: datetime) -> Step:
    call = learn(call, seen=True, answered_at=call.facts.answered_at or now)
    if call.plan.amd:
        return enter(call, Detecting(), DETECT_S, do.Detect())
    return serve(learn(call, verdict=Verdict.HUMAN), now)


def _judged(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.AmdHeard)
    return as_of_verdict(call, event.status, event.cause, now)


def _message_over(call: Call, event: ev.CallEvent, _now: datetime) -> Step:
    assert isinstance(event, ev.PlaybackEnded)
    assert isinstance(call.state, Playing)
    if event.playback_id != call.state.playback_id:
        return call, ()
    if event.failed and call.facts.cause is not None:
        return call, ()  # it broke off because the person hung up; Destroyed is on its way
    if event.failed:
        return clear(call, _unheard(call.state), UNPLAYED)
    return clear(call, call.state.disposition)


def _unheard(state: Playing) -> Disposition:
    """What a call is whose message was not heard: one that was abandoned stays so."""
    return Disposition.FAILED if state.disposition is Disposition.ANSWERED_HUMAN else state.disposition


def _cause_told(call: Call, event: ev.CallEvent, _now: datetime) -> Step:
    assert isinstance(event, ev.HangupRequested)
    # A BYE without a reason comes without a cause: 0, as ChannelDestroyed then says.
    return learn(call, seen=True, cause=event.cause or 0, sip_code=event.sip_code), ()


def _cause_told_late(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    """The far end hung up, and what it broke off was heard of first."""
    call, commands = _cause_told(call, event, now)
    if call.state == Clearing(Disposition.FAILED, UNPLAYED):
        call = replace(call, state=Clearing(Disposition.ANSWERED_HUMAN))
    return call, commands


def _destroyed(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.Destroyed)
    cause = event.cause if event.cause is not None else call.facts.cause
    sip_code = event.sip_code if event.sip_code is not None else call.facts.sip_code
    return end_as_known(learn(call, seen=True, cause=cause, sip_code=sip_code), now)


def _gone(call: Call, _event: ev.CallEvent, _now: datetime) -> Step:
    if call.gone:
        return call, ()
    return rearm(replace(call, gone=True), GONE_S)


def _timer(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.TimerFired)
    if event.serial != call.serial:
        return call, ()
    if call.gone:
        return _missed(call, now)
    if call.stopping and isinstance(call.state, Ringing) and rung_s(call, now) >= call.plan.min_ring_s:
        return clear(call, Disposition.CANCELLED, call.stopping)
    playback_id = call.state.playback_id if isinstance(call.state, Playing) else None
    return rearm(replace(call, looked=call.looked + 1), CLEAR_S, do.Look(playback_id))


def _missed(call: Call, now: datetime) -> Step:
    """The channel is gone and its end was not told."""
    if call.is_unanswered and call.facts.cause is not None:
        return unanswered_end(call, now)
    if isinstance(call.state, Placing | Ringing | Detecting):
        return settle(call, Disposition.INTERRUPTED, now, reason="its end was not seen")
    return end_as_known(call, now)


def _found_unanswered(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.ChannelSeen)
    call = learn(replace(call, gone=False), seen=True)
    if event.place is ev.Place.RINGING:
        if waited_s(call, now) >= call.plan.max_ring_s + RING_SLACK_S:
            return clear(call, Disposition.NO_ANSWER, "rang beyond its time")
        return enter(call, Ringing(), ring_left_s(call, now))
    if call.facts.verdict is not None:
        return _take_over(call)
    match event.place:
        case ev.Place.ANSWERED:
            return _answered(call, event, now)
        case ev.Place.DETECTING:
            call = learn(call, answered_at=call.facts.answered_at or now)
            return enter(call, Detecting(), DETECT_S)
        case ev.Place.JUDGED:
            return as_of_verdict(call, event.amd_status, "", now)
        case _:
            return _take_over(learn(call, answered_at=call.facts.answered_at or now))


def _take_over(call: Call) -> Step:
    """Up, and served by an earlier daemon as far as we can tell: it cannot be served again, so it ends."""
    reason = "taken over after a restart"
    match call.facts.verdict:
        case Verdict.HUMAN | Verdict.UNSURE if call.plan.queue is not None:
            return clear(call, Disposition.ABANDONED, reason)  # no agent was there when dialerd was cut off
        case Verdict.HUMAN | Verdict.UNSURE:
            return clear(call, Disposition.ANSWERED_HUMAN, reason)
        case Verdict.MACHINE:
            return clear(call, Disposition.ANSWERING_MACHINE, reason)
        case None:
            return clear(call, Disposition.INTERRUPTED, reason)


def _found_detecting(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.ChannelSeen)
    if event.place is ev.Place.JUDGED:
        return as_of_verdict(call, event.amd_status, "", now)
    call = replace(call, gone=False)
    if call.looked < STALE_LOOKS and event.place is ev.Place.ANSWERED:
        return rearm(call, DETECT_S, do.Detect())  # our asking for AMD was lost
    if call.looked < STALE_LOOKS:
        return rearm(call, CLEAR_S)
    # AMD has a time limit of its own; a channel still not back is stuck, and somebody is listening to silence.
    return clear(call, Disposition.FAILED, "AMD never came back")


def _found_playing(call: Call, event: ev.CallEvent, _now: datetime) -> Step:
    assert isinstance(event, ev.ChannelSeen)
    state, call = call.state, replace(call, gone=False)
    assert isinstance(state, Playing)
    if event.playing is None:  # seen in a list after a reconnect: the end of the message may have been missed
        return rearm(call, CLEAR_S, do.Look(state.playback_id))
    if not event.playing and state.is_unclear:
        return play(call, state.disposition)  # as far as we know nobody has heard a word of it
    if not event.playing:
        return clear(call, state.disposition)
    if call.looked < STALE_LOOKS:
        return rearm(replace(call, state=replace(state, is_unclear=False)), MESSAGE_S)
    return clear(call, state.disposition, "the message exceeded its time")


def _found_handed(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.ChannelSeen)
    assert isinstance(call.state, Handed)
    if call.state.is_unclear and event.place is not ev.Place.ELSEWHERE:
        return serve(call, now)  # still with us: our handing over was lost
    call = replace(call, state=Handed())
    answered_at = call.facts.answered_at or now
    left_s = call.plan.max_talk_s - (now - answered_at).total_seconds()
    if left_s > 0:
        return rearm(replace(call, gone=False), left_s)
    return clear(call, Disposition.ANSWERED_HUMAN, "the call exceeded its time")


def _found_clearing(call: Call, _event: ev.CallEvent, _now: datetime) -> Step:
    return rearm(replace(call, gone=False), CLEAR_S, do.HangUp())


def _undetected(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.CommandFailed)
    if event.command != do.Detect.__name__:
        return call, ()
    if event.is_unclear:  # the connection broke just now: look where the channel is, when it is back
        return rearm(call, CLEAR_S)
    return as_of_verdict(call, "", "", now)  # nobody could listen: a person until shown otherwise


def _unserved(call: Call, event: ev.CallEvent, _now: datetime) -> Step:
    assert isinstance(event, ev.CommandFailed)
    if event.command not in (do.Play.__name__, do.HandOver.__name__):
        return call, ()
    if event.is_unclear and isinstance(call.state, Playing | Handed):
        return rearm(replace(call, state=replace(call.state, is_unclear=True)), CLEAR_S)
    return clear(call, _unheard(call.state) if isinstance(call.state, Playing) else Disposition.FAILED, event.reason)


def _stop_unanswered(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.StopRequested)
    call = replace(call, stopping=event.reason)
    left_s = call.plan.min_ring_s - rung_s(call, now)
    if isinstance(call.state, Placing):
        return call, ()  # a hang-up could overtake the originate; the reply's timer comes first
    if left_s > 0:
        return rearm(call, left_s)
    return clear(call, Disposition.CANCELLED, event.reason)


def _stop_detecting(call: Call, _event: ev.CallEvent, _now: datetime) -> Step:
    return clear(call, Disposition.INTERRUPTED, "the daemon was stopped")


def _stop_served(call: Call, _event: ev.CallEvent, _now: datetime) -> Step:
    disposition = call.state.disposition if isinstance(call.state, Playing) else Disposition.ANSWERED_HUMAN
    return clear(call, disposition, "the daemon was stopped")


# The table ------------------------------------------------------------------------------------------------------

_ALWAYS: dict[type[ev.CallEvent], Rule] = {
    ev.OriginateTaken: _ignore,
    ev.OriginateRefused: _ignore,
    ev.OriginateUnclear: _ignore,
    ev.Rang: _ignore,
    ev.PickedUp: _ignore,
    ev.Answered: _ignore,
    ev.AmdHeard: _ignore,
    ev.PlaybackEnded: _ignore,
    ev.HangupRequested: _cause_told,
    ev.Destroyed: _destroyed,
    ev.ChannelSeen: _ignore,
    ev.ChannelGone: _gone,
    ev.CommandFailed: _ignore,
    ev.TimerFired: _timer,
    ev.AgentFound: _ignore,
    ev.Connected: _ignore,
    ev.AgentLeft: _ignore,
    ev.StopRequested: _ignore,
}
_UNANSWERED: dict[type[ev.CallEvent], Rule] = _ALWAYS | {
    ev.Rang: _rang,
    ev.PickedUp: _picked_up,
    ev.Answered: _answered,
    ev.AmdHeard: _judged,  # Answered was lost
    ev.ChannelSeen: _found_unanswered,
    ev.StopRequested: _stop_unanswered,
}
TABLE: dict[type[State], dict[type[ev.CallEvent], Rule]] = {
    Placing: _UNANSWERED | {ev.OriginateTaken: _taken, ev.OriginateRefused: _refused, ev.OriginateUnclear: _unclear},
    Ringing: _UNANSWERED,
    Detecting: _ALWAYS
    | {
        ev.AmdHeard: _judged,
        ev.ChannelSeen: _found_detecting,
        ev.CommandFailed: _undetected,
        ev.StopRequested: _stop_detecting,
    },
    Playing: _ALWAYS
    | {
        ev.PlaybackEnded: _message_over,
        ev.ChannelSeen: _found_playing,
        ev.CommandFailed: _unserved,
        ev.StopRequested: _stop_served,
    },
    Handed: _ALWAYS | {ev.ChannelSeen: _found_handed, ev.CommandFailed: _unserved, ev.StopRequested: _stop_served},
    Waiting: _ALWAYS
    | {
        ev.TimerFired: talk.waited_enough,
        ev.AgentFound: talk.agent_found,
        ev.ChannelSeen: talk.waiter_seen,
        ev.ChannelGone: talk.waiter_missed,
        ev.StopRequested: talk.abandon,
    },
    Talking: _ALWAYS
    | {
        ev.AgentFound: talk.leg_seen,
        ev.Connected: talk.connected,
        ev.AgentLeft: talk.agent_left,
        ev.HangupRequested: talk.cause_told,
        ev.ChannelSeen: talk.talkers_seen,
        ev.CommandFailed: talk.unconnected,
        ev.StopRequested: _stop_served,
    },
    Clearing: _ALWAYS | {ev.ChannelSeen: _found_clearing, ev.HangupRequested: _cause_told_late},
    Settled: dict.fromkeys(_ALWAYS, _ignore),
}
