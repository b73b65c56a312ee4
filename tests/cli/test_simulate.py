"""Forecasts on the command line: as a table, as JSON, compared; and what cannot be forecast."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Terminal

SPRING = """
name = "spring"
lists = ["customers"]
trunk = "carrier"
caller_id = "+12125550100"
max_calls = 5
[on_human]
play = "hello"
[hours]
timezone = "America/New_York"
mon-sun = "09:00-20:00"
"""
AT_NINE = ("--start", "2026-12-01T09:00-05:00", "--contacts", "30", "--runs", "2")


@pytest.fixture
def spring(ready: Terminal) -> Terminal:
    ready.ok("campaign", "apply", ready.write("spring.toml", SPRING))
    return ready


def test_a_forecast_is_a_table_with_percentiles_by_the_campaigns_clock(spring: Terminal) -> None:
    table = spring.ok("simulate", "spring", *AT_NINE).out
    assert "spring: 50 %" in table
    assert "Tue 09:" in table


def test_as_json_each_variant_is_an_object_and_the_same_seed_says_the_same(spring: Terminal) -> None:
    words = ("simulate", "spring", *AT_NINE, "--vary", "max_calls=1,10", "--json")
    slow, fast = spring.ok(*words).document
    assert (slow["varied"], fast["varied"]) == ({"max_calls": "1"}, {"max_calls": "10"})
    assert slow["calls"] == fast["calls"] == {"p10": 30.0, "p50": 30.0, "p90": 30.0}
    assert slow["ends_at"]["p50"] > fast["ends_at"]["p50"]
    assert spring.ok(*words).document == [slow, fast]


FLOW = """
name = "ask"
start = "menu"
[node.menu]
do = "menu"
say = "press-1"
keys = { 1 = "later" }
tries = 1
on_timeout = "bye"
[node.later]
do = "dnc"
next = "bye"
[node.bye]
do = "hangup"
"""
WORLD = """
answered = 0.9
press = { 1 = 0.4 }
hangup = 0
[node.menu]
hangup = 0.2
"""


@pytest.fixture
def asking(ready: Terminal) -> Terminal:
    ready.ok("flow", "apply", ready.write("ask.toml", FLOW))
    changed = SPRING.replace('[on_human]\nplay = "hello"', "").replace("max_calls = 5", 'max_calls = 5\nflow = "ask"')
    ready.ok("campaign", "apply", ready.write("spring.toml", changed))
    return ready


def test_a_flow_is_walked_by_the_world_of_a_file_under_that_of_the_options(asking: Terminal) -> None:
    words = ("simulate", "spring", *AT_NINE, "--machine", "0", "--world", asking.write("world.toml", WORLD))
    (told,) = asking.ok(*words, "--json").document
    assert {"came", "hangup"} < told["nodes"]["menu"].keys()
    assert told["opt_outs"] == told["nodes"]["later"]["came"]
    assert told["nodes"]["menu"]["1"]["p10"] > 0.0
    low, all_press = asking.ok(
        *words, "--set", "node.menu.hangup=0", "--vary", "press.1=0,1", "--answered", "0.92", "--json"
    ).document
    assert "1" not in low["nodes"]["menu"]
    assert all_press["nodes"]["menu"]["1"]["p10"] == 1.0
    table = asking.ok(*words).out
    assert "nodes" in table
    assert "menu" in table


def test_sounds_are_as_long_as_their_files_unless_the_world_says_otherwise(asking: Terminal) -> None:
    (asking.home / "press-1.ulaw").write_bytes(b"\xff" * 8000 * 60)
    words = ("simulate", "spring", *AT_NINE, "--runs", "1", "--answered", "0.9", "--set", "hangup=0", "--json")
    ends = [
        asking.ok(*words, *more).document[0]["lasted_s"]["p50"]
        for more in ((), ("--sounds", str(asking.home)), ("--sounds", str(asking.home), "--set", "sound.press-1=5"))
    ]
    assert ends[1] > ends[0] + 60
    assert ends[2] == ends[0]


def test_nothing_is_changed_by_a_forecast(spring: Terminal) -> None:
    before = spring.ok("campaign", "show", "spring", "--json").document
    spring.ok("simulate", "spring", *AT_NINE)
    assert spring.ok("campaign", "show", "spring", "--json").document == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere",), "there is no campaign nowhere"),
        (("spring", "--past"), "too few to forecast from"),
        (("spring", "--vary", "ratio"), "is not KEY=A,B,C"),
        (("spring", "--vary", "ratio=3"), "not for mode agentless"),
        (("spring", "--start", "soon"), "is no time"),
        (("spring", "--answered", "1.5"), "between 0 and 1"),
        (("spring", "--set", "press"), "is not KEY=VALUE"),
        (("spring", "--set", "press.1=2"), "less than or equal to 1"),
        (("spring", "--set", "press.x=0.1"), "nothing that can be pressed"),
        (("spring", "--set", "surprise=1"), "is no key of the world"),
        (("spring", "--set", "talk_s=long"), "is no number"),
        (("spring", "--set", "sms.delivered=0.99", "--set", "sms.bounced=0.1"), "more than 1 together"),
        (("spring", "--world", "nowhere.toml"), "cannot be read"),
    ],
)
def test_what_cannot_be_forecast_is_refused_with_the_remedy(
    spring: Terminal, words: tuple[str, ...], said: str
) -> None:
    answer = spring.type("simulate", *words)
    assert answer.code == 1
    assert said in answer.err
