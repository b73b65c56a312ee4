"""What the predictive pacer learns, against worlds whose truth is known, and its sums against the exact ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.pacing.ages import ages_of
from dialerd.domain.pacing.durations import Durations
from dialerd.domain.pacing.estimates import PacingEstimates
from dialerd.domain.pacing.events import AgentLeft, CallAnswered, CallFailed, TalkEnded
from dialerd.domain.pacing.level import DriftingLevel
from dialerd.domain.pacing.outlook import put_cumulants
from dialerd.domain.pacing.race import Ending
from dialerd.domain.pacing.risk import chance_of_at_least, most_under, normal_tail
from dialerd.domain.pacing.view import PacingView
from dialerd.domain.words import Disposition

NOBODY = np.zeros(0)


@given(st.lists(st.floats(0.2, 0.8), min_size=25, max_size=60), st.integers(0, 60))
def test_the_chance_of_a_sum_is_near_the_exact_one(chances: list[float], number: int) -> None:
    exact = np.ones(1)
    for chance in chances:
        exact = np.convolve(exact, [1.0 - chance, chance])
    each = np.zeros((len(chances), 3, 1))
    put_cumulants(each, np.array(chances)[:, None])
    mean, variance, third = each.sum(axis=0)
    found = float(chance_of_at_least(number, mean, variance, third)[0])
    assert found == pytest.approx(exact[number:].sum(), abs=0.03)


@given(st.floats(-20, 20), st.floats(0.0, 30.0), st.floats(-5.0, 5.0))
def test_the_normal_curve_is_looked_up_as_it_is(mean: float, variance: float, third: float) -> None:
    spread = max(variance, 1e-9)
    x = np.array([(2 - 0.5 - mean) / spread**0.5])
    tail, density = normal_tail(x)
    exact = np.clip(tail - third / (6.0 * spread**1.5) * (1.0 - x * x) * density, 0.0, 1.0)
    found = chance_of_at_least(2, *(np.array([each]) for each in (mean, variance, third)))
    assert found[0] == pytest.approx(exact[0], abs=2e-4 * (1.0 + abs(third) / spread**1.5))


@given(st.integers(0, 200), st.integers(0, 100))
def test_the_most_under_a_limit_is_what_counting_up_finds(limit: int, most: int) -> None:
    assert most_under(lambda calls: calls * calls, limit, most) == max(
        (calls for calls in range(most + 1) if calls * calls <= limit), default=0
    )


def test_a_steady_share_is_known_to_a_tenth_after_a_thousand_events() -> None:
    errors, doubts = [], []
    for seed in range(6):
        dice = np.random.default_rng(seed)
        level = DriftingLevel(guess=0.5, worth=4.0)
        for _ in range(10_000):
            level.see(int(dice.random() < 0.1), 1.0)
        errors.append(abs(level.mean / 0.1 - 1.0))
        doubts.append(level.relative_sd)
    assert float(np.median(errors)) < 0.1
    assert 0.03 < float(np.median(doubts)) < 0.15


def test_a_share_that_jumps_is_followed_within_some_tens_of_events() -> None:
    dice = np.random.default_rng(2)
    level = DriftingLevel(guess=0.2, worth=4.0)
    for _ in range(5_000):
        level.see(int(dice.random() < 0.1), 1.0)
    for _ in range(120):
        level.see(int(dice.random() < 0.5), 1.0)
    assert level.mean == pytest.approx(0.5, rel=0.3)


def test_a_share_is_less_sure_the_fewer_events_told_it() -> None:
    few, many = DriftingLevel(guess=0.2, worth=4.0), DriftingLevel(guess=0.2, worth=4.0)
    few.see(2, 10.0)
    many.see(200, 1000.0)
    assert many.relative_sd < few.relative_sd < DriftingLevel(guess=0.2, worth=4.0).relative_sd


def test_conversations_that_still_go_on_count_for_their_time() -> None:
    ended, both = Durations(guess_s=60.0, worth=3.0), Durations(guess_s=60.0, worth=3.0)
    for durations in (ended, both):
        for _ in range(50):
            durations.ended(60.0)
    ended.refresh(NOBODY)
    both.refresh(np.full(50, 300.0))
    assert both.mean_s > 1.5 * ended.mean_s


def test_the_chance_of_ending_follows_from_the_age() -> None:
    dice = np.random.default_rng(3)
    durations = Durations(guess_s=60.0, worth=3.0)
    for after_s in 80.0 + 40.0 * dice.random(800):  # all end between 80 and 120 s
        durations.ended(after_s)
    durations.refresh(NOBODY)
    young, old = durations.within(np.array([10.0, 80.0]), np.array([20.0]))[:, 0]
    assert young < 0.05
    assert old == pytest.approx(0.5, abs=0.15)


@given(st.lists(st.floats(-1e5, 1e5)), st.lists(st.floats(-1e5, 1e5)))
def test_a_chance_of_ending_stays_one_whatever_a_clock_that_is_set_makes_of_durations(
    lasted: list[float], ages: list[float]
) -> None:
    durations = Durations(guess_s=60.0, worth=3.0)
    for each in lasted:
        durations.ended(each)
    durations.refresh(np.array(ages, dtype=np.float64))
    found = durations.within(np.array([-4000.0, 0.0, 30.0, 1e5]), np.arange(-5.0, 200.0))
    assert ((found >= 0.0) & (found <= 1.0)).all()
    assert (np.diff(found, axis=1) >= 0.0).all()


def test_calls_that_we_hang_up_do_not_bend_the_answer_rate_nor_when_people_answer() -> None:
    """Some answer at 5 s, as many at 20 s; we hang half of those that ring up at 15 s."""
    dice = np.random.default_rng(4)
    estimates = PacingEstimates()
    ring = estimates.ring
    running: list[tuple[float, float, Ending]] = []  # begun at, ends after, how
    for tick in range(4_000):
        now = tick * 1.0
        for _ in range(3):
            coin, cut = dice.random(), dice.random() < 0.5
            if coin < 0.15:
                running.append((now, 5.2, Ending.FIRST))
            elif cut:
                running.append((now, 15.0, Ending.CUT))
            else:
                running.append((now, 20.2, Ending.FIRST) if coin < 0.30 else (now, 25.0, Ending.SECOND))
        for begun_at, after_s, ending in running:
            if now - begun_at >= after_s:
                ring.ended(ending, after_s)
        running = [each for each in running if now - each[0] < each[1]]
        ages = np.array([now - begun_at for begun_at, _, _ in running])
        ring.look(now, ages)
        if tick % 10 == 0:
            ring.refresh(ages)
    assert ring.level.mean == pytest.approx(0.30, rel=0.12)
    by_10, by_30 = ring.first_within(np.zeros(1), np.array([10.0, 30.0]))[0]
    assert by_10 / by_30 == pytest.approx(0.5, abs=0.06)


def test_fast_failures_do_not_lower_the_answer_rate_of_what_still_rings() -> None:
    """At the start only failures have ended; the rest of the calls still ring."""
    estimates = PacingEstimates()
    for _ in range(10):
        estimates.observe(CallFailed(2.0, Disposition.FAILED))
    estimates.refresh(2.0, ages_of(PacingView(now=2.0, ringing=[2.0] * 50)))
    assert estimates.ring.level.mean > 0.1


def test_the_share_of_answers_is_known_before_the_unanswered_calls_have_ended() -> None:
    estimates = PacingEstimates()
    for tick in range(30):  # a hundred calls begin together; sixty are answered within 12 s, the others ring on
        now = tick * 0.5
        answered = [at for at in np.linspace(4.0, 12.0, 60) if now - 0.5 < at <= now]
        for at in answered:
            estimates.observe(CallAnswered(float(at)))
        left = 100 - int((np.linspace(4.0, 12.0, 60) <= now).sum())
        estimates.refresh(now, ages_of(PacingView(now=now, ringing=[now] * left)))
    assert estimates.ring.level.mean > 0.4


def test_agents_who_leave_after_their_calls_are_not_counted_on() -> None:
    estimates = PacingEstimates()
    before = estimates.returns
    for _ in range(20):
        estimates.observe(TalkEnded(60.0))
        estimates.observe(AgentLeft())
    assert estimates.returns < 0.75 < before
