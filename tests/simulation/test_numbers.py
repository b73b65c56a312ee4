"""Contacts with several numbers: whole campaigns on virtual time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.domain.contact import Contact
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.regulation import EMPTY, Rulebook, daily_limit
from dialerd.ports import DncEntry
from dialerd.simulate.callees import NumberPlan
from dialerd.simulate.campaign import Outcome, simulate
from dialerd.simulate.clock import VirtualClock
from dialerd.simulate.exchange import SimulatedExchange
from dialerd.simulate.faults import NONE, Faults
from tests.numbers import number
from tests.simulation.world import START, campaign, check_invariants, trunk


def play(
    people: list[list[str]],
    *,
    seed: int = 1,
    rulebook: Rulebook = EMPTY,
    faults: Faults = NONE,
    trouble: Callable[[SimulatedExchange, VirtualClock], None] | None = None,
    dnc_entries: Sequence[DncEntry] = (),
    **keys: Any,
) -> Outcome:
    """`people`: the endings of each contact's numbers; the m-th number of the n-th contact is number 10 n + m."""
    contacts = [
        Contact(
            numbers=tuple(
                PhoneNumber(e164=number(10 * n + m, ending), zones=("America/New_York",))
                for m, ending in enumerate(endings)
            )
        )
        for n, endings in enumerate(people)
    ]
    return simulate(
        campaign(**{"max_calls": 1, **keys}),
        trunk=trunk(),
        contacts=contacts,
        callees=NumberPlan,
        start=START,
        seed=seed,
        rulebook=rulebook,
        faults=faults,
        trouble=trouble,
        dnc=dnc_entries,
    )


def dialed(outcome: Outcome) -> list[str]:
    """Contact and number of each call, as "0.1": the second number of the first contact."""
    return [f"{int(call.number[7:10]) // 10}.{int(call.number[7:10]) % 10}" for call in outcome.record]


def test_contacts_first_dials_every_first_number_before_any_second_one() -> None:
    outcome = play([["02", "05", "00"], ["02", "00"], ["00", "02"]], max_attempts=3)
    assert dialed(outcome) == ["0.0", "1.0", "2.0", "0.1", "1.1", "0.2"]


def test_numbers_first_dials_all_numbers_of_a_contact_before_the_next_one() -> None:
    outcome = play([["02", "05", "00"], ["02", "00"], ["00", "02"]], max_attempts=3, numbers="numbers-first")
    assert dialed(outcome) == ["0.0", "0.1", "0.2", "1.0", "1.1", "2.0"]


def test_after_its_last_number_a_contact_rests_and_begins_again_without_the_wrong_one() -> None:
    outcome = play([["02", "05", "16"]], max_attempts=5, retry_after_min=30)
    assert dialed(outcome) == ["0.0", "0.1", "0.2", "0.0", "0.2"]
    times = [call.invited_at for call in outcome.record]
    assert (times[3] - times[2]).total_seconds() >= 30 * 60 > (times[2] - times[0]).total_seconds()


def test_each_number_has_its_own_most_attempts_beside_the_contacts() -> None:
    outcome = play([["02", "16"]], max_attempts=9, max_attempts_per_number=2, retry_after_min=1)
    assert Counter(dialed(outcome)) == {"0.0": 2, "0.1": 2}


@pytest.mark.parametrize("which", [1, 2])
def test_a_later_number_that_may_not_be_called_does_not_end_the_tries_at_an_earlier_one(which: int) -> None:
    entry = DncEntry(list_name="global", number=number(which, "16"), source="test", added_at=START)
    outcome = play([["16"] * 3], max_attempts=5, max_attempts_per_number=2, retry_after_min=30, dnc_entries=[entry])
    assert Counter(dialed(outcome)) == {"0.0": 2, f"0.{3 - which}": 2}
    times = [call.invited_at for call in outcome.record]
    assert (times[2] - times[1]).total_seconds() >= 30 * 60


