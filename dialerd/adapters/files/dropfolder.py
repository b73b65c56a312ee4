"""A watched folder: what was dropped into it, claimed by renaming, with the report beside it or set aside with reasons.

    FOLDER/customers.csv                        dropped by somebody
    FOLDER/taken/20261121T031500-customers.csv  claimed; .report.json beside it: finished; .rejected.csv: its bad rows
    FOLDER/rejected/...                         nothing of it can be used; .report.json says why

Whoever may drop files is not trusted: names are replaced, nothing but a plain file is opened, no link is followed, and
everything is done relative to opened folders, so that one swapped for a link leads nowhere.
Not here: when a file is complete and what becomes of it (engine/dropkeeper.py).
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from dialerd.adapters.files.reader import FileReader
from dialerd.adapters.files.report import RowReport
from dialerd.domain.columnmap import ColumnMap
from dialerd.domain.contact import RejectedRow
from dialerd.domain.errors import BadInputError
from dialerd.ports import DroppedFile

_TAKEN, _REJECTED = "taken", "rejected"
_GOING_ON = (".part", ".partial", ".filepart", ".tmp", ".crdownload")
_REPORT, _ROWS = ".report.json", ".rejected.csv"
_OURS = (_REPORT, _ROWS, ".part")
_STRANGE = re.compile(r"[^A-Za-z0-9._-]+")
_MODE = 0o640  # whoever drops files shares a group with this user, and may read what came of them
_NAME = 120  # characters kept of a name: with the time before and the report's ending it must stay a legal one


class DropFolder:
    """Implements ports.DropFolder. Every method raises BadInputError where the folder itself cannot be used."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    async def look(self) -> list[DroppedFile]:
        return await asyncio.to_thread(self._look)

    async def take(self, file: DroppedFile, at: datetime) -> str | None:
        return await asyncio.to_thread(self._take, file, at)

    async def set_aside(self, file: DroppedFile, report: Mapping[str, object], at: datetime) -> None:
        await asyncio.to_thread(self._set_aside, file, report, at)

    async def unfinished(self) -> list[str]:
        return await asyncio.to_thread(self._unfinished)

    def reader(self, name: str, *, region: str, columns: ColumnMap | None) -> FileReader:
        return FileReader(
            self._folder / _TAKEN / name,
            region=region,
            mapping=None if columns is None else columns.columns,
            delimiter=None if columns is None else columns.delimiter,
            follow_links=False,
        )

    async def rows(self, name: str) -> _Rows:
        return _Rows(await asyncio.to_thread(RowReport(self._folder / _TAKEN / (name + _ROWS), mode=_MODE).__enter__))

    async def finish(self, name: str, report: Mapping[str, object], *, is_rejected: bool) -> None:
        await asyncio.to_thread(self._finish, name, report, is_rejected)

    def _look(self) -> list[DroppedFile]:
        found = []
        with self._opened() as folder, os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.name.endswith(_GOING_ON) or entry.name in (_TAKEN, _REJECTED):
                    continue
                with suppress(FileNotFoundError):  # gone since the folder was read
                    found.append(_seen(entry.name, entry.stat(follow_symlinks=False)))
        return sorted(found, key=lambda file: (file.changed_ns, file.name))

    def _take(self, file: DroppedFile, at: datetime) -> str | None:
        with self._opened() as folder, self._opened(_TAKEN) as taken:
            name = _free_name(file.name, at, taken)
            try:
                os.rename(file.name, name, src_dir_fd=folder, dst_dir_fd=taken)
            except FileNotFoundError:
                return None  # somebody took it away again
            now = _seen(file.name, os.stat(name, dir_fd=taken, follow_symlinks=False))
            if now == file:
                return name
            os.rename(name, file.name, src_dir_fd=taken, dst_dir_fd=folder)  # it changed at the last moment
            return None

    def _set_aside(self, file: DroppedFile, report: Mapping[str, object], at: datetime) -> None:
        with self._opened() as folder, self._opened(_REJECTED) as rejected:
            name = _free_name(file.name, at, rejected)
            _write_report(rejected, name, report)
            with suppress(FileNotFoundError):
                os.rename(file.name, name, src_dir_fd=folder, dst_dir_fd=rejected)

    def _unfinished(self) -> list[str]:
        with self._opened(_TAKEN) as taken:
            names = set(os.listdir(taken))
        return sorted(
            name for name in names if not name.endswith(_OURS) and name[0] != "." and name + _REPORT not in names
        )

    def _finish(self, name: str, report: Mapping[str, object], is_rejected: bool) -> None:
        with self._opened(_TAKEN) as taken:
            if not is_rejected:
                _write_report(taken, name, report)
                if not report.get("rejected"):
                    with suppress(FileNotFoundError):
                        os.unlink(name + _ROWS, dir_fd=taken)
                return
            with self._opened(_REJECTED) as rejected:
                _write_report(rejected, name, report)  # before the file: cut off here, it is looked at once more
                for each in (name + _ROWS, name):
                    with suppress(FileNotFoundError):
                        os.rename(each, each, src_dir_fd=taken, dst_dir_fd=rejected)

    @contextmanager
    def _opened(self, inner: str = "") -> Iterator[int]:
        """The folder, or one that is ours within it; never what a link leads to."""
        path = self._folder / inner
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        try:
            descriptor = os.open(self._folder, flags)
            if inner:
                outer = descriptor
                try:
                    with suppress(FileExistsError):
                        os.mkdir(inner, 0o770, dir_fd=outer)
                    descriptor = os.open(inner, flags | os.O_NOFOLLOW, dir_fd=outer)
                finally:
                    os.close(outer)
        except OSError as error:
            raise _unusable(path, error) from error
        try:
            yield descriptor
        except OSError as error:
            raise _unusable(path, error) from error
        finally:
            os.close(descriptor)


