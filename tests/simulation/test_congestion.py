"""A trunk without room rests and the contacts keep their attempts."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

import pytest

from dialerd.domain.contact import Contact
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.words import RunState
from dialerd.ports import Dice, Unit
from dialerd.simulate.callees import BY_ENDING, Behaviour
from dialerd.simulate.campaign import Outcome, simulate
from dialerd.usecases import flowing
from tests.numbers import number
from tests.simulation.office import Office, in_office
from tests.simulation.slowdisk import SlowDisk
from tests.simulation.test_optout import go
from tests.simulation.world import START, campaign, run, trunk

T = TypeVar("T")


class Crowded:
    """A carrier that refuses the first `calls` of all with 503, whoever is called, and then puts them through."""

    def __init__(self, calls: int) -> None:
        self._left = calls

    def behaviour(self, number: str) -> Behaviour:
        self._left -= 1
        return BY_ENDING["04"] if self._left >= 0 else replace(BY_ENDING["00"], leaves_s=5.0)


class Choosy:
    """A carrier that refuses every n-th call with 503, whoever is called."""

    def __init__(self, every: int) -> None:
        self._every, self._calls = every, 0

    def behaviour(self, number: str) -> Behaviour:
        self._calls += 1
        return BY_ENDING["04"] if self._calls % self._every == 0 else replace(BY_ENDING["00"], leaves_s=5.0)


def play(*, contacts: int, refused: int = 0, every: int = 0) -> Outcome:
    def callees(_dice: Dice) -> Crowded | Choosy:
        return Choosy(every) if every else Crowded(refused)

    people = [
        Contact(numbers=(PhoneNumber(e164=number(n, "00"), zones=("America/New_York",)),)) for n in range(contacts)
    ]
    return simulate(campaign(), trunk=trunk(), contacts=people, callees=callees, start=START, seed=1)


def test_through_congestion_nobody_loses_an_attempt() -> None:
    outcome = play(contacts=30, refused=25)
    assert outcome.run.state is RunState.COMPLETED
    assert outcome.dispositions == {"answered_human": 30, "network_failure": 25}
    assert (outcome.run.done, outcome.run.pending, outcome.run.in_progress) == (30, 0, 0)
    assert sum(row.attempt.spent for row in outcome.attempts) == 30, "the first refusals are given back, too"
    spent = Counter(row.attempt.number for row in outcome.attempts if row.attempt.spent)
    assert max(spent.values()) == 1


@pytest.mark.parametrize("every", [2, 3])
def test_a_carrier_that_refuses_a_share_of_all_calls_costs_nobody_an_attempt_and_is_called_slower(every: int) -> None:
    outcome = play(contacts=60, every=every)
    assert outcome.dispositions["answered_human"] >= 56
    starts = [call.invited_at for call in outcome.record]
    early, late = starts[9] - starts[0], starts[-1] - starts[-10]
    assert late > 1.3 * early


def test_one_number_without_room_among_others_has_made_an_attempt_like_another() -> None:
    outcome = run(["00"] * 40 + ["04"])
    assert (outcome.dispositions["network_failure"], len(outcome.attempts)) == (1, 41)


def test_a_congested_trunk_rests_longer_each_time() -> None:
    outcome = play(contacts=30, refused=25)
    times = [(call.invited_at - START).total_seconds() for call in outcome.record[:25]]
    gaps = [late - early for early, late in itertools.pairwise(times[4:])]
    assert gaps[-1] > 4 * gaps[0]


def test_numbers_that_never_find_room_do_not_keep_a_run_going_for_ever() -> None:
    outcome = play(contacts=3, refused=10_000)
    assert outcome.run.state is RunState.COMPLETED
    assert set(outcome.dispositions) == {"network_failure"}
    tries = Counter(call.number for call in outcome.record)
    assert max(tries.values()) <= 21


class OneRefusal(SlowDisk):
    """A disk that refuses how the first call ended, and takes what comes after it."""

    has_refused = False

    async def write(self, job: Callable[[Unit], T], *, patient: bool = False) -> T:
        if not self.has_refused and isinstance(job, partial) and job.func is flowing.settle:
            self.has_refused, self.refuses = True, 1
        return await super().write(job, patient=patient)


def test_a_refusal_whose_end_the_disk_takes_late_is_given_back_all_the_same() -> None:
    async def story(office: Office) -> None:
        office.store = OneRefusal(office.clock, office.store)
        await office.add(["00"] * 30)
        await office.start()
        await office.apply(campaign())
        await go(office, "c")
        await office.clock.sleep(3600)
        (run,) = await office.runs()
        rows = await office.store.read(lambda unit: list(unit.dialing.export(run.id)))
        assert Counter(row.attempt.disposition for row in rows) == {"answered_human": 30, "network_failure": 25}
        assert sum(row.attempt.spent for row in rows) == 30

    in_office(story, start=START, callees=Crowded(25))
