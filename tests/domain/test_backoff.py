"""Waits that double, and begin anew once something has held."""

from __future__ import annotations

from itertools import product

import pytest

from dialerd.domain.backoff import Backoff

WAITS = Backoff(first_s=0.5, longest_s=10.0)


def test_each_wait_is_twice_the_one_before_up_to_the_longest() -> None:
    waits, seen = WAITS, []
    for _ in range(7):
        seen.append(waits.wait_s)
        waits = waits.longer()
    assert seen == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


@pytest.mark.parametrize(("lasted_s", "next_s"), [(0.0, 2.0), (9.9, 2.0), (10.0, 0.5), (1e6, 0.5)])
def test_only_what_has_held_for_the_longest_wait_begins_anew(lasted_s: float, next_s: float) -> None:
    assert WAITS.longer().longer().after(lasted_s).wait_s == next_s


@pytest.mark.parametrize("happened", list(product((None, 0.0, 9.9, 30.0), repeat=4)))
def test_whatever_happens_a_wait_is_between_the_first_and_the_longest(happened: tuple[float | None, ...]) -> None:
    waits = WAITS
    for lasted_s in happened * 2:
        waits = waits.longer() if lasted_s is None else waits.after(lasted_s)
        assert WAITS.first_s <= waits.wait_s <= WAITS.longest_s


def test_a_year_of_failures_overflows_nothing() -> None:
    waits = WAITS
    for _ in range(100_000):
        waits = waits.longer()
    assert waits.wait_s == 10.0
    assert waits.anew() == WAITS
