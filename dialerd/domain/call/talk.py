"""The part of a call that has to do with an agent: waiting for one, talking, and what ends either.

Not here: which agent it is (engine/agentdesk.py), everything before the verdict (step.py).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from dialerd.domain.call import commands as do
from dialerd.domain.call import events as ev
from dialerd.domain.call import walk
from dialerd.domain.call.moves import (
    CLEAR_S,
    GONE_S,
    Step,
    clear,
    end_as_known,
    enter,
    hand_over,
    learn,
    play,
    rearm,
    seek,
    wait,
)
from dialerd.domain.call.states import (
    Away,
    Call,
    CallPlan,
    Facts,
    Handed,
    InFlow,
    PassedOn,
    Playing,
    Settled,
    Talk,
    Talking,
    Waiting,
    WithMember,
)
from dialerd.domain.steering import PASS_ON
from dialerd.domain.words import Disposition

ANNOUNCE_S = 30.0  # the longest announcement; were its end not told, they would wait so long
_EARLY_S = 0.005  # a timer may fire that much before its moment

_ASKED = PassedOn()  # to whom the agent had asked: to nobody else, and to nobody who is waited for

_LOOK_S = 300.0  # between looks at two who talk: were every word of the end lost, an agent sits alone no longer


def agent_found(call: Call, event: ev.CallEvent, _now: datetime) -> Step:
    assert isinstance(event, ev.AgentFound)
    assert isinstance(call.state, Waiting)
    if call.facts.cause is not None:
        return call, ()  # the person hung up just now; Destroyed is on its way
    talking = Talking(
        event.agent, event.leg_id, call.state.until, away=call.state.away, announcing=call.state.announcing
    )
    if talking.announcing:
        return enter(call, talking, ANNOUNCE_S)
    if isinstance(call.state.away, PassedOn):
        return enter(call, talking, CLEAR_S, do.Comfort(False), do.Connect(event.leg_id))
    return enter(call, talking, CLEAR_S, do.Connect(event.leg_id))


def announced(call: Call, event: ev.PlaybackEnded) -> Step:
    """The person has been told that they are recorded, or could not be: then they are not."""
    state = call.state
    if isinstance(state, Settled):
        return call, ()
    begun = (do.RecordCall(),) if call.record_wish and not event.failed else ()
    call = learn(replace(call, record_wish=False), consent=not event.failed)
    if isinstance(state, Waiting):
        return replace(call, state=replace(state, announcing=False)), begun
    if isinstance(state, Talking) and state.announcing and state.leg_id is not None:
        call, commands = rearm(replace(call, state=replace(state, announcing=False)), CLEAR_S, do.Connect(state.leg_id))
        return call, (*begun, *commands)
    return call, begun


def may_be_recorded(call: Call) -> bool:
    """Whether a person is being served who has been told of it, where the campaign tells them."""
    state, is_told = call.state, call.is_told
    match state:
        case Playing(disposition=disposition):
            return is_told and disposition is Disposition.ANSWERED_HUMAN
        case Handed() | WithMember() | InFlow():
            return is_told
        case Talking():  # connected: what was to be told is over, whether an earlier daemon did it or we
            return not state.is_unclear and call.facts.consent is not False
        case _:
            return False


def may_be_heard(call: Call) -> bool:
    """Whether others may hear it: where the campaign tells people of that, once they have been told."""
    return call.plan.consent is None or may_be_recorded(call)


def wants_recording(call: Call) -> bool:
    """Whether the campaign has this call recorded now."""
    return call.plan.record and may_be_recorded(call)


def leg_seen(call: Call, event: ev.CallEvent, _now: datetime) -> Step:
    """After a restart the agent's leg was found again: from now on its end is told."""
    assert isinstance(event, ev.AgentFound)
    assert isinstance(call.state, Talking)
    if call.state.leg_id is not None or call.state.agent != event.agent:
        return call, ()
    return replace(call, state=replace(call.state, leg_id=event.leg_id)), ()


def connected(call: Call, _event: ev.CallEvent, now: datetime) -> Step:
    state = call.state
    assert isinstance(state, Talking)
    if not state.is_unclear:
        return call, ()
    is_next = isinstance(state.away, PassedOn)  # from now on it is this agent's talk
    call = learn(call, agent=state.agent, connected_at=now if is_next else call.facts.connected_at or now)
    heard = (do.Comfort(False),) if state.away == _ASKED else ()  # not before the one who asked is out
    return rearm(replace(call, state=replace(state, is_unclear=False)), min(_LOOK_S, call.plan.max_talk_s), *heard)


def cause_told(call: Call, event: ev.CallEvent, _now: datetime) -> Step:
    """The person hangs up; were the end itself not told, an agent would sit there for hours."""
    assert isinstance(event, ev.HangupRequested)
    return rearm(learn(call, seen=True, cause=event.cause or 0, sip_code=event.sip_code), CLEAR_S)


