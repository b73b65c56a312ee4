"""What a trunk's pace becomes by the endings of its calls, and that no order of them takes it out of its bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.throttle import CONGESTED_AT, FASTER, LONGEST_REST_S, SLOWER, SLOWEST, Throttle


def after(story: str, *, apart_s: float = 2.0) -> Throttle:
    """`+` a call that found room, `-` one that did not, `!` the exchange says that the trunk is down."""
    throttle = Throttle()
    for n, each in enumerate(story):
        now = n * apart_s
        if each == "+":
            throttle = throttle.after_room()
        else:
            throttle = throttle.after_refusal(now) if each == "-" else throttle.down(now, "it is down")
    return throttle


@pytest.mark.parametrize(
    ("story", "pace", "rest_s", "why"),
    [
        ("", 1.0, 0.0, "nothing is known: as the settings have it"),
        ("+" * 40, 1.0, 0.0, "all is well"),
        ("----", 1.0, 0.0, "four may be their destinations' own doing"),
        ("+-+-+-+-+", 1.0, 0.0, "four of many as well"),
        ("+-+-+-+-+-", SLOWER, 0.0, "the fifth halves it"),
        ("+-+-+-+-+-+-", SLOWER * FASTER * SLOWER, 0.0, "and the sixth halves it again"),
        ("+-+-+-+-+-" + "+" * 24, 1.0, 0.0, "success opens it again"),
        ("-" * 5, 1.0, 1.0, "it refuses every call: it rests"),
        ("-" * 6, 1.0, 2.0, "twice as long the next time"),
        ("-" * 40, 1.0, LONGEST_REST_S, "and never longer than that"),
        ("!", 1.0, 1.0, "the exchange says so: at once"),
    ],
)
def test_refusals_halve_the_pace_and_calls_that_come_through_open_it(
    story: str, pace: float, rest_s: float, why: str
) -> None:
    found = after(story)
    assert found.pace == pytest.approx(pace), why
    assert found.rest_s == rest_s, why
    assert bool(found.reason) == (pace < 1.0 or rest_s > 0)


def test_refusals_of_one_second_are_one_piece_of_news() -> None:
    assert after("+-+-+-+-+-+-+-+-", apart_s=0.01).pace == SLOWER * FASTER**3


def test_a_call_that_is_taken_makes_the_next_rest_a_short_one_unless_calls_are_still_refused() -> None:
    down = Throttle().down(0.0, "x").down(1.0, "x")
    assert (down.rest_s, down.after_taken().rest_s) == (2.0, 0.0)
    refused = after("-" * 6)
    assert refused.after_taken() == refused


@given(story=st.text("+-!", max_size=200), apart_s=st.floats(0, 60))
def test_whatever_happens_the_pace_is_a_share_and_success_alone_makes_it_whole(story: str, apart_s: float) -> None:
    found = after(story, apart_s=apart_s)
    assert SLOWEST <= found.pace <= 1.0
    assert 0.0 <= found.rest_s <= LONGEST_REST_S
    assert len(found.latest) <= 20
    assert found.is_congested == (found.latest.count(False) >= CONGESTED_AT)
    for _ in range(100):
        found = found.after_room()
    assert (found.pace, found.is_congested, found.after_room()) == (1.0, False, found)
