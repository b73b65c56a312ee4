"""The dialing order, the verdict of AMD, and the shape of an attempt's id."""

from __future__ import annotations

import pytest

from dialerd.adapters.clock import SystemDice
from dialerd.domain.amd import judge
from dialerd.domain.ordering import PastAnswers, attribute_of, rank
from dialerd.domain.words import ATTEMPT_ID, ContactId, Order
from dialerd.simulate.clock import SeededDice


@pytest.mark.parametrize(
    ("order", "expected"),
    [(Order.FIFO, [1, 2, 3]), (Order.LIFO, [3, 2, 1]), (Order.PRIORITY, [2, 3, 1]), (Order.RANDOM, [3, 1, 2])],
)
def test_the_lowest_rank_is_dialed_first(order: Order, expected: list[int]) -> None:
    contacts = {1: (0, 0.5), 2: (9, 0.7), 3: (5, 0.1)}  # id: priority, draw
    ranks = {
        each: rank(order, contact_id=ContactId(each), priority=priority, draw=draw)
        for each, (priority, draw) in contacts.items()
    }
    assert sorted(ranks, key=lambda each: ranks[each]) == expected


def test_by_answer_rate_many_answers_go_before_few_calls_and_those_before_many_that_nobody_answered() -> None:
    past = {
        "always": PastAnswers(20, 20),
        "often": PastAnswers(20, 12),
        "once": PastAnswers(1, 1),
        "never called": PastAnswers(),
        "not yet": PastAnswers(1, 0),
        "never": PastAnswers(20, 0),
    }
    ranks = {
        name: rank(Order.ANSWER_RATE, contact_id=ContactId(1), priority=0, draw=0.5, past=each)
        for name, each in past.items()
    }
    assert sorted(ranks, key=lambda name: ranks[name]) == [
        "always",
        "often",
        "once",
        "never called",
        "not yet",
        "never",
    ]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("balance", ["c", "a", "b", "none", "word"]),
        ("-balance", ["b", "a", "c", "none", "word"]),
        ("renews", ["b", "a", "c", "none", "word"]),
    ],
)
def test_an_attribute_orders_by_its_number_or_date_and_those_without_come_last(order: str, expected: list[str]) -> None:
    values = {
        "balance": {"a": "20", "b": "100", "c": "-5.5", "word": "much", "none": None},
        "renews": {"a": "2026-12-10", "b": "2026-12-02", "c": "2027-01-01", "word": "soon", "none": None},
    }[order.removeprefix("-")]
    ranks = {
        name: rank(order, contact_id=ContactId(1), priority=0, draw=0.5, value=value) for name, value in values.items()
    }
    assert sorted(sorted(ranks), key=lambda name: ranks[name]) == expected


@pytest.mark.parametrize("order", ["", "-", "1st", 'a"b', "a\\b", "--x", "a\nb"])
def test_an_order_that_can_be_no_attributes_name_is_refused(order: str) -> None:
    with pytest.raises(ValueError, match="an attribute's name"):
        attribute_of(order)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("HUMAN", "human"),
        ("MACHINE", "machine"),
        ("NOTSURE", "unsure"),  # a person until shown otherwise
        ("", "unsure"),  # the detector could not run
        ("HANGUP", "unsure"),
        ("machine ", "machine"),
    ],
)
def test_amd_is_believed_only_when_it_is_sure(status: str, verdict: str) -> None:
    assert judge(status) == verdict


def test_an_attempts_id_has_one_length_and_is_never_a_prefix_of_another() -> None:
    ids = {dice.attempt_id() for dice in (SystemDice(), SeededDice(1), SeededDice(2)) for _ in range(50)}
    assert len(ids) == 150
    assert all(ATTEMPT_ID.match(each) and len(each) == 33 for each in ids)
