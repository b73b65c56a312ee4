"""Which server a call goes through: the least loaded that can carry it; none that is away, drained or out of reach."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.server import Chosen, NoServer, ServerFacts, choose_server, share


def server(name: str, calls: int, room: int = 100, **lacks: object) -> ServerFacts:
    return ServerFacts(name=name, calls=calls, room=room, **lacks)  # type: ignore[arg-type]  # the fields' own


@pytest.mark.parametrize(
    ("servers", "chosen"),
    [
        ([server("a", 0)], "a"),
        ([server("a", 5), server("b", 4)], "b"),
        ([server("a", 4), server("b", 4)], "a"),
        ([server("a", 30, 100), server("b", 4, 10)], "a"),
        ([server("a", 1, trouble="a is away"), server("b", 90)], "b"),
        ([server("a", 1, is_drained=True), server("b", 90)], "b"),
        ([server("a", 1, has_agents=False), server("b", 90)], "b"),
        ([server("a", 100), server("b", 100)], "a"),
    ],
)
def test_the_least_loaded_in_proportion_that_can_carry_the_call_is_chosen(
    servers: list[ServerFacts], chosen: str
) -> None:
    found = choose_server(servers)
    assert isinstance(found, Chosen)
    assert found.name == chosen


def test_where_none_can_every_one_says_why() -> None:
    found = choose_server(
        [server("a", 1, trouble="a is away"), server("b", 1, is_drained=True), server("c", 1, has_agents=False)]
    )
    assert isinstance(found, NoServer)
    assert "a is away; Asterisk b is drained" in found.reason
    assert "no agent's phone is at Asterisk c" in found.reason


@given(wanted=st.integers(0, 200), frees=st.lists(st.integers(0, 50), min_size=1, max_size=10))
def test_the_calls_of_one_look_are_spread_over_all_that_have_room_and_none_is_left_out(
    wanted: int, frees: list[int]
) -> None:
    left, given_to = wanted, [0] * len(frees)
    for n, free in enumerate(frees):
        given_to[n] = share(left, free=free, others=sum(each > 0 for each in frees[n + 1 :]))
        left -= given_to[n]
    assert all(0 <= part <= free for part, free in zip(given_to, frees, strict=True))
    if all(free >= wanted for free in frees):
        assert (left, max(given_to) - min(given_to) <= 1) == (0, True)
