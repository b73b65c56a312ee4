"""Calls per second hold at the far end, whatever the delays in between, and are not needlessly few."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.domain.pacing import AgentlessPacer, CallStarted, PacingView, RateLimit
from dialerd.domain.pacing.rate import MARGIN_S


def spend(limit: RateLimit, waits: list[tuple[float, float]]) -> list[float]:
    """Dial whenever there is room; `waits`: how late each look is, how long the exchange takes. Moments of sending."""
    now, sent = 0.0, []
    for late_s, takes_s in waits:
        now = limit.room_at(now) + late_s
        assert limit.available(now) >= 1, "room_at told the truth"
        now += takes_s
        limit = limit.take(now)
        sent.append(now)
    return sent


@settings(max_examples=150)
@given(
    rate=st.sampled_from([0.5, 1.0, 2.5, 5.0, 20.0]),
    waits=st.lists(st.tuples(st.floats(0, 0.2), st.floats(0, 0.05)), min_size=2, max_size=80),
    jitter=st.lists(st.floats(0, MARGIN_S), min_size=80, max_size=80),
)
def test_no_second_at_the_carrier_holds_more_calls_than_the_rate(
    rate: float, waits: list[tuple[float, float]], jitter: list[float]
) -> None:
    arrived = sorted(at + late for at, late in zip(spend(RateLimit(rate=rate), waits), jitter, strict=False))
    most = max(sum(1 for other in arrived if at <= other < at + 1) for at in arrived)
    assert most <= math.ceil(rate)


def test_a_sustained_rate_is_nearly_what_was_asked_for() -> None:
    for rate in (1.0, 5.0, 50.0, 500.0):
        sent = spend(RateLimit(rate=rate), [(0.0, 0.0)] * 2000)
        assert (len(sent) - 1) / (sent[-1] - sent[0]) > rate * 0.95


def test_there_is_no_room_just_before_room_at() -> None:
    limit = RateLimit(rate=2.0).take(10.0).take(10.5)
    at = limit.room_at(10.6)
    assert limit.available(at) == 1
    assert limit.available(at - 0.001) == 0


def test_after_a_restart_the_rate_holds_together_with_what_was_dialed_before_it() -> None:
    before = spend(RateLimit(rate=5.0), [(0.0, 0.0)] * 7)
    limit = RateLimit(rate=5.0).spent(before[-1] + 0.1)  # a new process knows nothing of `before`
    after, now = [], before[-1] + 0.1
    for _ in range(7):
        now = limit.room_at(now)
        limit = limit.take(now)
        after.append(now)
    dialed = before + after
    assert max(sum(1 for other in dialed if at <= other < at + 1) for at in dialed) <= 5


def test_another_rate_keeps_what_was_spent() -> None:
    limit = RateLimit(rate=1.0).take(10.0).changed(2.0)
    assert limit.available(10.1) == 0


def test_agentless_counts_every_call_that_is_up() -> None:
    pacer = AgentlessPacer(max_calls=4, calls_per_second=1000)
    assert pacer.decide(PacingView(now=1.0, ringing=[1, 1], detecting=[1], connected=[1])) == 0
    assert pacer.decide(PacingView(now=1.0, ringing=[1], detecting=[1])) >= 1
    pacer.change_pace(max_calls=2, calls_per_second=1000)
    assert pacer.decide(PacingView(now=1.0, ringing=[1], detecting=[1])) == 0


def test_the_same_events_and_views_give_the_same_answers() -> None:
    def answers() -> list[int]:
        pacer = AgentlessPacer(max_calls=10, calls_per_second=3)
        found = []
        for tick in range(40):
            now = tick * 0.1
            found.append(pacer.decide(PacingView(now=now)))
            if found[-1]:
                pacer.observe(CallStarted(now))
        return found

    assert answers() == answers()
    assert sum(1 for each in answers() if each) <= 13
