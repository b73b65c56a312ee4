"""Contact files as the house sees them: a form, then chunks of rows that are contacts or reasons why not.

Not here: reading them (adapters/files) and taking them into a list (usecases/importing.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dialerd.domain.contact import Contact, RejectedRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a file is written, as found out and said to the person."""

    encoding: str
    delimiter: str
    columns: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """The next rows of a file. `line` is the last one's, the header's being 1; `position` the bytes read so far."""

    contacts: Sequence[Contact]
    rejected: Sequence[RejectedRow]
    line: int
    position: int


class ContactSource(Protocol):
    """A file that is being read beside the event loop."""

    @property
    def form(self) -> Form: ...
    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        ...

    async def next(self) -> Chunk | None:
        """The next rows; None at the end. Raises BadInputError where the file cannot be read on."""
        ...

    def close(self) -> None: ...
