"""The record's two questions, asked alike of the simulated and the real exchange."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.simulate.record import SimulatedCall, peak_calls, peak_rate
from tests.lab import record as real
from tests.lab.record import CarrierCall

START = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


def _calls(*spans: tuple[float, float | None]) -> list[SimulatedCall]:
    return [
        SimulatedCall(
            "+12125550100",
            START + timedelta(seconds=began),
            ended_at=None if ended is None else START + timedelta(seconds=ended),
        )
        for began, ended in spans
    ]


@pytest.mark.parametrize(
    ("calls", "most"),
    [
        ([], 0),
        (_calls((0, 5)), 1),
        (_calls((0, 5), (4, 6), (4.5, 7)), 3),
        (_calls((0, 5), (5, 9)), 1),  # one ends as the other begins
        (_calls((0, None), (50, None)), 2),  # still up
    ],
)
def test_the_most_calls_at_one_moment(calls: list[SimulatedCall], most: int) -> None:
    assert peak_calls(calls) == most


@pytest.mark.parametrize(
    ("calls", "most"),
    [
        ([], 0),
        (_calls((0, 1), (0.5, 1), (0.999, 1)), 3),
        (_calls((0, 1), (1.0, 2)), 1),  # a second apart is the next second
        (_calls((9, 10), (0, 1), (9.5, 10)), 2),  # in whatever order
    ],
)
def test_the_most_invites_in_any_second(calls: list[SimulatedCall], most: int) -> None:
    assert peak_rate(calls) == most


_spans = st.lists(st.tuples(st.integers(0, 100), st.none() | st.integers(0, 50)), max_size=30)


@given(_spans)
def test_both_records_answer_alike(spans: list[tuple[int, int | None]]) -> None:
    simulated = _calls(*((began / 10, None if lasts is None else (began + lasts) / 10) for began, lasts in spans))
    carrier = [
        CarrierCall(uid="", number=call.number, caller_id="", invited_at=call.invited_at, ended_at=call.ended_at)
        for call in simulated
    ]
    assert peak_calls(simulated) == real.peak_calls(carrier)
    assert peak_rate(simulated) == real.peak_rate(carrier)
