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
from dialerd.serversettings import AsteriskSettings
from dialerd.settings import read_settings
from tests.asterisk.dialer import nothing_left
from tests.contracts.caller import Heard, play_all
from tests.contracts.duo import Duo, check, play_duos
from tests.contracts.legscenarios import LEG_SCENARIOS, LegScenario
from tests.contracts.scenarios import SCENARIOS
from tests.contracts.shape import Scenario
from tests.contracts.simulated import play_duos_on_the_simulated, play_on_the_simulated
from tests.lab import Lab

pytestmark = [pytest.mark.asterisk, pytest.mark.takes(24)]

_SLACK_S = 0.75  # a busy machine answers and judges late; the simulated exchange never does
_TRIES = 3  # more, by itself: a lost packet is sent again after half a second, and a machine may be busy for longer


Player = Callable[[Mapping[str, Scenario]], dict[str, Heard]]
DuoPlayer = Callable[[Mapping[str, LegScenario]], dict[str, Duo]]
_CLOCK = SystemClock()


@pytest.fixture(scope="module")
def server(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> AsteriskSettings:
    config = Path(tmp_path_factory.mktemp("contract")) / "dialerd.toml"
    config.write_text(lab.dialerd_config("unused.db"))
    (found,) = read_settings(config).asterisk
    return found


@pytest.fixture(scope="module")
def player(server: AsteriskSettings) -> Player:
    return lambda scenarios: asyncio.run(play_all(AriExchange(server, _CLOCK), _CLOCK, scenarios))


@pytest.fixture(scope="module")
def duo_player(server: AsteriskSettings) -> DuoPlayer:
    return lambda scenarios: asyncio.run(play_duos(AriExchange(server, _CLOCK), _CLOCK, scenarios))


@pytest.fixture(scope="module")
def duos(duo_player: DuoPlayer) -> dict[str, Duo]:
    return duo_player(LEG_SCENARIOS)


@pytest.fixture(scope="module")
def simulated_duos() -> dict[str, Duo]:
    return play_duos_on_the_simulated(seed=1)


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
    call, left = heard[name], _TRIES
    while _gaps(call) != alike and left:
        call, left = player({name: SCENARIOS[name]})[name], left - 1
    assert _gaps(call) == alike


@pytest.mark.parametrize("name", LEG_SCENARIOS)
def test_the_real_exchange_tells_of_an_agents_leg_what_the_scenario_says(name: str, duos: dict[str, Duo]) -> None:
    check(duos[name])


@pytest.mark.parametrize("name", LEG_SCENARIOS)
def test_the_simulated_exchange_takes_the_real_ones_time_with_an_agent(
    name: str, duos: dict[str, Duo], simulated_duos: dict[str, Duo], duo_player: DuoPlayer
) -> None:
    alike = pytest.approx(_gaps(simulated_duos[name]), abs=_SLACK_S)
    duo, left = duos[name], _TRIES
    while _gaps(duo) != alike and left:
        duo, left = duo_player({name: LEG_SCENARIOS[name]})[name], left - 1
    assert _gaps(duo) == alike


def test_nothing_is_left_of_any_leg(lab: Lab, duos: dict[str, Duo]) -> None:
    assert all(duo.is_over for duo in duos.values())
    nothing_left(lab)


def _gaps(call: Heard | Duo) -> list[float]:
    """Seconds from the originate to the first event, and from each event to the next."""
    return [later - earlier for earlier, later in itertools.pairwise([0.0, *call.times])]
