"""Whether and when a target is dialed again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dialerd.domain.retry import UNSPENT_RETRY_S, Exhausted, RetryAt, RetryPolicy, RetryRule, decide, decide_custom
from dialerd.domain.words import Disposition as D

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
PLAIN = RetryPolicy(max_attempts=3, retry_after_min=60)
BUSY = RetryPolicy(max_attempts=5, retry_after_min=60, rules=[RetryRule(disposition=D.BUSY, after_min=10, max=2)])
NEVER = RetryPolicy(max_attempts=5, retry_after_min=60, rules=[RetryRule(disposition=D.BUSY, after_min=10, max=0)])
UNANSWERED = RetryPolicy(
    max_attempts=5, retry_after_min=60, rules=[RetryRule(disposition=D.NO_ANSWER, after_min=240, max=3)]
)
UNKNOWN = RetryPolicy(
    max_attempts=2, retry_after_min=1, rules=[RetryRule(disposition=D.INTERRUPTED, after_min=30, max=1)]
)


@pytest.mark.parametrize(
    ("policy", "disposition", "attempts_spent", "same_before", "minutes"),
    [
        (PLAIN, D.NO_ANSWER, 1, 0, 60),
        (PLAIN, D.NO_ANSWER, 2, 1, 60),
        (PLAIN, D.NO_ANSWER, 3, 2, None),  # the third of three
        (PLAIN, D.ANSWERING_MACHINE, 1, 0, 60),
        (PLAIN, D.ANSWERED_HUMAN, 1, 0, None),
        (PLAIN, D.INVALID_NUMBER, 1, 0, None),
        (PLAIN, D.BLOCKED, 1, 0, None),
        (PLAIN, D.INTERRUPTED, 1, 0, None),  # nobody knows what happened: never by itself
        (BUSY, D.BUSY, 1, 0, 10),
        (BUSY, D.BUSY, 2, 1, 10),
        (BUSY, D.BUSY, 3, 2, None),  # retried twice, as the rule says
        (BUSY, D.NO_ANSWER, 3, 0, 60),  # a rule for one says nothing of another
        (NEVER, D.BUSY, 1, 0, None),  # a rule can also forbid
        (PLAIN, D.CANCELLED, 1, 0, 60),
        (UNANSWERED, D.CANCELLED, 1, 0, 240),  # hung up while it rang: nobody had answered
        (UNKNOWN, D.INTERRUPTED, 1, 0, 30),  # unless the campaign says so
    ],
)
def test_the_rules_decide(
    policy: RetryPolicy, disposition: D, attempts_spent: int, same_before: int, minutes: float | None
) -> None:
    decision = decide(
        policy,
        disposition=disposition,
        spent=True,
        attempts_spent=attempts_spent,
        same_before=same_before,
        now=NOW,
    )
    assert decision.reason
    if minutes is None:
        assert isinstance(decision, Exhausted)
    else:
        assert isinstance(decision, RetryAt)
        assert decision.at == NOW + timedelta(minutes=minutes)


def test_an_attempt_that_was_not_dialed_costs_nothing_however_many_there_were() -> None:
    decision = decide(
        RetryPolicy(max_attempts=1, retry_after_min=60),
        disposition=D.NETWORK_FAILURE,
        spent=False,
        attempts_spent=7,
        same_before=7,
        now=NOW,
    )
    assert isinstance(decision, RetryAt)
    assert decision.at == NOW + timedelta(seconds=UNSPENT_RETRY_S)


@pytest.mark.parametrize(
    ("after_min", "attempts_spent", "can_repeat", "can_start_over", "number"),
    [
        (30.0, 1, True, True, "same"),
        (30.0, 1, False, True, "first"),
        (30.0, 1, False, False, None),  # every number had its attempts
        (30.0, 3, True, True, None),  # and so had the contact
        (None, 1, True, True, None),  # a final outcome
    ],
)
def test_a_custom_disposition_asks_for_another_try_within_the_campaigns_limits(
    after_min: float | None, attempts_spent: int, can_repeat: bool, can_start_over: bool, number: str | None
) -> None:
    decision = decide_custom(
        RetryPolicy(max_attempts=3, retry_after_min=60),
        code="call_again",
        after_min=after_min,
        attempts_spent=attempts_spent,
        now=NOW,
        can_repeat=can_repeat,
        can_start_over=can_start_over,
    )
    assert decision.reason
    assert (decision.number if isinstance(decision, RetryAt) else None) == number
    assert not isinstance(decision, RetryAt) or decision.at == NOW + timedelta(minutes=30)
