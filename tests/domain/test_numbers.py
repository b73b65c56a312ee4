"""Which of a contact's numbers is next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dialerd.domain.numbers import ContactNumber, next_number
from dialerd.domain.retry import Exhausted, RetryAt, RetryPolicy, RetryRule, decide
from dialerd.domain.words import Disposition as D

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def number(position: int, **keys: Any) -> ContactNumber:
    return ContactNumber(position=position, number=f"+1212266000{position}", zones=(), **keys)


@pytest.mark.parametrize(
    ("numbers", "after", "expected"),
    [
        ([number(1), number(2), number(3)], 1, 2),
        ([number(3), number(1), number(2)], 0, 1),
        ([number(1), number(2, is_wrong=True), number(3)], 1, 3),
        ([number(1), number(2, is_taken=True), number(3)], 1, 3),
        ([number(1), number(2, attempts=2), number(3, attempts=1)], 1, 3),
        ([number(1), number(2)], 2, None),
        ([number(1, is_wrong=True)], 0, None),
        ([], 0, None),
    ],
)
def test_the_next_number_is_the_first_usable_one_behind_the_last(
    numbers: list[ContactNumber], after: int, expected: int | None
) -> None:
    found = next_number(numbers, after=after, max_attempts=2)
    assert (found and found.position) == expected


PLAIN = RetryPolicy(max_attempts=9, retry_after_min=60)


def ruled(**keys: Any) -> RetryPolicy:
    rule = RetryRule(**{"disposition": D.BUSY, "after_min": 10, "max": 2, **keys})
    return RetryPolicy(max_attempts=9, retry_after_min=60, rules=[rule])


@pytest.mark.parametrize(
    ("policy", "disposition", "keys", "expected"),
    [
        (PLAIN, D.BUSY, {"has_next": True}, ("next", 0)),
        (PLAIN, D.INVALID_NUMBER, {"has_next": True}, ("next", 0)),
        (PLAIN, D.FAX, {"has_next": True}, ("next", 0)),
        (PLAIN, D.INVALID_NUMBER, {"has_next": False}, None),
        (PLAIN, D.BUSY, {"has_next": False}, ("first", 60)),
        (PLAIN, D.BUSY, {"has_next": False, "can_start_over": False}, None),
        (PLAIN, D.REJECTED, {"has_next": True}, None),  # the person has declined
        (PLAIN, D.BLOCKED, {"has_next": True}, None),
        (PLAIN, D.ANSWERED_HUMAN, {"has_next": True}, None),
        (PLAIN, D.INTERRUPTED, {"has_next": True}, None),  # perhaps somebody spoke to us
        (PLAIN, D.NETWORK_FAILURE, {"has_next": True}, ("first", 60)),  # not the number's fault
        (ruled(), D.BUSY, {"has_next": True}, ("next", 0)),
        (ruled(number="next"), D.BUSY, {"has_next": True}, ("next", 10)),
        (ruled(number="same"), D.BUSY, {"has_next": True}, ("same", 10)),
        (ruled(number="same"), D.BUSY, {"has_next": False, "can_repeat": False}, None),
        (ruled(number="same"), D.BUSY, {"has_next": True, "same_before": 2}, ("next", 0)),
        (ruled(), D.BUSY, {"has_next": False, "same_before": 2}, None),
    ],
)
def test_a_further_number_is_tried_at_once_unless_a_rule_says_otherwise(
    policy: RetryPolicy, disposition: D, keys: dict[str, Any], expected: tuple[str, int] | None
) -> None:
    given = {"spent": True, "attempts_spent": 1, "same_before": 0, "now": NOW, **keys}
    decision = decide(policy, disposition=disposition, **given)
    assert decision.reason
    if expected is None:
        assert isinstance(decision, Exhausted)
        return
    assert isinstance(decision, RetryAt)
    assert (decision.number, decision.at - NOW) == (expected[0], timedelta(minutes=expected[1]))