def waited_enough(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    """The timer of a person who waits: no agent came in time, or the channel was missed."""
    assert isinstance(event, ev.TimerFired)
    state = call.state
    assert isinstance(state, Waiting)
    if event.serial != call.serial:
        return call, ()
    if call.gone:
        return end_as_known(call, now)
    left_s = (state.until - now).total_seconds()
    if left_s > _EARLY_S:
        return rearm(call, left_s)
    match state.away:
        case None:
            return play(call, Disposition.ABANDONED)
        case PassedOn():
            return clear(call, Disposition.ANSWERED_HUMAN, "nobody took the call that was passed on")
        case Away(back=back):
            return walk.back(call, back, now)


def moved(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    """To another queue, agent or number, while the two talk; the agent it had wraps up meanwhile."""
    assert isinstance(event, ev.Moved)
    assert isinstance(call.state, Talking)
    if call.state.is_unclear or call.facts.cause is not None:
        return call, ()  # not begun, or over
    if event.to.number is not None:
        return hand_over(call, event.to.context, event.to.number)
    call = _talk_over(call, now, queue=event.to.queue, taker=event.to.agent)
    return wait(call, now + PASS_ON, now, PassedOn(event.to.queue, event.to.agent))


def _talk_over(call: Call, now: datetime, *, queue: str | None = None, taker: str | None = None) -> Call:
    """The agent's own talk is over, the call is not."""
    facts = call.facts
    if facts.agent is None or facts.connected_at is None:
        return call
    talk = Talk(agent=facts.agent, began_at=facts.connected_at, ended_at=now, queue=queue, taker=taker)
    return learn(call, talks=(*facts.talks, talk))


def taken_over(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    """By whom the agent has asked, who is in the bridge already; should that one be lost, they wait as if passed on."""
    assert isinstance(event, ev.TakenOver)
    assert isinstance(call.state, Talking)
    if call.state.is_unclear or call.facts.cause is not None:
        return call, ()  # not begun, or over
    call = _talk_over(call, now)
    talking = Talking(event.agent, event.leg_id, now + PASS_ON, away=_ASKED)
    return enter(call, talking, CLEAR_S, do.Connect(event.leg_id))


def waits_on(plan: CallPlan, facts: Facts, ended: Talk, now: datetime) -> Step:
    """Of a call that an earlier daemon placed: who was passed on waits on, with music, for as long as is left."""
    until, away = ended.ended_at + PASS_ON, PassedOn(ended.queue, ended.taker)
    left_s = max(0.0, (until - now).total_seconds())
    call = Call(plan=plan, state=Waiting(until, away), facts=facts, serial=1)
    return call, (do.Look(), do.Comfort(True), *seek(away, left_s), do.SetTimer(1, left_s))


def stop(call: Call, _event: ev.CallEvent, _now: datetime) -> Step:
    assert isinstance(call.state, Waiting)
    if call.state.away is None:
        return play(call, Disposition.ABANDONED)
    return clear(call, Disposition.ANSWERED_HUMAN, "the daemon was stopped")


def waiter_seen(call: Call, _event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(call.state, Waiting)
    left_s = max(0.0, (call.state.until - now).total_seconds())
    again = seek(call.state.away, left_s) if call.gone else ()
    return rearm(replace(call, gone=False), left_s, *again)


def waiter_missed(call: Call, _event: ev.CallEvent, _now: datetime) -> Step:
    """Nobody is there any more as far as we can tell: no agent for them; what ended it may still be told."""
    if call.gone:
        return call, ()
    return rearm(replace(call, gone=True), GONE_S, do.StopSeeking())


def talkers_seen(call: Call, _event: ev.CallEvent, now: datetime) -> Step:
    """The person is there; whether the agent is too, the desk of the agents tells."""
    state, call = call.state, replace(call, gone=False)
    assert isinstance(state, Talking)
    if state.announcing and call.looked == 0:
        return rearm(call, ANNOUNCE_S)
    if state.is_unclear and state.leg_id is not None:
        call = replace(call, state=replace(state, announcing=False))
        return rearm(call, CLEAR_S, do.Connect(state.leg_id))  # asking twice changes nothing
    began_at = call.facts.connected_at or now
    left_s = call.plan.max_talk_s - (now - began_at).total_seconds()
    if left_s > 0:
        return rearm(call, min(_LOOK_S, left_s))
    return clear(call, Disposition.ANSWERED_HUMAN, "the call exceeded its time")


def unsought(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    """Nobody is there where a flow has sent the person."""
    assert isinstance(event, ev.CommandFailed)
    assert isinstance(call.state, Waiting)
    if event.command != do.Seek.__name__ or not isinstance(call.state.away, Away):
        return call, ()
    return walk.back(call, call.state.away.back, now)


def unconnected(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.CommandFailed)
    assert isinstance(call.state, Talking)
    if event.command != do.Connect.__name__ or not call.state.is_unclear:
        return call, ()
    if event.is_unclear:
        return rearm(call, CLEAR_S)
    if isinstance(away := call.state.away, Away) and away.queue is None:
        return walk.back(call, away.back, now)
    # that agent's leg is lost; another may be there
    return wait(call, call.state.until, now, call.state.away, announcing=call.state.announcing)


def agent_left(call: Call, event: ev.CallEvent, now: datetime) -> Step:
    assert isinstance(event, ev.AgentLeft)
    assert isinstance(call.state, Talking)
    away = call.state.away
    if call.state.is_unclear and isinstance(away, Away) and away.queue is None:
        return walk.back(call, away.back, now)  # it was them or nobody
    if call.state.is_unclear:
        return wait(call, call.state.until, now, call.state.away, announcing=call.state.announcing)
    if call.facts.cause is not None:
        return rearm(call, CLEAR_S)  # the person hung up first; Destroyed is on its way
    if call.gone:
        return call, ()  # so did they, while nobody listened: the end comes with what was missed
    return clear(call, Disposition.ANSWERED_HUMAN if event.is_alone else Disposition.AGENT_HANGUP, event.reason)
