"""Fixtures of the tests on real servers: a house for each test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.housed import House


@pytest.fixture
def house() -> Iterator[House]:
    made = House()
    yield made
    made.close()