class _Rows:
    """Implements ports.RowSink."""

    def __init__(self, report: RowReport) -> None:
        self._report = report

    async def add(self, rows: Sequence[RejectedRow]) -> None:
        await asyncio.to_thread(self._add, rows)

    def _add(self, rows: Sequence[RejectedRow]) -> None:
        for row in rows:
            self._report.add(row)

    async def close(self) -> None:
        await asyncio.to_thread(self._report.__exit__, None, None, None)


def check_folder(path: Path, *, own: Iterable[Path]) -> str:
    """The folder's full name, where files can be taken out of it. Raises BadInputError.

    `own`: folders with files of dialerd's, which would be taken away as well.
    """
    try:
        folder = path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        raise BadInputError(f"{path} cannot be watched: there is no such folder", hint="make it first") from error
    if not folder.is_dir():
        raise BadInputError(f"{path} is no folder", hint="name the folder that files are dropped into")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise BadInputError(
            f"{path} cannot be watched: files cannot be taken out of it", hint="give this user the right to write there"
        )
    if any(each.exists() and folder.samefile(each) for each in own):
        raise BadInputError(
            f"{path} cannot be watched: dialerd's own files lie in it, and would be taken", hint="make a folder for it"
        )
    return str(folder)


def _seen(name: str, facts: os.stat_result) -> DroppedFile:
    trouble, stays = "", False
    if stat.S_ISDIR(facts.st_mode):
        trouble, stays = "is a folder", True
    elif stat.S_ISLNK(facts.st_mode):
        trouble = "is a link"
    elif not stat.S_ISREG(facts.st_mode):
        trouble = "is a pipe, socket or device"
    elif facts.st_nlink > 1:
        trouble, stays = "has a second name somewhere else", True  # perhaps only until its upload is over
    return DroppedFile(
        name=name, inode=facts.st_ino, size=facts.st_size, changed_ns=facts.st_mtime_ns, trouble=trouble, stays=stays
    )


def _free_name(name: str, at: datetime, folder: int) -> str:
    plain = _STRANGE.sub("_", name.encode("utf-8", "replace").decode())[-_NAME:].lstrip(".-") or "file"
    if plain.endswith(_OURS):
        plain += ".csv"
    stem = f"{at:%Y%m%dT%H%M%S}"
    there = set(os.listdir(folder))
    names = (f"{stem}{'' if count == 1 else f'.{count}'}-{plain}" for count in range(1, 10_000))
    return next(each for each in names if each not in there and each + _REPORT not in there)


def _write_report(folder: int, name: str, report: Mapping[str, object]) -> None:
    """The whole report or none."""
    making = f".{name}.making"
    descriptor = os.open(
        making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, _MODE, dir_fd=folder
    )
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as handle:
        json.dump(report, handle, indent=2, default=str)
        handle.write("\n")
        handle.flush()
        os.fsync(handle.fileno())
    os.rename(making, name + _REPORT, src_dir_fd=folder, dst_dir_fd=folder)


def _unusable(path: Path, error: OSError) -> BadInputError:
    return BadInputError(f"folder {path} cannot be used: {error.strerror}", hint="check it and its rights")
