"""A PostgreSQL for tests, and a database of its own for each test that asks.

Not here: any test. Without psycopg nothing here can be read; that it is missing the tests of tests/usecases say.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from itertools import count
from typing import TYPE_CHECKING

import pytest

from tests import stores
from tests.adapters.postgres.server import Server

if TYPE_CHECKING:
    from dialerd.adapters.postgres.connection import Address

_numbers = count()

collect_ignore_glob = [] if find_spec("psycopg") else ["test_*.py"]


@pytest.fixture
def server() -> Server:
    return stores.server()


@pytest.fixture
def own_server(server: Server) -> Iterator[Server]:
    """One that may be killed: others' connections to it there are none."""
    made = Server()
    yield made
    made.remove()


@pytest.fixture
def address(server: Server) -> Iterator[Address]:
    """A new and empty database."""
    from dialerd.adapters.postgres.connection import Address

    name = f"test{next(_numbers)}"
    yield Address(server.create(name))
    server.drop(name)