def test_a_number_of_two_contacts_is_dialed_once_in_a_run() -> None:
    shared = number(0, "02")
    zones = ("America/New_York",)
    contacts = [
        Contact(numbers=(PhoneNumber(e164=shared, zones=zones),)),
        Contact(numbers=(PhoneNumber(e164=number(1, "02"), zones=zones), PhoneNumber(e164=shared, zones=zones))),
    ]
    outcome = simulate(
        campaign(max_attempts=2, max_attempts_per_number=1),
        trunk=trunk(),
        contacts=contacts,
        callees=NumberPlan,
        start=START,
        seed=1,
    )
    assert Counter(call.number for call in outcome.record) == {shared: 1, number(1, "02"): 1}


def test_a_limit_per_number_and_day_holds_over_retries_and_campaigns() -> None:
    book = Rulebook({}, always=(daily_limit(2),))
    outcome = play([["02"]], max_attempts=4, retry_after_min=60, rulebook=book)
    times = [call.invited_at for call in outcome.record]
    assert len(times) == 4
    assert all((late - early).total_seconds() >= 24 * 3600 for early, late in zip(times, times[2:], strict=False))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(["00", "02", "05", "16", "01", "11", "15"]), min_size=1, max_size=3), max_size=4),
    st.integers(1, 4),
    st.integers(1, 2),
    st.sampled_from(["contacts-first", "numbers-first"]),
    st.integers(0, 99),
)
def test_whatever_the_endings_the_limits_per_contact_and_number_hold(
    people: list[list[str]], max_attempts: int, per_number: int, numbers: str, seed: int
) -> None:
    outcome = play(
        people, seed=seed, max_attempts=max_attempts, max_attempts_per_number=per_number, numbers=numbers, max_calls=3
    )
    check_invariants(outcome, max_attempts=per_number)
    per_contact = Counter(row.contact_id for row in outcome.attempts if row.attempt.spent)
    assert max(per_contact.values(), default=0) <= max_attempts
    reached = {row.contact_id for row in outcome.attempts if row.attempt.disposition == "answered_human"}
    for contact_id in reached:
        mine = [row.attempt for row in outcome.attempts if row.contact_id == contact_id]
        assert mine[-1].disposition == "answered_human", "nobody who was reached is called again"


@pytest.mark.parametrize("ending", ["15", "22", "23", "24"])
def test_a_call_that_was_declined_or_blocked_is_not_tried_at_another_number(ending: str) -> None:
    assert dialed(play([[ending, "00"]], max_attempts=3)) == ["0.0"]


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10_000),
    st.builds(
        Faults,
        lose_reply=st.floats(0, 0.3),
        lose_command=st.floats(0, 0.3),
        lose_event=st.floats(0, 0.3),
        double_event=st.floats(0, 0.3),
        delay_event=st.floats(0, 0.3),
        delay_s=st.floats(0, 3),
    ),
    st.sampled_from(["contacts-first", "numbers-first"]),
    st.floats(1, 60),
)
def test_whatever_is_lost_or_cut_the_limits_per_contact_and_number_hold(
    seed: int, faults: Faults, numbers: str, restart_s: float
) -> None:
    people = [["02", "00"], ["05", "16", "01"], ["40"], ["11", "02"], ["03", "05"], ["20", "20"]] * 2

    def trouble(exchange: SimulatedExchange, clock: VirtualClock) -> None:
        clock.call_later(restart_s, lambda: exchange.restart(2))

    outcome = play(
        people,
        seed=seed,
        faults=faults,
        trouble=trouble,
        max_attempts=3,
        max_attempts_per_number=2,
        numbers=numbers,
        retry_after_min=1,
        max_calls=5,
    )
    check_invariants(outcome, max_attempts=2)
    per_contact = Counter(row.contact_id for row in outcome.attempts if row.attempt.spent)
    assert max(per_contact.values(), default=0) <= 3
