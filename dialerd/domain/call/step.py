"""step(call, event, now) -> (call, commands): the whole life of a call as one table.

Not here: doing anything (engine/performer.py), the order of events (there is none to rely on), retries (retry.py).

Rules of this file
- The table is complete: every state has a rule for every event; `_ignore` says that an event means nothing there.
- Every state but Settled has a timer running, and every timer leads to a look at the exchange: lost events can
  delay a call's end but not prevent it.
- Settle is asked for in `_settle` only, which leads to Settled, which ignores everything: once per call.
- A phone that rings is not cancelled before plan.min_ring_s, whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from dialerd.domain import amd, causes
from dialerd.domain.call import commands as do
from dialerd.domain.call import events as ev
from dialerd.domain.call.states import (
    Call,
    CallPlan,
    Clearing,
    Detecting,
    Facts,
    Handed,
    Outcome,
    Placing,
    Playing,
    Ringing,
    Settled,
    State,
)
from dialerd.domain.words import Disposition, Verdict

REPLY_S = 15.0  # an originate's reply; the adapter gives up earlier
RING_SLACK_S = 5.0  # beyond the ring time that Asterisk itself keeps
DETECT_S = 12.0  # AMD analyses 5 s at most
MESSAGE_S = 300.0  # between looks at a playing message
CLEAR_S = 5.0  # a hang-up takes effect in milliseconds
GONE_S = 2.0  # a missed channel's ChannelDestroyed may still be on its way
STALE_LOOKS = 2  # looks that find nothing new before we end the call ourselves

Step = tuple[Call, tuple[do.Command, ...]]
Rule = Callable[[Call, ev.CallEvent, datetime], Step]


def begin(plan: CallPlan, now: datetime) -> Step:
    """A new call: its first state and the originate."""
    call = Call(plan=plan, state=Placing(), facts=Facts(placed_at=now), serial=1)
    return call, (do.Originate(), do.SetTimer(1, REPLY_S))


def resume(plan: CallPlan, facts: Facts) -> Step:
    """A call that an earlier daemon placed: nothing is known of it until a look at the exchange tells."""
    call = Call(plan=plan, state=Ringing(), facts=facts, serial=1)
    return call, (do.Look(), do.SetTimer(1, CLEAR_S))


def step(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    """What `event` at `now` makes of the call, and what is to be done about it."""
    return TABLE[type(call.state)][type(event)](call, event, now)


# What several rules share ---------------------------------------------------------------------------------------


def _enter(call: Call, state: State, timer_s: float, *commands: do.Command) -> Step:
    serial = call.serial + 1
    moved = replace(call, state=state, serial=serial, gone=False, looked=0)
    return moved, (*commands, do.SetTimer(serial, timer_s))


def _rearm(call: Call, timer_s: float, *commands: do.Command) -> Step:
    serial = call.serial + 1
    return replace(call, serial=serial), (*commands, do.SetTimer(serial, timer_s))


def _learn(call: Call, **facts: object) -> Call:
    return replace(call, facts=replace(call.facts, **facts))  # type: ignore[arg-type]  # keys are Facts' own


def _settle(call: Call, disposition: Disposition, now: datetime, *, reason: str = "", spent: bool = True) -> Step:
    outcome = Outcome(disposition=disposition, facts=call.facts, ended_at=now, spent=spent, reason=reason)
    return replace(call, state=Settled(outcome), serial=call.serial + 1), (do.Settle(outcome),)


def _clear(call: Call, disposition: Disposition, reason: str = "") -> Step:
    return _enter(call, Clearing(disposition, reason), CLEAR_S, do.HangUp())


def _serve(call: Call) -> Step:
    """A person is there: give them what the campaign has for them."""
    plan = call.plan
    if plan.play is not None:
        playback_id = f"{plan.attempt_id}-message"
        return _enter(call, Playing(playback_id), MESSAGE_S, do.Play(playback_id, plan.play))
    assert plan.context is not None, "a plan has play or context"
    return _enter(call, Handed(), plan.max_talk_s, do.HandOver(plan.context, plan.extension))


def _waited_s(call: Call, now: datetime) -> float:
    return (now - call.facts.placed_at).total_seconds()


def _ring_left_s(call: Call, now: datetime) -> float:
    """How long to leave a ringing call alone: its ring time, or once we are stopping the least it must ring."""
    limit_s = call.plan.min_ring_s if call.stopping else call.plan.max_ring_s + RING_SLACK_S
    return max(0.0, limit_s - _waited_s(call, now))


def _as_of_verdict(call: Call, status: str, cause: str, now: datetime) -> Step:
    verdict = amd.judge(status)
    answered_at = call.facts.answered_at or now
    text = f"{status} {cause}".strip() or "NONE"
    call = _learn(call, verdict=verdict, amd=text, answered_at=answered_at, seen=True)
    if verdict is Verdict.MACHINE:
        return _clear(call, Disposition.ANSWERING_MACHINE)
    return _serve(call)


def _unanswered_end(call: Call, now: datetime) -> Step:
    """The channel ended before it was answered, or just as it was."""
    facts = call.facts
    if facts.answered_at is not None:
        return _settle(call, Disposition.CUSTOMER_HANGUP, now, reason="hung up as it was answered")
    # Asterisk that is being stopped ends ringing calls with cause 0 and no SIP status. So did Asterisk before
    # 20.18 and 22.8 when the ring time was over: then, and only then, it means that nobody answered.
    no_word = not facts.cause and facts.sip_code is None
    if no_word and _waited_s(call, now) < call.plan.max_ring_s - 1:
        return _settle(call, Disposition.INTERRUPTED, now, reason="cut off while it rang")
    ending = causes.classify(cause=facts.cause, sip_code=facts.sip_code)
    return _settle(call, ending.disposition, now, reason=f"ended by the {ending.side}")


def _end_as_known(call: Call, now: datetime) -> Step:
    """The channel is gone; say what the state at that moment makes of it."""
    match call.state:
        case Placing() | Ringing():
            return _unanswered_end(call, now)
        case Detecting():
            return _settle(call, Disposition.CUSTOMER_HANGUP, now, reason="hung up while AMD listened")
        case Playing() | Handed():
            return _settle(call, Disposition.ANSWERED_HUMAN, now)
        case Clearing(disposition, reason):
            return _settle(call, disposition, now, reason=reason)
        case Settled():
            return call, ()


# Rules ----------------------------------------------------------------------------------------------------------


def _ignore(call: Call, _event: ev.CallEvent, _now: datetime) -> Step:
    return call, ()


def _taken(call: Call, _event: ev.CallEvent, now: datetime) -> Step:
    return _enter(call, Ringing(), _ring_left_s(call, now))


def _refused(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.OriginateRefused)
    if call.facts.seen:  # a refusal cannot undo a channel that has shown itself
        return _taken(call, event, now)
    if event.trunk_down:
        return _settle(call, Disposition.NETWORK_FAILURE, now, reason=event.reason, spent=False)
    return _settle(call, Disposition.FAILED, now, reason=event.reason)


def _unclear(call: Call, _event: ev.CallEvent, _now: datetime) -> Step:
    # It may have been dialed, so it may not be dialed again: wait for signs of life, then look.
    return _enter(call, Ringing(), RING_SLACK_S)


def _seen_alive(call: Call, _event: ev.CallEvent, _now: datetime) -> Step:
    return _learn(replace(call, gone=False), seen=True), ()


def _picked_up(call: Call, _event: ev.CallEvent, now: datetime) -> Step:
    return _learn(replace(call, gone=False), seen=True, answered_at=call.facts.answered_at or now), ()


def _answered(call: Call, _event: ev.CallEvent, now: datetime) -> Step:
    call = _learn(call, seen=True, answered_at=call.facts.answered_at or now)
    if call.plan.amd:
        return _enter(call, Detecting(), DETECT_S, do.Detect())
    return _serve(_learn(call, verdict=Verdict.HUMAN))


def _judged(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.AmdHeard)
    return _as_of_verdict(call, event.status, event.cause, now)


def _message_over(call: Call, event: ev.CallEvent, _now: datetime) -> Step:
    assert isinstance(event, ev.PlaybackEnded)
    assert isinstance(call.state, Playing)
    if event.playback_id != call.state.playback_id:
        return call, ()
    if event.failed:
        return _clear(call, Disposition.FAILED, "the message could not be played")
    return _clear(call, Disposition.ANSWERED_HUMAN)


def _cause_told(call: Call, event: ev.CallEvent, _now: datetime) -> Step:
    assert isinstance(event, ev.HangupRequested)
    return _learn(call, seen=True, cause=event.cause, sip_code=event.sip_code), ()


def _destroyed(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.Destroyed)
    cause = event.cause if event.cause is not None else call.facts.cause
    sip_code = event.sip_code if event.sip_code is not None else call.facts.sip_code
    return _end_as_known(_learn(call, seen=True, cause=cause, sip_code=sip_code), now)


def _gone(call: Call, _event: ev.CallEvent, _now: datetime) -> Step:
    if call.gone:
        return call, ()
    return _rearm(replace(call, gone=True), GONE_S)


def _timer(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.TimerFired)
    if event.serial != call.serial:
        return call, ()
    if call.gone:
        return _missed(call, now)
    if call.stopping and call.is_unanswered and _waited_s(call, now) >= call.plan.min_ring_s:
        return _clear(call, Disposition.CANCELLED, "the daemon was stopped")
    playback_id = call.state.playback_id if isinstance(call.state, Playing) else None
    return _rearm(replace(call, looked=call.looked + 1), CLEAR_S, do.Look(playback_id))


def _missed(call: Call, now: datetime) -> Step:
    """The channel is gone and its end was not told."""
    if call.is_unanswered and call.facts.cause is not None:
        return _unanswered_end(call, now)
    if isinstance(call.state, Placing | Ringing | Detecting):
        return _settle(call, Disposition.INTERRUPTED, now, reason="its end was not seen")
    return _end_as_known(call, now)


def _found_unanswered(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.ChannelSeen)
    call = _learn(replace(call, gone=False), seen=True)
    if event.place is ev.Place.RINGING:
        if _waited_s(call, now) >= call.plan.max_ring_s + RING_SLACK_S:
            return _clear(call, Disposition.NO_ANSWER, "rang beyond its time")
        return _enter(call, Ringing(), _ring_left_s(call, now))
    if call.facts.verdict is not None:
        return _take_over(call)
    match event.place:
        case ev.Place.ANSWERED:
            return _answered(call, event, now)
        case ev.Place.DETECTING:
            call = _learn(call, answered_at=call.facts.answered_at or now)
            return _enter(call, Detecting(), DETECT_S)
        case ev.Place.JUDGED:
            return _as_of_verdict(call, event.amd_status, "", now)
        case _:
            return _take_over(_learn(call, answered_at=call.facts.answered_at or now))


def _take_over(call: Call) -> Step:
    """Up, and served by an earlier daemon as far as we can tell: it cannot be served again, so it ends."""
    reason = "taken over after a restart"
    match call.facts.verdict:
        case Verdict.HUMAN | Verdict.UNSURE:
            return _clear(call, Disposition.ANSWERED_HUMAN, reason)
        case Verdict.MACHINE:
            return _clear(call, Disposition.ANSWERING_MACHINE, reason)
        case None:
            return _clear(call, Disposition.INTERRUPTED, reason)


def _found_detecting(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.ChannelSeen)
    if event.place is ev.Place.JUDGED:
        return _as_of_verdict(call, event.amd_status, "", now)
    call = replace(call, gone=False)
    if call.looked < STALE_LOOKS:
        return _rearm(call, CLEAR_S)
    # AMD has a time limit of its own; a channel still not back is stuck, and somebody is listening to silence.
    return _clear(call, Disposition.FAILED, "AMD never came back")


def _found_playing(call: Call, event: ev.CallEvent, _now: datetime) -> Step:
    assert isinstance(event, ev.ChannelSeen)
    state, call = call.state, replace(call, gone=False)
    assert isinstance(state, Playing)
    if event.playing is None:  # seen in a list after a reconnect: the end of the message may have been missed
        return _rearm(call, CLEAR_S, do.Look(state.playback_id))
    if not event.playing:
        return _clear(call, Disposition.ANSWERED_HUMAN)
    if call.looked < STALE_LOOKS:
        return _rearm(call, MESSAGE_S)
    return _clear(call, Disposition.ANSWERED_HUMAN, "the message exceeded its time")


def _found_handed(call: Call, _event: ev.CallEvent, now: datetime) -> Step:
    answered_at = call.facts.answered_at or now
    left_s = call.plan.max_talk_s - (now - answered_at).total_seconds()
    if left_s > 0:
        return _rearm(replace(call, gone=False), left_s)
    return _clear(call, Disposition.ANSWERED_HUMAN, "the call exceeded its time")


def _found_clearing(call: Call, _event: ev.CallEvent, _now: datetime) -> Step:
    return _rearm(replace(call, gone=False), CLEAR_S, do.HangUp())


def _undetected(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.CommandFailed)
    if event.command != do.Detect.__name__:
        return call, ()
    return _as_of_verdict(call, "", "", now)  # nobody could listen: a person until shown otherwise


def _unserved(call: Call, event: ev.CallEvent, _now: datetime) -> Step:
    assert isinstance(event, ev.CommandFailed)
    if event.command not in (do.Play.__name__, do.HandOver.__name__):
        return call, ()
    return _clear(call, Disposition.FAILED, event.reason)


def _stop_unanswered(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    call = replace(call, stopping=True)
    left_s = call.plan.min_ring_s - _waited_s(call, now)
    if isinstance(call.state, Placing):
        return call, ()  # a hang-up could overtake the originate; the reply's timer comes first
    if left_s > 0:
        return _rearm(call, left_s)
    return _clear(call, Disposition.CANCELLED, "the daemon was stopped")


def _stop_detecting(call: Call, _event: ev.CallEvent, _now: datetime) -> Step:
    return _clear(call, Disposition.INTERRUPTED, "the daemon was stopped")


def _stop_served(call: Call, _event: ev.CallEvent, _now: datetime) -> Step:
    return _clear(call, Disposition.ANSWERED_HUMAN, "the daemon was stopped")


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
    ev.StopRequested: _ignore,
}
_UNANSWERED: dict[type[ev.CallEvent], Rule] = _ALWAYS | {
    ev.Rang: _seen_alive,
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
    Clearing: _ALWAYS | {ev.ChannelSeen: _found_clearing},
    Settled: dict.fromkeys(_ALWAYS, _ignore),
}
