"""A silence: nothing is learnt from what failed, little is dialed into it, what only looked like one is believed."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.pacing import CallAnswered, CallFailed, CallStarted, Connected, PacingView
from dialerd.domain.pacing.account import Limit
from dialerd.domain.pacing.level import DriftingLevel
from dialerd.domain.pacing.predictive import PredictivePacer
from dialerd.domain.pacing.silence import Silence
from dialerd.domain.words import Disposition


def _known(share: float) -> DriftingLevel:
    level = DriftingLevel(guess=0.2, worth=4.0)
    for _ in range(300):
        level.see(1, 1 / share)
    return level


@pytest.mark.parametrize(("exposure", "is_on"), [(99.0, False), (101.0, True)])
def test_twenty_answers_that_do_not_come_are_a_silence(exposure: float, is_on: bool) -> None:
    silence = Silence(0.2)
    silence.see(0, exposure, 0.2)
    assert silence.is_on == is_on


@pytest.mark.parametrize(("dials", "answers"), [(100, 10), (300, 5), (1000, 3), (20_000, 2)])
def test_after_an_outage_few_answers_tell_that_people_answer_as_before(dials: int, answers: int) -> None:
    level = _known(0.5)
    for _ in range(dials):
        level.see(0, 1.0)
    assert level.mean < 0.2
    assert level.silence.is_on
    assert level.silence.usual == pytest.approx(0.5, rel=0.1)
    for _ in range(answers):
        level.see(1, 2.0)
    assert level.mean > 0.3
    for _ in range(4):
        level.see(1, 2.0)
    assert not level.silence.is_on


@pytest.mark.parametrize("share", [0.005, 0.01, 0.03, 0.1])
def test_a_share_that_has_really_fallen_is_no_silence_for_long(share: float) -> None:
    level = _known(0.5)
    for _ in range(30):
        for _ in range(9):
            level.see(0, 0.1 / share)
        level.see(1, 0.1 / share)
    assert not level.silence.is_on
    assert level.mean == pytest.approx(share, rel=0.4)


def test_who_begins_with_a_hundredth_learns_that_it_is_no_silence_once() -> None:
    level, silences = DriftingLevel(guess=0.2, worth=4.0), 0
    for number in range(1, 6000):
        was_on = level.silence.is_on
        level.see(1 if number % 100 == 0 and number > 200 else 0, 1.0)
        silences += level.silence.is_on and not was_on
    assert silences == 1
    assert level.silence.usual == pytest.approx(0.01, rel=0.3)


def test_a_daemon_that_begins_in_a_silence_knows_of_it() -> None:
    level, next_one = _known(0.5), DriftingLevel(guess=0.2, worth=4.0)
    for _ in range(300):
        level.see(0, 1.0)
    next_one.take_up(level.learnt())
    assert next_one.silence.is_on
    assert next_one.silence.usual == pytest.approx(0.5, rel=0.1)
    for _ in range(6):
        next_one.see(1, 2.0)
    assert not next_one.silence.is_on


def test_where_people_answer_steadily_there_is_no_silence() -> None:
    silence = Silence(0.2)
    for share in (0.05, 0.2, 0.6):
        for _ in range(500):
            assert silence.see(1, 1 / share, share) == (1, 1 / share)
            assert not silence.is_on


@given(st.lists(st.tuples(st.integers(0, 8), st.floats(0.0, 500.0)), max_size=60))
def test_whatever_comes_the_share_stays_one_that_can_be_reckoned_with(seen: list[tuple[int, float]]) -> None:
    level = DriftingLevel(guess=0.2, worth=4.0)
    for events, exposure in seen:
        level.see(events, exposure)
        assert 0.0 < level.mean < math.inf
        assert 0.0 < level.relative_sd < math.inf
        assert 0.0 < level.silence.usual < math.inf


def test_into_a_silence_no_more_is_dialed_than_could_be_served_were_all_to_answer_again() -> None:
    pacer, agents, now = PredictivePacer(), 20, 0.0
    for _ in range(60):
        for _ in range(5):
            pacer.observe(CallStarted(now))
        for _ in range(4):
            pacer.observe(CallFailed(20.0, Disposition.NO_ANSWER))
        pacer.observe(CallAnswered(8.0))
        pacer.observe(Connected())
        now += 5.0
        pacer.decide(PacingView(now=now, ready=[1.0] * agents, ringing=[5.0] * 20))
    most = 0
    for _ in range(300):
        now += 2.0
        for _ in range(10):
            pacer.observe(CallFailed(20.0, Disposition.NO_ANSWER))
        ringing = [1.0 + index % 20 for index in range(200)]
        most = pacer.decide(PacingView(now=now, ready=[60.0] * agents, ringing=ringing))
    assert most == 0
    assert pacer.account().limit is Limit.SILENCE
    few = PacingView(now=now + 2.0, ready=[60.0] * agents, ringing=[5.0] * 40)
    assert 0 < pacer.decide(few) < 200
