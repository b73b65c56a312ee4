"""What can be asked of a call that is up, as one table."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dialerd.domain.steering import KEYS, PassingOn, Situation, Verb, refused
from dialerd.domain.words import AgentState

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TALK = Situation(
    state=AgentState.ON_CALL,
    was_with="d1",
    is_with="d1",
    is_caller=False,
    is_muted=False,
    is_holding=False,
    is_asking=False,
    may_be_heard=True,
    asked_at=NOW,
)
NEEDS_SOMETHING = {Verb.UNMUTE, Verb.RESUME, Verb.COMPLETE, Verb.TAKE_BACK}


def said(verb: Verb, at: Situation, *, now: datetime = NOW) -> str:
    found = refused(verb, at, agent="ann", now=now)
    return "" if found is None else found.reason


@pytest.mark.parametrize("verb", sorted(set(Verb) - NEEDS_SOMETHING))
def test_two_who_talk_can_be_steered(verb: Verb) -> None:
    assert said(verb, TALK) == ""


@pytest.mark.parametrize("verb", sorted(set(Verb) - {Verb.UNLISTEN}))
@pytest.mark.parametrize("state", sorted(set(AgentState) - {AgentState.ON_CALL, AgentState.INBOUND}))
def test_an_agent_who_talks_to_nobody_has_no_call_to_steer(verb: Verb, state: AgentState) -> None:
    assert said(verb, replace(TALK, state=state)) == "agent ann talks to nobody"


@pytest.mark.parametrize(
    ("verb", "changes", "reason"),
    [
        (Verb.MUTE, {"is_muted": True}, "agent ann is muted already"),
        (Verb.UNMUTE, {}, "agent ann is not muted"),
        (Verb.UNMUTE, {"is_muted": True}, ""),
        (Verb.HOLD, {"is_holding": True}, "the call is on hold already"),
        (Verb.RESUME, {}, "the call is not on hold"),
        (Verb.RESUME, {"is_holding": True}, ""),
        (Verb.KEYS, {"is_holding": True}, "the call is on hold: keys would not be heard in it"),
        (Verb.PASS_ON, {"is_holding": True}, ""),
        (Verb.PASS_ON, {"is_caller": True}, "somebody who has called cannot be passed on"),
        (Verb.CONSULT, {"is_holding": True}, ""),
        (Verb.CONSULT, {"is_caller": True}, "somebody who has called cannot be passed on"),
        (Verb.CONSULT, {"is_asking": True}, "somebody is asked about the call"),
        (Verb.PASS_ON, {"is_asking": True}, "somebody is asked about the call"),
        (Verb.RESUME, {"is_asking": True, "is_holding": True}, "somebody is asked about the call"),
        (Verb.COMPLETE, {}, "nobody is asked about the call"),
        (Verb.TAKE_BACK, {}, "nobody is asked about the call"),
        (Verb.COMPLETE, {"is_asking": True, "is_holding": True}, ""),
        (Verb.TAKE_BACK, {"is_asking": True, "is_holding": True}, ""),
        (Verb.HOLD, {"is_caller": True, "state": AgentState.INBOUND}, ""),
        (Verb.LISTEN, {"may_be_heard": False}, "the person has not been told that others may hear the call"),
        (Verb.BARGE, {"may_be_heard": False}, "the person has not been told that others may hear the call"),
        (Verb.UNLISTEN, {"may_be_heard": False, "is_with": None}, ""),
        (Verb.MUTE, {"is_with": None}, "agent ann talks to nobody"),
        (Verb.MUTE, {"is_with": "d2"}, "agent ann talks to somebody else by now"),
        (Verb.MUTE, {"is_with": "d2", "was_with": None}, ""),
    ],
)
def test_what_the_call_is_at_decides(verb: Verb, changes: dict[str, object], reason: str) -> None:
    assert said(verb, replace(TALK, **changes)) == reason  # type: ignore[arg-type]


@pytest.mark.parametrize("verb", list(Verb))
def test_what_nobody_looked_at_in_time_is_not_done_any_more(verb: Verb) -> None:
    assert said(verb, TALK, now=NOW + timedelta(seconds=11)) == "it was asked too long ago"


@pytest.mark.parametrize(
    ("keys", "is_good"),
    [
        ("1", True),
        ("0123456789*#ABCD", True),
        ("", False),
        ("1 2", False),
        ("w1", False),
        ("1" * 33, False),
        ("1\n", False),
    ],
)
def test_keys_are_those_of_a_phone(keys: str, is_good: bool) -> None:
    assert bool(KEYS.match(keys)) is is_good


@pytest.mark.parametrize(
    ("prefixes", "number", "may"),
    [
        ((), "+12125550100", False),
        (("+1212", "+44"), "+12125550100", True),
        (("+1212",), "+16465550100", False),
        (("+1",), "+19005550100", False),
    ],
)
def test_calls_are_passed_on_to_the_numbers_that_the_settings_allow(
    prefixes: tuple[str, ...], number: str, may: bool
) -> None:
    assert (PassingOn(prefixes=prefixes).refusal(number) is None) is may
