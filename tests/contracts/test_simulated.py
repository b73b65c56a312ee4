"""The simulated exchange tells what the real one tells, whatever its dice say."""

from __future__ import annotations

import pytest

from tests.contracts.caller import Heard
from tests.contracts.duo import Duo, check
from tests.contracts.legscenarios import LEG_SCENARIOS
from tests.contracts.scenarios import SCENARIOS
from tests.contracts.simulated import play_duos_on_the_simulated, play_on_the_simulated


@pytest.fixture(scope="module", params=[1, 2, 3])
def heard(request: pytest.FixtureRequest) -> dict[str, Heard]:
    return play_on_the_simulated(seed=request.param)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_simulated_exchange_tells_of_a_call_what_the_real_one_tells(name: str, heard: dict[str, Heard]) -> None:
    call, scenario = heard[name], SCENARIOS[name]
    assert call.taken == "OriginateTaken"
    assert call.events == scenario.events
    assert call.replies == scenario.expected_replies


@pytest.fixture(scope="module", params=[1, 2, 3])
def duos(request: pytest.FixtureRequest) -> dict[str, Duo]:
    return play_duos_on_the_simulated(seed=request.param)


@pytest.mark.parametrize("name", LEG_SCENARIOS)
def test_the_simulated_exchange_tells_of_an_agents_leg_what_the_real_one_tells(name: str, duos: dict[str, Duo]) -> None:
    check(duos[name])
