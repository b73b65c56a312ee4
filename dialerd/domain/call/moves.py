"""What the steps of a call share: entering a state with its timer, settling, serving a person, reading an end.

Not here: which event leads to which of these (step.py).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from dialerd.domain import causes
from dialerd.domain.call import commands as do
from dialerd.domain.call.states import (
    Away,
    Call,
    CallPlan,
    Clearing,
    Detecting,
    Handed,
    InFlow,
    Leaving,
    Listening,
    Outcome,
    PassedOn,
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
from dialerd.domain.changed import changed
from dialerd.domain.flow.moves import Fetch
from dialerd.domain.sounds import Recorded
from dialerd.domain.words import Disposition

REPLY_S = 15.0  # an originate's reply; the adapter gives up earlier
RING_SLACK_S = 5.0  # beyond the ring time that Asterisk itself keeps
DETECT_S = 12.0  # AMD analyses 5 s at most
MESSAGE_S = 300.0  # between looks at a playing message
CLEAR_S = 5.0  # a hang-up takes effect in milliseconds
GONE_S = 2.0  # a missed channel's ChannelDestroyed may still be on its way
STALE_LOOKS = 2  # looks that find nothing new before we end the call ourselves

_JOIN_S = 0.5  # the dialplan needs a moment to join a queue: sooner nobody is looked for there
_MUST_BE_BACK_S = 10.0  # the dialplan gives back sooner who has found nobody (asterisk-conf)

FETCH_S = 5.0  # a look into our own store
UNPLAYED = "the message could not be played"
UNLEFT = "the message for a machine could not be played"

MAY_GIVE = frozenset({Disposition.ANSWERED_HUMAN, Disposition.DO_NOT_CALL, Disposition.FAILED})
"""Those of the system's own that a flow may say a call was; any other tells what only the system knows."""

Step = tuple[Call, tuple[do.Command, ...]]


def enter(call: Call, state: State, timer_s: float, *commands: do.Command) -> Step:
    serial = call.serial + 1
    moved = changed(call, state=state, serial=serial, gone=False, looked=0)
    return moved, (*commands, do.SetTimer(serial, timer_s))


def rearm(call: Call, timer_s: float, *commands: do.Command) -> Step:
    serial = call.serial + 1
    return changed(call, serial=serial), (*commands, do.SetTimer(serial, timer_s))


def learn(call: Call, **facts: object) -> Call:
    return changed(call, facts=changed(call.facts, **facts))


def settle(call: Call, disposition: Disposition, now: datetime, *, reason: str = "", spent: bool = True) -> Step:
    if call.facts.given in MAY_GIVE:
        disposition = Disposition(call.facts.given)
    outcome = Outcome(disposition=disposition, facts=call.facts, ended_at=now, spent=spent, reason=reason)
    return changed(call, state=Settled(outcome), serial=call.serial + 1), (do.Settle(outcome),)


def clear(call: Call, disposition: Disposition, reason: str = "") -> Step:
    return enter(call, Clearing(disposition, reason), CLEAR_S, do.HangUp())


def serve(call: Call, now: datetime, *, silence_s: float = 0.0) -> Step:
    """A person is there: give them what the campaign has for them. `silence_s`: how long they have waited for it."""
    plan = call.plan
    announce = announcement(call)
    if plan.queue is not None:
        until = now + timedelta(seconds=max(0.0, plan.patience_s - silence_s))
        return wait(call, until, now, None, *announce, announcing=bool(announce))
    if plan.in_app_queue:
        return queue_up(call, now + timedelta(seconds=max(0.0, plan.patience_s - silence_s)), now)
    if plan.play is not None:
        return play(call, Disposition.ANSWERED_HUMAN, *announce)
    if plan.flow is not None:
        return enter(call, InFlow(), FETCH_S, *announce, do.Act(0, Fetch(plan.flow)))
    assert plan.context is not None, "a plan has play, context, queue or flow"
    return hand_over(call, plan.context, plan.extension, *announce)


def hand_over(call: Call, context: str, extension: str, *commands: do.Command) -> Step:
    order = do.HandOver(context, extension)
    return enter(call, Handed(context, extension), call.plan.max_talk_s, *commands, order)


def consent_id(plan: CallPlan) -> str:
    return f"{plan.attempt_id}-consent"


def announcement(call: Call) -> tuple[do.Command, ...]:
    """Tell the person that they are recorded, once. What is played or done in the dialplan after it waits for it."""
    if call.plan.consent is None or call.facts.consent is not None:
        return ()
    return (do.Play(consent_id(call.plan), (Recorded(call.plan.consent),)),)


def wait(
    call: Call,
    until: datetime,
    now: datetime,
    away: Away | PassedOn | None = None,
    *commands: do.Command,
    announcing: bool = False,
) -> Step:
    """Have the person wait for an agent: of the campaign's queue, or where they were sent or passed on to."""
    left_s = max(0.0, (until - now).total_seconds())
    comfort = (do.Comfort(True),) if isinstance(away, PassedOn) else ()
    return enter(call, Waiting(until, away, announcing), left_s, *commands, *comfort, *seek(away, left_s))


