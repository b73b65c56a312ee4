"""The rejected rows of an import as a CSV file that spreadsheets can open safely, written while they come.

Not here: which rows (csvreader.py). What was written of it before a crash stays under NAME.part.
"""

from __future__ import annotations

import csv
import os
import stat
from pathlib import Path
from types import TracebackType
from typing import Any

from dialerd.adapters.files.csvwriter import harmless
from dialerd.domain.contact import RejectedRow
from dialerd.domain.errors import BadInputError

COLUMNS = ("line", "column", "value", "reason")


class RowReport:
    """A context: the file has its name once the context is left, also by an error; it then ends where that came.

    Entering raises BadInputError where the place cannot be written, so that nothing is imported without its report.
    """

    def __init__(self, path: Path, *, mode: int = 0o600) -> None:
        self._path = path
        self._mode = mode
        self._part = path.with_name(path.name + ".part")
        self._writer: Any = None

    def __enter__(self) -> RowReport:
        if self._path.exists() and not self._path.is_file():
            raise BadInputError(f"{self._path} is no file", hint="name a file to write")
        # Never through somebody's link, and not waiting for the reader of a pipe.
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            descriptor = os.open(self._part, flags, self._mode)
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                os.close(descriptor)
                raise BadInputError(f"{self._part} is no file", hint="remove it")
            os.ftruncate(descriptor, 0)
        except OSError as error:
            raise self._unwritable(error) from error
        self._file = os.fdopen(descriptor, "w", encoding="utf-8", newline="", errors="replace")
        self._writer = csv.writer(self._file)
        self._writer.writerow(COLUMNS)
        return self

    def add(self, row: RejectedRow) -> None:
        cells = (str(row.line), row.column, row.value, row.reason)
        try:
            self._writer.writerow([harmless(cell, is_number=False) for cell in cells])
        except OSError as error:
            raise self._unwritable(error) from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            with self._file:
                self._file.flush()
                os.fsync(self._file.fileno())
            self._part.replace(self._path)
        except OSError as trouble:
            raise self._unwritable(trouble) from trouble

    def _unwritable(self, error: OSError) -> BadInputError:
        return BadInputError(f"{self._path} cannot be written: {error.strerror}", hint="check its folder and rights")
