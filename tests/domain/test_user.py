"""Who may do what, as one table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dialerd.domain.signin import PER_USER, WINDOW, Failures, is_over, one_more, wait_s
from dialerd.domain.user import Allowed, Denied, Person, Right, Role, may

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def _person(role: Role, *, agent: str | None = None, queues: set[str] | None = None) -> Person:
    held_to = None if queues is None else frozenset(queues)
    return Person(user="x", role=role, actor="user:x", agent=agent, queues=held_to)


ADMIN, SUPERVISOR = _person(Role.ADMIN), _person(Role.SUPERVISOR)
HELD = _person(Role.SUPERVISOR, queues={"sales"})
AGENT = _person(Role.AGENT, agent="ann")


@pytest.mark.parametrize(
    ("person", "right", "on", "may_it"),
    [
        (ADMIN, Right.ADMINISTER, None, True),
        (SUPERVISOR, Right.ADMINISTER, None, False),
        (AGENT, Right.ADMINISTER, None, False),
        (SUPERVISOR, Right.STEER, ["support"], True),
        (SUPERVISOR, Right.STEER, [], True),
        (HELD, Right.STEER, ["sales", "support"], True),
        (HELD, Right.STEER, ["support"], False),
        (HELD, Right.STEER, [], False),
        (HELD, Right.SEE, ["support"], False),
        (HELD, Right.SEE, None, True),
        (HELD, Right.DEFINE, None, False),
        (HELD, Right.SELF, None, True),
        (AGENT, Right.SEE, ["sales"], False),
        (AGENT, Right.OWN, None, True),
        (ADMIN, Right.OWN, None, False),
        (_person(Role.SUPERVISOR, agent="bob", queues={"sales"}), Right.OWN, None, True),
    ],
)
def test_a_right_is_ones_role_and_queues(person: Person, right: Right, on: list[str] | None, may_it: bool) -> None:
    judged = may(person, right, on)
    assert isinstance(judged, Allowed if may_it else Denied)
    assert may_it or judged.reason  # type: ignore[union-attr]


def test_tries_are_counted_in_a_window_that_does_not_move() -> None:
    failures, now = None, NOW
    for count in range(1, PER_USER + 1):
        assert wait_s(failures, PER_USER, now) == 0
        failures = one_more(failures, now)
        assert failures == Failures(count, NOW)
        now += timedelta(seconds=10)
    left = wait_s(failures, PER_USER, now)
    assert now + timedelta(seconds=left) > NOW + WINDOW
    assert wait_s(failures, PER_USER, NOW + WINDOW) == 0
    assert one_more(failures, NOW + WINDOW) == Failures(1, NOW + WINDOW)


@pytest.mark.parametrize(
    ("idle_min", "left_min", "over"), [(0, 1, False), (29, 1, False), (30, 1, True), (0, 0, True), (0, -1, True)]
)
def test_a_session_ends_idle_or_at_its_end(idle_min: int, left_min: int, over: bool) -> None:
    used_at, ends_at = NOW - timedelta(minutes=idle_min), NOW + timedelta(minutes=left_min)
    assert is_over(used_at=used_at, ends_at=ends_at, now=NOW) is over
