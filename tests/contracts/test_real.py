"""The real Asterisk tells of each call what the scenarios say, when the simulated one does; that is held to it so.

Not here: the scenarios (scenarios.py).
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from dialerd.adapters.ari import AriExchange
from dialerd.adapters.clock import SystemClock
from dialerd.settings import read_settings
from tests.contracts.caller import Heard, play_all
from tests.contracts.scenarios import SCENARIOS, Scenario
from tests.contracts.simulated import play_on_the_simulated
from tests.lab import Lab

pytestmark = pytest.mark.asterisk

_SLACK_S = 0.75  # a busy machine answers and judges late; the simulated exchange never does


Player = Callable[[Mapping[str, Scenario]], dict[str, Heard]]


@pytest.fixture(scope="module")
def player(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Player:
    config = Path(tmp_path_factory.mktemp("contract")) / "dialerd.toml"
    config.write_text(lab.dialerd_config("unused.db"))
    (server,) = read_settings(config).asterisk
    clock = SystemClock()
    return lambda scenarios: asyncio.run(play_all(AriExchange(server, clock), clock, scenarios))


@pytest.fixture(scope="module")
def heard(player: Player) -> dict[str, Heard]:
    return player(SCENARIOS)


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
    name: str, heard: dict[str, Heard], simulated: dict[str, Heard], player: Player
) -> None:
    alike = pytest.approx(_gaps(simulated[name]), abs=_SLACK_S)
    if _gaps(heard[name]) != alike:  # a lost packet is sent again after half a second: once more, by itself
        assert _gaps(player({name: SCENARIOS[name]})[name]) == alike


def _gaps(call: Heard) -> list[float]:
    """Seconds from the originate to the first event, and from each event to the next."""
    return [later - earlier for earlier, later in itertools.pairwise([0.0, *call.times])]
