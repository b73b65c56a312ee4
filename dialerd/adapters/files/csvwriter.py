"""CSV that a spreadsheet can open without running what is in it.

Not here: which rows (usecases/export.py).
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, TextIO

from dialerd.domain.errors import BadInputError

_NUMBER_COLUMNS = frozenset({"number", "caller_id"})
_NUMBER = re.compile(r"\+[0-9]{3,15}\Z")
_CHUNK = 65_536
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def check_other(path: Path, *kept: Path) -> Path:
    """`path`, where it is none of the files that must not be written over. Raises BadInputError."""
    for each in kept:
        if path.exists() and each.exists() and path.samefile(each):
            raise BadInputError(f"{path} would write over {each}", hint="name another file to write")
    return path


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write a whole file or none; how many rows. Raises BadInputError where the place cannot be written.

    The rows are asked for only once the place is known to be writable.
    """
    if path.exists() and not path.is_file():
        raise BadInputError(f"{path} is no file", hint="name a file to write")  # a rename would put one in its place
    making = path.with_name(f".{path.name}.{os.getpid()}.making")
    try:
        try:
            with making.open("x", encoding="utf-8", newline="") as handle:  # x: never through somebody's link
                count = _write(handle, columns, rows)
                handle.flush()
                os.fsync(handle.fileno())
            making.replace(path)
        except BaseException as error:  # whatever it was: what is half made goes, and it is raised on
            if not isinstance(error, FileExistsError):
                making.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise BadInputError(
            f"{path} cannot be written: {error.strerror}", hint="check its folder and rights"
        ) from error
    return count


def print_rows(stream: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write the rows to an open stream as they come, in UTF-8 whatever the locale; how many."""
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=False)
    try:
        count = _write(text, columns, rows)
        text.flush()
    finally:
        text.detach()  # the stream stays open for whoever gave it
    return count


def csv_chunks(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The rows as pieces of a file in UTF-8, to be sent as they come."""
    is_number = [column in _NUMBER_COLUMNS for column in columns]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    for row in rows:
        writer.writerow(_cells(row, is_number))
        if text.tell() >= _CHUNK:
            yield text.getvalue().encode("utf-8")
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode("utf-8")


def _cells(row: Sequence[str], is_number: Sequence[bool]) -> list[str]:
    return [harmless(cell, is_number=plus_is_meant) for cell, plus_is_meant in zip(row, is_number, strict=True)]


def _write(handle: TextIO, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    is_number = [column in _NUMBER_COLUMNS for column in columns]
    writer = csv.writer(handle)  # RFC 4180: commas, doubled quotes, CRLF
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow(_cells(row, is_number))
        count += 1
    return count


def harmless(cell: str, *, is_number: bool) -> str:
    """A cell that a spreadsheet would take for a formula gets an apostrophe; a plain number in its column does not."""
    if cell.startswith(_FORMULA) and not (is_number and _NUMBER.match(cell)):
        return "'" + cell
    return cell
