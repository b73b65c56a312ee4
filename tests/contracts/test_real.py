"""The real Asterisk tells of each call what the scenarios say; so the simulated one is held to the truth."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from dialerd.adapters.ari import AriExchange
from dialerd.adapters.clock import SystemClock
from dialerd.settings import read_settings
from tests.contracts.scenarios import SCENARIOS, play_all
from tests.lab import Lab

pytestmark = pytest.mark.asterisk


@pytest.fixture(scope="module")
def heard(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    config = Path(tmp_path_factory.mktemp("contract")) / "dialerd.toml"
    config.write_text(lab.dialerd_config("unused.db"))
    (server,) = read_settings(config).asterisk
    return asyncio.run(play_all(AriExchange(server, SystemClock())))


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_real_exchange_tells_of_a_call_what_the_scenario_says(name: str, heard: dict[str, list[str]]) -> None:
    assert heard[name] == SCENARIOS[name].events
