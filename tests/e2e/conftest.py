"""A real Chromium before the built pages and the API. `scripts/test browser` sees to it that there is one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.asterisk.dialer import Dialer
from tests.e2e.tabs import AGENT_HZ, Tab, tone_file
from tests.lab import Lab

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    driving = pytest.importorskip("playwright.sync_api", reason="scripts/test browser installs playwright")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium (apt-get install chromium)")
    with driving.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture
def talking(tmp_path: Path) -> Iterator[Any]:
    """A Chromium whose microphone hears a tone."""
    driving = pytest.importorskip("playwright.sync_api", reason="scripts/test browser installs playwright")
    arguments = [
        *("--no-sandbox", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required"),
        *(
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            "--allow-loopback-in-peer-connection",
        ),
        f"--use-file-for-fake-audio-capture={tone_file(tmp_path / 'tone.wav', AGENT_HZ)}",
    ]
    with driving.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def tab(talking: Any, lab: Lab, dialer: Dialer) -> Iterator[Callable[[], Tab]]:
    opened: list[Tab] = []

    def made() -> Tab:
        opened.append(Tab(talking, f"http://127.0.0.1:{lab.port('web')}"))
        return opened[-1]

    yield made
    for each in opened:
        each.close()
