"""`dialerd list import` and `list map`: mappings by name, delimiters, dry runs, exit codes, a death in the middle."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import CONTACTS, Terminal

MAP = """
delimiter = ";"
region = "de"
[columns]
number = "Telefon"
number2 = "Handy"
email = "Mail"
first = "Vorname"
"""
KUNDEN = "Vorname;Telefon;Handy;Mail;Notiz\nAnn;030 901820;0151 23456789;ann@example.com;x\n"


def test_a_mapping_is_kept_by_name_and_used_again(terminal: Terminal) -> None:
    file = terminal.write("map.toml", MAP)
    assert terminal.ok("list", "map", "add", "kunden", file).out == "mapping kunden is kept\n"
    assert terminal.ok("list", "map", "add", "kunden", file).out == "mapping kunden is unchanged\n"
    (kept,) = terminal.ok("list", "map", "list", "--json").document
    assert kept == terminal.ok("list", "map", "show", "kunden", "--json").document
    assert (kept["map"], kept["region"], kept["columns"]["number"]) == ("kunden", "DE", "Telefon")
    shown = terminal.write("shown.toml", terminal.ok("list", "map", "show", "kunden").out)
    assert terminal.ok("list", "map", "add", "kunden", shown).out == "mapping kunden is unchanged\n"
    terminal.ok("list", "import", "berlin", terminal.write("k.csv", KUNDEN), "--map", "kunden")
    (contact,) = terminal.ok("list", "show", "berlin", "--json").document["first_contacts"]
    assert contact["numbers"] == ["+4930901820", "+4915123456789"]
    assert contact["attributes"] == {"email": "ann@example.com", "first": "Ann"}
    terminal.ok("list", "map", "remove", "kunden")
    said = terminal.type("list", "import", "berlin", terminal.write("k.csv", KUNDEN), "--map", "kunden")
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert "there is no mapping 'kunden'" in said.err


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[columns]\n", "columns"),
        ('[columns]\nnumber = "a"\n[colums]\nx = "y"\n', "colums"),
        ('delimiter = ";;"\n[columns]\nnumber = "a"\n', "is no delimiter"),
        ('region = "XX"\n[columns]\nnumber = "a"\n', "'XX' is no region"),
        ('region = "Germany"\n[columns]\nnumber = "a"\n', "region"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused_with_the_key(terminal: Terminal, text: str, complaint: str) -> None:
    said = terminal.type("list", "map", "add", "m", terminal.write("map.toml", text))
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert complaint in said.err
    assert terminal.ok("list", "map", "list", "--json").document == []


def test_a_delimiter_may_be_said(terminal: Terminal) -> None:
    file = terminal.write("d.csv", "name:phone\nAnn, Bob:2122660001\n")
    assert terminal.type("list", "import", "l", file).code == 1
    assert terminal.type("list", "import", "l", file, "--delimiter", "::").code == 2
    assert terminal.ok("list", "import", "l", file, "--delimiter", ":", "--json").document["added"] == 1


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(terminal: Terminal) -> None:
    terminal.ok("list", "create", "customers")
    terminal.ok("dnc", "add", "2122660002")
    file = terminal.write("c.csv", CONTACTS + "2122660002,Twin\n")
    said = terminal.ok("list", "import", "customers", file, "--dry-run", "--json").document
    asked = {key: said[key] for key in ("added", "already_there", "doubled", "on_dnc", "rejected", "makes_list")}
    assert asked == {"added": 2, "already_there": 0, "doubled": 1, "on_dnc": 2, "rejected": 1, "makes_list": False}
    untouched = terminal.ok("list", "show", "customers", "--json").document
    assert (untouched["contacts"], untouched["imports"]) == (0, [])
    done = terminal.ok("list", "import", "customers", file, "--json").document
    assert done == said | {"dry_run": False}


def test_a_file_of_which_nothing_can_be_used_is_refused_with_its_reasons(terminal: Terminal) -> None:
    report = terminal.home / "report.csv"
    said = terminal.type("list", "import", "new", terminal.write("c.csv", "phone\nx\ny\n"), "--report", str(report))
    assert said.code == 1
    assert said.err.splitlines()[0].startswith("line 2: phone: 'x'")
    assert "none of its 2 rows can be used; nothing is imported" in said.err.splitlines()[-1]
    assert len(report.read_text().splitlines()) == 3
    assert terminal.ok("list", "show", "--json").document == []


@pytest.mark.parametrize("over", ["more.csv", "dialerd.db", "link.csv"])
@pytest.mark.parametrize(("noun", "name"), [("list", ["new"]), ("dnc", [])])
def test_a_report_is_not_written_over_the_file_itself_nor_over_the_database(
    ready: Terminal, noun: str, name: list[str], over: str
) -> None:
    file = ready.write("more.csv", "phone\n2122660009\nbad\n")
    (ready.home / "link.csv").symlink_to("more.csv")
    before = (ready.home / over).read_bytes()
    refused = ready.type(noun, "import", *name, file, "--report", str(ready.home / over))
    assert refused.code == 1
    assert "would write over" in refused.err
    assert (ready.home / over).read_bytes() == before
    assert ready.ok("contact", "find", "2122660009", "--json").document == []


def test_an_export_is_not_written_over_the_database(ready: Terminal) -> None:
    ready.ok("campaign", "run", "spring")
    refused = ready.type("campaign", "export", "spring", "--out", str(ready.home / "dialerd.db"))
    assert (refused.code, "would write over" in refused.err) == (1, True)
    assert ready.ok("campaign", "status", "spring", "--json").document["run"] == 1


def test_a_list_shows_what_came_of_its_files(terminal: Terminal) -> None:
    terminal.ok("list", "import", "customers", terminal.write("c.csv", CONTACTS))
    (row,) = terminal.ok("list", "show", "customers", "--json").document["imports"]
    assert (row["file"], row["state"], row["line"], row["added"], row["rejected"]) == ("c.csv", "done", 4, 2, 1)
    assert "c.csv" in terminal.ok("list", "show", "customers").out


_KILLED_AFTER = """
import sys
from dialerd.adapters.sql.imports import SqlImports
import os, signal
put, left = SqlImports.put, int(sys.argv.pop(1))
def put_and_die(self, row):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    put(self, row)
SqlImports.put = put_and_die
from dialerd.cli.main import main
main(sys.argv[1:])
"""


@pytest.mark.parametrize("note", ["x", "x" * 300], ids=["read in a thread", "read in a process"])
def test_an_import_that_is_killed_leaves_whole_chunks_and_is_made_whole_by_the_next(
    terminal: Terminal, note: str
) -> None:
    rows = 2_000
    lines = [f"{2122000000 + n * 11 % 6_000_000 + 2_000_000},Ann{n},{note}" for n in range(rows)]
    lines[10] = "bad,Ann,x"
    file = terminal.write("big.csv", "phone,name,note\n" + "\n".join(lines) + "\n")
    config = str(terminal.home / "dialerd.toml")
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED_AFTER, "3", "--config", config, "list", "import", "l", file],
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert killed.returncode == -signal.SIGKILL
    halfway = terminal.ok("list", "show", "l", "--json").document
    (row,) = halfway["imports"]
    assert (row["state"], row["added"], row["line"]) == ("broken_off", halfway["contacts"], halfway["contacts"] + 2)
    assert 0 < halfway["contacts"] < rows
    again = terminal.ok("list", "import", "l", file)
    assert f"an earlier import of it had stopped at line {row['line']}" in again.err
    whole = terminal.ok("list", "show", "l", "--json").document
    assert whole["contacts"] == rows - 1
    assert whole["imports"][0]["already_there"] == halfway["contacts"]
    assert terminal.ok("list", "import", "l", file, "--json").document["added"] == 0


def test_a_folder_is_watched_shown_and_forgotten(terminal: Terminal) -> None:
    folder = terminal.home / "in"
    assert terminal.type("list", "drop", "l", str(folder)).code == 1
    folder.mkdir()
    assert terminal.type("list", "drop", "l", str(folder)).code == 1, "there is no list"
    terminal.ok("list", "create", "l")
    assert terminal.type("list", "drop", "l").code == 2
    assert "no mapping 'm'" in terminal.type("list", "drop", "l", str(folder), "--map", "m").err
    assert terminal.ok("list", "show", "l", "--json").document["drop"] is None
    terminal.ok("list", "map", "add", "m", terminal.write("m.toml", '[columns]\nnumber = "Tel"\n'))
    terminal.ok("list", "drop", "l", str(folder / "..") + "/in", "--map", "m")
    assert terminal.ok("list", "show", "l", "--json").document["drop"] == {"folder": str(folder), "map": "m"}
    assert str(folder) in terminal.ok("list", "show", "l").out
    terminal.ok("list", "drop", "l", "--remove")
    assert terminal.ok("list", "show", "l", "--json").document["drop"] is None


def test_a_folder_with_dialerds_own_files_is_not_watched(terminal: Terminal) -> None:
    for name in ("data", "packs", "in"):
        (terminal.home / name).mkdir()
    settings = (terminal.home / "dialerd.toml").read_text().replace('"dialerd.db"', '"data/dialerd.db"')
    terminal.write("dialerd.toml", settings + '[regulations]\nfolder = "packs"\n')
    (terminal.home / "link").symlink_to("data")
    terminal.ok("list", "create", "l")
    for folder in (".", "data", "packs", "link"):
        refused = terminal.type("list", "drop", "l", str(terminal.home / folder))
        assert (refused.code, "own files lie in it" in refused.err) == (1, True), folder
    terminal.ok("list", "drop", "l", str(terminal.home / "in"))


@pytest.mark.parametrize("on_terminal", [True, False])
def test_there_is_a_progress_bar_on_a_terminal_and_nowhere_else(terminal: Terminal, on_terminal: bool) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "dialerd", "--config", str(terminal.home / "dialerd.toml")]
    file = terminal.write("c.csv", CONTACTS)
    environment = {key: value for key, value in os.environ.items() if key not in ("FORCE_COLOR", "TTY_COMPATIBLE")}
    done = subprocess.run(
        [*command, "list", "import", "customers", file],
        stdout=subprocess.PIPE,
        stderr=theirs if on_terminal else subprocess.PIPE,
        check=True,
        env=environment | {"TERM": "xterm"},
    )
    os.close(theirs)
    shown = os.read(ours, 65536) if on_terminal else done.stderr
    os.close(ours)
    assert (b"%" in shown) == on_terminal
    assert b"line 4" in shown
    assert b"%" not in done.stdout
