"""A call that a flow leads: keys, prompts, transfers and ends become the right commands and disposition."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dialerd.domain.call import Call, begin, step
from dialerd.domain.call import commands as do
from dialerd.domain.call import events as ev
from dialerd.domain.call.states import Handed, InFlow, Settled, Waiting
from dialerd.domain.flow import moves as m
from dialerd.domain.recording import recording_name
from dialerd.domain.sounds import Recorded
from dialerd.domain.words import Disposition, LegId
from tests.domain.call.test_step import ANSWERED, CLEARED, GONE, ID, START, STOP, TAKEN, plan
from tests.domain.flow.samples import RENEWAL, read, scene

LEG = LegId("a" + "0" * 32)


class Line:
    """One call; `asked` is what it asked for last, timers left out."""

    def __init__(self, text: str = RENEWAL) -> None:
        self.call: Call = begin(plan(amd=False, flow="renewal"), START)[0]
        self.at_s, self.timer_s = 0.0, 0.0
        self.spec = read(text)
        self.asked: list[do.Command] = []
        self.comes(TAKEN).comes(ANSWERED)

    def comes(self, event: ev.CallEvent, after_s: float = 0.1) -> Line:
        self.at_s += after_s
        self.call, commands = step(self.call, event, START + timedelta(seconds=self.at_s))
        self.asked = [each for each in commands if not isinstance(each, do.SetTimer)]
        self.timer_s = next((each.after_s for each in commands if isinstance(each, do.SetTimer)), self.timer_s)
        return self

    def fetched(self) -> Line:
        return self.comes(ev.Acted(0, m.Fetched(self.spec, scene())))

    def heard(self) -> Line:
        at = self.position
        if at.stage is m.Stage.PREPARING:
            self.comes(ev.Acted(at.serial, m.Did(sounds=("speech",))))
        return self.comes(ev.PlaybackEnded(f"{ID}-flow-{self.position.serial}"))

    def presses(self, keys: str) -> Line:
        for key in keys:
            self.comes(ev.Pressed(key))
        return self

    def time_over(self) -> Line:
        return self.comes(ev.TimerFired(self.call.serial), self.timer_s)

    @property
    def position(self) -> m.Position:
        assert isinstance(self.call.state, InFlow)
        assert self.call.state.position is not None
        return self.call.state.position

    @property
    def names(self) -> list[str]:
        return [type(each).__name__ for each in self.asked]

    def ended(self) -> Disposition:
        self.comes(CLEARED)
        assert isinstance(self.call.state, Settled)
        return self.call.state.outcome.disposition


def at_menu() -> Line:
    return Line().fetched().heard().heard()


def test_a_person_who_answers_is_led_to_the_first_node() -> None:
    line = Line()
    assert line.asked == [do.Act(0, m.Fetch("renewal"))]
    line.fetched()
    assert line.asked == [do.Act(1, m.Speak(("Dear Ann",), "en"))]
    line.comes(ev.Acted(1, m.Did(sounds=("speech",))))
    (played,) = line.asked
    assert isinstance(played, do.Play)
    assert played.playback_id == f"{ID}-flow-2"
    assert played.language == "en"
    assert played.sounds[:2] == (Recorded("hello"), Recorded("speech"))


def test_a_flow_that_is_not_there_fails_the_call() -> None:
    line = Line().comes(ev.Acted(0, m.Undone("there is no flow renewal")))
    assert line.names == ["HangUp"]
    assert line.ended() is Disposition.FAILED
    line = Line()
    for _ in range(4):  # nothing ever came back
        line.time_over().comes(ev.ChannelSeen(ev.Place.ANSWERED))
    assert line.ended() is Disposition.FAILED


def test_the_way_is_kept_with_its_seconds_and_without_what_was_typed() -> None:
    line = at_menu().presses("1")
    assert [(visit.node, visit.way) for visit in line.call.facts.path] == [("greeting", ""), ("menu", "1"), ("pay", "")]
    began = line.call.facts.path[-1].after_s
    line.presses("123456#")
    assert [(visit.node, visit.way) for visit in line.call.facts.path[2:]] == [("pay", "answer"), ("charge", "")]
    assert "123456" not in repr(line.call.facts.path)
    assert line.call.facts.path[2].after_s == began < line.call.facts.path[3].after_s
    assert [way for _, way in line.position.path] == ["", "1", "answer"]


def test_a_key_stops_what_is_said_and_leads_on_at_once() -> None:
    line = Line().fetched().heard()
    serial = line.position.serial
    line.presses("9")
    assert line.asked[0] == do.StopPlaying(f"{ID}-flow-{serial}")
    assert isinstance(line.asked[1], do.Act)
    assert line.asked[1].action == m.OptOut("global")
    line.comes(ev.PlaybackEnded(f"{ID}-flow-{serial}"))  # of the one that was stopped
    assert line.asked == []
    line.comes(ev.Acted(line.position.serial, m.Did()))
    assert line.names == ["HangUp"]
    assert line.ended() is Disposition.ANSWERED_HUMAN


def test_the_flows_time_is_the_calls_timer() -> None:
    line = at_menu()
    assert line.timer_s == 6.0
    assert line.time_over().names == ["Play"]
    line.heard().time_over()
    assert line.names == ["HangUp"]


def test_a_timer_of_before_and_a_key_that_changes_nothing_are_nothing() -> None:
    line = at_menu()
    old = ev.TimerFired(line.call.serial - 1)
    assert line.comes(old).asked == []
    assert line.comes(ev.TalkBegan()).asked == []
    assert Line().comes(ev.Pressed("1")).asked == []  # before the flow is there


def test_hanging_up_in_the_middle_is_the_customers() -> None:
    line = Line().fetched().heard()
    line.comes(ev.HangupRequested(16)).comes(ev.PlaybackEnded(f"{ID}-flow-{line.position.serial}", failed=True))
    assert line.asked == []
    assert line.presses("2").asked == []
    assert line.ended() is Disposition.CUSTOMER_HANGUP


def test_whose_end_is_missed_as_they_hang_up_while_a_key_is_waited_for_is_looked_for_until_they_are_gone() -> None:
    line = Line().fetched().heard().heard()
    assert isinstance(line.call.state, InFlow)
    assert line.call.state.listening is not None, "the flow waits for a key"
    line.comes(ev.HangupRequested(16))
    assert line.time_over().names == ["Look"]
    assert line.time_over().names == ["Look"], "again, as long as nothing is heard"
    line.comes(ev.ChannelGone()).time_over()
    assert line.call.outcome is not None
    assert line.call.outcome.disposition is Disposition.CUSTOMER_HANGUP


def test_what_the_flow_has_set_is_in_the_outcome_however_the_call_ends() -> None:
    line = at_menu().presses("1").heard().presses("4711#")
    line.comes(ev.Acted(line.position.serial, m.Did({"receipt": "r1", "left": "0"})))
    assert line.names == ["HangUp"]
    line.ended()
    assert line.call.outcome is not None
    assert line.call.outcome.facts.given == "paid"
    assert line.call.outcome.facts.attributes == {"receipt": "no. r1", "paid_by": "1"}
    own = RENEWAL.replace('disposition = "paid"', 'disposition = "do_not_call"')
    line = Line(own).fetched().heard().heard().presses("1").heard().presses("4711#")
    line.comes(ev.Acted(line.position.serial, m.Did({"receipt": "r1", "left": "0"})))
    assert line.ended() is Disposition.DO_NOT_CALL


def test_a_recording_is_named_by_its_attempt_and_its_end_goes_on() -> None:
    line = at_menu().presses("3").heard()
    name = recording_name(ID, "voice-3")
    assert line.asked == [do.Record(name, 60.0, 3.0)]
    assert line.comes(ev.RecordingEnded("another")).asked == []
    assert line.comes(ev.RecordingEnded(name)).names == ["HangUp"]


@pytest.mark.parametrize("command", ["Play", "Record"])
def test_a_command_that_was_not_done_has_failed(command: str) -> None:
    line = at_menu().presses("3")
    if command == "Record":
        line.heard()
    assert line.comes(ev.CommandFailed("Hangup", "x")).asked == []
    line.comes(ev.CommandFailed(command, "x"))
    assert line.names == ["HangUp"]
    assert line.ended() is (Disposition.FAILED if command == "Play" else Disposition.ANSWERED_HUMAN)


def away() -> Line:
    line = at_menu().presses("2")
    assert line.asked == [do.Hold("default"), do.Seek("sales")]
    return line


def test_a_transfer_waits_for_an_agent_of_that_queue_and_the_talk_is_the_end() -> None:
    line = away()
    assert line.timer_s == 60.0
    assert line.comes(ev.AgentFound("ann", LEG)).asked == [do.Connect(LEG)]
    line.comes(ev.Connected()).comes(ev.HangupRequested(16), 30)
    assert line.ended() is Disposition.ANSWERED_HUMAN
    assert line.call.facts.agent == "ann"


def test_nobody_there_leads_back_into_the_flow() -> None:
    line = away().time_over()
    assert line.names == ["Act"]
    assert line.position.node == "later"
    line.comes(ev.Acted(line.position.serial, m.Did()))
    assert line.ended() is Disposition.ANSWERED_HUMAN


def test_an_agent_who_is_lost_before_the_talk_is_sought_again_and_the_time_goes_on() -> None:
    line = away().comes(ev.AgentFound("ann", LEG)).comes(ev.AgentLeft(), 20)
    assert line.asked == [do.Hold("default"), do.Seek("sales")]
    assert 39 < line.timer_s < 40
    assert isinstance(line.call.state, Waiting)
    assert line.time_over().names == ["Act"]


def test_a_transfer_to_the_dialplan_that_was_lost_is_asked_again_and_not_the_whole_flow() -> None:
    text = RENEWAL.replace('queue = "sales"\non_no_agent = "later"', 'context = "shop"\nextension = "100"')
    line = Line(text).fetched().heard().heard().presses("2")
    assert line.asked == [do.HandOver("shop", "100")]
    line.comes(ev.CommandFailed("HandOver", "?", is_unclear=True)).comes(ev.ChannelSeen(ev.Place.ANSWERED))
    assert line.asked == [do.HandOver("shop", "100")]
    assert line.call.state == Handed("shop", "100")
    assert line.ended() is Disposition.ANSWERED_HUMAN


def test_what_was_never_told_is_found_by_looking() -> None:
    line = Line().fetched().heard()
    line.time_over()
    assert line.names == ["Look"]
    line.comes(ev.ChannelSeen(ev.Place.ANSWERED, playing=False))
    assert line.position.stage is m.Stage.LISTENING
    line = at_menu().presses("9")  # an answer of the desk that never comes
    for _ in range(4):
        if isinstance(line.call.state, InFlow):
            line.time_over().comes(ev.ChannelSeen(ev.Place.ANSWERED))
    assert line.ended() is Disposition.FAILED
    line = at_menu().comes(GONE).time_over()
    assert isinstance(line.call.state, Settled)


def test_a_daemon_that_ends_hangs_up_and_does_not_abandon() -> None:
    assert at_menu().comes(STOP).ended() is Disposition.ANSWERED_HUMAN
    line = away().comes(STOP)
    assert line.names == ["HangUp"]
    assert line.ended() is Disposition.ANSWERED_HUMAN


def sent_to(place: str) -> Line:
    text = RENEWAL.replace('queue = "sales"', f'{place}\nwait_s = 30\nmusic = ""')
    return Line(text).fetched().heard().heard().presses("2")


@pytest.mark.parametrize(
    ("place", "sought"),
    [
        ('agent = "ann"', do.Seek(agent="ann", waits=False)),
        ('number = "+12125550199"', do.Seek(number="+12125550199", ring_s=30.0, waits=False)),
        ('number = "{{ balance }}"', do.Seek(number="99.50", ring_s=30.0, waits=False)),
    ],
)
@pytest.mark.parametrize(
    "lost",
    [
        [ev.CommandFailed("Seek", "busy")],
        [ev.AgentFound("x", LEG), ev.AgentLeft("hung up")],
        [ev.AgentFound("x", LEG), ev.CommandFailed("Connect", "gone")],
    ],
)
def test_one_agent_or_number_is_not_tried_twice_and_who_is_not_there_leads_back(
    place: str, sought: do.Seek, lost: list[ev.CallEvent]
) -> None:
    line = sent_to(place)
    assert line.asked == [sought]
    assert line.timer_s == 30.0
    for event in lost:
        line.comes(event)
    assert line.names == ["Act"]
    assert line.position.node == "later"


def test_who_answers_at_a_number_stands_for_an_agent_and_ends_the_call_by_hanging_up() -> None:
    line = sent_to('number = "+12125550199"').comes(ev.AgentFound("+12125550199", LEG))
    assert line.asked == [do.Connect(LEG)]
    line.comes(ev.Connected()).comes(ev.AgentLeft("who was called hung up"), 30)
    assert line.names == ["HangUp"]
    assert line.ended() is Disposition.AGENT_HANGUP
    assert line.call.facts.agent == "+12125550199"
