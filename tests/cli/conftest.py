"""A home with a settings file, and the command line run through its real edge."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dialerd.adapters.sqlite import SqliteStore
from dialerd.cli.main import main

SETTINGS = """
[database]
path = "dialerd.db"

[[asterisk]]
name = "pbx1"
url = "http://127.0.0.1:9"
username = "dialerd"
password = "secret"

[[trunk]]
name = "carrier"
asterisk = ["pbx1"]
endpoint = "PJSIP/{number}@carrier"
max_channels = 10
calls_per_second = 5.0
caller_ids = ["+12125550100"]
"""

CAMPAIGN = """
name = "spring"
lists = ["customers"]
trunk = "carrier"
caller_id = "+12125550100"
max_attempts = 2
on_human = { play = "hello-world" }
"""

CONTACTS = "number,First Name\n2122660001,Ann\n2122660002,Bob\nbad,Cid\n"


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@dataclass
class Terminal:
    """Where a person types. `home` holds the settings file and whatever the test writes."""

    home: Path
    capsys: pytest.CaptureFixture[str]

    def write(self, name: str, text: str) -> str:
        (self.home / name).write_text(text)
        return str(self.home / name)

    def type(self, *words: str) -> Said:
        with pytest.raises(SystemExit) as ended:
            main(["--config", str(self.home / "dialerd.toml"), *words])
        said = self.capsys.readouterr()
        code = ended.value.code
        return Said(code if isinstance(code, int) else 0 if code is None else 1, said.out, said.err)

    def ok(self, *words: str) -> Said:
        said = self.type(*words)
        assert said.code == 0, said
        return said

    def ready(self) -> None:
        """A list with two contacts and a campaign on it."""
        self.ok("list", "import", "customers", self.write("contacts.csv", CONTACTS))
        self.ok("campaign", "apply", self.write("spring.toml", CAMPAIGN))


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty one that is made already: for each test anew it would take as long as the test."""
    path = tmp_path_factory.mktemp("made") / "dialerd.db"
    with SqliteStore.unit(path, write=True):
        return path


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str], database: Path) -> Terminal:
    made = Terminal(tmp_path, capsys)
    shutil.copy(database, tmp_path)
    made.write("dialerd.toml", SETTINGS)
    return made


@pytest.fixture
def ready(terminal: Terminal) -> Terminal:
    terminal.ready()
    return terminal
