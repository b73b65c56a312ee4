"""A fresh store for each test.

Not here: any test.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from dialerd.adapters.sql.unit import SqlUnit
from dialerd.adapters.sqlite.connection import connect
from dialerd.adapters.sqlite.migrations import migrate
from dialerd.ports import Unit


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(connect(None)) as made:
        migrate(made)
        yield made


@pytest.fixture
def unit(connection: sqlite3.Connection) -> Unit:
    return SqlUnit(connection)
