"""The world of a forecast: keys over keys, what cannot be is refused, and what past attempts tell of people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from dialerd.domain.errors import BadInputError
from dialerd.domain.flow.path import Visit, as_rows, of_rows
from dialerd.domain.habits import SMS, USUAL, Habits, check_habits, read_habits
from dialerd.domain.pasthabits import LEAST_VISITS, measured_nodes, measured_writing
from dialerd.domain.rates import Rates
from dialerd.domain.world import read_world
from tests.domain.flow.samples import read

FLOW = read(
    """
name = "ask"
start = "menu"
[node.menu]
do = "menu"
say = "hello"
keys = { 1 = "code", 2 = "bye" }
on_timeout = "bye"
[node.code]
do = "collect"
say = "type"
answer = "typed"
max = 4
next = "bye"
on_fail = "bye"
[node.bye]
do = "hangup"
"""
)


def world(table: Mapping[str, Any], *, over: tuple[Rates, Habits] = (Rates(), USUAL)) -> tuple[Rates, Habits]:
    return read_world(table, over=over, source="test")


def test_dotted_keys_of_options_and_the_tables_of_a_file_are_the_same_world() -> None:
    dotted = world({"press.1": "0.12", "node.menu.hangup": "0.2", "sms.reply.STOP": "0.02", "talk_s": "90"})
    nested = world(
        {"press": {"1": 0.12}, "node": {"menu": {"hangup": 0.2}}, "sms": {"reply": {"STOP": 0.02}}, "talk_s": 90}
    )
    assert dotted == nested
    rates, habits = nested
    assert (rates.talk_s, habits.press, habits.at("menu").hangup, habits.at("bye").hangup) == (
        90,
        {"1": 0.12},
        0.2,
        0.1,
    )
    assert habits.sms.delivered == SMS.delivered


def test_what_is_given_later_stands_over_what_was_and_leaves_the_rest() -> None:
    first = world({"press": {"1": 0.1, "2": 0.2}, "sms": {"delivered": 0.5}, "answered": 0.4})
    rates, habits = world({"press.1": "0.3", "sms.reply.yes": "0.1"}, over=first)
    assert rates.answered == (0.4,)
    assert habits.press == {"1": 0.3, "2": 0.2}
    assert (habits.sms.delivered, habits.sms.reply) == (0.5, {"STOP": 0.01, "yes": 0.1})


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"surprise": 1}, "surprise is no key of the world"),
        ({"press": {"12a": 0.1}}, "nothing that can be pressed"),
        ({"press.1": "often"}, "press.1"),
        ({"hangup": -0.1}, "hangup"),
        ({"hangup.menu": 0.1}, "hangup"),
        ({"node": {"menu": {"leaves": 0.1}}}, "unknown key"),
        ({"email": {"delivered": 0.9, "bounced": 0.2}}, "more than 1 together"),
        ({"sms": {"reply": {"yes": 0.6, "no": 0.6}}}, "more than 1 together"),
        ({"talk_s": True}, "talk_s is no number"),
        ({"answered": [0.1, 0.2]}, "2 answer rates"),
        ({"text_per_s": 0}, "text_per_s"),
    ],
)
def test_a_world_that_cannot_be_is_refused_by_its_key(table: Mapping[str, Any], said: str) -> None:
    with pytest.raises(BadInputError) as refused:
        world(table)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"node": {"nowhere": {"hangup": 0.1}}}, "no node nowhere"),
        ({"press": {"1": 0.6, "2": 0.5}}, "node menu"),
        ({"node": {"menu": {"press": {"1": 0.5, "7": 0.5}}}}, "node menu"),
        ({"node": {"menu": {"press": {"12": 0.5}}}}, "more than one key"),
        ({"node": {"code": {"answers": 1.0, "hangup": 0.1}}}, "node code"),
    ],
)
def test_a_world_that_does_not_fit_the_flow_is_refused_by_its_node(table: Mapping[str, Any], said: str) -> None:
    with pytest.raises(BadInputError) as refused:
        check_habits(read_habits(table, source="test"), FLOW)
    assert said in str(refused.value)


def test_who_presses_what_is_as_the_node_says_then_as_everywhere_then_as_usual() -> None:
    habits = read_habits({"press": {"1": 0.3, "5": 0.1}, "node": {"menu": {"press": {"2": 0.2, "7": 0.01}}}}, source="")
    assert habits.at_menu("menu", ("1", "2", "3")) == {"1": 0.3, "2": 0.2, "3": 0.05, "7": 0.01}


def walked(*ways: tuple[str, str], left: bool = False) -> tuple[list[Visit], bool]:
    return [Visit(node, 1.0, way) for node, way in ways], left


def test_past_calls_tell_what_was_pressed_and_where_people_left() -> None:
    n = LEAST_VISITS
    calls = [
        *[walked(("menu", "1"), ("code", "answer"), ("bye", ""))] * n,
        *[walked(("menu", "1"), ("code", ""), left=True)] * n,
        *[walked(("menu", "timeout"), ("bye", ""))] * (2 * n),
    ]
    habits = measured_nodes(calls, FLOW, otherwise=read_habits({"node": {"menu": {"answers": 0.3}}}, source=""))
    assert habits.at_menu("menu", ("1", "2")) == {"1": 0.5, "2": 0.0}
    assert (habits.at("menu").hangup, habits.at("code").hangup) == (0.0, 0.5)
    assert (habits.at("code").answers, habits.at("menu").answers) == (0.5, 0.3)
    check_habits(habits, FLOW)


def test_too_few_past_calls_tell_nothing() -> None:
    calls = [walked(("menu", "1"), ("bye", ""))] * (LEAST_VISITS - 1)
    assert measured_nodes(calls, FLOW, otherwise=USUAL) == USUAL
    assert measured_writing({"delivered": LEAST_VISITS - 1}, {"yes": 9}, otherwise=SMS) is SMS


def test_past_messages_tell_what_arrived_and_what_was_written_back() -> None:
    codes = {"delivered": 60, "replied": 20, "bounced": 10, "undelivered": 10}
    found = measured_writing(codes, {"yes": 16, "stop": 4}, otherwise=SMS)
    assert (found.delivered, found.bounced) == (0.8, 0.1)
    assert found.reply == {"yes": 0.2, "stop": 0.05}
    chatty = measured_writing({"replied": 60}, {"yes": 90, "no": 60}, otherwise=SMS)
    assert sum(chatty.reply.values()) == pytest.approx(1.0)


def test_a_path_comes_back_as_it_was_kept() -> None:
    path = (Visit("menu", 0.0, "1"), Visit("code", 4.2, "answer"), Visit("bye", 9.9))
    assert of_rows(as_rows(path)) == path
