"""The broken files of this world: each has its report and its exit code, and the list holds exactly the good rows.

A case is a file, what is said about it, and the numbers that are in the list afterwards. With none the database is as
it was: no list, no import, no audit row. Not here: single cells (tests/adapters/files), files that are fine.
"""

from __future__ import annotations

import gzip
import os
import sqlite3
import zipfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Terminal

A, B, C = "2122660001", "2122660002", "2122660003"


@dataclass(frozen=True)
class Case:
    """`make` is the file's content or makes it; `said` what stderr has; `rejected` the lines that are refused."""

    name: str
    make: bytes | str | Callable[[Path], object]
    good: Sequence[str] = ()
    rejected: Sequence[int] = ()
    said: str = ""
    encoding: str = "utf-8"
    notes: Sequence[str] = ()  # what became of the column "note", where it matters
    words: Sequence[str] = ()


def folder(path: Path) -> None:
    path.mkdir()


def pipe(path: Path) -> None:
    os.mkfifo(path)


def truncated_gzip(path: Path) -> None:
    path.write_bytes(gzip.compress(b"number\n2122660001\n" * 100)[:40])


def spreadsheet(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("xl/workbook.xml", "<x/>")


def link_to_nothing(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE x (y)")


def line_of_100_mb(path: Path) -> None:
    """In its middle, so that what stands behind it has to be found again."""
    with path.open("wb") as handle:
        handle.write(f"number,note\n{A},x\n".encode())
        handle.write(f"{B},".encode())
        for _ in range(100):
            handle.write(b"x" * 1024 * 1024)
        handle.write(f"\n{C},y\n".encode())


def header_of_100_mb(path: Path) -> None:
    with path.open("wb") as handle:
        for _ in range(100):
            handle.write(b"number," * (150 * 1024))


def quote_never_closed_in_a_long_file(path: Path) -> None:
    path.write_text(f'number,note\n{A},"never closed\n' + f"{B},x\n" * 5000)


LONG_ROW = f"{A}," + "," * 200_000 + "\n"

CASES = [
    # nothing there
    Case("empty", b"", said="is empty"),
    Case("only a UTF-8 mark", b"\xef\xbb\xbf", said="is empty"),
    Case("only a UTF-16 mark", b"\xff\xfe", said="is empty"),
    Case("only line ends", b"\r\n\r\n\n", said="is empty"),
    Case("only zero bytes", b"\0" * 5000, said="is empty"),
    Case("header only", b"number,name\n", said="it has no row after the first line"),
    Case("header and blank rows", b"number,name\n,\n ,  \n\n", said="it has no row after the first line"),
    Case("only commas", b",,,\n,,,\n", said="is blank"),
    # no CSV
    Case("folder", folder, said="is no file"),
    Case("pipe that nobody writes to", pipe, said="is no file"),
    Case("device", lambda path: path.symlink_to("/dev/zero"), said="is no file"),
    Case("link to nothing", link_to_nothing, said="cannot be read"),
    Case("link to itself", link_to_itself, said="cannot be read"),
    Case("truncated gzip named .csv", truncated_gzip, said="is compressed with gzip"),
    Case("spreadsheet named .csv", spreadsheet, said="is a spreadsheet"),
    Case("old spreadsheet named .csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, said="is a spreadsheet"),
    Case("database named .csv", database, said="is a database"),
    Case("PDF named .csv", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", said="is a PDF"),
    Case("JSON", b'{"number": "2122660001"}\n', said="no column is a phone number"),
    Case("web page", b"<!DOCTYPE html>\n<html>Please sign in</html>\n", said="no column is a phone number"),
    Case("noise", bytes(range(256)) * 20, said="no column is a phone number"),
    # headers
    Case("no header", f"{A},Ann\n{B},Bob\n", said="its first line is a row of numbers"),
    Case("no number column", b"name,city\nAnn,Rome\n", said="no column is a phone number: name, city"),
    Case("same attribute twice", f"number,name,Name\n{A},Ann,Bob\n", said="two columns have the same name: name"),
    Case(
        "mapped column twice",
        f"Tel,Tel\n{A},{B}\n",
        said="more than one column 'Tel'",
        words=("--map", "twin.toml"),
    ),
    Case("column of the mapping is not there", f"Fon\n{A}\n", said="no column 'Tel'", words=("--map", "twin.toml")),
    Case("huge number of columns", "number" + ",x" * 5000 + "\n", said="has 5001 columns"),
    Case("header with an open quote", f'"number,name\n{A},Ann\n', said="a quote that is not closed"),
    Case("header of 100 MB", header_of_100_mb, said="is longer than 1048576 characters"),
    Case("title above the header", f"Our customers\nnumber,name\n{A},Ann\n", said="no column is a phone number"),
    # rows
    Case("zero bytes within rows", f"number,note\n{A},a\0b\n{B},x\n".encode(), good=[B], rejected=[2]),
    Case("line of 100 MB", line_of_100_mb, good=[A, C], rejected=[3]),
    Case("a row of 200,000 cells", f"number,note\n{LONG_ROW}{B},x\n", good=[A, B]),
    Case("a row of 200,000 filled cells", f"number,note\n{A}{',x' * 200_000}\n{B},x\n", good=[B], rejected=[2]),
    Case("a million characters in quotes", f'number,note\n{A},"{"x" * 900_000}"\n{B},x\n', good=[B], rejected=[2]),
    Case("quote never closed", quote_never_closed_in_a_long_file, good=[B], rejected=[2]),
    Case("quote within a cell", f'number,note\n{A},"a" b\n{B},5" pipe\n', good=[B], rejected=[2]),
    Case("ragged rows", f"number,a,b\n{A}\n{B},1,2,3\n{C},1,2\n", good=[C], rejected=[2, 3]),
    Case("delimiters at the end", f"number,a\n{A},1,,,\n", good=[A]),
    Case("number in words", f"number\nfive five five\n1-800-FLOWERS\n{A}\n", good=[A], rejected=[2, 3]),
    Case("number as a spreadsheet rounds it", f"number\n2.12266E+09\n{A}.0\n{B}\n", good=[B], rejected=[2, 3]),
    Case("formula for a number", f"number\n={A}\n+1-{A}\n@SUM(A1)\n", good=[A], rejected=[2, 4]),
    Case("formula for a note", f"number,note\n{A},\"=cmd|' /C calc'!A0\"\n", good=[A], notes=["=cmd|' /C calc'!A0"]),
    Case("dial string for a number", f"number\n{A}&Local/9@x\n{A}@evil\n{B}\n", good=[B], rejected=[2, 3]),
    Case("no number in the row", f"number,name\n,Ann\n{A},Bob\n", good=[A], rejected=[2]),
    Case("second number wrong", f"number,number2\n{A},12\n{B},{C}\n", good=[B], rejected=[2]),
    Case("zone that is none", f"number,zone\n{A},Mars/Base\n{B},../../etc/passwd\n{C},\n", good=[C], rejected=[2, 3]),
    Case("priority that is none", f"number,priority\n{A},high\n{B},99999999999\n{C},-1\n", good=[C], rejected=[2, 3]),
    Case("e-mail address that is none", f"number,e-mail\n{A},n/a\n{B},b@x.org\n", good=[B], rejected=[2]),
    Case("language that is none", f"number,language\n{A},<script>\n{B},es-MX\n", good=[B], rejected=[2]),
    Case("same number three times", f"number,name\n{A},Ann\n+1{A},Bob\n({A[:3]}) {A[3:]},Cid\n", good=[A]),
    Case("letters that turn the text around", f"number,note\n{A},\u202egpj.exe\n{B},x\n", good=[B], rejected=[2]),
    Case("terminal commands", f"number,note\n{A},\x1b[2J\n{B},x\n", good=[B], rejected=[2]),
    Case("every row bad", b"number\nx\ny\n", rejected=[2, 3], said="none of its 2 rows can be used"),
    # line ends and letters
    Case("carriage returns only", f"number,note\r{A},x\r{B},y\r", good=[A, B]),
    Case("mixed line ends", f"number,note\r\n{A},x\r{B},y\n{C},z", good=[A, B, C]),
    Case("UTF-8 with a mark", f"\ufeffnumber,note\n{A},Zoë\n", good=[A], notes=["Zoë"], encoding="utf-8-sig"),
    Case("UTF-16 with a mark", f"number,note\n{A},Zoë\n".encode("utf-16"), [A], notes=["Zoë"], encoding="utf-16"),
    Case("UTF-16 without", f"number,note\n{A},Zoë\n".encode("utf-16-le"), [A], notes=["Zoë"], encoding="utf-16-le"),
    Case("UTF-16, big end first", f"number,note\n{A},Ł\n".encode("utf-16-be"), [A], notes=["Ł"], encoding="utf-16-be"),
    Case("UTF-32", f"number,note\n{A},Zoë\n".encode("utf-32"), good=[A], notes=["Zoë"], encoding="utf-32"),
    Case("UTF-16 cut in a letter", f"number,note\n{A},ab\n".encode("utf-16")[:-3], [A], encoding="utf-16"),
    Case("Latin-1", f"number,note\n{A},Zoë\n".encode("latin-1"), [A], notes=["Zoë"], encoding="cp1252|latin_1"),
    Case(
        "UTF-8 and Windows mixed",
        f"number,note\n{A},Zoë\n".encode() + f"{B},Zoë\n".encode("cp1252") + f"{C},Łódź\n".encode(),
        good=[A, B, C],
        notes=["Zoë", "Zoë", "Łódź"],
        encoding="cp1252|latin_1",
    ),
    Case(
        "lone surrogates",
        f"number,note\n{A},".encode() + b"\xed\xa0\x80\n" + f"{B},x\n".encode(),
        good=[A, B],
        encoding="cp1252|latin_1",
    ),
    Case("no-break spaces", "number,note\n212\u00a0266\u00a00001,a\u00a0b\n", good=[A], notes=["a\u00a0b"]),
    Case("a mark within", f"number,note\n{A},x\n\ufeff{B},y\n", good=[A], rejected=[3]),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_broken_file_has_its_report_and_the_list_exactly_its_good_rows(terminal: Terminal, case: Case) -> None:
    path = terminal.home / "broken.csv"
    if callable(case.make):
        case.make(path)
    else:
        path.write_bytes(case.make if isinstance(case.make, bytes) else case.make.encode())
    terminal.write("twin.toml", '[columns]\nnumber = "Tel"\n')
    terminal.ok("list", "create", "other")
    before = everything(terminal)
    words = [str(terminal.home / word) if word.endswith(".toml") else word for word in case.words]
    said = terminal.type("list", "import", "l", str(path), *words)

    assert said.code == (0 if case.good else 1)
    lines = said.err.splitlines()
    told = [int(line.split(":")[0].removeprefix("line ")) for line in lines if line.startswith("line ")]
    assert told == list(case.rejected)
    assert len(lines) == len(told) + (not case.good), "one line says why, and there is no traceback"
    assert case.said in said.err
    assert said.err.isprintable() or said.err.replace("\n", "").isprintable()
    if not case.good:
        assert everything(terminal) == before
        return
    found = terminal.ok("list", "show", "l", "--json").document
    numbers = [contact["numbers"][0] for contact in found["first_contacts"]]
    assert numbers == [f"+1{number}" for number in case.good]
    assert found["contacts"] == len(case.good)
    if case.notes:
        assert [contact["attributes"]["note"] for contact in found["first_contacts"]] == list(case.notes)
    again = terminal.ok("list", "import", "l", str(path), "--json", *words).document
    assert (again["added"], again["rejected"]) == (0, len(case.rejected))
    assert again["encoding"] in case.encoding.split("|")


def everything(terminal: Terminal) -> list[Any]:
    """Every row of every table."""
    with closing(sqlite3.connect(terminal.home / "dialerd.db")) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return [(name, connection.execute(f'SELECT * FROM "{name}"').fetchall()) for name in sorted(tables)]  # noqa: S608


def test_the_corpus_is_broad() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


def test_an_unreadable_file_is_refused(terminal: Terminal) -> None:
    if os.geteuid() == 0:
        path = Path("/proc/self/mem")  # root may read every file, but not the first page of its own memory
    else:
        path = Path(terminal.write("c.csv", "number\n2122660001\n"))
        path.chmod(0)
    said = terminal.type("list", "import", "l", str(path))
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert "cannot be read" in said.err


def test_a_line_of_100_mb_is_read_past_in_little_memory(terminal: Terminal) -> None:
    import subprocess
    import sys

    line_of_100_mb(terminal.home / "c.csv")
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from dialerd.adapters.files import ContactFile\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "rows = list(ContactFile(Path(sys.argv[1]), region='US').rows())\n"
        "print(len(rows), (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(terminal.home / "c.csv")], capture_output=True, text=True, check=True
    )
    rows, grown_mb = map(int, done.stdout.split())
    assert rows == 3
    assert grown_mb < 40
