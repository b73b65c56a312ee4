"""Who answers: the plan by endings, and a population drawn from rates."""

from __future__ import annotations

from collections import Counter

import pytest

from dialerd.simulate.callees import BY_ENDING, ORDINARY, Behaviour, NumberPlan, Population, Share
from dialerd.simulate.clock import SeededDice
from tests.numbers import EXPECTED, number


def test_the_plan_knows_every_ending_that_the_tests_name() -> None:
    assert set(EXPECTED) - set(BY_ENDING) == {"99"}, "the one that is in no plan"


def test_only_the_ending_of_a_number_counts_and_any_other_is_invalid() -> None:
    plan = NumberPlan(SeededDice(1))
    assert plan.behaviour("+12126600002") == plan.behaviour("02") == BY_ENDING["02"]
    assert plan.behaviour("+12126600077") == plan.behaviour("") == BY_ENDING["05"]


def test_a_person_at_any_time_answers_after_1_to_6_seconds() -> None:
    plan = NumberPlan(SeededDice(1))
    rings = [plan.behaviour(number(0, "20")).ring_s for _ in range(500)]
    assert 1 <= min(rings) < 1.2
    assert 5.8 < max(rings) <= 6


def test_whoever_does_not_answer_has_both_codes_or_rings_for_ever() -> None:
    for callee in BY_ENDING.values():
        if not callee.answers:
            assert (callee.cause is None) == (callee.sip_code is None)


def test_a_population_has_each_behaviour_as_often_as_its_weight() -> None:
    shares = [Share(weight=weight, behaviour=Behaviour(cause=cause)) for weight, cause in ((6, 1), (3, 2), (1, 3))]
    population = Population(SeededDice(1), shares)
    drawn = Counter(population.behaviour(f"+1212{n:07d}").cause for n in range(10_000))
    assert [drawn[cause] / 10_000 for cause in (1, 2, 3)] == pytest.approx([0.6, 0.3, 0.1], abs=0.02)


def test_a_number_behaves_alike_each_time_it_is_called() -> None:
    population = Population(SeededDice(1))
    numbers = [f"+1212{n:07d}" for n in range(200)]
    first = [population.behaviour(each) for each in numbers]
    assert [population.behaviour(each) for each in reversed(numbers)] == first[::-1]


def test_how_long_people_ring_and_stay_lies_within_the_spread() -> None:
    person = ORDINARY[0]
    population = Population(SeededDice(1), [person])
    drawn = [population.behaviour(f"+1212{n:07d}") for n in range(1000)]
    for values, least, spread in (
        ([each.ring_s for each in drawn], person.behaviour.ring_s, person.ring_spread_s),
        ([each.leaves_s or 0 for each in drawn], person.behaviour.leaves_s or 0, person.stay_spread_s),
    ):
        assert least <= min(values) < least + spread / 20
        assert least + spread * 19 / 20 < max(values) <= least + spread
        assert sum(values) / len(values) == pytest.approx(least + spread / 2, rel=0.05)


def test_who_stays_for_ever_does_so_in_a_population_too() -> None:
    population = Population(SeededDice(1), [Share(weight=1, behaviour=Behaviour(leaves_s=None), stay_spread_s=5)])
    assert population.behaviour("+12125550100").leaves_s is None


def test_the_same_seed_draws_the_same_population() -> None:
    def drawn(seed: int) -> list[Behaviour]:
        population = Population(SeededDice(seed))
        return [population.behaviour(f"+1212{n:07d}") for n in range(100)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
