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
from dialerd.domain.call import machine, message, queued, ring, talk, walk
from dialerd.domain.call.moves import (
    CLEAR_S,
    DETECT_S,
    GONE_S,
    REPLY_S,
    STALE_LOOKS,
    UNLEFT,
    UNPLAYED,
    Step,
    clear,
    consent_id,
    end_as_known,
    hand_over,
    learn,
    rearm,
    rung_s,
    settle,
    unanswered_end,
)
from dialerd.domain.call.states import (
    Call,
    CallPlan,
    Clearing,
    Detecting,
    Facts,
    Handed,
    InFlow,
    Leaving,
    Listening,
    Placing,
    Playing,
    Queued,
    Ringing,
    Screening,
    Settled,
    State,
    Talking,
    Waiting,
    WithMember,
)
from dialerd.domain.words import Disposition

Rule = Callable[[Call, ev.CallEvent, datetime], Step]


def begin(plan: CallPlan, now: datetime) -> Step:
    """A new call: its first state and the originate."""
    call = Call(plan=plan, state=Placing(), facts=Facts(placed_at=now), serial=1)
    return call, (do.Originate(), do.SetTimer(1, REPLY_S))


def resume(plan: CallPlan, facts: Facts, now: datetime) -> Step:
    """A call that an earlier daemon placed: nothing is known of it until a look at the exchange tells."""
    state: State = Ringing()
    if facts.connected_at is not None and plan.in_app_queue:
        state = WithMember()
    elif facts.passed_on is not None:
        return talk.waits_on(plan, facts, facts.passed_on, now)
    elif facts.agent is not None and facts.connected_at is not None:  # two people who talk are left to talk
        state = Talking(facts.agent, None, until=facts.connected_at, is_unclear=False)
    call = Call(plan=plan, state=state, facts=facts, serial=1, resumed_at=now)
    return call, (do.Look(), do.SetTimer(1, CLEAR_S))


