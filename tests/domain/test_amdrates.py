"""How often detection was wrong, out of what agents said."""

from __future__ import annotations

import random

import pytest

from dialerd.domain.amd import is_held_out, is_overruled, said_by, silence_s
from dialerd.domain.amdrates import Heard, Share, rates, share
from dialerd.domain.words import AttemptId, Verdict

HUMAN, MACHINE, UNSURE = Verdict.HUMAN, Verdict.MACHINE, Verdict.UNSURE

# 1000 calls taken for machines, 40 of them held out, 4 of those people; 900 let through, 90 of 600 told machines.
DAY = (
    Heard(MACHINE, was_served=False, found=None, calls=960),
    Heard(MACHINE, was_served=True, found=HUMAN, calls=4),
    Heard(MACHINE, was_served=True, found=MACHINE, calls=36),
    Heard(HUMAN, was_served=True, found=HUMAN, calls=510),
    Heard(HUMAN, was_served=True, found=MACHINE, calls=80),
    Heard(UNSURE, was_served=True, found=MACHINE, calls=10),
    Heard(HUMAN, was_served=True, found=None, calls=300),
)


def test_what_agents_found_in_the_calls_held_out_stands_for_all_that_were_taken_for_machines() -> None:
    found = rates(DAY)
    assert (found.machines, found.people, found.unsure, found.held_out) == (1000, 890, 10, 40)
    assert found.machine_error is not None and (found.machine_error.value, found.machine_error.calls) == (0.1, 40)
    assert found.machines_passed is not None and found.machines_passed.value == 0.15
    # 0.1 of 1000 people stopped, 0.85 of 900 let through; 0.15 of 900 machines let through, 0.9 of 1000 stopped
    assert found.people_lost is not None and found.people_lost.value == pytest.approx(100 / 865, abs=1e-6)
    assert found.machines_missed is not None and found.machines_missed.value == pytest.approx(135 / 1035, abs=1e-6)
    assert found.people_lost.low < 0.05 < 0.2 < found.people_lost.high


def test_without_calls_held_out_nobody_knows_how_many_people_were_lost() -> None:
    found = rates(each for each in DAY if not (each.said is MACHINE and each.was_served))
    assert (found.people_lost, found.machines_missed, found.machine_error) == (None, None, None)
    assert found.machines_passed is not None
    assert rates(()).people_lost is None


def test_an_agents_word_on_a_call_that_nobody_was_to_take_is_no_measurement() -> None:
    assert rates([Heard(MACHINE, was_served=False, found=HUMAN)]).machine_error is None


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(0, 10, 0.0, 0.277533), (10, 10, 0.722467, 1.0), (2, 40, 0.013821, 0.165039), (1, 2, 0.094531, 0.905469)],
)
def test_an_interval_is_the_one_that_wilson_gives(part: int, whole: int, low: float, high: float) -> None:
    found = share(part, whole)
    assert found is not None
    assert found.low == pytest.approx(low, abs=2e-6)
    assert found.high == pytest.approx(high, abs=2e-6)


def test_the_interval_of_people_lost_has_the_truth_in_it_as_often_as_it_says() -> None:
    dice, hits, days = random.Random(7), 0, 400
    for _ in range(days):
        calls = []
        for _ in range(400):
            is_person = dice.random() < 0.5
            said = MACHINE if dice.random() < (0.1 if is_person else 0.9) else HUMAN
            served = said is HUMAN or dice.random() < 0.2
            calls.append(Heard(said, served, (HUMAN if is_person else MACHINE) if served else None))
        found: Share | None = rates(calls).people_lost
        hits += found is None or found.low <= 0.1 <= found.high
    assert hits / days >= 0.95


def test_the_share_that_is_held_out_is_the_one_asked_for_and_the_same_after_a_restart() -> None:
    dice = random.Random(1)
    ids = [AttemptId(f"d{dice.getrandbits(128):032x}") for _ in range(20_000)]
    held = [each for each in ids if is_held_out(each, 0.02)]
    assert 320 < len(held) < 480
    assert held == [each for each in ids if is_held_out(each, 0.02)]
    assert not any(is_held_out(each, 0.0) for each in ids)
    assert not is_held_out(AttemptId("d" + "0" * 32), 0.0)


@pytest.mark.parametrize(
    ("text", "verdict", "overruled"),
    [
        ("MACHINE MAXWORDS-5-4", "unsure", True),
        ("MACHINE", "unsure", True),
        ("MACHINE MAXWORDS-5-4", "machine", False),
        ("MACHINE MAXWORDS-5-4", None, False),
        ("HUMAN HUMAN-700-700", "human", False),
        ("NOTSURE TOOLONG-5000", "unsure", False),
        (None, "human", False),
    ],
)
def test_only_a_machine_that_was_served_is_overruled(text: str | None, verdict: str | None, overruled: bool) -> None:
    assert is_overruled(text, verdict) is overruled
    assert (said_by(text) is None) is (text is None)


def test_who_said_nothing_since_the_answer_has_waited_since_then() -> None:
    assert (silence_s("INITIALSILENCE-2000-2000"), silence_s("LONGGREETING-2200-2200")) == (2.0, 0.0)
