"""Chunks of long work: as large as what a row costs allows, from the first one on."""

from __future__ import annotations

import pytest

from dialerd.domain.chunk import AIM_S, FIRST, next_size

MOST = 2000


@pytest.mark.parametrize(
    ("size", "took_s", "expected"),
    [
        (50, 0.0, 100),  # nothing to be measured: twice as many, no more
        (50, 0.001, 100),
        (50, 0.02, 50),
        (50, 0.05, 20),
        (50, 5.0, 1),  # never none
        (1, 1.0, 1),
        (1500, 0.001, 2000),  # never more than the most
        (2000, 0.04, 1000),
    ],
)
def test_the_next_chunk_is_as_large_as_the_one_before_has_shown_that_it_may_be(
    size: int, took_s: float, expected: int
) -> None:
    assert next_size(size, took_s, most=MOST) == expected


@pytest.mark.parametrize("row_s", [1e-7, 1e-5, 0.0002, 0.0009])
def test_whatever_a_row_costs_no_chunk_lasts_longer_than_it_may_and_soon_none_is_needlessly_short(row_s: float) -> None:
    size, held = FIRST, []
    for _ in range(10):
        held.append(size * row_s)
        size = next_size(size, held[-1], most=MOST)
    assert max(held) <= 0.05
    assert size == MOST or AIM_S / 2 <= size * row_s <= AIM_S
