"""Forecasts of campaigns that lead people through a flow: who presses what comes of the world, by the real engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.domain.campaign import read_campaign
from dialerd.domain.contact import Contact
from dialerd.domain.dispositionset import read_disposition_set
from dialerd.domain.errors import BadInputError
from dialerd.domain.habits import read_habits
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.rates import Rates
from dialerd.domain.words import Channel
from dialerd.simulate.findings import Findings
from dialerd.simulate.forecast import compare, play
from dialerd.simulate.scene import Scene, WayOut
from tests.domain.flow.samples import read
from tests.simulation.callcenter import queue
from tests.simulation.test_flows import SET, SURVEY
from tests.simulation.world import START, campaign, trunk

ALL_ANSWER = Rates(answered=(1.0,), machine=0.0, busy=0.0, invalid=0.0, ring_s=2.0, talk_s=20.0, wrap_up_s=5.0)
EVERYTHING = """
name = "survey"
start = "menu"
attributes = ["code", "first_name"]
[node.menu]
do = "menu"
say = ["hello", { digits = "{{ code }}" }]
keys = { 1 = "code", 2 = "outside", 3 = "voice", 4 = "ask", 5 = "later", 6 = "text", 7 = "shop", 9 = "optout" }
barge_in = false
tries = 2
on_timeout = "bye"
on_invalid = "wrong"
[node.code]
do = "collect"
say = "type"
answer = "typed"
min = 2
max = 4
next = "known"
on_fail = "wrong"
[node.known]
do = "branch"
rules = [{ when = "typed = '4711'", next = "vip" }]
otherwise = "bye"
[node.vip]
do = "play"
say = { text = "You are welcome, {{ first_name }}" }
next = "bye"
[node.outside]
do = "transfer"
number = "+12125550177"
wait_s = 30
on_no_agent = "wrong"
[node.voice]
do = "record"
say = "speak"
silence_s = 2
next = "bye"
on_fail = "wrong"
[node.ask]
do = "request"
url = "https://shop.example.com/{{ code }}"
answers = { state = "state" }
next = "state"
on_fail = "wrong"
[node.state]
do = "branch"
rules = [{ when = "state = 'open'", next = "vip" }]
otherwise = "bye"
[node.later]
do = "callback"
in_min = 30
next = "bye"
on_fail = "wrong"
[node.text]
do = "sms"
text = "Hello {{ first_name }}"
next = "bye"
on_fail = "wrong"
[node.shop]
do = "transfer"
context = "shop"
[node.optout]
do = "dnc"
next = "bye"
[node.wrong]
do = "play"
say = "wrong"
next = "bye"
[node.bye]
do = "hangup"
"""
PEOPLE = (
    Contact(
        numbers=(PhoneNumber(e164="+12125550111", zones=("America/New_York",)),),
        attributes={"code": "7", "first_name": "Ann"},
    ),
)


def scene(habits: Mapping[str, Any], *, text: str = SURVEY, people: int = 200, **keys: Any) -> Scene:
    table = campaign(max_calls=40, calls_per_second=10).as_table() | {"flow": "survey", "amd": False}
    del table["on_human"]
    given: dict[str, Any] = {
        "spec": read_campaign(table | {"dispositions": "outcomes"}, source="test"),
        "trunk": trunk(max_channels=100),
        "rates": ALL_ANSWER,
        "habits": read_habits({"key": 0.0, "hangup": 0.0, "fails": 0.0} | dict(habits), source="test"),
        "contacts": people,
        "start": START,
        "queues": (queue(("ann", "bob", "cid", "dan")),),
        "agents": None,
        "flow": read(text),
        "dispositions": read_disposition_set(SET, source="test"),
        "ways_out": (WayOut(name="smsc", channel=Channel.SMS),),
        "transfer_prefixes": ("+1212",),
        "people": PEOPLE,
    }
    return Scene(**given | keys)


def found(of: Scene, seed: int = 1) -> Findings:
    course = play(of, seed)
    assert course.is_over
    return course.findings


def test_key_2_leads_to_an_agent_with_the_share_that_the_world_has() -> None:
    course = play(scene({"press": {"2": 0.25}}, people=160), 1)
    there = course.findings
    assert there["nodes", "menu", "came"] == 160
    assert there["nodes", "menu", "2"] == pytest.approx(0.25, abs=0.1)
    assert there["nodes", "agent", "came"] == round(160 * there["nodes", "menu", "2"])
    assert there["transfers", "agent", "connected"] > 0.5
    assert there["transfers", "agent", "waited_90_s"] >= there["transfers", "agent", "waited_s"] >= 0
    assert course.talking > 0.2
    assert there["nodes", "menu", "timeout"] == pytest.approx(1 - there["nodes", "menu", "2"])
    assert there["dispositions", "answered_human"] + there.get(("dispositions", "customer_hangup"), 0) == 1.0


def test_whoever_is_not_served_waits_and_hangs_up_or_is_told() -> None:
    there = found(scene({"press": {"2": 1.0}, "patience_s": 5.0}, people=60, agents=1))
    assert there["transfers", "agent", "connected"] < 0.5
    assert there["nodes", "agent", "hangup"] > 0.2
    stayed = found(scene({"press": {"2": 1.0}, "patience_s": 5000.0}, people=60, agents=0))
    assert stayed["nodes", "agent", "no agent"] == 1.0
    assert stayed["nodes", "sorry", "came"] == 60


@pytest.mark.parametrize(
    ("habits", "ways"),
    [
        ({"hangup": 1.0}, {"hangup": 1.0}),
        ({}, {"timeout": 1.0}),
        ({"press": {"1": 1.0}, "barge_in": 1.0}, {"1": 1.0}),
        ({"press": {"1": 1.0}, "barge_in": 0.0, "react_s": 3600.0}, {"1": 1.0}),
        ({"node": {"menu": {"press": {"8": 1.0}}}}, {"timeout": 1.0}),  # a wrong key: it has no on_invalid
    ],
)
def test_everybody_does_what_everybody_does(habits: Mapping[str, Any], ways: Mapping[str, float]) -> None:
    there = found(scene(habits, people=20))
    assert {key[-1]: share for key, share in there.items() if key[:2] == ("nodes", "menu")} == {"came": 20.0, **ways}


def test_a_prompt_lasts_as_long_as_its_sounds_do_and_a_text_by_its_length() -> None:
    short, long = (play(scene({"sound": {"hello": s, "choose": 1.0}}, people=20), 1).lasted_s for s in (1.0, 31.0))
    assert long - short == pytest.approx(60.0, abs=6.0)  # twice, as nobody presses anything
    ask = {"press": {"1": 1.0}, "answers": 1.0, "node": {"code": {"press": {"4711": 1.0}}}}
    slow = play(scene({**ask, "text_per_s": 1.0}, text=EVERYTHING, people=20), 1)
    fast = play(scene({**ask, "text_per_s": 100.0}, text=EVERYTHING, people=20), 1)
    assert slow.findings["nodes", "vip", "came"] == 20
    assert slow.lasted_s - fast.lasted_s == pytest.approx(19.0, abs=1.0)  # 20 characters against half a second


def test_every_node_is_walked_with_the_shares_of_its_own() -> None:
    keys = dict.fromkeys("1234567", 0.12) | {"9": 0.1}
    habits = {
        "press": keys,
        "answers": 0.8,
        "transfers": 0.5,
        "answer": {"state": {"open": 0.5, "sent": 0.5}},
        "node": {"code": {"press": {"4711": 0.4}}, "later": {"hangup": 0.0}},
        "fails": 0.3,
        "sound_s": 2.0,
        "sms": {"delivered": 0.9},
        "context_s": 20.0,
        "patience_s": 5000.0,
    }
    course = play(scene(habits, text=EVERYTHING, people=250, most_s=7200.0), 1)
    there = course.findings
    assert course.is_over
    for key in "1234567":
        assert there["nodes", "menu", key] == pytest.approx(0.12, abs=0.07), key
    assert there["nodes", "code", "answer"] == pytest.approx(0.8, abs=0.15)
    assert there["nodes", "vip", "came"] > 0.2 * there["nodes", "code", "came"]
    assert there["transfers", "outside", "connected"] == pytest.approx(0.5, abs=0.2)
    assert there["nodes", "outside", "no agent"] == pytest.approx(1 - there["transfers", "outside", "connected"])
    assert there["nodes", "voice", "recorded"] == 1.0
    assert there["nodes", "ask", "fail"] == pytest.approx(0.3, abs=0.2)
    assert there["nodes", "later", "done"] == 1.0
    assert there["nodes", "text", "done"] == 1.0
    assert there["messages", "smsc", "sent"] == there["nodes", "text", "came"]
    assert there["messages", "smsc", "delivered"] == pytest.approx(0.9, abs=0.1)
    assert there["opt_outs",] == there["nodes", "optout", "came"]
    assert course.calls == 250 + there["nodes", "later", "came"]  # every callback is called, and may ask for another


def test_machines_walk_too_where_nobody_listens_for_them_and_press_nothing() -> None:
    of = scene({"press": {"1": 1.0}}, people=120)
    there = found(replace(of, rates=replace(ALL_ANSWER, machine=0.5)))
    assert there["nodes", "menu", "1"] == pytest.approx(0.5, abs=0.15)
    listening = read_campaign(of.spec.as_table() | {"amd": True}, source="test")
    there = found(replace(of, spec=listening, rates=replace(ALL_ANSWER, machine=0.5)))
    assert there["nodes", "menu", "1"] == 1.0
    assert there["dispositions", "answering_machine"] == pytest.approx(0.5, abs=0.15)


def test_shares_of_the_world_can_be_compared_beside_keys_of_the_campaign() -> None:
    few, many = compare(scene({}, people=100), vary={"press.2": ["0.1", "0.6"], "agents": ["3"]}, seeds=[1])
    assert dict(few.varied) == {"press.2": "0.1", "agents": "3"}
    assert few.finding(("nodes", "menu", "2"), 50) < 0.3 < many.finding(("nodes", "menu", "2"), 50)
    assert few.percentile("talking", 50) < many.percentile("talking", 50)
    (slow,) = compare(scene({}, people=20), vary={"max_calls": ["1"]}, seeds=[1])
    assert slow.percentile("lasted_s", 50) > few.percentile("lasted_s", 50)


@pytest.mark.parametrize(
    "vary",
    [{"press.x": ["1"]}, {"press.2": ["2"]}, {"press.2": ["many"]}, {"node.nowhere.hangup": ["0.1"]}, {"flow": ["b"]}],
)
def test_a_world_that_cannot_be_is_refused_before_anything_is_played(vary: dict[str, list[str]]) -> None:
    with pytest.raises(BadInputError):
        compare(scene({}), vary=vary, seeds=[1])


_SHARE = st.floats(0.0, 0.11)


@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    keys=st.lists(_SHARE, min_size=8, max_size=8),
    hangup=_SHARE,
    rest=st.fixed_dictionaries(
        {
            "barge_in": st.floats(0, 1),
            "answers": st.floats(0, 0.8),
            "fails": st.floats(0, 1),
            "transfers": st.floats(0, 1),
            "react_s": st.floats(0, 20),
            "patience_s": st.floats(0, 100),
            "speaks_s": st.floats(0, 100),
            "sound_s": st.floats(0, 30),
        }
    ),
    agents=st.integers(0, 3),
    machine=st.floats(0, 1),
)
def test_in_any_world_every_call_ends_once_is_counted_once_and_the_same_seed_says_the_same(
    seed: int, keys: list[float], hangup: float, rest: dict[str, float], agents: int, machine: float
) -> None:
    habits = {"press": dict(zip("12345679", keys, strict=True)), "hangup": hangup, **rest}
    rates = replace(ALL_ANSWER, answered=(0.8,), machine=machine, busy=0.1, invalid=0.1)
    of = scene(habits, text=EVERYTHING, people=25, agents=agents, rates=rates, most_s=20_000.0)
    course = play(of, seed)
    assert course == play(of, seed)
    assert course.is_over
    there = course.findings
    assert sum(share for key, share in there.items() if key[0] == "dispositions") == pytest.approx(1.0)
    for node in of.flow.node if of.flow is not None else ():
        ways = [share for key, share in there.items() if key[:2] == ("nodes", node) and key[-1] != "came"]
        assert sum(ways) <= 1.0 + 1e-9, f"{node} is left more often than it is come to"
    assert there.get(("nodes", "menu", "came"), 0.0) <= course.calls
    assert there["opt_outs",] <= there.get(("nodes", "optout", "came"), 0.0)
