"""Fixtures of all tests: a quiet log; for those on a real Asterisk a lab per session and a dialerd home per test.

Not here: any test. What cannot be had fails, it is never skipped: these tests prove what nothing else can.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from structlog.testing import capture_logs

from dialerd import log
from tests.adapters.postgres import server
from tests.asterisk.dialer import Dialer
from tests.draws import pytest_addoption as pytest_addoption
from tests.draws import pytest_itemcollected as pytest_itemcollected
from tests.lab import Lab
from tests.lab.lab import labs_of_dead_tests
from tests.lab.rootfs import LabError
from tests.order import pytest_collection_modifyitems as pytest_collection_modifyitems
from tests.order import pytest_xdist_make_scheduler as pytest_xdist_make_scheduler

# A submission is judged by the same examples each time; everywhere else each run draws new ones. Neither is timed.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "here")


def pytest_sessionfinish() -> None:
    server.end()


@pytest.fixture(autouse=True)
def quiet_log() -> None:
    """Only errors are printed: the log of a simulated campaign would bury what a failing test has to say.

    Set anew for each test: one that runs the CLI in its own process leaves a log that writes to a stream since closed.
    """
    log.configure(level="error", form="text")


@pytest.fixture
def told() -> Iterator[list[MutableMapping[str, Any]]]:
    """Every line that is logged meanwhile, those for debugging included."""
    log.configure(level="debug", form="text")
    with capture_logs() as lines:
        yield lines
    log.configure(level="error", form="text")


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    made = Lab(f"test{os.getpid()}")
    try:
        for left in labs_of_dead_tests():
            left.down()
        made.up()
    except LabError as error:
        pytest.fail(f"no lab: {error}")
    yield made
    made.down()


@pytest.fixture
def dialer(lab: Lab, tmp_path: Path) -> Iterator[Dialer]:
    made = Dialer(tmp_path, lab.dialerd_config(tmp_path / "dialerd.db"))
    yield made
    made.kill()
    made.show_log_if_asked()
