"""What comes after an attempt: by a strategy's rules, and by a campaign's own retry rules where it names none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain import retry
from dialerd.domain.retry import Exhausted, RetryAt, RetryPolicy, RetryRule
from dialerd.domain.strategy import END, CallThem, Ending, GoOn, Plan, next_step, plain, plan_of, read_strategy
from dialerd.domain.words import Channel, Disposition

NOW = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
SMS = {"channel": "sms", "text": "hello {{ first_name }}"}

CALL_THEN_TEXT: dict[str, Any] = {
    "name": "s",
    "template": {"sorry": SMS},
    "step": [
        {
            "name": "call",
            "rule": [
                {"on": "no_answer", "do": "retry", "max": 1, "after_min": 30},
                {"on": ["no_answer", "busy"], "do": "sms"},
                {"on": "answering_machine", "do": "go", "step": "text", "after_min": 5, "max": 1},
                {"on": "wants_call", "do": "callback", "after_min": 90},
                {"on": "wrong_time", "do": "retry", "max": 2, "after_min": 10},
            ],
        },
        {
            "name": "text",
            "channel": "sms",
            "template": "sorry",
            "wait_min": 60,
            "rule": [{"on": "undelivered", "do": "go", "step": "again", "max": 1}, {"on": "replied", "do": "finish"}],
        },
        {"name": "again", "tries": 3, "retry_after_min": 20, "otherwise": "next"},
        {"name": "last", "channel": "sms", "template": "sorry"},
    ],
}


def plan() -> Plan:
    return plan_of(read_strategy(CALL_THEN_TEXT, source="test"), max_attempts=10)


def test_a_step_of_calls_is_automated_where_others_of_the_campaign_are_an_agents() -> None:
    table = {
        "name": "s",
        "step": [
            {"name": "tell", "rule": [{"on": "no_answer", "do": "agent"}], "otherwise": "next"},
            {"name": "talk", "channel": "agent", "rule": [{"on": "no_answer", "do": "go", "step": "tell", "max": 1}]},
        ],
    }
    strategy = read_strategy(table, source="test")
    mixed = plan_of(strategy, max_attempts=10, is_mixed=True)
    assert [step.channel for step in mixed.steps] == [Channel.AUTOMATED, Channel.VOICE]
    after = [next_step(mixed, step, ending("no_answer"), NOW) for step in ("tell", "talk")]
    assert [each.channel for each in after if isinstance(each, GoOn)] == [Channel.VOICE, Channel.AUTOMATED]
    assert {step.channel for step in plan_of(strategy, max_attempts=10).steps} == {Channel.VOICE}


def ending(code: str, **more: Any) -> Ending:
    given: dict[str, Any] = {"code": code, "spent": True, "attempts_spent": 1, "at_step": 1, "same_before": 0}
    return Ending(**given | more)


def minutes(n: float) -> datetime:
    return NOW + timedelta(minutes=n)


@pytest.mark.parametrize(
    ("at", "end", "kind", "step", "after_min"),
    [
        ("call", ending("no_answer"), RetryAt, "", 30),
        ("call", ending("no_answer", at_step=2, same_before=1), GoOn, "text", 0),
        ("call", ending("busy"), GoOn, "text", 0),
        ("call", ending("answering_machine"), GoOn, "text", 5),
        ("call", ending("answering_machine", same_before=1), Exhausted, "", None),
        ("call", ending("wants_call"), CallThem, "", 90),
        ("call", ending("wrong_time", same_before=1), RetryAt, "", 10),
        ("call", ending("wrong_time", same_before=2), Exhausted, "", None),
        ("call", ending("sold", custom_after_min=None), Exhausted, "", None),
        ("call", ending("later", custom_after_min=45), RetryAt, "", 45),
        ("call", ending("answered_human"), Exhausted, "", None),
        ("call", ending("network_failure"), Exhausted, "", None),
        ("call", ending("network_failure", spent=False, at_step=0), RetryAt, "", 1 / 6),
        ("text", ending("sent"), GoOn, END, 60),
        ("text", ending("delivered"), GoOn, END, 60),
        ("text", ending("undelivered"), GoOn, "again", 0),
        ("text", ending("undelivered", same_before=1), Exhausted, "", None),
        ("text", ending("replied"), Exhausted, "", None),
        ("text", ending("interrupted"), Exhausted, "", None),
        ("again", ending("busy"), RetryAt, "", 20),
        ("again", ending("busy", at_step=3, same_before=2), GoOn, "last", 0),
        ("again", ending("answered_human"), GoOn, "last", 0),
        ("last", ending("sent"), Exhausted, "", None),
        ("taken out since", ending("busy"), GoOn, "text", 0),
    ],
)
def test_each_outcome_leads_where_its_rule_says(
    at: str, end: Ending, kind: type, step: str, after_min: float | None
) -> None:
    onward = next_step(plan(), at, end, NOW)
    assert isinstance(onward, kind), onward
    if isinstance(onward, GoOn):
        assert onward.step == step
        assert onward.channel == {"again": Channel.VOICE, END: None}.get(step, Channel.SMS)
    if not isinstance(onward, Exhausted):
        assert onward.at == minutes(after_min or 0)


def test_the_campaigns_most_attempts_end_every_way_on_but_an_answer_is_still_waited_for() -> None:
    made = {"attempts_spent": 10}
    assert isinstance(next_step(plan(), "call", ending("busy", **made), NOW), Exhausted)
    assert isinstance(next_step(plan(), "again", ending("busy", **made), NOW), Exhausted)
    waits = next_step(plan(), "text", ending("sent", **made), NOW)
    assert isinstance(waits, GoOn)
    assert (waits.step, waits.at) == (END, minutes(60))


@given(
    disposition=st.sampled_from(Disposition),
    spent=st.booleans(),
    attempts=st.integers(0, 6),
    same=st.integers(0, 4),
    numbers=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    rules=st.lists(
        st.builds(
            RetryRule,
            disposition=st.sampled_from(Disposition),
            after_min=st.floats(0, 100),
            max=st.integers(0, 3),
            number=st.sampled_from(["same", "next", None]),
        ),
        max_size=3,
    ),
)
def test_without_a_strategy_the_campaigns_own_retry_rules_decide(
    disposition: Disposition,
    spent: bool,
    attempts: int,
    same: int,
    numbers: tuple[bool, bool, bool],
    rules: list[RetryRule],
) -> None:
    policy = RetryPolicy(max_attempts=4, retry_after_min=60, rules=rules)
    which = dict(zip(("has_next", "can_repeat", "can_start_over"), numbers, strict=True))
    end = Ending(code=disposition, spent=spent, attempts_spent=attempts, at_step=attempts, same_before=same, **which)
    wanted = retry.decide(
        policy,
        disposition=disposition,
        spent=spent,
        attempts_spent=attempts,
        same_before=same,
        now=NOW,
        **which,
    )
    assert next_step(plain(policy), "", end, NOW) == wanted


_codes = ["no_answer", "busy", "answering_machine", "sent", "delivered", "undelivered", "failed", "answered_human"]


@given(st.lists(st.sampled_from(_codes), min_size=60, max_size=60))
def test_a_strategy_that_was_accepted_comes_to_an_end_whatever_happens(codes: list[str]) -> None:
    strategy_plan, at, at_step, same = plan(), "call", dict[str, int](), dict[tuple[str, str], int]()
    for n, code in enumerate(codes, 1):
        at_step[at] = at_step.get(at, 0) + 1
        end = ending(code, attempts_spent=min(n, 9), at_step=at_step[at], same_before=same.get((at, code), 0))
        same[at, code] = same.get((at, code), 0) + 1
        onward = next_step(strategy_plan, at, end, NOW)
        if isinstance(onward, Exhausted | CallThem) or (isinstance(onward, GoOn) and onward.step == END):
            return
        at = onward.step if isinstance(onward, GoOn) else at
    raise AssertionError("sixty attempts and no end")
