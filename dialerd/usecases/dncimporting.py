"""Taking a file of numbers onto a do-not-call list, chunk by chunk.

Not here: reading the file (adapters/files), contacts (importing.py). Each chunk is one transaction: whatever cuts the
import off leaves whole chunks, and the same file again adds what is missing and nothing twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from dialerd.ports import Chunk, ContactSource, DncEntry, Store, Unit
from dialerd.usecases.barring import Waits, end_waiting, settle
from dialerd.usecases.dnc import known_dnc

_SETTLED_AT_ONCE = 200  # targets per transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is put where, and by whom. `source`: where the wishes came from, kept with each entry; `file` its name."""

    list_name: str
    file: str
    source: str
    expires_at: datetime | None
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of a file so far; `added` counts entries whose end was put off, too."""

    line: int = 1
    added: int = 0
    already_there: int = 0
    rejected: int = 0

    @property
    def numbers(self) -> int:
        return self.added + self.already_there


Seen = Callable[[Chunk, Taken], Awaitable[None]]


async def import_dnc(
    store: Store, source: ContactSource, wish: Wish, *, now: Callable[[], datetime], on_chunk: Seen
) -> Taken:
    """Take in a whole file; `on_chunk` is told of every chunk once it is committed.

    Raises BadInputError where the file cannot be read on, NotFoundError where there is no such list (any more).
    """
    await store.read(lambda unit: known_dnc(unit, wish.list_name))
    taken = Taken()
    is_whole = False
    try:
        while (chunk := await source.next()) is not None:
            taken = await _take(store, taken, chunk, wish, now)
            await on_chunk(chunk, taken)
        is_whole = True
    finally:
        if taken.numbers:  # also after Ctrl-C: what was added stays, and the audit log must say so
            await store.write(lambda unit: _end(unit, taken, wish, is_whole=is_whole, now=now()))
    return taken


async def _take(store: Store, taken: Taken, chunk: Chunk, wish: Wish, now: Callable[[], datetime]) -> Taken:
    after, left = await store.write(lambda unit: take_numbers(unit, taken, chunk, wish, now=now()))
    await settle_left(store, left, now)
    return after


async def settle_left(store: Store, left: Sequence[Waits], now: Callable[[], datetime]) -> None:
    """Settle whom `take_numbers` has left, some at a time: a whole chunk of them would hold the writer for long."""
    while left:
        next_ones, left = left[:_SETTLED_AT_ONCE], left[_SETTLED_AT_ONCE:]
        await store.write(partial(settle, found=next_ones, now=now()))


def take_numbers(unit: Unit, taken: Taken, chunk: Chunk, wish: Wish, *, now: datetime) -> tuple[Taken, Sequence[Waits]]:
    """Add one chunk: what came of the file so far, and who else waits in vain. Raises NotFoundError: no such list."""
    known_dnc(unit, wish.list_name)
    if chunk.numbers and not taken.numbers:  # a process that is killed cannot tell its end
        detail = {"file": wish.file, "source": wish.source}
        unit.audit.add(actor=wish.actor, action="dnc_import_begun", subject=wish.list_name, detail=detail, now=now)
    added = unit.dnc.add(
        DncEntry(list_name=wish.list_name, number=number, source=wish.source, added_at=now, expires_at=wish.expires_at)
        for number in chunk.numbers
    )
    ended = end_waiting(
        unit,
        chunk.numbers,
        list_name=wish.list_name,
        expires_at=wish.expires_at,
        now=now,
        most=_SETTLED_AT_ONCE,
    )
    after = replace(
        taken,
        line=chunk.line,
        added=taken.added + added,
        already_there=taken.already_there + len(chunk.numbers) - added,
        rejected=taken.rejected + len(chunk.rejected),
    )
    return after, ended.left


def _end(unit: Unit, taken: Taken, wish: Wish, *, is_whole: bool, now: datetime) -> None:
    detail = {
        "file": wish.file,
        "source": wish.source,
        "added": taken.added,
        "rejected": taken.rejected,
        "line": taken.line,
        "is_whole": is_whole,
    }
    unit.audit.add(actor=wish.actor, action="dnc_imported", subject=wish.list_name, detail=detail, now=now)
