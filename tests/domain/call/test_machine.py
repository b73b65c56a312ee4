"""A call that a machine has answered: when it is spoken to, and what it is when it ends there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from dialerd.domain.call import Call, CallPlan, begin, step
from dialerd.domain.call import commands as do
from dialerd.domain.call import events as ev
from dialerd.domain.call.states import Clearing, Playing, Screening, Waiting
from dialerd.domain.machines import Screened, Voicemail
from dialerd.domain.sounds import Recorded
from dialerd.domain.words import Verdict
from tests.domain.call.test_step import ID, START, follow, plan

Told = Sequence[tuple[float, ev.CallEvent | str]]
VOICEMAIL, BEEP, SCREENED = Voicemail(play="vm"), Voicemail(play="vm", wait="beep"), Screened(play="us")
TALK, HUSH = ev.TalkBegan(), ev.TalkEnded(5.0)
LEFT, SAID = ev.PlaybackEnded(f"{ID}-voicemail"), ev.PlaybackEnded(f"{ID}-name")
UNLEFT = replace(LEFT, failed=True)
MACHINE = ev.AmdHeard("MACHINE", "MAXWORDS-5-4")
TIMEOUT = "timer"
START_S = 3.0


def course(given: CallPlan, told: Told) -> tuple[Call, list[tuple[float, str]]]:
    """From the verdict on, events at seconds after it; timers fire as they are set. The call, and what it asked for."""
    call, _ = begin(given, START)
    call, _ = follow(call, [(0, ev.OriginateTaken()), (1, ev.Answered())])
    asked: list[tuple[float, str]] = []
    due: tuple[float, int] | None = None
    left: list[tuple[float, ev.CallEvent]] = [(0.0, MACHINE)]
    left += [(at_s, each) for at_s, each in told if not isinstance(each, str)]
    until_s = told[-1][0] if told else 0.0
    moment: tuple[float, ev.CallEvent]
    while left or (due is not None and due[0] <= until_s):
        if due is not None and (not left or due[0] < left[0][0]):
            moment = (due[0], ev.TimerFired(due[1]))
            due = None
        else:
            moment = left.pop(0)
        at_s = moment[0]
        call, commands = step(call, moment[1], START + timedelta(seconds=START_S + at_s))
        for command in commands:
            if isinstance(command, do.SetTimer):
                due = (at_s + command.after_s, command.serial)
            else:
                asked.append((round(at_s, 3), type(command).__name__))
    return call, asked


def said_at_s(given: CallPlan, told: Told, *, until_s: float = 200.0) -> float | None:
    """When the machine is first spoken to; None: never."""
    _, asked = course(given, [*told, (until_s, TIMEOUT)])
    return next((at for at, name in asked if name == "Play"), None)


@pytest.mark.parametrize(
    ("voicemail", "told", "at_s"),
    [
        # silent for as long as was asked for
        (VOICEMAIL, [], 2.0),
        (VOICEMAIL, [(0.1, TALK), (6.0, HUSH)], 6.0),
        (Voicemail(play="vm", silence_ms=3000), [], 3.0),
        # never silent
        (VOICEMAIL, [(0.1, TALK)], None),
        (VOICEMAIL, [(0.1, TALK), (59.9, HUSH)], 59.9),
        (VOICEMAIL, [(0.1, TALK), (60.1, HUSH)], None),
        # a beep after a pause: no need to wait longer
        (BEEP, [(0.1, TALK), (5.0, HUSH), (5.2, TALK), (6.4, ev.TalkEnded(0.5))], 6.4),
        (BEEP, [(0.8, TALK), (2.0, ev.TalkEnded(0.5))], 2.0),
        # the last word of a greeting is as short, but there was no pause before it
        (BEEP, [(0.1, TALK), (1.0, ev.TalkEnded(0.5))], 2.3),
        # no beep at all: silence, as ever
        (BEEP, [(0.1, TALK), (5.0, HUSH)], 6.3),
        (BEEP, [(0.1, TALK), (5.0, HUSH), (5.2, TALK), (8.0, ev.TalkEnded(2.1))], 9.3),
        (BEEP, [], 2.0),
    ],
)
def test_a_message_is_begun_when_the_machine_listens(voicemail: Voicemail, told: Told, at_s: float | None) -> None:
    said = said_at_s(plan(voicemail=voicemail), told)
    assert said == (None if at_s is None else pytest.approx(at_s, abs=0.01))


def test_the_message_of_the_campaign_is_played_and_the_machine_hung_up_on_after_it() -> None:
    given = plan(voicemail=VOICEMAIL)
    call, asked = course(given, [(2.1, TIMEOUT), (5.0, LEFT), (5.1, ev.Destroyed(16))])
    assert [name for _, name in asked] == ["Watch", "Play", "HangUp", "Settle"]
    assert call.outcome is not None
    assert call.outcome.disposition == "voicemail_left"
    _, commands = step(course(given, [(1.9, TIMEOUT)])[0], ev.TimerFired(4), START + timedelta(seconds=START_S + 2))
    assert do.Play(f"{ID}-voicemail", (Recorded("vm"),)) in commands


HUNG_UP = [ev.HangupRequested(16), UNLEFT, ev.Destroyed(16)]


@pytest.mark.parametrize(
    ("told", "disposition"),
    [
        # at any instant
        ([(1.0, ev.Destroyed(16))], "answering_machine"),
        ([(1.0, TALK), (1.5, ev.Destroyed(16))], "answering_machine"),
        ([(3.0, each) for each in HUNG_UP], "answering_machine"),
        ([(3.0, UNLEFT), (3.0, ev.HangupRequested(16)), (3.0, ev.Destroyed(16))], "answering_machine"),
        ([(3.0, ev.Destroyed(16)), (3.0, LEFT)], "answering_machine"),
        ([(5.0, LEFT), (5.0, ev.HangupRequested(16)), (5.0, ev.Destroyed(16))], "voicemail_left"),
        # nobody hung up: it could not be played at all
        ([(2.1, UNLEFT), (2.2, ev.Destroyed(16))], "failed"),
        ([(2.1, ev.CommandFailed("Play", "no")), (2.2, ev.Destroyed(16))], "failed"),
        ([(0.1, ev.CommandFailed("Watch", "no")), (0.2, ev.Destroyed(16))], "answering_machine"),
        # what came of it was not told
        (
            [(2.1, ev.CommandFailed("Play", "?", is_unclear=True)), (8.0, LEFT), (8.0, ev.Destroyed(16))],
            "voicemail_left",
        ),
        ([(400.0, ev.ChannelSeen(ev.Place.JUDGED, playing=False)), (401.0, ev.Destroyed(16))], "answering_machine"),
        ([(3.0, ev.StopRequested()), (3.1, ev.Destroyed(16))], "answering_machine"),
        ([(3.0, ev.ChannelGone()), (6.0, TIMEOUT)], "answering_machine"),
    ],
)
def test_a_voicemail_is_left_only_when_it_was_played_to_the_end(told: Told, disposition: str) -> None:
    call, _ = course(plan(voicemail=VOICEMAIL), told)
    assert call.outcome is not None, f"still {call.state}"
    assert call.outcome.disposition == disposition


def test_a_message_of_which_nothing_was_heard_is_played_again() -> None:
    lost = ev.CommandFailed("Play", "?", is_unclear=True)
    _, asked = course(plan(voicemail=VOICEMAIL), [(2.1, lost), (8.0, ev.ChannelSeen(ev.Place.JUDGED, playing=False))])
    assert [name for _, name in asked if name == "Play"] == ["Play", "Play"]


# Screened calls

ASSISTANT: Told = [(0.1, TALK), (4.0, HUSH), (6.0, SAID), (7.0, TALK), (9.5, ev.TalkEnded(1.8))]
PERSON: Told = [(12.0, TALK), (13.1, ev.TalkEnded(0.4))]


def test_who_is_let_through_gets_what_any_person_gets() -> None:
    call, asked = course(plan(screened=SCREENED), [*ASSISTANT, *PERSON])
    assert isinstance(call.state, Playing)
    assert call.facts.verdict is Verdict.HUMAN
    assert [(at, name) for at, name in asked if name == "Play"] == [(4.0, "Play"), (13.1, "Play")]
    call, _ = course(plan(screened=SCREENED, queue="sales"), [*ASSISTANT, *PERSON])
    assert isinstance(call.state, Waiting)


@pytest.mark.parametrize(
    ("told", "state"),
    [
        (ASSISTANT, Screening),  # its thanks are short, and come at once
        ([*ASSISTANT, (12.0, TALK), (17.0, ev.TalkEnded(4.0))], Screening),  # it talks on
        ([*ASSISTANT, (35.9, TIMEOUT)], Screening),
        ([*ASSISTANT, (36.1, TIMEOUT)], Clearing),
    ],
)
def test_an_assistant_is_not_taken_for_its_owner(told: Told, state: type) -> None:
    call, _ = course(plan(screened=SCREENED), told)
    assert isinstance(call.state, state)


@pytest.mark.parametrize(
    ("given", "told", "disposition"),
    [
        (plan(screened=SCREENED), [*ASSISTANT, (20.0, ev.Destroyed(16))], "screened"),
        (plan(screened=SCREENED), [*ASSISTANT, (37.0, TIMEOUT), (37.0, ev.Destroyed(16))], "screened"),
        # who says nothing to us is a voicemail
        (
            plan(screened=SCREENED),
            [(0.1, TALK), (4.0, HUSH), (6.0, SAID), (15.0, ev.Destroyed(16))],
            "answering_machine",
        ),
        (plan(screened=SCREENED), [(0.1, TALK), (2.0, ev.Destroyed(16))], "answering_machine"),
        (
            plan(screened=SCREENED, voicemail=VOICEMAIL),
            [(0.1, TALK), (4.0, HUSH), (6.0, SAID), (18.0, LEFT), (18.0, ev.Destroyed(16))],
            "voicemail_left",
        ),
    ],
)
def test_a_screened_call_ends_as_what_it_was(given: CallPlan, told: Told, disposition: str) -> None:
    call, _ = course(given, told)
    assert call.outcome is not None, f"still {call.state}"
    assert call.outcome.disposition == disposition


def test_a_voicemail_gets_its_message_once_nobody_has_answered_our_name() -> None:
    given = plan(screened=SCREENED, voicemail=VOICEMAIL)
    _, asked = course(given, [(0.1, TALK), (4.0, HUSH), (6.0, SAID), (14.1, TIMEOUT)])
    assert [at for at, name in asked if name == "Play"] == [4.0, 14.0]


def test_a_machine_that_was_held_out_gets_what_any_person_gets_and_the_voicemail_stays_unsaid() -> None:
    call, asked = course(replace(plan(voicemail=VOICEMAIL, screened=SCREENED), held_out=True), [])
    assert isinstance(call.state, Playing)
    assert (call.facts.verdict, call.facts.amd) == (Verdict.UNSURE, "MACHINE MAXWORDS-5-4")
    assert [name for _, name in asked] == ["Play"]


@pytest.mark.parametrize(
    ("cause", "left_s"),
    [("MAXWORDS-5-4", 2.0), ("LONGGREETING-2200-2200", 2.0), ("INITIALSILENCE-1500-1500", 0.5), ("", 2.0)],
)
def test_who_is_held_out_has_an_agent_within_two_seconds_of_the_last_word_or_is_abandoned(
    cause: str, left_s: float
) -> None:
    """While they talk, from the verdict; where they have said nothing, from the answer."""
    call, _ = begin(replace(plan(queue="sales", abandon_play="sorry"), held_out=True), START)
    call, _ = follow(call, [(0, ev.OriginateTaken()), (1, ev.Answered()), (3, ev.AmdHeard("MACHINE", cause))])
    assert isinstance(call.state, Waiting)
    assert call.state.until == START + timedelta(seconds=3 + left_s)
    call, commands = step(call, ev.TimerFired(call.serial), call.state.until)
    assert isinstance(call.state, Playing) and call.state.disposition == "abandoned"
    assert do.Play(call.state.playback_id, (Recorded("sorry"),)) in commands
