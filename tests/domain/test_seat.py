"""What helpers dial beside the leader, and the pace that all keep: no second holds more than it, by whatever clock."""

from __future__ import annotations

import random
from typing import Any

import pytest

from dialerd.domain.campaign import read_campaign
from dialerd.domain.flow.reading import read_flow
from dialerd.domain.seat import (
    CATCH_UP_S,
    HELD_UP_S,
    Seat,
    after,
    granted,
    held_up,
    kept_by_leader,
    opens_at,
    own_of,
    period_s,
)

BASE = {"name": "c", "lists": ["l"], "trunk": "carrier", "caller_id": "+12125550100"}
PLAY = {"on_human": {"play": "hello"}}
END = {"bye": {"do": "hangup"}}


@pytest.mark.parametrize(
    ("seat", "owner", "own"),
    [
        (Seat("one", "s", leads=True), "", {"", "one"}),
        (Seat("two", "s", leads=False), "two", {"two"}),
    ],
)
def test_a_leader_has_the_calls_without_a_name_and_those_of_its_time_as_a_helper(
    seat: Seat, owner: str, own: set[str]
) -> None:
    assert (seat.owner, set(seat.own)) == (owner, own)
    assert own_of(None) == {""}


@pytest.mark.parametrize(
    ("keys", "nodes", "why"),
    [
        (PLAY, None, ""),
        ({"flow": "f"}, {"hello": {"do": "play", "say": ["hello"], "next": "bye"}}, ""),
        ({"mode": "progressive", "queue": "q"}, None, "for agents"),
        (PLAY | {"record": True}, None, "recorded"),
        ({"flow": "f"}, {"hello": {"do": "record_call", "next": "bye"}}, "records"),
        (
            {"flow": "f"},
            {"hello": {"do": "transfer", "queue": "q", "on_no_agent": "bye"}},
            "passes calls on",
        ),
        (
            {"flow": "f"},
            {"hello": {"do": "sms", "text": "hello", "next": "bye", "on_fail": "bye"}},
            "sends messages",
        ),
        ({"flow": "gone"}, None, "cannot be read"),
    ],
)
def test_what_needs_anything_of_the_leader_is_dialed_by_it_alone(
    keys: dict[str, Any], nodes: dict[str, Any] | None, why: str
) -> None:
    spec = read_campaign(BASE | keys, source="test")
    flow = None
    if nodes is not None:
        flow = read_flow({"name": "f", "start": "hello", "node": nodes | END}, source="test")
    found = kept_by_leader(spec, flow)
    assert (why in found) if why else found == ""


@pytest.mark.parametrize("rate", [0.2, 1.0, 2.5, 8.0, 50.0, 1000.0])
def test_no_second_holds_more_than_the_pace_whoever_asks_when(rate: float) -> None:
    dice, now, next_at, begun = random.Random(7), 1000.0, 0.0, list[float]()
    for _ in range(600):
        now += dice.expovariate(3 * rate)
        count = min(granted(next_at, now, rate), dice.randint(1, 3))
        if count:
            next_at = after(next_at, now, rate, count)
            begun += [now] * count
    size = max(1, int(rate))
    for first in begun:
        assert sum(first <= each < first + size / rate for each in begun) <= size
    assert len(begun) >= 0.6 * rate * (now - 1000.0), "nor is it given away"


@pytest.mark.parametrize(
    ("next_at", "rate", "expected"),
    [
        (990.0, 10.0, 1),  # long ago: at once, and little is made up for
        (1000.05, 10.0, 0),
        (999.96, 50.0, 2),
        (1000.0 + 3600, 10.0, 1),  # the database's clock was set back by an hour
        (1000.0 + 4, 0.2, 0),
        (1000.0 + 4, 10.0, 1),  # the pace was raised
        (1000.0 + 2, 10.0, 0),  # calls that came late hold it up
    ],
)
def test_a_pace_that_cannot_be_its_own_holds_nobody(next_at: float, rate: float, expected: int) -> None:
    assert granted(next_at, 1000.0, rate) == expected
    assert opens_at(next_at, 1000.0, rate) <= 1000.0 + period_s(rate) + CATCH_UP_S + HELD_UP_S
    then = after(next_at, 1000.0, rate, 1)
    assert 1000.0 - CATCH_UP_S < then <= 1000.0 + 2 * (period_s(rate) + CATCH_UP_S) + HELD_UP_S


@pytest.mark.parametrize(
    ("next_at", "late_s", "expected"),
    [(999.0, 0.2, 1000.2), (1000.1, 0.2, 1000.3), (1002.9, 0.9, 1003.0), (1005.0, 0.9, 1005.0)],
)
def test_a_call_that_came_late_holds_up_the_next_and_many_do_not_stop_all(
    next_at: float, late_s: float, expected: float
) -> None:
    assert held_up(next_at, 1000.0, late_s) == pytest.approx(expected)
