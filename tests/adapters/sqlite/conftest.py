"""A fresh store for each test: of each kind for those that ask for no more than a unit of work.

Not here: any test.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.unit import SqlUnit
from dialerd.adapters.sqlite.connection import connect
from dialerd.adapters.sqlite.migrations import migrate
from dialerd.ports import Unit
from tests import stores


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kind" in metafunc.fixturenames:
        metafunc.parametrize("kind", stores.KINDS[:1] if "connection" in metafunc.fixturenames else stores.KINDS)


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """SQLite's own, for what is asked of it alone."""
    with closing(connect(None)) as made:
        migrate(made)
        yield made


@pytest.fixture
def store(kind: str, request: pytest.FixtureRequest) -> Iterator[Connection]:
    if kind == "sqlite":
        yield request.getfixturevalue("connection")
    else:
        with stores.empty(kind) as made:
            yield made


@pytest.fixture
def unit(store: Connection) -> Unit:
    return SqlUnit(store)
