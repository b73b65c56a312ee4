"""The simulated exchange tells what the real one tells."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dialerd.simulate.callees import NumberPlan
from dialerd.simulate.clock import SeededDice, VirtualClock, run_virtual
from dialerd.simulate.exchange import SimulatedExchange
from tests.contracts.scenarios import SCENARIOS, play_all

START = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def heard() -> dict[str, list[str]]:
    dice = SeededDice(1)
    return run_virtual(play_all(SimulatedExchange("simulated", VirtualClock(START), dice, NumberPlan(dice))))


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_simulated_exchange_tells_of_a_call_what_the_real_one_tells(name: str, heard: dict[str, list[str]]) -> None:
    assert heard[name] == SCENARIOS[name].events
