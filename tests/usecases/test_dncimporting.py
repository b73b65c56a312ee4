"""A file of numbers onto a do-not-call list: chunks that stand, nothing twice, and the audit log tells how it ended."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from dialerd.adapters.sql.unit import SqlUnit
from dialerd.adapters.sqlite import SqliteStore
from dialerd.adapters.sqlite.writer import InlineWriter
from dialerd.domain.contact import RejectedRow
from dialerd.domain.errors import BadInputError, NotFoundError
from dialerd.ports import Chunk, Form, Unit
from dialerd.usecases import campaigns, dnc, dncimporting, lists
from tests.usecases.conftest import ACTOR, NOW, TRUNKS, House, spec

BAD = RejectedRow(line=3, column="number", value="x", reason="is bad")


class Numbers:
    """A file of these chunks: each a number or None for a row that is none; a callable is done in between."""

    form = Form(encoding="utf-8", delimiter=",", columns=("number",))
    size = 0

    def __init__(self, *chunks: Sequence[int | None] | Callable[[], None]) -> None:
        self._chunks = list(chunks)
        self._line = 1

    async def next(self) -> Chunk | None:
        if not self._chunks:
            return None
        rows = self._chunks.pop(0)
        if callable(rows):
            rows()
            return await self.next()
        self._line += len(rows)
        return Chunk(
            numbers=[f"+1212266{n:04d}" for n in rows if n is not None],
            rejected=[BAD for n in rows if n is None],
            line=self._line,
            position=0,
        )

    async def open(self) -> None:
        """Nothing has to be looked at."""

    async def close(self) -> None:
        """Nothing is open."""


class Base:
    """A store, imports into it one after the other, and what they told."""

    def __init__(self) -> None:
        self.store = SqliteStore.in_memory()
        self.told: list[tuple[int, int]] = []

    def run(self, rows: Numbers, *, days: int | None = None, list_name: str = dnc.GLOBAL) -> dncimporting.Taken:
        async def on_chunk(chunk: Chunk, taken: dncimporting.Taken) -> None:
            assert self.entries(list_name) >= taken.added, "told after it is committed"
            self.told.append((chunk.line, taken.added))

        wish = dncimporting.Wish(
            list_name=list_name,
            file="a.csv",
            source="letter",
            expires_at=NOW + timedelta(days=days) if days else None,
            actor=ACTOR,
        )
        return asyncio.run(dncimporting.import_dnc(self.store, rows, wish, now=lambda: NOW, on_chunk=on_chunk))

    def look(self, job: Callable[[Unit], object]) -> object:
        return asyncio.run(self.store.read(job))

    def entries(self, list_name: str = dnc.GLOBAL) -> int:
        return self.store._writer.run(dnc.list_dnc)[list_name]  # type: ignore[union-attr]

    def audit(self) -> list[tuple[str, object]]:
        writer = self.store._writer
        assert isinstance(writer, InlineWriter)
        rows = writer._connection.execute("SELECT action, detail FROM audit ORDER BY id")
        return [(action, json.loads(detail).get("is_whole")) for action, detail in rows]


@pytest.fixture
def base() -> Base:
    return Base()


def test_a_file_comes_in_chunk_by_chunk_and_a_second_time_adds_nothing(base: Base) -> None:
    taken = base.run(Numbers([1, 2, None], [2, 3]))
    assert (taken.added, taken.already_there, taken.rejected, taken.line) == (3, 1, 1, 6)
    assert base.told == [(4, 2), (6, 3)]
    again = base.run(Numbers([1, 2, None], [2, 3]))
    assert (again.added, again.already_there) == (0, 4)
    assert base.entries() == 3


def test_an_import_that_is_broken_off_keeps_its_chunks_and_the_same_file_makes_up_for_the_rest(base: Base) -> None:
    def lose() -> None:
        raise BadInputError("its reader has ended")

    with pytest.raises(BadInputError):
        base.run(Numbers([1, 2], lose, [3, 4]))
    assert base.entries() == 2
    assert base.audit() == [("dnc_import_begun", None), ("dnc_imported", False)]
    assert base.run(Numbers([1, 2], [3, 4])).added == 2
    assert base.audit()[2:] == [("dnc_import_begun", None), ("dnc_imported", True)]
    assert base.entries() == 4


def test_an_entry_with_an_end_is_lengthened_and_never_shortened(base: Base) -> None:
    base.run(Numbers([1]), days=9)
    assert base.run(Numbers([1]), days=5).already_there == 1
    assert base.run(Numbers([1])).added == 1
    assert base.run(Numbers([1]), days=99).already_there == 1
    (entry,) = asyncio.run(base.store.read(lambda unit: unit.dnc.check("+12122660001", NOW)))
    assert (entry.expires_at, entry.source) == (None, "letter")


def test_a_file_without_a_number_leaves_no_trace(base: Base) -> None:
    assert base.run(Numbers([None, None])).rejected == 2
    assert base.audit() == []


def test_a_list_that_is_not_there_or_is_deleted_meanwhile_takes_nothing(base: Base) -> None:
    with pytest.raises(NotFoundError, match="no do-not-call list mine"):
        base.run(Numbers([1]), list_name="mine")
    base.store._writer.run(lambda unit: dnc.create_dnc(unit, "mine", actor=ACTOR, now=NOW))  # type: ignore[union-attr]

    def delete() -> None:
        while not base.store._writer.run(lambda unit: dnc.delete_dnc(unit, "mine", actor=ACTOR, now=NOW)):  # type: ignore[union-attr]
            pass

    with pytest.raises(NotFoundError, match="no do-not-call list mine"):
        base.run(Numbers([1], delete, [2]), list_name="mine")
    assert base.look(dnc.list_dnc) == {"global": 0}


class Watched:
    """The store, and how many targets each of its transactions settles."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self._writer = store._writer
        self.settled: list[int] = []

    async def read(self, job: Callable[[Unit], Any]) -> Any:
        return await self._store.read(job)

    async def write(self, job: Callable[[Unit], Any], *, patient: bool = False) -> Any:
        before = await self._done()
        result = await self._store.write(job, patient=patient)
        self.settled.append(await self._done() - before)
        return result

    async def _done(self) -> int:
        return await self._store.read(lambda unit: sum(run.done for run in unit.runs.unfinished()))


def begin(base: Base, people: int) -> None:
    """A run in which so many wait to be called: the numbers from 0 on."""

    def job(unit: Unit) -> None:
        assert isinstance(unit, SqlUnit)
        house = House(unit)
        lists.create_list(unit, "customers", region="US", actor=ACTOR, now=NOW)
        campaigns.apply_campaign(unit, spec(), trunks=TRUNKS, actor=ACTOR, now=NOW)
        house.with_contacts(*(f"212266{n:04}" for n in range(people)))
        house.start()

    asyncio.run(base.store.write(job))


def test_whoever_waits_for_a_call_is_settled_as_the_file_comes_in_and_no_transaction_settles_very_many(
    base: Base,
) -> None:
    begin(base, 500)
    watched = Watched(base.store)
    base.store = watched  # type: ignore[assignment]
    base.run(Numbers(range(400), range(450, 500)))
    assert (sum(watched.settled), max(watched.settled)) == (450, 200)


def test_a_file_of_numbers_ends_the_run_that_only_they_kept_going(base: Base) -> None:
    begin(base, 2)
    base.run(Numbers([0], [1]))
    assert base.look(lambda unit: unit.runs.unfinished()) == []
