"""Sharing people among places: the promises in its docstring, whatever the people and places are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.sharing import Candidate, Claim, Place, share

PLACES = range(5)
DRAWS = st.floats(min_value=0, max_value=0.999)


@st.composite
def claims(draw: st.DrawFn) -> list[Claim]:
    number = draw(st.integers(1, len(PLACES)))
    seats, priorities = st.integers(0, 6), st.integers(1, 3)
    return [Claim(place, draw(priorities), draw(seats)) for place in range(number)]


@st.composite
def candidates(draw: st.DrawFn, *, settled: bool | None = None) -> list[Candidate]:
    names = [f"agent-{number}" for number in range(draw(st.integers(0, 12)))]
    return [
        Candidate(
            name=name,
            open_to=draw(st.frozensets(st.sampled_from(PLACES))),
            at=draw(st.none() | st.sampled_from(PLACES)),
            is_settled=draw(st.booleans()) if settled is None else settled,
        )
        for name in names
    ]


def most_seated(people: Sequence[Candidate], places: Sequence[Claim]) -> int:
    """How many can sit at once: the textbook's matching (Kuhn), seat by seat."""
    taken: dict[tuple[Place, int], Candidate] = {}

    def finds_seat(person: Candidate, tried: set[tuple[Place, int]]) -> bool:
        for claim in places:
            for seat in ((claim.place, number) for number in range(claim.seats)):
                if claim.place in person.open_to and seat not in tried:
                    tried.add(seat)
                    if seat not in taken or finds_seat(taken[seat], tried):
                        taken[seat] = person
                        return True
        return False

    return sum(finds_seat(person, set()) for person in people)


def look_again(people: Sequence[Candidate], where: Mapping[str, Place | None]) -> list[Candidate]:
    return [replace(person, at=where[person.name]) for person in people]


@given(candidates(), claims(), DRAWS)
def test_nobody_is_where_he_may_not_be_and_no_place_has_more_than_its_seats(
    people: list[Candidate], places: list[Claim], drawn: float
) -> None:
    where = share(people, places, draw=drawn)
    assert where.keys() == {person.name for person in people}
    assert all(where[person.name] is None or where[person.name] in person.open_to for person in people)
    counts = Counter(where.values())
    assert all(counts[claim.place] <= claim.seats for claim in places)


@given(candidates(settled=True), claims(), DRAWS)
def test_as_many_as_can_be_are_at_the_highest_priorities(
    people: list[Candidate], places: list[Claim], drawn: float
) -> None:
    counts = Counter(share(people, places, draw=drawn).values())
    for priority in {claim.priority for claim in places}:
        upper = [claim for claim in places if claim.priority >= priority]
        assert sum(counts[claim.place] for claim in upper) == most_seated(people, upper)


@given(candidates(settled=True), claims(), DRAWS)
def test_of_two_equal_places_neither_has_more_than_twice_the_other_and_one(
    people: list[Candidate], places: list[Claim], drawn: float
) -> None:
    where = share(people, places, draw=drawn)
    counts = Counter(where.values())
    levels = {claim.place: claim.priority for claim in places}
    for claim in (each for each in places if counts[each.place] < each.seats):
        for person in people:
            at = where[person.name]
            if at is not None and levels[at] == claim.priority and claim.place in person.open_to:
                assert counts[at] <= 2 * counts[claim.place] + 1


@given(candidates(), claims(), DRAWS, DRAWS)
def test_a_second_look_moves_nobody_whatever_is_drawn(
    people: list[Candidate], places: list[Claim], first: float, second: float
) -> None:
    where = share(people, places, draw=first)
    assert share(look_again(people, where), places, draw=second) == where


@given(candidates(), claims(), DRAWS)
def test_who_is_not_settled_stays_where_he_is_wanted(
    people: list[Candidate], places: list[Claim], drawn: float
) -> None:
    where = share(people, places, draw=drawn)
    for claim in places:
        here = [person for person in people if person.at == claim.place and claim.place in person.open_to]
        if len(here) <= claim.seats:
            assert all(where[person.name] == claim.place for person in here if not person.is_settled)


@pytest.mark.parametrize("open_to", [{0, 1, 2, 3}, {0, 1}, {1, 3}])
def test_equal_places_are_drawn_each_as_often_also_among_some_of_them(open_to: set[Place]) -> None:
    places = [Claim(place, 3, 1) for place in range(4)]
    somebody = Candidate(name="ann", open_to=frozenset(open_to))
    drawn = Counter(share([somebody], places, draw=number / 1000)["ann"] for number in range(1000))
    assert drawn.keys() == open_to
    assert all(abs(count - 1000 / len(open_to)) < 75 for count in drawn.values())


def test_others_change_places_so_that_nobody_is_left_without() -> None:
    places = [Claim("both", 5, 1), Claim("low", 1, 1)]
    ann = Candidate(name="ann", open_to=frozenset({"both", "low"}), at="both")
    bob = Candidate(name="bob", open_to=frozenset({"both"}))
    assert share([ann, bob], places, draw=0.0) == {"ann": "low", "bob": "both"}


def test_a_place_without_anybody_gets_its_turn_once_another_has_had_it() -> None:
    places = [Claim("one", 3, 9), Claim("other", 3, 9)]
    ann = Candidate(name="ann", open_to=frozenset({"one", "other"}), at="one")
    assert share([ann], places, draw=0.9) == {"ann": "one"}
    assert share([replace(ann, has_had_turn=True)], places, draw=0.0) == {"ann": "other"}


def test_small_differences_between_equals_move_nobody_and_large_ones_are_evened_out() -> None:
    places = [Claim("one", 3, 99), Claim("other", 3, 99)]
    open_to = frozenset({"one", "other"})
    for at_one, at_other, moved in ((7, 3, 0), (8, 3, 2), (10, 0, 5)):
        people = [Candidate(name=f"a{number}", open_to=open_to, at="one") for number in range(at_one)]
        people += [Candidate(name=f"b{number}", open_to=open_to, at="other") for number in range(at_other)]
        counts = Counter(share(people, places, draw=0.5).values())
        assert counts == {"one": at_one - moved, "other": at_other + moved}
