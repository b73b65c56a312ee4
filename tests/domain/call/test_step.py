"""A call from originate to disposition: conversations as tables, and any order of events ends it exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.domain.call import Call, CallPlan, Facts, begin, resume, step
from dialerd.domain.call import commands as do
from dialerd.domain.call import events as ev
from dialerd.domain.call.states import STATES, Aim, Clearing, Placing, Settled
from dialerd.domain.call.step import TABLE
from dialerd.domain.flow import moves as flow
from dialerd.domain.machines import Screened, Voicemail
from dialerd.domain.recording import recording_name
from dialerd.domain.words import AttemptId, LegId, Verdict
from tests.domain.flow.samples import read, scene

FLOW = read()
START = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
ID = AttemptId("d" + "0" * 32)
MESSAGE = f"{ID}-message"
TIMER = ev.TimerFired(0)
"""Stands for the timer that is set at the moment."""


def plan(
    *,
    amd: bool = True,
    play: str | None = "hello",
    queue: str | None = None,
    flow: str | None = None,
    abandon_play: str | None = None,
    opt_out_key: str | None = None,
    max_ring_s: float = 25,
    min_ring_s: float = 15,
    voicemail: Voicemail | None = None,
    screened: Screened | None = None,
) -> CallPlan:
    flow = None if queue else flow
    play = None if queue or flow else play
    context = None if play or queue or flow else "ivr"
    return CallPlan(
        attempt_id=ID,
        dial_string="PJSIP/+12125550100@carrier",
        caller_id="+12125550100",
        amd=amd,
        max_ring_s=max_ring_s,
        min_ring_s=min_ring_s,
        play=play,
        context=context,
        queue=queue,
        flow=flow,
        abandon_play=abandon_play,
        opt_out_key=opt_out_key,
        voicemail=voicemail,
        screened=screened,
    )


def follow(call: Call, events: Sequence[tuple[float, ev.CallEvent]]) -> tuple[Call, list[str]]:
    """Events at seconds after the start; the call then, and the names of what it asked for (timers left out)."""
    asked: list[str] = []
    for at_s, told in events:
        event = ev.TimerFired(call.serial) if told == TIMER else told
        call, commands = step(call, event, START + timedelta(seconds=at_s))
        asked += [type(command).__name__ for command in commands if not isinstance(command, do.SetTimer)]
    return call, asked


def test_every_state_has_a_rule_for_every_event() -> None:
    assert set(TABLE) == set(STATES)
    for state in STATES:
        assert set(TABLE[state]) == set(ev.EVENTS), state


TAKEN, RANG, UP = ev.OriginateTaken(), ev.Rang(), ev.PickedUp()
ANSWERED, GONE, STOP = ev.Answered(), ev.ChannelGone(), ev.StopRequested()
HUMAN, MACHINE = ev.AmdHeard("HUMAN", "HUMAN-700-700"), ev.AmdHeard("MACHINE", "MAXWORDS-5-4")
PLAYED = ev.PlaybackEnded(MESSAGE)
CLEARED = ev.Destroyed(16)

CONVERSATIONS: dict[str, tuple[CallPlan, list[tuple[float, ev.CallEvent]], list[str], str]] = {
    "a busy line": (plan(), [(0, TAKEN), (0, ev.HangupRequested(17, 486)), (0, ev.Destroyed(17, 486))], [], "busy"),
    "the end before the originate's reply": (plan(), [(0, ev.Destroyed(17, 486)), (0, TAKEN)], [], "busy"),
    "our ring time is over": (plan(), [(0, TAKEN), (0, RANG), (25, ev.Destroyed(19, 480))], [], "no_answer"),
    # before 20.18 and 22.8 an originate's timeout has no cause at all
    "ring time over on an old version": (plan(), [(0, TAKEN), (0, RANG), (25, ev.Destroyed(0))], [], "no_answer"),
    "no such number": (plan(), [(0, TAKEN), (0, ev.Destroyed(1, 404))], [], "invalid_number"),
    "declined": (plan(), [(0, TAKEN), (0, RANG), (3, ev.Destroyed(21, 603))], [], "rejected"),
    "blocked by analytics": (plan(), [(0, TAKEN), (0, ev.Destroyed(127, 608))], [], "blocked"),
    "a machine": (
        plan(),
        [(0, TAKEN), (9, UP), (9, ANSWERED), (12, MACHINE), (12, CLEARED)],
        ["Detect", "HangUp"],
        "answering_machine",
    ),
    "a person hears the message": (
        plan(),
        [(0, TAKEN), (0, RANG), (9, UP), (9, ANSWERED), (11, HUMAN), (14, PLAYED), (14, CLEARED)],
        ["Detect", "Play", "HangUp"],
        "answered_human",
    ),
    "a person hangs up during the message": (
        plan(),
        [
            (0, TAKEN),
            (9, ANSWERED),
            (11, HUMAN),
            (12, ev.HangupRequested(None)),
            (12, ev.PlaybackEnded(MESSAGE, failed=True)),
            (12, ev.Destroyed(0)),
        ],
        ["Detect", "Play"],
        "answered_human",
    ),
    "the same, heard of in the other order": (
        plan(),
        [
            (0, TAKEN),
            (9, ANSWERED),
            (11, HUMAN),
            (12, ev.PlaybackEnded(MESSAGE, failed=True)),
            (12, ev.HangupRequested(None)),
            (12, ev.Destroyed(0)),
        ],
        ["Detect", "Play", "HangUp"],
        "answered_human",
    ),
    "the message cannot be played": (
        plan(),
        [(0, TAKEN), (9, ANSWERED), (11, HUMAN), (11, ev.PlaybackEnded(MESSAGE, failed=True)), (11, CLEARED)],
        ["Detect", "Play", "HangUp"],
        "failed",
    ),
    "without detection": (
        plan(amd=False),
        [(0, TAKEN), (9, ANSWERED), (12, PLAYED), (12, CLEARED)],
        ["Play", "HangUp"],
        "answered_human",
    ),
    "handed to the dialplan": (
        plan(play=None),
        [(0, TAKEN), (9, ANSWERED), (11, HUMAN), (90, ev.Destroyed(16))],
        ["Detect", "HandOver"],
        "answered_human",
    ),
    "AMD gives up: a person": (
        plan(),
        [(0, TAKEN), (9, ANSWERED), (14, ev.AmdHeard("NOTSURE", "TOOLONG-5000")), (17, PLAYED), (17, CLEARED)],
        ["Detect", "Play", "HangUp"],
        "answered_human",
    ),
    "AMD cannot run: a person": (
        plan(),
        [(0, TAKEN), (9, ANSWERED), (9, ev.CommandFailed("Detect", "no AMD")), (12, PLAYED), (12, CLEARED)],
        ["Detect", "Play", "HangUp"],
        "answered_human",
    ),
    # the connection broke between the answer and our asking for AMD: nobody is hung up on for that
    "AMD could not be asked for, then it could": (
        plan(),
        [
            (0, TAKEN),
            (9, ANSWERED),
            (9, ev.CommandFailed("Detect", "cut", is_unclear=True)),
            (10, ev.ChannelSeen(ev.Place.ANSWERED)),
            (12, HUMAN),
            (15, PLAYED),
            (15, CLEARED),
        ],
        ["Detect", "Detect", "Play", "HangUp"],
        "answered_human",
    ),
    "the message could not be asked for, then it could": (
        plan(amd=False),
        [
            (0, TAKEN),
            (9, ANSWERED),
            (9, ev.CommandFailed("Play", "cut", is_unclear=True)),
            (10, ev.ChannelSeen(ev.Place.ANSWERED)),
            (10, ev.ChannelSeen(ev.Place.ANSWERED, playing=False)),
            (13, PLAYED),
            (13, CLEARED),
        ],
        ["Play", "Look", "Play", "HangUp"],
        "answered_human",
    ),
    "no answer to asking for the message, but it plays": (
        plan(amd=False),
        [
            (0, TAKEN),
            (9, ANSWERED),
            (9, ev.CommandFailed("Play", "cut", is_unclear=True)),
            (10, ev.ChannelSeen(ev.Place.ANSWERED, playing=True)),
            (12, ev.ChannelSeen(ev.Place.ANSWERED, playing=False)),
            (12, CLEARED),
        ],
        ["Play", "HangUp"],
        "answered_human",
    ),
    "the handing over was lost, then it was not": (
        plan(amd=False, play=None),
        [
            (0, TAKEN),
            (9, ANSWERED),
            (9, ev.CommandFailed("HandOver", "cut", is_unclear=True)),
            (14, ev.TimerFired(4)),
            (14, ev.ChannelSeen(ev.Place.ANSWERED)),
            (15, ev.ChannelSeen(ev.Place.ELSEWHERE)),
            (60, CLEARED),
        ],
        ["HandOver", "Look", "HandOver"],
        "answered_human",
    ),
    "hung up while AMD listens": (
        plan(),
        [(0, TAKEN), (9, ANSWERED), (9.7, ev.HangupRequested(16)), (9.7, CLEARED)],
        ["Detect"],
        "customer_hangup",
    ),
    "hung up as it was answered": (plan(), [(0, TAKEN), (9, UP), (9, CLEARED)], [], "customer_hangup"),
    "refused by Asterisk": (plan(), [(0, ev.OriginateRefused("bad", trunk_down=False))], [], "failed"),
    "the trunk is down": (plan(), [(0, ev.OriginateRefused("down", trunk_down=True))], [], "network_failure"),
    "reply lost, call goes on": (
        plan(),
        [(10, ev.OriginateUnclear("timeout")), (11, ANSWERED), (13, HUMAN), (16, PLAYED), (16, CLEARED)],
        ["Detect", "Play", "HangUp"],
        "answered_human",
    ),
    "reply lost, and nothing there": (
        plan(),
        [
            (10, ev.OriginateUnclear("timeout")),
            (15, ev.TimerFired(2)),
            (15, GONE),
            (17, ev.TimerFired(4)),
        ],
        ["Look"],
        "interrupted",
    ),
    # a refusal cannot undo a channel that has shown itself
    "a refusal after it rang": (
        plan(),
        [(0, RANG), (0, ev.OriginateRefused("409", trunk_down=True)), (1, ev.Destroyed(17, 486))],
        [],
        "busy",
    ),
    "Asterisk is stopped while it rings": (plan(), [(0, TAKEN), (0, RANG), (5, ev.Destroyed(0))], [], "interrupted"),
    "the answer was not told": (
        plan(),
        [(0, TAKEN), (11, HUMAN), (14, PLAYED), (14, CLEARED)],
        ["Play", "HangUp"],
        "answered_human",
    ),
    "the end was not told, but its cause": (
        plan(),
        [(0, TAKEN), (3, ev.HangupRequested(17, 486)), (3, GONE), (5, ev.TimerFired(3))],
        [],
        "busy",
    ),
    "the end of the message was not told": (
        plan(amd=False),
        [
            (0, TAKEN),
            (9, ANSWERED),
            (13, ev.ChannelSeen(ev.Place.ANSWERED)),  # in a list, after a reconnect
            (13, ev.ChannelSeen(ev.Place.ANSWERED, playing=False)),
            (13, CLEARED),
        ],
        ["Play", "Look", "HangUp"],
        "answered_human",
    ),
    "everything twice": (
        plan(),
        [
            *((0.0, TAKEN), (0.0, TAKEN), (0.0, RANG), (0.0, RANG), (9.0, ANSWERED), (9.0, ANSWERED)),
            *((11.0, HUMAN), (11.0, HUMAN), (14.0, PLAYED), (14.0, PLAYED), (14.0, CLEARED), (14.0, CLEARED)),
        ],
        ["Detect", "Play", "HangUp"],
        "answered_human",
    ),
    "stopped while it rings, long enough": (
        plan(),
        [(0, TAKEN), (0, RANG), (16, STOP), (16, CLEARED)],
        ["HangUp"],
        "cancelled",
    ),
    "stopped while it rings, too early": (
        plan(),
        [(0, TAKEN), (0, RANG), (3, STOP), (15, ev.TimerFired(3)), (15, CLEARED)],
        ["HangUp"],
        "cancelled",
    ),
    "answered after the stop, still served": (
        plan(amd=False),
        [(0, TAKEN), (3, STOP), (6, ANSWERED), (9, PLAYED), (9, CLEARED)],
        ["Play", "HangUp"],
        "answered_human",
    ),
    "stopped before the originate's reply": (
        plan(),
        [(0, STOP), (1, TAKEN), (15, ev.TimerFired(2)), (15, CLEARED)],
        ["HangUp"],
        "cancelled",
    ),
    "stopped during the message": (
        plan(amd=False),
        [(0, TAKEN), (9, ANSWERED), (10, STOP), (10, CLEARED)],
        ["Play", "HangUp"],
        "answered_human",
    ),
    "rings beyond its time": (
        plan(),
        [(0, TAKEN), (30, ev.TimerFired(2)), (30, ev.ChannelSeen(ev.Place.RINGING)), (30, CLEARED)],
        ["Look", "HangUp"],
        "no_answer",
    ),
    "AMD never comes back": (
        plan(),
        [
            (0, TAKEN),
            (9, ANSWERED),
            (21, ev.TimerFired(3)),
            (21, ev.ChannelSeen(ev.Place.DETECTING)),
            (26, ev.TimerFired(5)),
            (26, ev.ChannelSeen(ev.Place.DETECTING)),
            (26, CLEARED),
        ],
        ["Detect", "Look", "Look", "HangUp"],
        "failed",
    ),
    # two reconnects within one detection are no reason to hang up on a person
    "seen twice while AMD listens": (
        plan(),
        [
            (0, TAKEN),
            (9, ANSWERED),
            (10, ev.ChannelSeen(ev.Place.DETECTING)),
            (11, ev.ChannelSeen(ev.Place.DETECTING)),
            (11.5, HUMAN),
            (14, PLAYED),
            (14, CLEARED),
        ],
        ["Detect", "Play", "HangUp"],
        "answered_human",
    ),
}


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_a_conversation_asks_for_the_right_things_and_ends_in_its_disposition(name: str) -> None:
    given_plan, events, expected_commands, expected = CONVERSATIONS[name]
    call, asked = follow(begin(given_plan, START)[0], events)
    assert call.outcome is not None, f"still {call.state}"
    assert call.outcome.disposition == expected
    assert asked == [*expected_commands, "Settle"]


def test_an_attempt_that_asterisk_refused_for_a_dead_trunk_is_not_spent() -> None:
    call, _ = follow(begin(plan(), START)[0], [(0, ev.OriginateRefused("down", trunk_down=True))])
    assert call.outcome is not None
    assert not call.outcome.spent


@pytest.mark.parametrize(
    ("seen", "facts", "expected_commands", "expected"),
    [
        (ev.ChannelSeen(ev.Place.RINGING), Facts(placed_at=START), [], None),
        (ev.ChannelSeen(ev.Place.ANSWERED), Facts(placed_at=START), ["Detect"], None),
        (ev.ChannelSeen(ev.Place.DETECTING), Facts(placed_at=START), [], None),
        (ev.ChannelSeen(ev.Place.JUDGED, amd_status="HUMAN"), Facts(placed_at=START), ["Play"], None),
        (
            ev.ChannelSeen(ev.Place.JUDGED, amd_status="MACHINE"),
            Facts(placed_at=START),
            ["HangUp"],
            "answering_machine",
        ),
        # the verdict was written down: the message was begun by the daemon before, and is not played twice
        (
            ev.ChannelSeen(ev.Place.JUDGED, amd_status="HUMAN"),
            Facts(placed_at=START, verdict=Verdict.HUMAN),
            ["HangUp"],
            "answered_human",
        ),
        (ev.ChannelSeen(ev.Place.ELSEWHERE), Facts(placed_at=START), ["HangUp"], "interrupted"),
    ],
)
def test_a_call_of_an_earlier_daemon_goes_on_from_where_it_is(
    seen: ev.ChannelSeen, facts: Facts, expected_commands: list[str], expected: str | None
) -> None:
    call, commands = resume(plan(), facts, START)
    assert do.Look() in commands
    call, asked = follow(call, [(4, seen)])
    assert asked == expected_commands
    if expected is not None:
        assert isinstance(call.state, Clearing)
        assert call.state.disposition == expected


def test_a_call_of_an_earlier_daemon_that_is_gone_was_interrupted() -> None:
    call, _ = follow(resume(plan(), Facts(placed_at=START), START)[0], [(4, GONE), (6, ev.TimerFired(2))])
    assert call.outcome is not None
    assert call.outcome.disposition == "interrupted"


def test_nothing_changes_the_outcome_of_a_settled_call() -> None:
    call, _ = follow(begin(plan(), START)[0], [(0, ev.Destroyed(17, 486))])
    for event in ALL_EVENTS:
        assert step(call, event, START + timedelta(seconds=5)) == (call, ())


ALL_EVENTS: list[ev.CallEvent] = [
    TAKEN,
    ev.OriginateRefused("no", trunk_down=False),
    ev.OriginateRefused("no", trunk_down=True),
    ev.OriginateUnclear("?"),
    RANG,
    UP,
    ANSWERED,
    HUMAN,
    MACHINE,
    ev.AmdHeard(""),
    PLAYED,
    ev.PlaybackEnded("another"),
    *(ev.PlaybackEnded(f"{ID}-{aim}", failed=failed) for aim in Aim for failed in (False, True)),
    ev.PlaybackEnded(MESSAGE, failed=True),
    ev.Pressed("1"),
    ev.TalkBegan(),
    ev.TalkEnded(0.4),
    ev.TalkEnded(5.0),
    ev.RecordingEnded("x"),
    ev.RecordingEnded(recording_name(ID, "voice-3")),
    *(ev.PlaybackEnded(f"{ID}-flow-{serial}", failed=False) for serial in range(2, 9)),
    ev.Pressed("2"),
    ev.Pressed("3"),
    ev.Acted(0, flow.Fetched(FLOW, scene())),
    *(ev.Acted(serial, flow.Did({}, ("hello",))) for serial in range(1, 6)),
    ev.Acted(0, flow.Undone("no")),
    ev.Acted(4, flow.Undone("no")),
    ev.HangupRequested(17, 486),
    ev.HangupRequested(None),
    ev.Destroyed(16),
    ev.Destroyed(0),
    ev.Destroyed(19, 480),
    *(ev.ChannelSeen(place, amd_status="HUMAN", playing=p) for place in ev.Place for p in (None, True, False)),
    GONE,
    *(
        ev.CommandFailed(name, "x", u)
        for name in ("Detect", "Play", "Record", "HandOver", "HangUp", "Look", "Connect", "Watch")
        for u in (True, False)
    ),
    ev.AgentFound("ann", LegId("a" + "0" * 32)),
    ev.AgentFound("bob", LegId("a" + "1" * 32)),
    ev.Connected(),
    ev.AgentLeft(),
    STOP,
]

_anything = st.lists(
    st.tuples(st.floats(0, 20), st.one_of(st.sampled_from(ALL_EVENTS), st.just("timer"), st.just("old timer"))),
    max_size=40,
)
_plans = st.builds(
    plan,
    amd=st.booleans(),
    play=st.sampled_from(["hello", None]),
    queue=st.sampled_from([None, None, "sales"]),
    flow=st.sampled_from([None, "renewal"]),
    abandon_play=st.sampled_from([None, "sorry"]),
    max_ring_s=st.sampled_from([4, 25]),
    voicemail=st.sampled_from([None, Voicemail(play="vm"), Voicemail(play="vm", wait="beep", max_wait_s=5)]),
    screened=st.sampled_from([None, Screened(play="us")]),
)


@settings(max_examples=800, deadline=None)
@given(given_plan=_plans, drawn=_anything, inherited=st.booleans(), talking=st.booleans())
def test_any_order_of_events_ends_a_call_in_exactly_one_disposition(
    given_plan: CallPlan, drawn: list[tuple[float, ev.CallEvent | str]], inherited: bool, talking: bool
) -> None:
    """Doubled, lost, late, out of order: then the exchange says that the channel is gone, and timers go on firing."""
    facts = Facts(placed_at=START)
    if talking:
        facts = replace(facts, agent="ann", connected_at=START, answered_at=START, verdict=Verdict.HUMAN)
    call, commands = resume(given_plan, facts, START) if inherited else begin(given_plan, START)
    settled = 0
    now_s = 0.0
    tail: list[tuple[float, ev.CallEvent | str]] = [(1.0, GONE), (30.0, "timer")] * 4
    for wait_s, drawn_event in [*drawn, *tail]:
        now_s += wait_s
        event: ev.CallEvent
        if isinstance(drawn_event, str):
            event = ev.TimerFired(call.serial if drawn_event == "timer" else call.serial - 1)
        else:
            event = drawn_event
        before = call
        call, commands = step(call, event, START + timedelta(seconds=now_s))
        settled += sum(isinstance(command, do.Settle) for command in commands)
        if isinstance(before.state, Settled):
            assert call is before
            assert commands == ()
        if isinstance(before.state, Placing):
            # a hang-up could overtake the originate, and the call would ring on without anybody knowing
            assert not any(isinstance(c, do.HangUp) for c in commands) or before.facts.seen or call.facts.seen
        if any(isinstance(c, do.HangUp) for c in commands) and call.facts.answered_at is None:
            assert now_s >= min(given_plan.min_ring_s, given_plan.max_ring_s), "a ringing phone is not cancelled early"
        timers = [command.serial for command in commands if isinstance(command, do.SetTimer)]
        assert not timers or timers[-1] == call.serial
    assert isinstance(call.state, Settled)
    assert settled == 1


def ended_at_s(events: Sequence[tuple[float, ev.CallEvent]]) -> float:
    """When a call that is stopped asks to be hung up, its timers firing as they are set."""
    call, _ = begin(plan(max_ring_s=120), START)
    timer: tuple[float, int] | None = None
    left = list(events)
    for _ in range(50):
        at_s, event = left.pop(0) if left and (timer is None or left[0][0] <= timer[0]) else (None, None)
        if at_s is None or event is None:
            assert timer is not None, "a ringing call always has a timer"
            (at_s, serial), timer = timer, None
            event = ev.TimerFired(serial)
        call, commands = step(call, event, START + timedelta(seconds=at_s))
        for command in commands:
            if isinstance(command, do.HangUp):
                return at_s
            if isinstance(command, do.SetTimer):
                timer = (at_s + command.after_s, command.serial)
    raise AssertionError("it is never hung up")


@pytest.mark.parametrize(
    ("events", "at_s"),
    [
        ([(0, TAKEN), (2, STOP)], 15),  # the trunk does not tell of ringing: from the dialing on
        ([(0, TAKEN), (6, RANG), (8, STOP)], 21),  # six seconds until it rang count for nothing
        ([(0, TAKEN), (2, STOP), (6, RANG)], 21),
        ([(0, TAKEN), (6, RANG), (7, RANG), (40, STOP)], 40),
    ],
)
def test_a_call_that_is_stopped_rings_its_least_time_from_the_first_ring_on(
    events: list[tuple[float, ev.CallEvent]], at_s: float
) -> None:
    assert ended_at_s(events) == pytest.approx(at_s)
