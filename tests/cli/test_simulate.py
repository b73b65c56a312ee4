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
    ],
)
def test_what_cannot_be_forecast_is_refused_with_the_remedy(
    spring: Terminal, words: tuple[str, ...], said: str
) -> None:
    answer = spring.type("simulate", *words)
    assert answer.code == 1
    assert said in answer.err
