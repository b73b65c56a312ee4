"""CSV that a spreadsheet can open without running what is in it.

Not here: which rows (usecases/export.py).
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from dialerd.domain.errors import BadInputError

_NUMBER = re.compile(r"\+[0-9]{3,15}\Z")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write a whole file or none; how many rows. Raises BadInputError where the place cannot be written."""
    making = path.with_name(path.name + ".making")
    count = 0
    try:
        with making.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(columns)
            for row in rows:
                writer.writerow([harmless(cell) for cell in row])
                count += 1
            handle.flush()
            os.fsync(handle.fileno())
        making.replace(path)
    except OSError as error:
        raise BadInputError(f"{path} cannot be written: {error.strerror}") from error
    return count


def harmless(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula gets an apostrophe; a plain E.164 number does not."""
    if cell.startswith(_FORMULA) and not _NUMBER.match(cell):
        return "'" + cell
    return cell
