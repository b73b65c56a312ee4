"""Contact files as the house sees them: a form, then chunks of rows that are contacts or reasons why not.

Not here: reading them (adapters/files) and taking them into a list (usecases/importing.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dialerd.domain.columnmap import ColumnMap
from dialerd.domain.contact import Contact, RejectedRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a file is written, as found out and said to the person."""

    encoding: str
    delimiter: str
    columns: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """The next rows of a file. `line` is the last one's, the header's being 1; `position` the bytes read so far.

    `numbers` (E.164) in place of `contacts` where nothing else of the file is wanted; these are sorted, so that `line`
    may be ahead of them.
    """

    contacts: Sequence[Contact] = ()
    numbers: Sequence[str] = ()
    rejected: Sequence[RejectedRow]
    line: int
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DumpRow:
    """One row of a table of a database dump. `values` by column, in lower case, as text; None: NULL."""

    table: str
    values: Mapping[str, str | None]
    line: int


class Dump(Protocol):
    """A database dump, which may be read as often as is wanted, from its beginning each time."""

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        ...

    @property
    def position(self) -> int:
        """Bytes that the present reading has come to."""
        ...

    @property
    def completed(self) -> str:
        """When it was made, by its maker's clock, once it was read to the end; empty: it does not say."""
        ...

    def rows(self, tables: Collection[str]) -> Iterator[DumpRow | RejectedRow]:
        """Each row of the tables, or why it is none. Raises BadInputError where the file cannot be read on."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedFile:
    """What somebody dropped into a watched folder, as it was at one look; alike at two looks it is complete.

    `trouble`: why it is never opened, as the end of a sentence, or empty; `stays`: it is left where it is.
    """

    name: str
    inode: int
    size: int
    changed_ns: int
    trouble: str = ""
    stays: bool = False


class ContactSource(Protocol):
    """A file that is being read beside the event loop."""

    @property
    def form(self) -> Form: ...
    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        ...

    async def open(self) -> None:
        """Look at the file; before anything else. Raises BadInputError where it cannot be used at all."""
        ...

    async def next(self) -> Chunk | None:
        """The next rows; None at the end. Raises BadInputError where the file cannot be read on."""
        ...

    async def close(self) -> None: ...


class RowSink(Protocol):
    """Where the rejected rows of one file are written."""

    async def add(self, rows: Sequence[RejectedRow]) -> None: ...
    async def close(self) -> None: ...


class DropFolder(Protocol):
    """A watched folder. Every method raises BadInputError where the folder cannot be used."""

    async def look(self) -> list[DroppedFile]:
        """What was dropped and is not taken yet, oldest first."""
        ...

    async def take(self, file: DroppedFile, at: datetime) -> str | None:
        """Claim a file as it was seen: its name from now on; None where it is gone or has changed."""
        ...

    async def set_aside(self, file: DroppedFile, report: Mapping[str, object], at: datetime) -> None:
        """Reject without opening."""
        ...

    async def unfinished(self) -> list[str]:
        """The claimed files that have no report yet: a daemon ended before it was done with them."""
        ...

    def reader(self, name: str, *, region: str, columns: ColumnMap | None) -> ContactSource: ...
    async def rows(self, name: str) -> RowSink: ...

    async def finish(self, name: str, report: Mapping[str, object], *, is_rejected: bool) -> None:
        """Put the report beside the file, whole or not at all; a rejected one is set aside with it."""
        ...
