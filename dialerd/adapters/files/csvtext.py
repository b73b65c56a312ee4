"""A CSV file as text: its encoding, its delimiter, and its records one by one.

Not here: what a column means (columns.py) and what a record becomes (csvreader.py). A broken record is told with its
line and never takes the next one with it: csv alone would read an unclosed quote to the end of the file.
"""

from __future__ import annotations

import codecs
import csv
import os
import stat
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TextIO

from charset_normalizer import from_bytes

from dialerd.domain.errors import BadInputError

DELIMITERS = ",;\t|^~"

_BLOCK = 1024 * 1024
_AROUND = 32 * 1024  # bytes on either side of the first that is not UTF-8, to tell its code page by
_MAX_LINE = 1024 * 1024  # characters; what is longer is no row of contacts
_MAX_LINES = 50  # of one record: cells with line breaks are short addresses, an unclosed quote goes on for ever
_NO_CSV = {
    b"PK\x03\x04": "is a spreadsheet or zip archive",
    b"\xd0\xcf\x11\xe0": "is a spreadsheet",
    b"\x1f\x8b": "is compressed with gzip",
    b"BZh91AY&SY": "is compressed with bzip2",
    b"\xfd7zXZ": "is compressed with xz",
    b"%PDF": "is a PDF",
    b"SQLite format 3": "is a database",
}
_MANY_NULS = 0.7  # of every second byte: in the least Latin of texts commas, digits and line ends are still such


@dataclass(frozen=True, slots=True)
class Record:
    """One record at the line it begins on. `trouble` not empty: it cannot be read, and `cells` is its first line."""

    line: int
    cells: list[str]
    trouble: str = ""


def open_file(path: Path, *, follow_links: bool) -> BinaryIO:
    """A file, and nothing else: no folder, pipe or device. Raises BadInputError; never waits for a writer."""
    try:
        # Not blocking: opening a pipe would wait for a writer that may never come.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow_links else os.O_NOFOLLOW))
    except OSError as error:
        raise BadInputError(f"{path} cannot be read: {error.strerror}", hint="check its name and rights") from error
    except ValueError as error:
        raise BadInputError(f"{str(path)!r} is no file's name", hint="check its name") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise BadInputError(f"{path} is no file", hint="a pipe cannot be read twice; save it as a file first")
    return os.fdopen(descriptor, "rb")


def find_encoding(path: Path, *, follow_links: bool = True) -> str:
    """UTF-8 if all of the file is, else the Windows or Latin code page it looks like. Raises BadInputError.

    The whole file is looked at: the first name with an accent may stand in the last row.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with open_file(path, follow_links=follow_links) as handle:
            block = handle.read(_BLOCK)
            for beginning, complaint in _NO_CSV.items():
                if block.startswith(beginning):
                    raise BadInputError(f"{path} {complaint}, not CSV", hint="save it as CSV and import that")
            if not block.strip(b" \t\r\n\0\xef\xbb\xbf\xfe\xff"):
                raise BadInputError(f"{path} is empty", hint="the first line must name the columns")
            if wide := _wide(block):
                return wide
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


def _wide(block: bytes) -> str:
    """The UTF-16 or UTF-32 that a file begins with, told by its mark or by where its zero bytes are; empty: none."""
    if block.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = block[:_AROUND]
    even, odd = head[::2].count(0) / len(head[::2]), head[1::2].count(0) / max(1, len(head[1::2]))
    if odd > _MANY_NULS and even < 1 - _MANY_NULS:
        return "utf-16-le"
    return "utf-16-be" if even > _MANY_NULS and odd < 1 - _MANY_NULS else ""


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


def open_text(path: Path, encoding: str, *, follow_links: bool) -> TextIO:
    """The file as text for `read_records`, which puts right the lines that are not UTF-8. Raises BadInputError."""
    handle = open_file(path, follow_links=follow_links)
    if encoding.startswith("utf"):
        # What is no UTF-16 becomes U+FFFD: one odd letter is no reason to lose a row.
        return TextIOWrapper(handle, encoding=encoding, errors="replace", newline="")
    return TextIOWrapper(handle, encoding="utf-8-sig", errors="surrogateescape", newline="")


def read_records(text: TextIO, delimiter: str, encoding: str) -> Iterator[Record]:
    """The records that are not blank, of a text opened by `open_text`; constant memory."""
    source = _lines(text, encoding)
    waiting: deque[_Line] = deque()
    longest_cell = csv.field_size_limit()
    while True:
        taken: list[_Line] = []
        line = waiting.popleft() if waiting else next(source, None)
        if line is None:
            return
        if '"' not in line.text and len(line.text) <= longest_cell:
            # What csv would do, at a tenth of the time: without a quote a delimiter always ends a cell.
            cells = line.text.rstrip("\r\n").split(delimiter)
            if any(cell.strip() for cell in cells):
                yield Record(line.number, cells)
            continue
        waiting.appendleft(line)
        try:
            cells = next(csv.reader(_feed(waiting, source, taken), delimiter=delimiter, strict=True))
        except csv.Error as error:
            first, *rest = taken
            waiting.extendleft(reversed(rest))  # they may be good rows, swallowed by a quote that nobody closed
            yield Record(first.number, [first.text.strip()], _complaint(first, str(error)))
            continue
        if not taken[0].is_whole:
            yield Record(taken[0].number, cells[:1], f"is longer than {_MAX_LINE} characters")
        elif any(cell.strip() for cell in cells):
            yield Record(taken[0].number, cells)


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    is_whole: bool


def _lines(text: TextIO, encoding: str) -> Iterator[_Line]:
    number = 0
    while line := text.readline(_MAX_LINE):
        number += 1
        is_whole = len(line) < _MAX_LINE or line.endswith(("\n", "\r"))
        rest = line
        if not line.isascii():
            line = _put_right(line, encoding)
        while not is_whole and rest and not rest.endswith(("\n", "\r")):
            rest = text.readline(_MAX_LINE)
        yield _Line(number, line, is_whole)


def _put_right(line: str, encoding: str) -> str:
    """Files that were put together from several are UTF-8 in one line and a code page in the next."""
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:  # bytes that are not UTF-8 stand in it as surrogates
        return line.encode("utf-8", "surrogateescape").decode(encoding, "replace")
    return line


def _feed(waiting: deque[_Line], source: Iterator[_Line], taken: list[_Line]) -> Iterator[str]:
    """Lines for one record; csv asks for another only inside of quotes."""
    length = 0
    while len(taken) < _MAX_LINES and length < _MAX_LINE:
        line = waiting.popleft() if waiting else next(source, None)
        if line is None:
            return
        taken.append(line)
        length += len(line.text)
        yield line.text


def _complaint(first: _Line, error: str) -> str:
    if not first.is_whole:
        return f"is longer than {_MAX_LINE} characters"
    if "field limit" in error:
        return f"has a cell of more than {csv.field_size_limit()} characters"
    if "end of data" in error:
        return "has a quote that is not closed"
    return "has a quote in the wrong place"
