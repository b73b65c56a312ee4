"""Which rule a reply comes under, and the time that it asks for."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dialerd.domain.replies import ReplyRule, match, time_in

NOON = datetime(2026, 12, 1, 17, 0, tzinfo=UTC)  # 12:00 in New York, a Tuesday
ZONE = "America/New_York"

YES = ReplyRule(words=("yes", "sí", "ok*"), disposition="yes")
CALL = ReplyRule(words=("call me now",), call="now")
AT = ReplyRule(words=("call me*",), call="at")
ANY = ReplyRule(set={"said": "{text}"})


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("YES", YES),
        (" Yes!! ", YES),
        ("Si.", YES),
        ("ok then", YES),
        ("OK, do it", YES),
        ("okay", ANY),
        ("yes but later", ANY),
        ("Call me NOW", CALL),
        ("call me at 5 pm", AT),
        ("call me some day", ANY),
        ("", ANY),
    ],
)
def test_the_first_rule_that_matches_is_taken(text: str, rule: ReplyRule) -> None:
    found = match([YES, CALL, AT, ANY], text, zone=ZONE, now=NOON)
    assert found is not None
    assert found.rule == rule
    assert (found.call_at is None) == (rule.call is None)


def test_a_reply_that_no_rule_names_matches_none() -> None:
    assert match([YES, CALL], "who is this?", zone=ZONE, now=NOON) is None


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("5 pm", "2026-12-01T17:00"),
        ("call me at 5pm please", "2026-12-01T17:00"),
        ("17:30", "2026-12-01T17:30"),
        ("9", "2026-12-02T09:00"),
        ("at 9.15 a.m.", "2026-12-02T09:15"),
        ("12 am", "2026-12-02T00:00"),
        ("12:30 pm", "2026-12-01T12:30"),
        ("tomorrow at 8", "2026-12-02T08:00"),
        ("today 13:00", "2026-12-01T13:00"),
        ("monday 10:00", "2026-12-07T10:00"),
        ("tuesday 10:00", "2026-12-08T10:00"),
        ("today at 9", None),
        ("13 pm", None),
        ("between 5 and 6", None),
        ("555-1234", None),
        ("on 12/24", None),
        ("later", None),
    ],
)
def test_a_time_is_read_by_the_contacts_own_clock_or_not_at_all(text: str, local: str | None) -> None:
    at = time_in(text, zone=ZONE, now=NOON)
    assert (None if at is None else at.isoformat()[:16]) == local


@given(st.text(max_size=200))
def test_any_text_names_a_moment_to_come_or_none(text: str) -> None:
    at = time_in(text, zone=ZONE, now=NOON)
    assert at is None or at > NOON


def one_case(dice: random.Random) -> str:
    """A reply drawn of words, times, marks and any other characters: it comes under a rule, or under none."""
    words = ["yes", "OK", "call me", "now", "at 5 pm", "17:30", "tomorrow", "monday", "stop", "13pm", "\x00", "12/24"]
    parts = [dice.choice(words) for _ in range(dice.randrange(6))]
    if dice.random() < 0.5:
        parts.insert(
            0, "".join(chr(dice.choice([dice.randrange(1, 0xD800), dice.randrange(32, 127)])) for _ in range(3))
        )
    found = match([YES, CALL, AT, ANY], dice.choice(["", " ", "\n"]).join(parts), zone=ZONE, now=NOON)
    assert found is not None, "any reply comes under the last rule"
    assert found.call_at is None or found.call_at >= NOON
    return "rest" if found.rule is ANY else "matched"


def test_drawn_replies_come_under_rules() -> None:
    assert {one_case(random.Random(seed)) for seed in range(300)} == {"rest", "matched"}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"words": ["yes"]}, "does nothing"),
        ({"words": ["!"], "disposition": "yes"}, "no word"),
        ({"disposition": "Yes!"}, "no disposition"),
        ({"set": {"email": "{text}"}}, "no attribute"),
        ({"call": "soon"}, "call"),
    ],
)
def test_a_rule_that_cannot_be_obeyed_is_refused(rule: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        ReplyRule.model_validate(rule)
