"""A person is told that the call is recorded before anybody has it, and is not recorded where that failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from dialerd.domain.call import Call, CallPlan, begin
from dialerd.domain.call import commands as do
from dialerd.domain.call import events as ev
from dialerd.domain.call.states import Talking, Waiting
from dialerd.domain.call.step import step
from dialerd.domain.call.talk import wants_recording
from dialerd.domain.flow.moves import Fetched
from dialerd.domain.sounds import Recorded
from dialerd.domain.words import LegId
from tests.domain.call.test_step import HUMAN, ID, PLAYED, START, follow, plan
from tests.domain.flow.samples import read, scene

LEG = LegId("a" + "0" * 32)
FOUND = ev.AgentFound("ann", LEG)
TOLD = ev.PlaybackEnded(f"{ID}-consent")
UNTOLD = replace(TOLD, failed=True)
UP: list[tuple[float, ev.CallEvent]] = [(0, ev.OriginateTaken()), (1, ev.Answered()), (3, HUMAN)]


def recorded(*, consent: str | None = "told", queue: str | None = None, play: str | None = "hello") -> CallPlan:
    return replace(plan(queue=queue, play=play), record=True, consent=consent)


def after(given: CallPlan, events: Sequence[tuple[float, ev.CallEvent]]) -> tuple[Call, list[str]]:
    return follow(begin(given, START)[0], [*UP, *events])


def test_the_announcement_and_the_search_begin_together() -> None:
    call, _ = follow(begin(recorded(queue="sales"), START)[0], UP[:2])
    call, commands = step(call, HUMAN, START)
    assert [each for each in commands if not isinstance(each, do.SetTimer)] == [
        do.Play(f"{ID}-consent", (Recorded("told"),)),
        do.Seek(),
    ]


@pytest.mark.parametrize(
    ("events", "asked", "is_recorded"),
    [
        # the agent is there first: connected when the person has heard it
        ([(4, FOUND)], [], False),
        ([(4, FOUND), (6, TOLD)], ["Connect"], False),
        ([(4, FOUND), (6, TOLD), (6, ev.Connected())], ["Connect"], True),
        # the announcement is over first
        ([(4, TOLD), (4.5, FOUND), (4.6, ev.Connected())], ["Connect"], True),
        # it could not be played: they talk, and nobody records it
        ([(4, UNTOLD), (4.5, FOUND), (4.6, ev.Connected())], ["Connect"], False),
        ([(4, FOUND), (5, UNTOLD), (5.1, ev.Connected())], ["Connect"], False),
        # the agent is lost before they are connected, and another one found
        ([(4, FOUND), (4.1, ev.AgentLeft()), (4.2, FOUND)], ["Seek"], False),
        ([(4, FOUND), (4.1, ev.AgentLeft()), (4.2, FOUND), (6, TOLD), (6, ev.Connected())], ["Seek", "Connect"], True),
    ],
)
def test_a_person_is_connected_and_recorded_only_once_they_have_been_told(
    events: Sequence[tuple[float, ev.CallEvent]], asked: list[str], is_recorded: bool
) -> None:
    call, commands = after(recorded(queue="sales"), events)
    assert commands == ["Detect", "Play", "Seek", *asked]
    assert wants_recording(call) is is_recorded


def test_an_announcement_whose_end_is_not_told_keeps_nobody_waiting_for_ever() -> None:
    call, _ = after(recorded(queue="sales"), [(4, FOUND)])
    assert isinstance(call.state, Talking)
    call, asked = follow(call, [(34, ev.TimerFired(call.serial)), (34, ev.ChannelSeen(ev.Place.JUDGED))])
    assert asked == ["Look", "Connect"]


def test_nobody_is_abandoned_to_an_announcement() -> None:
    call, _ = after(recorded(queue="sales"), [])
    assert isinstance(call.state, Waiting)
    call, asked = follow(call, [(4.4, ev.TimerFired(call.serial))])
    assert asked == ["HangUp"]


@pytest.mark.parametrize(
    ("given", "events", "is_recorded"),
    [
        (recorded(), [], False),
        (recorded(), [(5, TOLD)], True),
        (recorded(), [(5, UNTOLD)], False),
        (recorded(), [(5, TOLD), (8, PLAYED)], False),  # the call is being ended
        (recorded(consent=None), [], True),
        (recorded(play=None), [(5, TOLD)], True),
        (replace(recorded(consent=None), record=False), [], False),
    ],
)
def test_a_call_without_agents_is_recorded_while_the_person_is_served(
    given: CallPlan, events: Sequence[tuple[float, ev.CallEvent]], is_recorded: bool
) -> None:
    call, _ = after(given, events)
    assert wants_recording(call) is is_recorded


def test_a_machine_is_neither_told_nor_recorded() -> None:
    call, asked = follow(begin(recorded(), START)[0], [*UP[:2], (3, ev.AmdHeard("MACHINE"))])
    assert asked == ["Detect", "HangUp"]
    assert not wants_recording(call)


FLOW = """
name = "f"
start = "on"

[node.on]
do = "record_call"
next = "card"

[node.card]
do = "collect"
say = "your-card"
answer = "card"
max = 4
secret = true
next = "off"
on_fail = "bye"

[node.off]
do = "record_call"
on = false
next = "bye"

[node.bye]
do = "play"
say = "bye"
next = "end"

[node.end]
do = "hangup"
"""
FETCHED = ev.Acted(0, Fetched(read(FLOW), scene()))


@pytest.mark.parametrize(
    ("consent", "events", "asked"),
    [
        (None, [FETCHED], ["RecordCall", "Play"]),
        ("told", [TOLD, FETCHED], ["RecordCall", "Play"]),
        ("told", [FETCHED, TOLD], ["Play", "RecordCall"]),  # its prompt waits for the announcement, too
        ("told", [FETCHED, UNTOLD], ["Play"]),
        ("told", [UNTOLD, FETCHED], ["Play"]),
    ],
)
def test_a_flow_has_a_call_recorded_once_the_person_has_been_told(
    consent: str | None, events: list[ev.CallEvent], asked: list[str]
) -> None:
    given = replace(recorded(consent=consent), play=None, flow="f", record=False)
    call, before = follow(begin(given, START)[0], UP)
    assert before == ["Detect", *(["Play"] if consent else []), "Act"]
    call, commands = follow(call, [(4, each) for each in events])
    assert commands == asked
    call, commands = follow(call, [(5, ev.Pressed(each)) for each in "1234"])
    assert commands == ["StopPlaying", "RecordCall", "Play"]
    assert not wants_recording(call)


def test_what_a_flow_has_begun_and_ended_while_the_person_is_told_is_not_begun_then() -> None:
    given = replace(recorded(), play=None, flow="f", record=False)
    call, _ = follow(begin(given, START)[0], UP)
    _, commands = follow(
        call, [(4, FETCHED), (4, ev.Pressed("1")), *[(4, ev.Pressed(each)) for each in "234"], (5, TOLD)]
    )
    assert commands == ["Play", "StopPlaying", "RecordCall", "Play"]
