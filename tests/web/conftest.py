"""A site of its own for each test that changes something; one for all that only look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.site import PEOPLE, Browser, Site, running


@pytest.fixture(scope="session")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, dict[str, Browser]]]:
    """One site that nothing is changed in, with everybody signed in."""
    with running(tmp_path_factory.mktemp("calm")) as made:
        yield made, {name: made.browser("" if name == "nobody" else name) for name in PEOPLE}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with running(tmp_path) as made:
        yield made
