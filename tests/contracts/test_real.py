"""The real Asterisk tells of each call what the scenarios say, when the simulated one does; that is held to it so.

Not here: the scenarios (scenarios.py).
"""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

import pytest

from dialerd.adapters.ari import AriExchange
from dialerd.adapters.clock import SystemClock
from dialerd.settings import read_settings
from tests.contracts.caller import Heard, play_all
from tests.contracts.scenarios import SCENARIOS
from tests.contracts.simulated import play_on_the_simulated
from tests.lab import Lab

pytestmark = pytest.mark.asterisk

_SLACK_S = 0.75  # a busy machine answers and judges late; the simulated exchange never does


@pytest.fixture(scope="module")
def heard(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Heard]:
    config = Path(tmp_path_factory.mktemp("contract")) / "dialerd.toml"
    config.write_text(lab.dialerd_config("unused.db"))
    (server,) = read_settings(config).asterisk
    clock = SystemClock()
    return asyncio.run(play_all(AriExchange(server, clock), clock, SCENARIOS))


@pytest.fixture(scope="module")
def simulated() -> dict[str, Heard]:
    return play_on_the_simulated(seed=1)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_real_exchange_tells_of_a_call_what_the_scenario_says(name: str, heard: dict[str, Heard]) -> None:
    call, scenario = heard[name], SCENARIOS[name]
    assert call.taken == "OriginateTaken"
    assert call.events == scenario.events
    assert call.replies == scenario.expected_replies


@pytest.mark.parametrize("name", [name for name, scenario in SCENARIOS.items() if scenario.is_steady])
def test_the_simulated_exchange_takes_the_real_ones_time_from_event_to_event(
    name: str, heard: dict[str, Heard], simulated: dict[str, Heard]
) -> None:
    real, alike = (
        [later - earlier for earlier, later in itertools.pairwise([0.0, *calls[name].times])]
        for calls in (heard, simulated)
    )
    assert alike == pytest.approx(real, abs=_SLACK_S)
