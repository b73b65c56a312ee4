"""People and agents: every way in which one waits for, gets and loses the other, as tables."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dialerd.domain.call import CallPlan, Facts, begin, resume, step
from dialerd.domain.call import commands as do
from dialerd.domain.call import events as ev
from dialerd.domain.call.message import KEY_GRACE_S
from dialerd.domain.call.states import Talking, Waiting
from dialerd.domain.words import LegId, Verdict
from tests.domain.call.test_step import (
    ANSWERED,
    CLEARED,
    GONE,
    HUMAN,
    MESSAGE,
    PLAYED,
    START,
    STOP,
    TAKEN,
    TIMER,
    follow,
    plan,
)

SALES = plan(queue="sales")
SORRY = plan(queue="sales", abandon_play="sorry")
SORRY_KEY = plan(queue="sales", abandon_play="sorry", opt_out_key="9")
ANN = ev.AgentFound("ann", LegId("a" + "0" * 32))
BOB = ev.AgentFound("bob", LegId("a" + "1" * 32))
TAKEN_OVER = ev.TakenOver("bob", LegId("a" + "1" * 32))
CONNECTED, LEFT = ev.Connected(), ev.AgentLeft()
PERSON: list[tuple[float, ev.CallEvent]] = [(0, TAKEN), (9, ANSWERED), (10, HUMAN)]

CONVERSATIONS: dict[str, tuple[CallPlan, list[tuple[float, ev.CallEvent]], list[str], str]] = {
    "they talk and the customer hangs up": (
        SALES,
        [*PERSON, (10, ANN), (10, CONNECTED), (70, ev.HangupRequested(16)), (70, CLEARED)],
        ["Detect", "Seek", "Connect"],
        "answered_human",
    ),
    "they talk and the agent hangs up": (
        SALES,
        [*PERSON, (10, ANN), (10, CONNECTED), (70, LEFT), (70, CLEARED)],
        ["Detect", "Seek", "Connect", "HangUp"],
        "agent_hangup",
    ),
    "both hang up at once": (
        SALES,
        [*PERSON, (10, ANN), (10, CONNECTED), (70, ev.HangupRequested(16)), (70, LEFT), (70, CLEARED)],
        ["Detect", "Seek", "Connect"],
        "answered_human",
    ),
    "no agent in time and a message": (
        SORRY,
        [*PERSON, (11.3, TIMER), (15, ev.PlaybackEnded(MESSAGE)), (15, CLEARED)],
        ["Detect", "Seek", "Play", "HangUp"],
        "abandoned",
    ),
    "no agent in time and no message": (
        SALES,
        [*PERSON, (11.3, TIMER), (11.4, CLEARED)],
        ["Detect", "Seek", "HangUp"],
        "abandoned",
    ),
    "the message of an abandoned call is missing": (
        SORRY,
        [*PERSON, (11.3, TIMER), (11.4, ev.PlaybackEnded(MESSAGE, failed=True)), (11.4, CLEARED)],
        ["Detect", "Seek", "Play", "HangUp"],
        "abandoned",
    ),
    "whom the agent has asked takes over, and the person is heard again when the first one is out": (
        SALES,
        [*PERSON, (10, ANN), (10, CONNECTED), (70, TAKEN_OVER), (70.1, CONNECTED), (90, LEFT), (90, CLEARED)],
        ["Detect", "Seek", "Connect", "Connect", "Comfort", "HangUp"],
        "agent_hangup",
    ),
    "whom the agent has asked is lost as they take over: the person waits for others": (
        SALES,
        [*PERSON, (10, ANN), (10, CONNECTED), (70, TAKEN_OVER), (70, LEFT), (75, ANN), (75, CONNECTED), (90, CLEARED)],
        ["Detect", "Seek", "Connect", "Connect", "Comfort", "Seek", "Comfort", "Connect", "Comfort"],
        "answered_human",
    ),
    "the person hangs up as they are taken over": (
        SALES,
        [*PERSON, (10, ANN), (10, CONNECTED), (70, ev.HangupRequested(16)), (70, TAKEN_OVER), (70.1, CLEARED)],
        ["Detect", "Seek", "Connect"],
        "answered_human",
    ),
    "hung up while an agent was sought": (
        SALES,
        [*PERSON, (10.5, ev.HangupRequested(16)), (10.5, CLEARED)],
        ["Detect", "Seek"],
        "customer_hangup",
    ),
    "an agent is found for somebody who has just hung up": (
        SALES,
        [*PERSON, (10.5, ev.HangupRequested(16)), (10.5, ANN), (10.5, CLEARED)],
        ["Detect", "Seek"],
        "customer_hangup",
    ),
    "hung up on the way into the bridge": (
        SALES,
        [*PERSON, (10.5, ANN), (10.5, ev.HangupRequested(16)), (10.5, CLEARED)],
        ["Detect", "Seek", "Connect"],
        "customer_hangup",
    ),
    "the agent is lost on the way and another is there": (
        SALES,
        [*PERSON, (10.1, ANN), (10.2, LEFT), (10.3, BOB), (10.3, CONNECTED), (40, CLEARED)],
        ["Detect", "Seek", "Connect", "Seek", "Connect"],
        "answered_human",
    ),
    "the agent cannot be connected and no other comes": (
        SALES,
        [
            *PERSON,
            (10.1, ANN),
            (10.2, ev.CommandFailed("Connect", "no leg", is_unclear=False)),
            (11.3, TIMER),
            (11.4, CLEARED),
        ],
        ["Detect", "Seek", "Connect", "Seek", "HangUp"],
        "abandoned",
    ),
    "whether they are connected is not known": (
        SALES,
        [
            *PERSON,
            (10.1, ANN),
            (10.2, ev.CommandFailed("Connect", "lost", is_unclear=True)),
            (14.2, TIMER),
            (14.2, ev.ChannelSeen(ev.Place.ANSWERED)),
            (14.3, CONNECTED),
            (40, CLEARED),
        ],
        ["Detect", "Seek", "Connect", "Look", "Connect"],
        "answered_human",
    ),
    "missed in a list while they wait": (
        SALES,
        [*PERSON, (10.1, GONE), (12.2, TIMER)],
        ["Detect", "Seek", "StopSeeking"],
        "customer_hangup",
    ),
    "missed in a list and seen in the next": (
        SALES,
        [
            *PERSON,
            (10.1, GONE),
            (10.2, ev.ChannelSeen(ev.Place.ANSWERED)),
            (10.3, ANN),
            (10.3, CONNECTED),
            (40, CLEARED),
        ],
        ["Detect", "Seek", "StopSeeking", "Seek", "Connect"],
        "answered_human",
    ),
    "the daemon is stopped while somebody waits": (
        SALES,
        [*PERSON, (10.1, STOP), (10.2, CLEARED)],
        ["Detect", "Seek", "HangUp"],
        "abandoned",
    ),
    "without AMD whoever answers is a person": (
        plan(queue="sales", amd=False),
        [(0, TAKEN), (9, ANSWERED), (9, ANN), (9, CONNECTED), (30, CLEARED)],
        ["Seek", "Connect"],
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


@pytest.mark.parametrize(
    ("amd", "heard", "left_s"),
    [
        (True, ev.AmdHeard("HUMAN", "HUMAN-700-700"), 1.3),  # the greeting ended 0.7 s before the verdict
        (True, ev.AmdHeard("NOTSURE", "TOOLONG-5000"), 2.0),  # nothing tells when: from the verdict on
        (True, ev.AmdHeard("HUMAN", "HUMAN-9000-9000"), 0.0),
        (False, None, 2.0),
    ],
)
def test_the_two_seconds_run_from_the_end_of_the_greeting(amd: bool, heard: ev.AmdHeard | None, left_s: float) -> None:
    events: list[tuple[float, ev.CallEvent]] = [(0, TAKEN), (9, ANSWERED)]
    if heard is not None:
        events.append((9, heard))
    call, _ = follow(begin(plan(queue="sales", amd=amd), START)[0], events)
    assert isinstance(call.state, Waiting)
    assert (call.state.until - START).total_seconds() == pytest.approx(9 + left_s)


def test_two_people_who_talk_are_left_to_talk_over_a_restart_and_the_agent_is_known_again() -> None:
    facts = Facts(placed_at=START, answered_at=START, verdict=Verdict.HUMAN, agent="ann", connected_at=START)
    call, commands = resume(SALES, facts, START)
    assert do.Look() in commands
    call, asked = follow(call, [(4, ev.ChannelSeen(ev.Place.ANSWERED)), (5, ANN)])
    assert not asked
    assert isinstance(call.state, Talking)
    assert call.state.leg_id == ANN.leg_id
    call, asked = follow(call, [(9, LEFT), (9, CLEARED)])
    assert asked == ["HangUp", "Settle"]
    assert call.outcome is not None
    assert call.outcome.disposition == "agent_hangup"


def test_somebody_who_waited_for_an_agent_when_dialerd_was_cut_off_was_abandoned() -> None:
    facts = Facts(placed_at=START, answered_at=START, verdict=Verdict.HUMAN)
    call, asked = follow(resume(SALES, facts, START)[0], [(4, ev.ChannelSeen(ev.Place.ANSWERED)), (5, CLEARED)])
    assert asked == ["HangUp", "Settle"]
    assert call.outcome is not None
    assert call.outcome.disposition == "abandoned"


def test_who_waits_still_when_dialerd_is_back_hears_the_message_of_an_abandoned_call() -> None:
    facts = Facts(placed_at=START, answered_at=START, verdict=Verdict.HUMAN)
    heard: list[tuple[float, ev.CallEvent]] = [
        (4.0, ev.ChannelSeen(ev.Place.ANSWERED)),
        (9.0, ev.PlaybackEnded(MESSAGE)),
        (9.0, CLEARED),
    ]
    call, asked = follow(resume(SORRY, facts, START)[0], heard)
    assert asked == ["Play", "HangUp", "Settle"]
    assert call.outcome is not None
    assert call.outcome.disposition == "abandoned"


def test_two_who_talk_are_looked_at_now_and_then_so_that_an_end_that_was_not_told_is_found() -> None:
    call, _ = follow(begin(SALES, START)[0], [*PERSON, (10, ANN), (10, CONNECTED)])
    call, commands = step(call, ev.TimerFired(call.serial), START + timedelta(seconds=310))
    assert commands[0] == do.Look(None)
    call, commands = step(call, ev.ChannelSeen(ev.Place.ELSEWHERE), START + timedelta(seconds=310))
    assert commands == (do.SetTimer(call.serial, 300.0),)
    call, commands = step(call, ev.ChannelSeen(ev.Place.ELSEWHERE), START + timedelta(seconds=7200))
    assert commands[0] == do.SetTimer(call.serial, 10.0), "and never beyond the longest that a call may take"


@pytest.mark.parametrize("answer", [plan(opt_out_key="9"), SORRY_KEY])
def test_the_key_that_a_message_names_opts_out_and_ends_the_call_at_once(answer: CallPlan) -> None:
    waits: list[tuple[float, ev.CallEvent]] = [(11.3, TIMER)] if answer.queue else []
    pressed = [
        *PERSON,
        *waits,
        (13.0, ev.Pressed("1")),
        (14.0, ev.Pressed("9")),
        (14.0, ev.Pressed("9")),
        (14.0, CLEARED),
    ]
    call, asked = follow(begin(answer, START)[0], pressed)
    assert asked[-3:] == ["OptOut", "HangUp", "Settle"]
    assert asked.count("OptOut") == 1
    assert call.outcome is not None
    assert call.outcome.disposition == ("abandoned" if answer.queue else "answered_human")


def test_without_such_a_key_no_key_does_anything() -> None:
    _, asked = follow(begin(SORRY, START)[0], [*PERSON, (11.3, TIMER), (13, ev.Pressed("9"))])
    assert asked[-1] == "Play"


def test_a_key_pressed_just_after_the_message_that_named_it_opts_out_too() -> None:
    for answer, over_s in ((plan(opt_out_key="9"), 14.0), (SORRY_KEY, 14.3)):
        waits: list[tuple[float, ev.CallEvent]] = [(11.3, TIMER)] if answer.queue else []
        played = [*PERSON, *waits, (over_s, PLAYED), (over_s, PLAYED)]
        call, asked = follow(begin(answer, START)[0], played)
        assert asked[-1] == "Play", "the line stays open for the key"
        keys = (ev.Pressed("1"), ev.Pressed("9"), CLEARED)
        pressed: list[tuple[float, ev.CallEvent]] = [(over_s + 2.9, each) for each in keys]
        settled, asked = follow(call, pressed)
        assert asked == ["OptOut", "HangUp", "Settle"]
        assert settled.outcome is not None
        assert settled.outcome.disposition == ("abandoned" if answer.queue else "answered_human")


def test_who_presses_nothing_after_the_message_is_hung_up_on_when_the_time_for_the_key_is_over() -> None:
    call, _ = follow(begin(SORRY_KEY, START)[0], [*PERSON, (11.3, TIMER)])
    call, commands = step(call, PLAYED, START + timedelta(seconds=14))
    assert commands == (do.SetTimer(call.serial, KEY_GRACE_S),)
    for told in (ev.CommandFailed(do.Play.__name__, "late"), GONE, ev.ChannelSeen(ev.Place.ANSWERED, playing=False)):
        call, commands = step(call, told, START + timedelta(seconds=15))
        assert not [each for each in commands if not isinstance(each, do.SetTimer)], "nothing is said twice"
    call, asked = follow(call, [(18, TIMER), (18, CLEARED)])
    assert asked == ["HangUp", "Settle"]
    assert call.outcome is not None
    assert call.outcome.disposition == "abandoned"


@pytest.mark.parametrize(
    "ends", [[(15, CLEARED)], [(15, GONE), (17, TIMER)], [(15, STOP), (15, CLEARED)]], ids=["left", "gone", "stopped"]
)
def test_the_time_for_the_key_ends_with_the_call(ends: list[tuple[float, ev.CallEvent]]) -> None:
    call, asked = follow(begin(plan(opt_out_key="9"), START)[0], [*PERSON, (14, PLAYED), *ends])
    assert asked.count("OptOut") == 0
    assert call.outcome is not None
    assert call.outcome.disposition == "answered_human"