def step(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    """What `event` at `now` makes of the call, and what is to be done about it."""
    if isinstance(event, ev.PlaybackEnded) and event.playback_id == consent_id(call.plan):
        return talk.announced(call, event)  # alike in every state
    return TABLE[type(call.state)][type(event)](call, event, now)


# Rules ----------------------------------------------------------------------------------------------------------


def _ignore(call: Call, _event: ev.CallEvent, _now: datetime) -> Step:
    return call, ()


def _cause_told(call: Call, event: ev.CallEvent, _now: datetime) -> Step:
    assert isinstance(event, ev.HangupRequested)
    # A BYE without a reason comes without a cause: 0, as ChannelDestroyed then says.
    return learn(call, seen=True, cause=event.cause or 0, sip_code=event.sip_code), ()


def _cause_told_late(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    """The far end hung up, and what it broke off was heard of first."""
    call, commands = _cause_told(call, event, now)
    if call.state == Clearing(Disposition.FAILED, UNPLAYED):
        call = replace(call, state=Clearing(Disposition.ANSWERED_HUMAN))
    if call.state == Clearing(Disposition.FAILED, UNLEFT):
        call = replace(call, state=Clearing(Disposition.ANSWERING_MACHINE))
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
    playback_id = call.state.playback_id if isinstance(call.state, Leaving) else None
    return rearm(replace(call, looked=call.looked + 1), CLEAR_S, do.Look(playback_id))


def _missed(call: Call, now: datetime) -> Step:
    """The channel is gone and its end was not told."""
    if call.is_unanswered and call.facts.cause is not None:
        return unanswered_end(call, now)
    if isinstance(call.state, Placing | Ringing | Detecting):
        return settle(call, Disposition.INTERRUPTED, now, reason="its end was not seen")
    if isinstance(call.state, WithMember):  # nor who hung up
        return settle(call, Disposition.ANSWERED_HUMAN, now)
    return end_as_known(call, now)


def _found_detecting(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.ChannelSeen)
    if event.place is ev.Place.JUDGED:
        return ring.as_of_verdict(call, event.amd_status, "", now)
    call = replace(call, gone=False)
    if call.looked < STALE_LOOKS and event.place is ev.Place.ANSWERED:
        return rearm(call, DETECT_S, do.Detect())  # our asking for AMD was lost
    if call.looked < STALE_LOOKS:
        return rearm(call, CLEAR_S)
    # AMD has a time limit of its own; a channel still not back is stuck, and somebody is listening to silence.
    return clear(call, Disposition.FAILED, "AMD never came back")


def _found_handed(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.ChannelSeen)
    assert isinstance(call.state, Handed)
    if call.state.is_unclear and event.place is not ev.Place.ELSEWHERE:
        return hand_over(call, call.state.context, call.state.extension)  # still with us: it was lost
    call = replace(call, state=replace(call.state, is_unclear=False))
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
    return ring.as_of_verdict(call, "", "", now)  # nobody could listen: a person until shown otherwise


def _unserved(call: Call, event: ev.CallEvent, _now: datetime) -> Step:
    assert isinstance(event, ev.CommandFailed)
    is_over = isinstance(call.state, Playing) and call.state.is_over
    if is_over or event.command not in (do.Play.__name__, do.HandOver.__name__):
        return call, ()
    if event.is_unclear and isinstance(call.state, Playing | Handed):
        return rearm(replace(call, state=replace(call.state, is_unclear=True)), CLEAR_S)
    return clear(
        call, message.unheard(call.state) if isinstance(call.state, Playing) else Disposition.FAILED, event.reason
    )


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
    ev.Pressed: _ignore,
    ev.TalkBegan: _ignore,
    ev.TalkEnded: _ignore,
    ev.RecordingEnded: _ignore,
    ev.Acted: _ignore,
    ev.HangupRequested: _cause_told,
    ev.Destroyed: _destroyed,
    ev.ChannelSeen: _ignore,
    ev.ChannelGone: _gone,
    ev.CommandFailed: _ignore,
    ev.TimerFired: _timer,
    ev.AgentFound: _ignore,
    ev.Connected: _ignore,
    ev.AgentLeft: _ignore,
    ev.MemberTook: _ignore,
    ev.LeftQueue: _ignore,
    ev.Moved: _ignore,
    ev.TakenOver: _ignore,
    ev.StopRequested: _ignore,
}
_UNANSWERED: dict[type[ev.CallEvent], Rule] = _ALWAYS | {
    ev.Rang: ring.rang,
    ev.PickedUp: ring.picked_up,
    ev.Answered: ring.answered,
    ev.AmdHeard: ring.judged,  # Answered was lost
    ev.ChannelSeen: ring.found_unanswered,
    ev.StopRequested: ring.stop_unanswered,
}
TABLE: dict[type[State], dict[type[ev.CallEvent], Rule]] = {
    Placing: _UNANSWERED
    | {ev.OriginateTaken: ring.taken, ev.OriginateRefused: ring.refused, ev.OriginateUnclear: ring.unclear},
    Ringing: _UNANSWERED,
    Detecting: _ALWAYS
    | {
        ev.AmdHeard: ring.judged,
        ev.ChannelSeen: _found_detecting,
        ev.CommandFailed: _undetected,
        ev.StopRequested: _stop_detecting,
    },
    Playing: _ALWAYS
    | {
        ev.PlaybackEnded: message.over,
        ev.Pressed: message.key_pressed,
        ev.TimerFired: message.timer,
        ev.ChannelSeen: message.seen,
        ev.CommandFailed: _unserved,
        ev.StopRequested: _stop_served,
    },
    InFlow: _ALWAYS
    | {
        ev.PlaybackEnded: walk.played,
        ev.Pressed: walk.pressed,
        ev.RecordingEnded: walk.recorded,
        ev.Acted: walk.acted,
        ev.TimerFired: walk.timer,
        ev.ChannelSeen: walk.seen,
        ev.CommandFailed: walk.failed,
        ev.StopRequested: _stop_served,
    },
    Handed: _ALWAYS | {ev.ChannelSeen: _found_handed, ev.CommandFailed: _unserved, ev.StopRequested: _stop_served},
    Waiting: _ALWAYS
    | {
        ev.TimerFired: talk.waited_enough,
        ev.AgentFound: talk.agent_found,
        ev.CommandFailed: talk.unsought,
        ev.ChannelSeen: talk.waiter_seen,
        ev.ChannelGone: talk.waiter_missed,
        ev.StopRequested: talk.stop,
    },
    Talking: _ALWAYS
    | {
        ev.AgentFound: talk.leg_seen,
        ev.Connected: talk.connected,
        ev.AgentLeft: talk.agent_left,
        ev.Moved: talk.moved,
        ev.TakenOver: talk.taken_over,
        ev.HangupRequested: talk.cause_told,
        ev.ChannelSeen: talk.talkers_seen,
        ev.CommandFailed: talk.unconnected,
        ev.StopRequested: _stop_served,
    },
    Queued: _ALWAYS
    | {
        ev.TimerFired: queued.waited_enough,
        ev.MemberTook: queued.member_took,
        ev.LeftQueue: queued.came_back,
        ev.ChannelSeen: queued.waiter_seen,
        ev.CommandFailed: queued.unserved,
        ev.StopRequested: queued.stop,
    },
    WithMember: _ALWAYS
    | {
        ev.MemberTook: queued.member_named,
        ev.LeftQueue: queued.member_left,
        ev.HangupRequested: queued.person_left,
        ev.ChannelSeen: queued.talkers_seen,
        ev.StopRequested: _stop_served,
    },
    Listening: _ALWAYS
    | {
        ev.TalkBegan: machine.began,
        ev.TalkEnded: machine.ended,
        ev.TimerFired: machine.quiet_long_enough,
        ev.ChannelSeen: machine.listener_seen,
        ev.CommandFailed: machine.unwatched,
        ev.StopRequested: machine.stop,
    },
    Leaving: _ALWAYS
    | {
        ev.PlaybackEnded: machine.said,
        ev.ChannelSeen: machine.leaver_seen,
        ev.CommandFailed: machine.unsaid,
        ev.StopRequested: machine.stop,
    },
    Screening: _ALWAYS
    | {
        ev.TalkBegan: machine.answer_began,
        ev.TalkEnded: machine.answer_ended,
        ev.TimerFired: machine.waited_enough,
        ev.ChannelSeen: machine.screener_seen,
        ev.StopRequested: machine.stop,
    },
    Clearing: _ALWAYS | {ev.ChannelSeen: _found_clearing, ev.HangupRequested: _cause_told_late},
    Settled: dict.fromkeys(_ALWAYS, _ignore),
}
