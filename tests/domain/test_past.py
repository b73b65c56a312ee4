"""What another dialer has done with a contact: what a run makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dialerd.domain.past import Closed, GoesOn, Past, judge
from dialerd.domain.retry import RetryPolicy, RetryRule
from dialerd.domain.words import Disposition

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
POLICY = RetryPolicy(
    max_attempts=4,
    retry_after_min=60.0,
    rules=(RetryRule(disposition=Disposition.BUSY, after_min=10, max=2),),
)


def past(attempts: int = 1, code: str = "no_answer", *, at: datetime | None = AT, is_over: bool = False) -> Past:
    return Past(attempts=attempts, last_at=at, code=code, is_over=is_over, source="lead 1")


@pytest.mark.parametrize(
    ("given", "after"),
    [
        (past(0, at=None), GoesOn(0, None)),
        (past(0), GoesOn(0, AT + timedelta(minutes=60))),
        (past(1), GoesOn(1, AT + timedelta(minutes=60))),
        (past(3), GoesOn(3, AT + timedelta(minutes=60))),
        (past(2, "busy"), GoesOn(2, AT + timedelta(minutes=10))),
        (past(2, at=None), GoesOn(2, None)),
        (past(1, "warm"), GoesOn(1, AT + timedelta(minutes=60))),
    ],
)
def test_who_was_called_goes_on_from_there(given: Past, after: GoesOn) -> None:
    assert judge(given, POLICY, per_number=4, has_more_numbers=False) == after


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (past(4), "4 of 4 attempts were made"),
        (past(9, at=None), "9 of 4 attempts"),
        (past(3, "busy"), "retried 2 times after busy"),
        (past(1, "invalid_number"), "invalid_number is final"),
        (past(0, "sale", at=None, is_over=True), "settled as sale"),
    ],
)
def test_who_has_had_enough_is_not_called(given: Past, reason: str) -> None:
    found = judge(given, POLICY, per_number=4, has_more_numbers=False)
    assert isinstance(found, Closed) and reason in found.reason and "before it came here" in found.reason


def test_the_attempts_at_the_one_number_are_those_at_the_contact() -> None:
    assert isinstance(judge(past(2), POLICY, per_number=2, has_more_numbers=False), Closed)
    assert isinstance(judge(past(2), POLICY, per_number=2, has_more_numbers=True), GoesOn)
