"""A CSV file as text: its encoding, its delimiter, and its records one by one.

Not here: what a column means (columns.py) and what a record becomes (csvreader.py). A broken record is told with its
line and never takes the next one with it: csv alone would read an unclosed quote to the end of the file.
"""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from charset_normalizer import from_bytes

from dialerd.domain.errors import BadInputError

DELIMITERS = ",;\t|"

_BLOCK = 1024 * 1024
_AROUND = 32 * 1024  # bytes on either side of the first that is not UTF-8, to tell its code page by
_MAX_LINE = 1024 * 1024  # characters; what is longer is no row of contacts
_MAX_LINES = 50  # of one record: cells with line breaks are short addresses, an unclosed quote goes on for ever
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True)
class Record:
    """One record at the line it begins on. `trouble` not empty: it cannot be read, and `cells` is its first line."""

    line: int
    cells: list[str]
    trouble: str = ""


def find_encoding(path: Path) -> str:
    """UTF-8 if all of the file is, else the Windows or Latin code page it looks like. Raises BadInputError.

    The whole file is looked at: the first name with an accent may stand in the last row.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    if path.exists() and not path.is_file():
        raise BadInputError(f"{path} is no file", hint="a pipe cannot be read twice; save it as a file first")
    try:
        with path.open("rb") as handle:
            block = handle.read(_BLOCK)
            if block.startswith(_SPREADSHEETS):
                raise BadInputError(f"{path} is a spreadsheet, not CSV", hint="save it as CSV and import that")
            if not block.strip():
                raise BadInputError(f"{path} is empty", hint="the first line must name the columns")
            if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                return "utf-16"
            encoding = "utf-8-sig" if block.startswith(codecs.BOM_UTF8) else "utf-8"
            while block:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError as error:
                    return _code_page(block[max(0, error.start - _AROUND) : error.start + _AROUND])
                block = handle.read(_BLOCK)
    except OSError as error:
        raise BadInputError(f"{path} cannot be read: {error.strerror}", hint="check its name and rights") from error
    return encoding


def _code_page(sample: bytes) -> str:
    best = from_bytes(sample, cp_isolation=["cp1252", "latin_1"]).best()
    return best.encoding if best is not None else "cp1252"


def find_delimiter(head: str) -> str:
    """The delimiter by which the most of the first lines split as the header does; csv.Sniffer guesses letters."""
    lines = [line for line in head.splitlines()[:20] if line.strip()]

    def agreement(delimiter: str) -> tuple[int, int]:
        widths = [_width(line, delimiter) for line in lines]
        return (widths.count(widths[0]) if widths[0] > 1 else 0, widths[0])

    return max(DELIMITERS, key=agreement) if lines else DELIMITERS[0]


def _width(line: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=delimiter)))
    except csv.Error:
        return 0


def read_records(text: TextIO, delimiter: str) -> Iterator[Record]:
    """The records that are not blank. `text` is opened with newline=""; constant memory."""
    source = _lines(text)
    waiting: deque[_Line] = deque()
    while True:
        taken: list[_Line] = []
        try:
            cells = next(csv.reader(_feed(waiting, source, taken), delimiter=delimiter, strict=True), None)
        except csv.Error as error:
            first, *rest = taken
            waiting.extendleft(reversed(rest))  # they may be good rows, swallowed by a quote that nobody closed
            yield Record(first.number, [first.text.strip()], _complaint(first, str(error)))
            continue
        if cells is None:
            return
        if not taken[0].is_whole:
            yield Record(taken[0].number, cells[:1], f"is longer than {_MAX_LINE} characters")
        elif any(cell.strip() for cell in cells):
            yield Record(taken[0].number, cells)


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    is_whole: bool


def _lines(text: TextIO) -> Iterator[_Line]:
    number = 0
    while line := text.readline(_MAX_LINE):
        number += 1
        is_whole = len(line) < _MAX_LINE or line.endswith(("\n", "\r"))
        rest = line
        while not is_whole and rest and not rest.endswith(("\n", "\r")):
            rest = text.readline(_MAX_LINE)
        yield _Line(number, line, is_whole)


def _feed(waiting: deque[_Line], source: Iterator[_Line], taken: list[_Line]) -> Iterator[str]:
    """Lines for one record; csv asks for another only inside of quotes."""
    while len(taken) < _MAX_LINES:
        line = waiting.popleft() if waiting else next(source, None)
        if line is None:
            return
        taken.append(line)
        yield line.text


def _complaint(first: _Line, error: str) -> str:
    if not first.is_whole:
        return f"is longer than {_MAX_LINE} characters"
    if "field limit" in error:
        return f"has a cell of more than {csv.field_size_limit()} characters"
    if "end of data" in error:
        return "has a quote that is not closed"
    return "has a quote in the wrong place"