def seek(away: Away | PassedOn | None, left_s: float) -> tuple[do.Command, ...]:
    """What is asked for somebody who waits; where a flow has sent them, with its music."""
    match away:
        case Away(music=music):
            ring_s = left_s if away.number is not None else 0.0
            wanted = do.Seek(away.queue, away.agent, away.number, ring_s, waits=away.queue is not None)
            return (do.Hold(music), wanted) if music else (wanted,)
        case PassedOn(queue, agent):
            return (do.Seek(queue, agent),)
        case _:
            return (do.Seek(),)


def queue_up(call: Call, until: datetime, now: datetime) -> Step:
    """Have the person wait in Asterisk's own queue."""
    assert call.plan.context is not None, "the dialplan leads there"
    order = do.HandOver(call.plan.context, call.plan.extension)
    return enter(call, Queued(until), max(_JOIN_S, (until - now).total_seconds()), order)


def play(call: Call, disposition: Disposition, *commands: do.Command) -> Step:
    """Play the message for `disposition`; with it heard, the call is over."""
    plan = call.plan
    sound = plan.abandon_play if disposition is Disposition.ABANDONED else plan.play
    if sound is None:
        return enter(call, Clearing(disposition), CLEAR_S, *commands, do.HangUp())
    playback_id = f"{plan.attempt_id}-message"
    playing = Playing(playback_id, disposition=disposition)
    return enter(call, playing, MESSAGE_S, *commands, do.Play(playback_id, (Recorded(sound),)))


def waited_s(call: Call, now: datetime) -> float:
    """How long this daemon knows that it has been up. What was before it took the call over is not counted: the clock
    may have been set while nobody was there, and no phone stops ringing for that."""
    return _since(call, call.facts.placed_at, now)


def rung_s(call: Call, now: datetime) -> float:
    """The same of ringing; from the dialing on where the trunk does not tell that it rings."""
    return _since(call, call.facts.rang_at or call.facts.placed_at, now)


def _since(call: Call, at: datetime, now: datetime) -> float:
    return (now - (at if call.resumed_at is None else max(at, call.resumed_at))).total_seconds()


def ring_left_s(call: Call, now: datetime) -> float:
    """How long to leave a ringing call alone: its ring time, or once we are stopping the least it must ring.

    Asterisk counts the ring time from the dialing on; the rules count the least from the first ring.
    """
    if call.stopping:
        return max(0.0, call.plan.min_ring_s - rung_s(call, now))
    return max(0.0, call.plan.max_ring_s + RING_SLACK_S - waited_s(call, now))


def unanswered_end(call: Call, now: datetime) -> Step:
    """The channel ended before it was answered, or just as it was."""
    facts = call.facts
    if facts.answered_at is not None:
        return settle(call, Disposition.CUSTOMER_HANGUP, now, reason="hung up as it was answered")
    # Asterisk that is being stopped ends ringing calls with cause 0 and no SIP status. So did Asterisk before
    # 20.18 and 22.8 when the ring time was over: then, and only then, it means that nobody answered.
    no_word = not facts.cause and facts.sip_code is None
    if no_word and (now - facts.placed_at).total_seconds() < call.plan.max_ring_s - 1:
        return settle(call, Disposition.INTERRUPTED, now, reason="cut off while it rang")
    ending = causes.classify(cause=facts.cause, sip_code=facts.sip_code)
    return settle(call, ending.disposition, now, reason=f"ended by the {ending.side}")


def machine_ending(state: Listening | Leaving | Screening) -> Disposition:
    """What a call is that ends there."""
    answered_us = isinstance(state, Screening) and state.has_answered
    return Disposition.SCREENED if answered_us else Disposition.ANSWERING_MACHINE


def end_as_known(call: Call, now: datetime) -> Step:
    """The channel is gone; say what the state at that moment makes of it."""
    match call.state:
        case Placing() | Ringing():
            return unanswered_end(call, now)
        case Detecting():
            return settle(call, Disposition.CUSTOMER_HANGUP, now, reason="hung up while AMD listened")
        case Playing(disposition=disposition):
            return settle(call, disposition, now)
        case InFlow():
            return settle(call, Disposition.CUSTOMER_HANGUP, now, reason="hung up before the flow came to its end")
        case Handed():
            return settle(call, Disposition.ANSWERED_HUMAN, now)
        case Queued(until) if now >= until + timedelta(seconds=_MUST_BE_BACK_S):
            return settle(call, Disposition.ANSWERED_HUMAN, now, reason="with a member of whom nothing was heard")
        case Queued(until) if now >= until:
            return settle(call, Disposition.ABANDONED, now, reason="hung up after waiting for too long")
        case Waiting(away=PassedOn()):
            return settle(call, Disposition.ANSWERED_HUMAN, now, reason="hung up while it was passed on")
        case Waiting() | Queued():
            return settle(call, Disposition.CUSTOMER_HANGUP, now, reason="hung up before an agent was there")
        case Talking():
            if call.facts.connected_at is None:
                return settle(call, Disposition.CUSTOMER_HANGUP, now, reason="hung up as an agent was found")
            return settle(call, Disposition.ANSWERED_HUMAN, now)
        case WithMember(by_person):  # that they hang up is told before the end; else the member did
            return settle(call, Disposition.ANSWERED_HUMAN if by_person else Disposition.AGENT_HANGUP, now)
        case Listening() | Leaving() | Screening():
            return settle(call, machine_ending(call.state), now, reason="hung up before anything else could be done")
        case Clearing(disposition, reason):
            return settle(call, disposition, now, reason=reason)
        case Settled():
            return call, ()
