"""People in Asterisk's own queue: every way in which they find a member, do not, and part, as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.domain.call import CallPlan, Facts, begin, resume, step
from dialerd.domain.call import commands as do
from dialerd.domain.call import events as ev
from dialerd.domain.call.states import Queued, Settled, WithMember
from dialerd.domain.words import Verdict
from tests.domain.call.test_step import (
    ALL_EVENTS,
    ANSWERED,
    CLEARED,
    GONE,
    HUMAN,
    MESSAGE,
    START,
    STOP,
    TAKEN,
    TIMER,
    follow,
    plan,
)

DESK = replace(plan(play=None), in_app_queue=True)
SORRY = replace(DESK, abandon_play="sorry")
ANN, SOMEBODY = ev.MemberTook("Ann"), ev.MemberTook("")
LATE, DONE = ev.LeftQueue("TIMEOUT"), ev.LeftQueue("CONTINUE")
PERSON: list[tuple[float, ev.CallEvent]] = [(0, TAKEN), (9, ANSWERED), (10, HUMAN)]  # patience is over at 11.3
BYE = ev.HangupRequested(16)
ELSEWHERE, BACK = ev.ChannelSeen(ev.Place.ELSEWHERE), ev.ChannelSeen(ev.Place.BACK)

CONVERSATIONS: dict[str, tuple[CallPlan, list[tuple[float, ev.CallEvent]], list[str], str]] = {
    "they talk and the person hangs up": (
        DESK,
        [*PERSON, (10, ANN), (70, BYE), (70, CLEARED)],
        ["Detect", "HandOver"],
        "answered_human",
    ),
    "they talk and the member hangs up, the dialplan goes on": (
        DESK,
        [*PERSON, (10, ANN), (70, DONE), (70, CLEARED)],
        ["Detect", "HandOver", "HangUp"],
        "agent_hangup",
    ),
    "they talk and the member hangs up, the dialplan ends": (
        DESK,
        [*PERSON, (10, ANN), (70, CLEARED)],
        ["Detect", "HandOver"],
        "agent_hangup",
    ),
    "no member in time and a message": (
        SORRY,
        [*PERSON, (11.3, TIMER), (11.3, LATE), (15, ev.PlaybackEnded(MESSAGE)), (15, CLEARED)],
        ["Detect", "HandOver", "PullOut", "Look", "Play", "HangUp"],
        "abandoned",
    ),
    "no member in time and no message": (
        DESK,
        [*PERSON, (11.3, TIMER), (11.3, LATE), (11.4, CLEARED)],
        ["Detect", "HandOver", "PullOut", "Look", "HangUp"],
        "abandoned",
    ),
    "the queue does not take anybody": (
        SORRY,
        [*PERSON, (10.1, ev.LeftQueue("JOINEMPTY")), (15, ev.PlaybackEnded(MESSAGE)), (15, CLEARED)],
        ["Detect", "HandOver", "Play", "HangUp"],
        "abandoned",
    ),
    "hung up while they waited": (
        DESK,
        [*PERSON, (10.5, BYE), (10.5, CLEARED)],
        ["Detect", "HandOver"],
        "customer_hangup",
    ),
    "hung up when they had waited for too long": (
        DESK,
        [*PERSON, (11.3, TIMER), (12, BYE), (12, CLEARED)],
        ["Detect", "HandOver", "PullOut", "Look"],
        "abandoned",
    ),
    # AMI is away: nobody tells of the member, and the dialplan has not given the person back
    "a talk that nobody told of": (
        DESK,
        [*PERSON, (11.3, TIMER), (11.4, ELSEWHERE), (16.3, TIMER), (16.4, ELSEWHERE), (70, BYE), (70, CLEARED)],
        ["Detect", "HandOver", "PullOut", "Look", "PullOut", "Look"],
        "answered_human",
    ),
    "the member is told of late": (
        DESK,
        [*PERSON, (11.3, TIMER), (11.3, SOMEBODY), (11.4, ANN), (70, BYE), (70, CLEARED)],
        ["Detect", "HandOver", "PullOut", "Look"],
        "answered_human",
    ),
    "taken for one who talks, and was on the way out": (
        SORRY,
        [*PERSON, (11.3, TIMER), (11.3, SOMEBODY), (11.4, LATE), (15, ev.PlaybackEnded(MESSAGE)), (15, CLEARED)],
        ["Detect", "HandOver", "PullOut", "Look", "Play", "HangUp"],
        "abandoned",
    ),
    "the end of a talk is missed": (
        DESK,
        [*PERSON, (10, ANN), (70, GONE), (72, TIMER)],
        ["Detect", "HandOver"],
        "answered_human",
    ),
    "back from a talk is seen by a look": (
        DESK,
        [*PERSON, (10, ANN), (70, BACK), (70, CLEARED)],
        ["Detect", "HandOver", "HangUp"],
        "agent_hangup",
    ),
    "back without a member is seen by a look": (
        DESK,
        [*PERSON, (12, BACK), (12, CLEARED)],
        ["Detect", "HandOver", "HangUp"],
        "abandoned",
    ),
    "the handing over was lost": (
        DESK,
        [
            *PERSON,
            (10, ev.CommandFailed("HandOver", "cut", is_unclear=True)),
            (10.2, ev.ChannelSeen(ev.Place.JUDGED)),
            (10.5, ANN),
            (70, BYE),
            (70, CLEARED),
        ],
        ["Detect", "HandOver", "Look", "HandOver"],
        "answered_human",
    ),
    "the dialplan has no such place": (
        DESK,
        [*PERSON, (10, ev.CommandFailed("HandOver", "no")), (10, CLEARED)],
        ["Detect", "HandOver", "HangUp"],
        "failed",
    ),
    "the daemon stops while they wait": (
        DESK,
        [*PERSON, (10.2, STOP), (10.2, CLEARED)],
        ["Detect", "HandOver", "HangUp"],
        "abandoned",
    ),
    "the daemon stops while they talk": (
        DESK,
        [*PERSON, (10.2, ANN), (20, STOP), (20, CLEARED)],
        ["Detect", "HandOver", "HangUp"],
        "answered_human",
    ),
    "they talk for ever": (
        DESK,
        [*PERSON, (10, ANN), (7210, TIMER), (7210, ELSEWHERE), (7211, CLEARED)],
        ["Detect", "HandOver", "Look", "HangUp"],
        "answered_human",
    ),
}


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_a_person_in_a_queue_of_asterisks_own(name: str) -> None:
    given_plan, events, asked, disposition = CONVERSATIONS[name]
    call, done = follow(begin(given_plan, START)[0], events)
    assert done == [*asked, "Settle"]
    assert call.outcome is not None
    assert call.outcome.disposition == disposition


def test_the_members_name_is_the_agent_and_the_talk_begins_when_it_is_heard_of() -> None:
    call, _ = follow(begin(DESK, START)[0], [*PERSON, (10.4, ANN)])
    assert isinstance(call.state, WithMember)
    assert (call.facts.agent, call.facts.connected_at) == ("Ann", START + timedelta(seconds=10.4))


def test_a_talk_of_an_earlier_daemon_goes_on_and_one_who_waited_is_looked_for() -> None:
    placed = Facts(placed_at=START, answered_at=START, verdict=Verdict.HUMAN)
    call, _ = resume(DESK, replace(placed, agent="Ann", connected_at=START), START)
    assert isinstance(call.state, WithMember)
    call, _ = resume(DESK, placed, START)
    call, asked = follow(call, [(60, ELSEWHERE), (65, TIMER), (65, SOMEBODY), (90, BYE), (90, CLEARED)])
    assert asked == ["PullOut", "Look", "Settle"], "nobody is handed over a second time, or hung up on"
    assert call.outcome is not None
    assert call.outcome.disposition == "answered_human"


def test_a_look_at_one_who_has_waited_long_is_not_followed_by_another_at_once() -> None:
    call, _ = follow(begin(DESK, START)[0], [*PERSON, (11.3, TIMER)])
    _, commands = step(call, ELSEWHERE, START + timedelta(seconds=11.4))
    assert commands == ()


_EVENTS: list[ev.CallEvent] = [*ALL_EVENTS, ANN, SOMEBODY, LATE, DONE, ev.LeftQueue(), ev.CommandFailed("PullOut", "x")]
_anything = st.lists(st.tuples(st.floats(0, 20), st.one_of(st.sampled_from(_EVENTS), st.just("timer"))), max_size=30)


@settings(max_examples=300, deadline=None)
@given(given_plan=st.sampled_from([DESK, SORRY]), drawn=_anything, queued=st.booleans())
def test_any_order_of_events_ends_it_in_exactly_one_disposition(
    given_plan: CallPlan, drawn: list[tuple[float, ev.CallEvent | str]], queued: bool
) -> None:
    call, _ = begin(given_plan, START)
    if queued:
        call, _ = follow(call, PERSON)
        assert isinstance(call.state, Queued)
    settled, now_s = 0, 10.0
    tail: list[tuple[float, ev.CallEvent | str]] = [(1.0, GONE), (30.0, "timer")] * 4
    for wait_s, event in [*drawn, *tail]:
        now_s += wait_s
        told = ev.TimerFired(call.serial) if isinstance(event, str) else event
        call, commands = step(call, told, START + timedelta(seconds=now_s))
        settled += sum(isinstance(command, do.Settle) for command in commands)
    assert isinstance(call.state, Settled)
    assert settled == 1
