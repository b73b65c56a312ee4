"""A real Chromium before the built pages and the API. `scripts/test browser` sees to it that there is one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

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
