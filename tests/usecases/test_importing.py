"""A file into a list: chunks that stand, doubles told from what was there, nothing written where nothing is usable."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.contact import Contact, RejectedRow
from dialerd.domain.errors import BadInputError, NotFoundError
from dialerd.domain.phone import PhoneNumber
from dialerd.ports import Chunk, DncEntry, Form, ImportRow, Unit
from dialerd.usecases import contacts, dnc, importing, lists
from tests.usecases.conftest import ACTOR, NOW

WISH = importing.Wish(list_name="customers", region="US", source="a.csv", actor=ACTOR)
BAD = RejectedRow(line=3, column="number", value="x", reason="is bad")


class Rows:
    """A file of these chunks: each number one contact, None a row that is none; a string breaks off the reading."""

    form = Form(encoding="utf-8", delimiter=",", columns=("number",))
    size = 0

    def __init__(self, *chunks: Sequence[int | None] | str) -> None:
        self._chunks = list(chunks)
        self._line = 1

    async def next(self) -> Chunk | None:
        if not self._chunks:
            return None
        rows = self._chunks.pop(0)
        if isinstance(rows, str):
            raise BadInputError(rows)
        self._line += len(rows)
        made = [Contact(numbers=(PhoneNumber(e164=f"+1212266{n:04d}", zones=()),)) for n in rows if n is not None]
        return Chunk(contacts=made, rejected=[BAD for n in rows if n is None], line=self._line, position=0)

    async def open(self) -> None:
        """Nothing has to be looked at."""

    async def close(self) -> None:
        """Nothing is open."""


class Base:
    """A store, and imports into it one after the other."""

    def __init__(self) -> None:
        self.store = SqliteStore.in_memory()
        self.told: list[tuple[int, int]] = []

    def run(self, rows: Rows, *, dry: bool = False) -> ImportRow:
        async def on_chunk(chunk: Chunk, row: ImportRow) -> None:
            self.told.append((chunk.line, row.added))

        work = importing.rehearse_import if dry else importing.import_contacts
        return asyncio.run(work(self.store, rows, WISH, now=lambda: NOW, on_chunk=on_chunk))

    def look(self) -> tuple[int, list[ImportRow]]:
        def ask(unit: Unit) -> tuple[int, list[ImportRow]]:
            row = unit.lists.get("customers")
            return (row.contacts, importing.last_imports(unit, "customers", limit=9)) if row else (-1, [])

        return asyncio.run(self.store.read(ask))


@pytest.fixture
def base() -> Base:
    return Base()


def counts(row: ImportRow) -> tuple[int, int, int, int]:
    return row.added, row.already_there, row.doubled, row.rejected


@pytest.mark.parametrize("dry", [False, True])
def test_doubles_within_a_file_are_told_from_contacts_that_were_there(base: Base, dry: bool) -> None:
    base.run(Rows([1, 2]))
    assert counts(base.run(Rows([2, 3, 3, None], [3, 1, 4]), dry=dry)) == (2, 2, 2, 1)
    assert base.look()[0] == (2 if dry else 4)


def test_the_same_file_twice_adds_nothing_twice(base: Base) -> None:
    assert counts(base.run(Rows([1, 2], [3]))) == (3, 0, 0, 0)
    assert counts(base.run(Rows([1, 2], [3]))) == (0, 3, 0, 0)
    assert base.look()[0] == 3


def test_each_chunk_is_told_once_it_stands(base: Base) -> None:
    base.run(Rows([1, 2], [3]))
    assert base.told == [(3, 2), (4, 3)]


def test_what_is_broken_off_leaves_its_chunks_and_the_line_and_is_made_whole_by_the_next(base: Base) -> None:
    with pytest.raises(BadInputError, match="the disk"):
        base.run(Rows([1, 2], [3, None], "the disk is gone", [4]))
    count, (row,) = base.look()
    assert (count, row.line, row.finished_at, row.rejected) == (3, 5, None, 1)
    assert counts(base.run(Rows([1, 2], [3, None], [4]))) == (1, 3, 0, 1)
    count, (whole, _) = base.look()
    assert (count, whole.line, whole.finished_at) == (4, 6, NOW)


@pytest.mark.parametrize("rows", [[], [[]], [[None, None], [None]]])
def test_a_file_of_which_nothing_can_be_used_changes_nothing(base: Base, rows: list[list[None]]) -> None:
    row = base.run(Rows(*rows))
    assert not importing.is_anything(row)
    assert base.look() == (-1, [])
    assert ("no row after" in importing.why_useless(row.rejected)) == (row.rejected == 0)


def test_contacts_on_the_global_do_not_call_list_are_counted_and_added(base: Base) -> None:
    def list_one(unit: Unit) -> None:
        dnc.create_dnc(unit, "other", actor=ACTOR, now=NOW)
        for name, number in (("global", "+12122660001"), ("other", "+12122660002")):
            unit.dnc.add([DncEntry(list_name=name, number=number, source="x", added_at=NOW)])

    asyncio.run(base.store.write(list_one))
    for dry in (True, False):
        row = base.run(Rows([1, 2], [3]), dry=dry)
        assert (row.added, row.on_dnc) == (3, 1)


def test_a_list_that_is_deleted_meanwhile_is_not_made_again(base: Base) -> None:
    class Deleting(Rows):
        async def next(self) -> Chunk | None:
            if base.told:
                delete = lambda unit: lists.delete_list(unit, "customers", actor=ACTOR, now=NOW)  # noqa: E731
                await base.store.write(delete)
            return await super().next()

    with pytest.raises(NotFoundError):
        base.run(Deleting([1], [2]))
    assert base.look() == (-1, [])


def test_the_e_mail_address_and_the_language_are_fields_and_attributes(base: Base) -> None:
    def add(unit: Unit) -> Contact:
        lists.create_list(unit, "l", region="US", actor=ACTOR, now=NOW)
        given = {"email": "ann@example.com", "language": "es-MX"}
        row = contacts.add_contact(
            unit, "l", ["2122660001"], attributes=given, zone=None, priority=0, actor=ACTOR, now=NOW
        )
        return row.contact

    contact = asyncio.run(base.store.write(add))
    assert (contact.email, contact.language) == ("ann@example.com", "es-MX")
