"""One call's way through a flow: every node, what people do at it, and whatever the order of what comes."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.flow import FlowSpec, begin, step
from dialerd.domain.flow import moves as m
from dialerd.domain.flow.step import MAX_VISITED
from dialerd.domain.sounds import Digits, Number, Recorded
from tests.domain.flow.samples import read, scene

FLOW = read()


@dataclass
class Walk:
    """A call in a flow; `asked` is what it asked for last."""

    flow: FlowSpec = FLOW
    scene: m.Scene = field(default_factory=scene)

    def __post_init__(self) -> None:
        self.at, self.asked = begin(self.flow, self.scene)

    def comes(self, event: m.Event) -> Walk:
        self.at, self.asked = step(self.flow, self.at, event, self.scene)
        return self

    def heard(self) -> Walk:
        if self.at.stage is m.Stage.PREPARING:
            self.comes(m.Acted(self.at.serial, m.Did(sounds=("speech",))))
        return self.comes(m.Heard(self.at.serial))

    def presses(self, keys: str) -> Walk:
        for key in keys:
            self.comes(m.Pressed(key))
        return self

    def silent(self) -> Walk:
        return self.comes(m.Elapsed(self.at.serial))

    def done(self, **answers: str) -> Walk:
        return self.comes(m.Acted(self.at.serial, m.Did(answers)))

    def undone(self) -> Walk:
        return self.comes(m.Acted(self.at.serial, m.Undone("no")))

    @property
    def where(self) -> tuple[str, str]:
        return self.at.node, self.at.stage

    @property
    def says(self) -> tuple[object, ...]:
        (said,) = [each for each in self.asked if isinstance(each, m.Say)]
        return said.sounds


def at_menu() -> Walk:
    return Walk().heard().heard()


def charging() -> Walk:
    return at_menu().presses("1").heard().presses("4711#")


def test_a_greeting_has_its_text_spoken_first_and_the_values_of_the_contact() -> None:
    walk = Walk()
    assert walk.asked == (m.Act(1, m.Speak(("Dear Ann",), "en")),)
    walk.comes(m.Acted(1, m.Did(sounds=("/tmp/dear-ann",))))
    assert walk.says == (
        Recorded("hello"),
        Recorded("/tmp/dear-ann"),
        Number(100),
        Recorded("digits/mon-11"),
        Recorded("digits/20"),
        Recorded("digits/h-4"),
        Number(2026),
    )


def test_a_contact_hears_their_own_language() -> None:
    for given_, folder in {"es": "es", "pt-br": "pt_BR", "pt": "en", "ES-mx": "es", "": "en"}.items():
        walk = Walk(scene=scene(language=given_)).heard()
        (said,) = [each for each in walk.asked if isinstance(each, m.Say)]
        assert (given_, said.language) == (given_, folder)


@pytest.mark.parametrize(("key", "node"), [("1", "pay"), ("2", "agent"), ("3", "voice"), ("9", "optout")])
def test_a_key_leads_where_the_menu_says_also_into_the_prompt(key: str, node: str) -> None:
    assert at_menu().presses(key).at.node == node
    early = Walk().heard()
    assert early.where == ("menu", "saying")
    prompt = early.at.serial
    early.presses(key)
    assert early.at.node == node
    assert early.asked[0] == m.StopSaying(prompt)


def test_what_nobody_asked_to_interrupt_goes_on() -> None:
    walk = Walk()
    walk.comes(m.Acted(1, m.Did(sounds=("speech",))))
    assert walk.presses("9").where == ("greeting", "saying")
    assert walk.asked == ()


def test_silence_and_wrong_keys_are_asked_again_and_then_lead_on() -> None:
    walk = at_menu()
    assert walk.asked == (m.Listen(walk.at.serial, 6.0),)
    assert walk.presses("7").says == (Recorded("sorry"), Recorded("press-1-2-3-or-9"))
    assert walk.heard().presses("8").at.node == "later"
    assert at_menu().silent().says == (Recorded("press-1-2-3-or-9"),)
    assert at_menu().silent().heard().silent().where == ("bye", "over")


@pytest.mark.parametrize(
    ("keys", "waits"),
    [("4711#", False), ("47114711", False), ("4711", True)],
    ids=["ended by the terminator", "ended by the most", "ended by time"],
)
def test_an_answer_is_collected(keys: str, waits: bool) -> None:
    walk = at_menu().presses("1").heard().presses(keys)
    if waits:
        assert walk.asked == (m.Listen(walk.at.serial, 3.0),)
        walk.silent()
    assert walk.where == ("charge", "acting")
    assert walk.at.answers["account"] == keys.rstrip("#")


def test_too_short_an_answer_is_asked_again_and_then_given_up() -> None:
    walk = at_menu().presses("1").heard().presses("47#")
    assert walk.where == ("pay", "saying")
    assert walk.at.digits == ""
    assert walk.heard().presses("4").silent().where == ("agent", "away")
    assert at_menu().presses("1").heard().silent().says == (Recorded("still-there"), Recorded("type-your-account"))


def test_a_web_request_has_the_values_quoted_and_its_answers_decide() -> None:
    walk = charging()
    (act,) = walk.asked
    assert isinstance(act, m.Act)
    assert isinstance(act.action, m.Ask)
    assert act.action.url == "https://pay.example.com/v1/Ann?list=customers"
    assert act.action.send == {"account": "4711", "amount": "99.50"}
    assert "4711" not in repr(act)
    walk.done(receipt="r1\x00\n", left="0.0")
    assert walk.where == ("bye", "over")
    assert walk.at.disposition == "paid"
    assert walk.at.attributes == {"receipt": "no. r1", "paid_by": "1"}


def test_a_value_in_an_address_stays_a_value() -> None:
    walk = Walk(scene=scene(first_name="../x?a=1&b#c/é.")).heard().heard().presses("1").heard().presses("4711#")
    (act,) = walk.asked
    assert isinstance(act, m.Act)
    assert isinstance(act.action, m.Ask)
    assert act.action.url == "https://pay.example.com/v1/%2E%2E%2Fx%3Fa%3D1%26b%23c%2F%C3%A9%2E?list=customers"


@pytest.mark.parametrize("answers", [None, {"receipt": "r1"}, {}])
def test_a_failed_web_request_goes_its_own_way(answers: dict[str, str] | None) -> None:
    walk = charging()
    assert (walk.undone() if answers is None else walk.done(**answers)).where == ("agent", "away")


def test_a_branch_takes_the_first_rule_that_holds_by_the_contacts_day() -> None:
    assert charging().done(receipt="r", left="5").at.disposition == "paid"
    late = Walk(scene=scene(due_on="2026-03-01")).heard().heard().presses("1").heard().presses("4711#")
    assert late.done(receipt="r", left="5").where == ("agent", "away")


def test_nobody_there_comes_back_into_the_flow() -> None:
    walk = at_menu().presses("2")
    (away,) = walk.asked
    assert isinstance(away, m.GiveAway)
    assert away.to.queue == "sales"
    walk.comes(m.NobodyThere(walk.at.serial))
    assert walk.asked == (m.Act(walk.at.serial, m.CallBack(in_min=30.0, at=None, notes="pressed Ann")),)
    assert walk.done().where == ("bye", "over")


def test_a_message_is_recorded_under_the_nodes_name() -> None:
    walk = at_menu().presses("3").heard()
    (record,) = walk.asked
    assert isinstance(record, m.RecordVoice)
    assert (record.label, record.max_s, record.ends_on) == ("voice-3", 60.0, "#")
    walk.comes(m.RecordingEnded(walk.at.serial))
    assert walk.where == ("bye", "over")
    assert walk.at.answers["recording"] == "voice-3"


def test_an_opt_out_that_could_not_be_kept_is_no_success() -> None:
    assert at_menu().presses("9").done().asked == (m.End(),)
    (end,) = at_menu().presses("9").undone().asked
    assert isinstance(end, m.End)
    assert "opt-out" in end.failed


def test_what_could_not_be_played_or_spoken_ends_the_flow_as_failed() -> None:
    walk = Walk()
    assert walk.undone().asked == (m.End("a text could not be spoken"),)
    walk = Walk().heard()
    assert walk.comes(m.Heard(walk.at.serial, failed=True)).asked == (m.End("a prompt could not be played"),)


def test_a_prompt_of_which_nothing_can_be_said_is_over_at_once() -> None:
    text = """
