"""A database moves from its file to a PostgreSQL with every row and goes on there; pg_dump's copy of that is whole."""

from __future__ import annotations

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from dialerd import storehouse
from dialerd.adapters.postgres import Lease
from dialerd.adapters.postgres.connection import Address, PgConnection, connect
from dialerd.adapters.sqlite.store import empty_in_memory
from dialerd.databasesettings import DatabaseSettings
from dialerd.domain.errors import DialerdError
from dialerd.domain.words import RunId
from dialerd.ports import Unit
from dialerd.simulate.callees import Callees
from tests.adapters.postgres.server import Server, binaries
from tests.numbers import number
from tests.simulation.office import Office, in_office
from tests.simulation.test_flowmessages import begin, employ
from tests.simulation.test_flows import Pressers, presses
from tests.simulation.unanswered import Inline
from tests.simulation.world import START, campaign


@pytest.fixture
def moving(tmp_path: Path) -> Path:
    """A file with a campaign half done: calls, a message beside one, agents' queue, counts of every kind."""
    kept = tmp_path / "dialerd.db"
    callees: Callees = Pressers(presses("1"))

    async def story(office: Office) -> None:
        with closing(empty_in_memory()) as connection:
            office.store = Inline(connection)
            employ(office)
            await begin(office, people=3, max_calls=1)
            await office.clock.sleep(25)
            with closing(sqlite3.connect(kept)) as file:
                connection.backup(file)
            await office.crash()

    in_office(story, start=START, callees=callees)
    return kept


def rows(connection: sqlite3.Connection | PgConnection, table: str, columns: list[str]) -> list[tuple[object, ...]]:
    names = ", ".join(f'"{column}"' for column in columns)
    found = connection.execute(f'SELECT {names} FROM "{table}"')  # noqa: S608  # names of our own schema
    return sorted((tuple(row) for row in found), key=repr)


def test_every_row_arrives_once_and_dialing_goes_on_from_there(server: Server, moving: Path, tmp_path: Path) -> None:
    given = DatabaseSettings(url=server.create("moved"), run=tmp_path)
    address = Address(given.url or "")
    assert storehouse.restore(given, moving) is None
    with closing(sqlite3.connect(moving)) as file, closing(connect(address)) as there:
        tables = {
            table: [column[1] for column in file.execute(f"PRAGMA table_info('{table}')")]
            for (table,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not table.startswith(("_sqlite", "sqlite_"))
        }
        filled = {table for table, columns in tables.items() if rows(file, table, columns)}
        assert filled >= {"attempt", "target", "contact", "run", "flow", "tally", "live_answer", "flow_path"}
        for table, columns in tables.items():
            assert rows(there, table, columns) == rows(file, table, columns), table

    def go_on(unit: Unit) -> int:
        made = unit.campaigns.put(campaign(name="next"), START)
        unit.dnc.add([])
        assert unit.dialing.last_to(number(0, "00")) is not None
        assert [row.attempt.channel for row in unit.dialing.export(RunId(1))][:2] == ["voice", "sms"]
        unit.runs.create(made.id, made.spec, START)
        return made.id

    with storehouse.unit(given, write=True) as unit:
        assert go_on(unit) == 2, "ids go on after those that came"
    with pytest.raises(DialerdError, match="is not empty"):
        storehouse.restore(given, moving)
    _is_dumped_whole(server, given, tmp_path)
    server.drop("moved")


def _is_dumped_whole(server: Server, given: DatabaseSettings, tmp_path: Path) -> None:
    dumped = tmp_path / "whole.dump"
    assert given.url is not None
    _run("pg_dump", "-Fc", "-f", str(dumped), given.url)
    with pytest.raises(DialerdError, match="pg_restore"):
        storehouse.restore(given, dumped)
    again = DatabaseSettings(url=server.create("again"), run=tmp_path)
    assert again.url is not None
    _run("pg_restore", "-d", again.url, str(dumped))
    with closing(connect(Address(given.url))) as one, closing(connect(Address(again.url))) as other:
        for table, columns in {"attempt": ["id", "rowid"], "target": ["id", "state"], "run": ["id", "done"]}.items():
            assert rows(one, table, columns) == rows(other, table, columns)
    with storehouse.unit(again, write=True) as unit:
        assert unit.campaigns.put(campaign(name="third"), START).id == 3
    server.drop("again")


def _run(tool: str, *words: str) -> None:
    done = subprocess.run([binaries() / tool, *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_is_taken_in_where_a_daemon_dials_or_the_file_is_not_ours(
    server: Server, moving: Path, tmp_path: Path
) -> None:
    given = DatabaseSettings(url=server.create("refused"), run=tmp_path)
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as made:
        made.execute("CREATE TABLE a (b)")
    with pytest.raises(DialerdError, match="no backup of dialerd"):
        storehouse.restore(given, other)
    lease = Lease(Address(given.url or ""))
    assert lease.tried()
    with pytest.raises(DialerdError, match="stop that one first"):
        storehouse.restore(given, moving)
    lease.close()
    with storehouse.unit(given, write=False) as unit:
        assert unit.campaigns.all() == []
    assert sorted(each.name for each in tmp_path.iterdir()) == ["dialerd.db", "other.db"]
    server.drop("refused")
