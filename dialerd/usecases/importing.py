"""Taking a file of contacts into a list, chunk by chunk; the same for the command line and for watched folders.

Not here: reading the file (adapters/files). Each chunk is one transaction together with how far the import has come,
so whatever is cut off leaves whole chunks and the line where it stopped; the same file again adds only what is missing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from dialerd.domain.words import ContactId
from dialerd.ports import Chunk, ContactSource, ImportRow, Store, Unit
from dialerd.usecases.lists import create_list, get_list

Seen = Callable[[Chunk, ImportRow], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is imported and by whom. `region` is the list's if it has to be made; `source` the file's name."""

    list_name: str
    region: str
    source: str
    actor: str


async def import_contacts(
    store: Store, source: ContactSource, wish: Wish, *, now: Callable[[], datetime], on_chunk: Seen
) -> ImportRow:
    """Take in a whole file; the list is made with the first contact if there is none.

    Where no row can be used nothing is written: the row that is returned has `id` 0. `on_chunk` is told of every
    chunk once it is committed. Raises BadInputError where the file cannot be read on, NotFoundError where the list was
    deleted meanwhile.
    """
    row = begun(wish, now())
    is_whole = False
    try:
        while (chunk := await source.next()) is not None:
            row = await _take(store, row, chunk, wish, now)
            await on_chunk(chunk, row)
        is_whole = True
    finally:
        if row.id:  # also after Ctrl-C: what was added stays, and the audit log must say so
            ended = row = replace(row, finished_at=now() if is_whole else None)
            await store.write(lambda unit: end_import(unit, ended, actor=wish.actor, now=now()))
    return row


async def _take(store: Store, row: ImportRow, chunk: Chunk, wish: Wish, now: Callable[[], datetime]) -> ImportRow:
    numbers = [number.e164 for contact in chunk.contacts for number in contact.numbers]
    # Asked before the transaction that writes: with millions of entries this may wait for the disk.
    listed = await store.read(lambda unit: unit.dnc.listed(numbers, now()))
    on_dnc = _with_any(chunk, listed)
    return await store.write(lambda unit: take_chunk(unit, row, chunk, wish, on_dnc=on_dnc, now=now()))


def take_chunk(unit: Unit, row: ImportRow, chunk: Chunk, wish: Wish, *, on_dnc: int, now: datetime) -> ImportRow:
    """Add one chunk to the list and to what the import has come to. Raises NotFoundError: the list is gone."""
    row = replace(row, line=chunk.line, rejected=row.rejected + len(chunk.rejected), updated_at=now)
    if not row.id:
        if not chunk.contacts:
            return row
        made = unit.lists.get(wish.list_name) or create_list(
            unit, wish.list_name, region=wish.region, actor=wish.actor, now=now
        )
        begun = unit.imports.begin(made.id, wish.source, now)
        row = replace(row, id=begun.id, mark=begun.mark)
    target = get_list(unit, wish.list_name)
    added, left_out = unit.contacts.add(target.id, chunk.contacts, now)
    already_there = 0
    if left_out:
        firsts = [contact.numbers[0].e164 for contact in chunk.contacts]
        known = unit.contacts.known(target.id, firsts, up_to=row.mark)
        already_there = sum(first in known for first in firsts)
    row = replace(
        row,
        added=row.added + added,
        already_there=row.already_there + already_there,
        doubled=row.doubled + left_out - already_there,
        on_dnc=row.on_dnc + on_dnc,
    )
    unit.imports.put(row)
    return row


def end_import(unit: Unit, row: ImportRow, *, actor: str, now: datetime) -> None:
    """Keep how an import ended; one that was broken off has no `finished_at`, and its last chunk has said the rest."""
    if row.finished_at is not None:
        unit.imports.put(row)
    detail = {
        "file": row.source,
        "added": row.added,
        "rejected": row.rejected,
        "line": row.line,
        "is_whole": row.finished_at is not None,
    }
    unit.audit.add(actor=actor, action="list_imported", subject=row.list_name, detail=detail, now=now)


@dataclass(slots=True)
class Rehearsal:
    """An import that writes nothing and counts what it would do. Numbers are remembered: 100 MB for a million."""

    row: ImportRow
    _seen: set[int] = field(default_factory=set)

    def look(self, unit: Unit, chunk: Chunk, now: datetime) -> ImportRow:
        firsts = [contact.numbers[0].e164 for contact in chunk.contacts]
        target = unit.lists.get(self.row.list_name)
        known = set() if target is None else unit.contacts.known(target.id, firsts)
        numbers = [number.e164 for contact in chunk.contacts for number in contact.numbers]
        added = doubled = already_there = 0
        for first in firsts:
            if first in known:
                already_there += 1
            elif int(first) in self._seen:
                doubled += 1
            else:
                added += 1
                self._seen.add(int(first))
        self.row = replace(
            self.row,
            line=chunk.line,
            added=self.row.added + added,
            already_there=self.row.already_there + already_there,
            doubled=self.row.doubled + doubled,
            on_dnc=self.row.on_dnc + _with_any(chunk, unit.dnc.listed(numbers, now)),
            rejected=self.row.rejected + len(chunk.rejected),
        )
        return self.row


async def rehearse_import(
    store: Store, source: ContactSource, wish: Wish, *, now: Callable[[], datetime], on_chunk: Seen
) -> ImportRow:
    """What `import_contacts` would do now; nothing is written."""
    rehearsal = Rehearsal(begun(wish, now()))
    while (chunk := await source.next()) is not None:
        await on_chunk(chunk, await _look(store, rehearsal, chunk, now))
    return rehearsal.row


async def _look(store: Store, rehearsal: Rehearsal, chunk: Chunk, now: Callable[[], datetime]) -> ImportRow:
    return await store.read(lambda unit: rehearsal.look(unit, chunk, now()))


def begun(wish: Wish, now: datetime) -> ImportRow:
    """The row of an import of which nothing is written yet."""
    return ImportRow(
        id=0, list_name=wish.list_name, source=wish.source, mark=ContactId(0), started_at=now, updated_at=now
    )


def _with_any(chunk: Chunk, listed: set[str]) -> int:
    if not listed:
        return 0
    return sum(any(number.e164 in listed for number in contact.numbers) for contact in chunk.contacts)


def is_anything(row: ImportRow) -> bool:
    """Whether a file had a contact in it, new or known."""
    return row.added + row.already_there + row.doubled > 0


def why_useless(rejected: int) -> str:
    """Why nothing of a file could be used, as the end of a sentence."""
    return f"none of its {rejected} rows can be used" if rejected else "it has no row after the first line"


def counts(row: ImportRow) -> dict[str, int]:
    """What came of it, as every report and document has it."""
    return {
        "added": row.added,
        "already_there": row.already_there,
        "doubled": row.doubled,
        "on_dnc": row.on_dnc,
        "rejected": row.rejected,
    }


def last_imports(unit: Unit, list_name: str, *, limit: int) -> list[ImportRow]:
    """What came of the last files, the newest first."""
    return unit.imports.last(get_list(unit, list_name).id, limit=limit)