name = "quiet"
start = "one"
attributes = ["balance", "account"]
[node.one]
do = "play"
say = [{ number = "{{ balance }}" }, { digits = "{{ account }}" }, { text = " " }, { date = "{{ balance }}" }]
next = "two"
[node.two]
do = "hangup"
disposition = "silent"
"""
    omitted, end = Walk(read(text), scene(balance="much", account="-")).asked
    assert isinstance(omitted, m.Omitted)
    assert [each.partition(" is left out: ")[0] for each in omitted.told] == [
        "number '{{ balance }}'",
        "digits '{{ account }}'",
        "text ' '",
        "date '{{ balance }}'",
    ]
    assert end == m.End()
    assert Walk(read(text), scene(balance="7", account="a 1-2")).says == (Number(7), Digits("12"))


def test_a_person_who_leans_on_a_key_comes_to_an_end() -> None:
    text = """
name = "round"
start = "one"
[node.one]
do = "menu"
say = "again"
keys = { 1 = "one" }
on_timeout = "two"
[node.two]
do = "hangup"
"""
    walk = Walk(read(text)).presses("1" * (MAX_VISITED + 5))
    assert walk.where == ("one", "over")
    assert walk.at.visited == MAX_VISITED


SERIALS = st.integers(0, 60)
EVENTS = st.one_of(
    st.builds(m.Heard, SERIALS, st.booleans()),
    st.builds(m.Pressed, st.sampled_from("0123456789*#ABCD")),
    st.builds(m.Elapsed, SERIALS),
    st.builds(m.RecordingEnded, SERIALS, st.booleans()),
    st.builds(
        m.Acted,
        SERIALS,
        st.one_of(
            st.just(m.Undone("no")),
            st.builds(
                m.Did,
                st.dictionaries(st.sampled_from(["receipt", "left", "x"]), st.text(max_size=5)),
                st.lists(st.just("speech"), max_size=2).map(tuple),
            ),
        ),
    ),
    st.builds(m.NobodyThere, SERIALS),
)


@given(
    st.lists(st.tuples(EVENTS, st.booleans()), max_size=60), st.dictionaries(st.just("due_on"), st.text(max_size=12))
)
def test_whatever_comes_in_whatever_order_nothing_raises_and_the_end_is_the_end(
    events: list[tuple[m.Event, bool]], attributes: dict[str, str]
) -> None:
    walk, ends = Walk(scene=scene(**attributes)), 0
    for event, is_timely in events:
        if is_timely and not isinstance(event, m.Pressed):
            event = type(event)(walk.at.serial, *[getattr(event, name) for name in event.__slots__[1:]])
        before = walk.at
        walk.comes(event)
        ends += sum(isinstance(each, m.End) for each in walk.asked)
        assert walk.at.serial >= before.serial
        assert (walk.at == before) == (not walk.asked) or before.stage is m.Stage.LISTENING
        if before.is_over:
            assert (walk.at, walk.asked) == (before, ())
    assert ends == walk.at.is_over
