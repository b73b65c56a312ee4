"""Rates from past calls: shares, durations, hours; and what is no rate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dialerd.domain.errors import BadInputError
from dialerd.domain.rates import PastCall, Rates, measured
from dialerd.domain.words import Disposition as D
from dialerd.domain.words import Verdict

NOON = datetime(2026, 12, 1, 17, 0, tzinfo=UTC)  # 12:00 in New York
ZONE = "America/New_York"


def call(disposition: D, *, at: datetime = NOON, ring_s: float | None = None, talk_s: float | None = None) -> PastCall:
    answered_at = None if ring_s is None else at + timedelta(seconds=ring_s)
    connected_at = None if answered_at is None or talk_s is None else answered_at + timedelta(seconds=2)
    ended_at = (connected_at or answered_at or at) + timedelta(seconds=talk_s or 1.0)
    verdict = None
    if answered_at is not None:
        verdict = Verdict.MACHINE if disposition is D.ANSWERING_MACHINE else Verdict.HUMAN
    return PastCall(
        claimed_at=at,
        answered_at=answered_at,
        connected_at=connected_at,
        ended_at=ended_at,
        verdict=verdict,
        disposition=disposition,
    )


def test_shares_and_durations_are_those_of_the_calls_that_were_dialed() -> None:
    calls = [
        *[call(D.ANSWERED_HUMAN, ring_s=8.0, talk_s=100.0)] * 40,
        *[call(D.ANSWERED_HUMAN, ring_s=8.0, talk_s=200.0)] * 40,
        *[call(D.ANSWERING_MACHINE, ring_s=20.0)] * 20,
        *[call(D.BUSY)] * 20,
        *[call(D.INVALID_NUMBER)] * 10,
        *[call(D.NO_ANSWER)] * 70,
        *[call(D.CANCELLED)] * 500,  # never dialed
    ]
    rates = measured(calls, zone=ZONE, otherwise=Rates(wrap_up_s=33.0))
    assert rates.answered[12] == pytest.approx(0.5)
    assert rates.answered[3] == pytest.approx(0.5), "an hour without calls takes the share of all"
    assert (rates.machine, rates.busy, rates.invalid) == pytest.approx((0.2, 0.1, 0.05))
    assert rates.ring_s == pytest.approx((80 * 8 + 20 * 20) / 100)
    assert rates.talk_s == pytest.approx(150.0)
    assert rates.spread == pytest.approx(50 / 150)
    assert (rates.wrap_up_s, rates.zone) == (33.0, ZONE)


def test_each_hour_has_its_own_share_by_the_clock_of_the_zone() -> None:
    evening = NOON + timedelta(hours=6)
    calls = [
        *[call(D.NO_ANSWER)] * 90,
        *[call(D.ANSWERED_HUMAN, ring_s=5.0, talk_s=60.0)] * 10,
        *[call(D.ANSWERED_HUMAN, at=evening, ring_s=5.0, talk_s=60.0)] * 50,
        *[call(D.NO_ANSWER, at=evening)] * 50,
    ]
    rates = measured(calls, zone=ZONE, otherwise=Rates())
    assert (rates.answered[12], rates.answered[18]) == pytest.approx((0.1, 0.5))


def test_too_few_calls_tell_nothing() -> None:
    with pytest.raises(BadInputError, match="199 past calls are too few"):
        measured([call(D.NO_ANSWER)] * 199, zone=ZONE, otherwise=Rates())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"answered": (0.2, 0.3)}, "2 answer rates"),
        ({"answered": (1.2,)}, "between 0 and 1"),
        ({"answered": (0.9,), "busy": 0.2}, "no more than 1 together"),
        ({"machine": -0.1}, "between 0 and 1"),
        ({"talk_s": 0.0}, "cannot be so long or so short"),
        ({"ring_s": 500.0}, "cannot be so long or so short"),
        ({"wrap_up_s": -1.0}, "cannot be so long or so short"),
        ({"spread": 9.0}, "spread"),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        Rates(**wrong)  # type: ignore[arg-type]
