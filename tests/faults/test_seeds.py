"""A thousand drawn campaigns with drawn troubles, each on the real engine and virtual time: every invariant holds.

Not here: more of them (`scripts/bench faults`), what the referee can see (test_referee.py).
"""

from __future__ import annotations

import pytest

from tests.faults.drawn import draw
from tests.faults.play import play

_SEEDS, _AT_ONCE = 1000, 25


@pytest.mark.takes(5)
@pytest.mark.parametrize("first", range(0, _SEEDS, _AT_ONCE))
def test_every_invariant_holds_whatever_breaks(first: int) -> None:
    verdicts = [play(seed) for seed in range(first, first + _AT_ONCE)]
    broken = [str(each) for each in verdicts if each.broken]
    assert not broken, "\n".join(broken)
    assert sum(each.calls for each in verdicts) > _AT_ONCE, "somebody was called at all"


def test_a_seed_plays_the_same_again_call_by_call() -> None:
    for seed in (7, 11):
        assert play(seed).account == play(seed).account
    assert draw(7) == draw(7)
    assert draw(7) != draw(8)
