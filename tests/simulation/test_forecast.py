"""Forecasts: the real engine against drawn people, alike for the same seed, and comparable."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from dialerd.domain.errors import BadInputError
from dialerd.domain.rates import Rates
from dialerd.simulate.forecast import Scene, compare, play
from tests.simulation.callcenter import agent_campaign
from tests.simulation.world import START, campaign, trunk

RATES = Rates(answered=(0.5,), machine=0.2, talk_s=60.0, wrap_up_s=10.0)
SCENE = Scene(
    spec=agent_campaign("progressive"), trunk=trunk(), rates=RATES, contacts=60, start=START, agents=3, most_s=7200.0
)


def test_the_same_seed_gives_the_same_course_and_another_one_another() -> None:
    first, again, other = play(SCENE, 1), play(SCENE, 1), play(SCENE, 2)
    assert first == again
    assert first.is_over
    assert first.calls == 60
    assert replace(other, seed=1) != first


def test_more_agents_are_done_earlier_and_every_combination_is_forecast() -> None:
    found = compare(SCENE, vary={"agents": ["2", "6"], "max_ring_s": ["20", "30"]}, seeds=[1, 2])
    assert [dict(each.varied) for each in found] == [
        {"agents": "2", "max_ring_s": "20"},
        {"agents": "2", "max_ring_s": "30"},
        {"agents": "6", "max_ring_s": "20"},
        {"agents": "6", "max_ring_s": "30"},
    ]
    few, many = found[0].percentile("lasted_s", 50), found[2].percentile("lasted_s", 50)
    assert many < few
    assert found[0].percentile("talking", 90) <= 1.0


def test_more_calls_for_each_agent_abandon_more_people() -> None:
    scene = replace(SCENE, spec=agent_campaign("power", amd=True))
    one, six = compare(scene, vary={"ratio": ["1", "6"]}, seeds=[1])
    assert one.percentile("abandoned", 50) < six.percentile("abandoned", 50)


def test_a_campaign_without_agents_is_forecast_too() -> None:
    course = play(replace(SCENE, spec=campaign(max_calls=5), agents=0), 1)
    assert course.is_over
    assert course.talking == 0.0
    assert course.calls == 60


def test_nobody_is_called_after_the_shift_and_what_is_left_is_told() -> None:
    course = play(replace(SCENE, contacts=500, shift_s=600.0, most_s=3600.0), 1)
    assert not course.is_over
    assert course.calls < 500
    assert course.lasted_s == pytest.approx(3600.0)


def test_an_hour_at_which_nobody_answers_reaches_nobody() -> None:
    dead = tuple(0.0 if hour == START.hour else 0.9 for hour in range(24))
    scene = replace(SCENE, rates=replace(RATES, answered=dead, zone="UTC", busy=0.0, invalid=0.0))
    assert play(scene, 1).reached == 0
    later = replace(scene, start=START + timedelta(hours=2))
    assert play(later, 1).reached > 0


@pytest.mark.parametrize("vary", [{"agents": ["many"]}, {"ratio": ["2"]}, {"surprise": ["1"]}])
def test_what_cannot_be_varied_is_refused_before_anything_is_played(vary: dict[str, list[str]]) -> None:
    with pytest.raises(BadInputError):
        compare(SCENE, vary=vary, seeds=[1])
