"""What is exported can be opened in a spreadsheet, and is written whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from dialerd.adapters.files import print_rows, write_rows
from dialerd.domain.errors import BadInputError


@pytest.mark.parametrize(
    ("column", "cell", "written"),
    [
        ("note", "=1+1", "'=1+1"),
        ("note", "+1", "'+1"),
        ("note", "-1", "'-1"),
        ("note", "@SUM(A1)", "'@SUM(A1)"),
        ("note", "\t=1", "'\t=1"),
        ("note", "\r=1", "'\r=1"),
        ("note", "plain = text", "plain = text"),
        ("note", 'with "quotes", commas\nand lines', 'with "quotes", commas\nand lines'),
        ("note", "", ""),
        ("note", "+12125550100", "'+12125550100"),  # a number is meant as one in its own columns only
        ("number", "+12125550100", "+12125550100"),
        ("caller_id", "+12125550100", "+12125550100"),
        ("number", "+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("number", "+12125550100\n", "'+12125550100\n"),
        ("number", "=+12125550100", "'=+12125550100"),
        ("caller_id", "+12", "'+12"),
    ],
)
def test_a_formula_gets_an_apostrophe_and_a_number_in_its_column_does_not(
    tmp_path: Path, column: str, cell: str, written: str
) -> None:
    path = tmp_path / "out.csv"
    assert write_rows(path, ("x", column), [("1", cell)]) == 1
    with path.open(newline="", encoding="utf-8") as handle:
        assert list(csv.reader(handle)) == [["x", column], ["1", written]]


def test_a_writing_that_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")

    def rows() -> Iterator[tuple[str]]:
        yield ("1",)
        raise BadInputError("broken off")

    with pytest.raises(BadInputError, match="broken off"):
        write_rows(path, ("x",), rows())
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_rows_are_not_asked_for_where_the_place_cannot_be_written(tmp_path: Path) -> None:
    def rows() -> Iterator[tuple[str]]:
        pytest.fail("asked for a row")
        yield ("1",)

    with pytest.raises(BadInputError, match="cannot be written"):
        write_rows(tmp_path / "missing" / "out.csv", ("x",), rows())
    with pytest.raises(BadInputError, match="is no file"):
        write_rows(tmp_path, ("x",), rows())


def test_rows_on_an_open_stream_are_the_same_as_in_a_file_and_leave_it_open(tmp_path: Path) -> None:
    rows = [("+12125550100", '=1+1 "quoted", é\nsecond line')]
    write_rows(tmp_path / "out.csv", ("number", "note"), rows)
    stream = io.BytesIO()
    assert print_rows(stream, ("number", "note"), rows) == 1
    written = b'number,note\r\n+12125550100,"\'=1+1 ""quoted"", \xc3\xa9\nsecond line"\r\n'
    assert stream.getvalue() == written == (tmp_path / "out.csv").read_bytes()
