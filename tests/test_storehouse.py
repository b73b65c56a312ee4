"""Which database the settings name: a file or a PostgreSQL, never both, and its password is told nowhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dialerd import storehouse
from dialerd.databasesettings import DatabaseSettings
from dialerd.domain.errors import DialerdError, SettingsError, StoreError
from dialerd.settings import read_settings
from tests import stores
from tests.adapters.sqlite.stored import create_list, list_names

REST = """
[[asterisk]]
name = "pbx1"
url = "http://127.0.0.1:8088"
username = "dialerd"
password = "other"
app = "dialerd"

[[trunk]]
name = "carrier"
asterisk = ["pbx1"]
endpoint = "PJSIP/{number}@carrier"
max_channels = 10
calls_per_second = 5.0
caller_ids = ["+12125550100"]
"""
URL = "postgresql://dialerd@db.example.com/dialerd"


def database(tmp_path: Path, *lines: str) -> DatabaseSettings:
    path = tmp_path / "dialerd.toml"
    path.write_text("\n".join(["[database]", *lines, REST]))
    return read_settings(path).database


def test_what_is_kept_beside_a_postgresql_stands_in_its_folder(tmp_path: Path) -> None:
    given = database(tmp_path, f'url = "{URL}"', 'run = "state"', 'password_file = "secret"')
    assert (given.path, given.running) == (tmp_path / "state/dialerd.db", tmp_path / "state/dialerd.db")
    assert database(tmp_path, f'url = "{URL}"').path == Path("/var/lib/dialerd/dialerd.db")
    with pytest.raises(SettingsError, match="password_file"):
        given.secret()
    (tmp_path / "secret").write_text("a word\n")
    assert given.secret() == "a word"


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ([f'url = "{URL}"', 'path = "a.db"'], "not both"),
        (['url = "postgresql://dialerd:word@db/dialerd"'], "must not hold the password"),
        (['url = "postgresql://dialerd@db/dialerd?password=word"'], "must not hold the password"),
        (['url = "mysql://db/dialerd"'], "url"),
        (['password_file = "secret"'], "goes with url"),
    ],
)
def test_what_does_not_fit_is_refused_and_no_password_is_told(tmp_path: Path, lines: list[str], complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint) as told:
        database(tmp_path, *lines)
    assert "word@" not in str(told.value) and "=word" not in str(told.value)


def test_a_postgresql_is_opened_looked_at_and_not_saved_as_a_file(tmp_path: Path) -> None:
    server = stores.server()
    given = DatabaseSettings(url=server.create("storehouse"))
    storehouse.check(given)
    with storehouse.unit(given, write=True) as unit:
        create_list("one", unit)
    with storehouse.unit(given, write=False) as unit:
        assert list_names(unit) == ["one"]
    with pytest.raises(DialerdError, match="saved with PostgreSQL's own"):
        storehouse.backup(given, tmp_path / "copy")
    server.drop("storehouse")
    with pytest.raises(StoreError, match="createdb"):
        storehouse.check(given)


def test_who_keeps_to_sqlite_needs_no_psycopg(tmp_path: Path) -> None:
    """The daemon's parts are loaded and a command is run without it; with a url it is asked for by name."""
    script = f"""
import sys
sys.modules["psycopg"] = None
from dialerd import bootstrap, daemon, storehouse
from dialerd.databasesettings import DatabaseSettings
from pathlib import Path
with storehouse.unit(DatabaseSettings(path=Path({str(tmp_path / "a.db")!r})), write=True) as unit:
    print(len(unit.lists.all()))
try:
    storehouse.check(DatabaseSettings(url="{URL}"))
except Exception as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    first, second = done.stdout.splitlines()
    assert first == "0"
    assert "pip install 'dialerd[postgres]'" in second
