"""Files read beside the event loop: alike in a thread and in a process, and ended at any moment."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from dialerd.adapters.files import FileReader, reader
from dialerd.adapters.files.reader import CHUNK_NUMBERS, CHUNK_ROWS
from dialerd.domain.errors import BadInputError
from dialerd.ports import Chunk

SHORT, LONG = "x", "x" * 400  # 2,000 rows of the one are read in a thread, of the other in a process


def write(path: Path, note: str, rows: int = 2000) -> Path:
    lines = (f"{2122660000 + n},{note}" if n % 100 else "bad,y" for n in range(rows))
    path.write_text("number,note\n" + "\n".join(lines) + "\n")
    return path


async def read(path: Path, *, stop_after: int = 10**9, only_numbers: bool = False) -> list[Chunk]:
    source = FileReader(path, only_numbers=only_numbers, region="US")
    chunks: list[Chunk] = []
    try:
        await source.open()
        while len(chunks) < stop_after and (chunk := await source.next()) is not None:
            chunks.append(chunk)
    finally:
        await source.close()
    return chunks


@pytest.mark.parametrize("note", [SHORT, LONG])
def test_every_row_comes_once_in_chunks_with_the_line_they_end_at(tmp_path: Path, note: str) -> None:
    chunks = asyncio.run(read(write(tmp_path / "c.csv", note)))
    assert [len(chunk.contacts) + len(chunk.rejected) for chunk in chunks] == [CHUNK_ROWS] * (2000 // CHUNK_ROWS)
    assert [chunk.line for chunk in chunks] == [1 + CHUNK_ROWS * n for n in range(1, len(chunks) + 1)]
    assert [row.line for chunk in chunks for row in chunk.rejected] == list(range(2, 2000, 100))
    numbers = [contact.numbers[0].e164 for chunk in chunks for contact in chunk.contacts]
    assert numbers == [f"+1{2122660000 + n}" for n in range(2000) if n % 100]
    assert {contact.attributes["note"] for chunk in chunks for contact in chunk.contacts} == {note}
    assert {contact.numbers[0].zones for chunk in chunks for contact in chunk.contacts} == {("America/New_York",)}


@pytest.mark.parametrize("note", [SHORT, LONG])
def test_where_only_numbers_are_wanted_nothing_else_of_a_row_is_read(tmp_path: Path, note: str) -> None:
    chunks = asyncio.run(read(write(tmp_path / "c.csv", note), only_numbers=True))
    numbers = [number for chunk in chunks for number in chunk.numbers]
    assert numbers == [f"+1{2122660000 + n}" for n in range(2000) if n % 100]
    assert [row.line for chunk in chunks for row in chunk.rejected] == list(range(2, 2000, 100))
    assert max(len(chunk.numbers) for chunk in chunks) == CHUNK_NUMBERS
    assert not any(chunk.contacts for chunk in chunks)


@pytest.mark.parametrize("sorted_at_once", [4, 5, 100])
def test_numbers_come_sorted_in_batches_and_each_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sorted_at_once: int
) -> None:
    monkeypatch.setattr(reader, "SORTED_NUMBERS", sorted_at_once)
    (tmp_path / "c.csv").write_text("number\n" + "".join(f"212266000{n}\n" for n in (9, 1, 8, 2, 7, 3, 6, 4, 5, 0)))
    chunks = asyncio.run(read(tmp_path / "c.csv", only_numbers=True))
    digits = [int(number[-1]) for chunk in chunks for number in chunk.numbers]
    given = (9, 1, 8, 2, 7, 3, 6, 4, 5, 0)
    assert digits == [each for at in range(0, 10, sorted_at_once) for each in sorted(given[at : at + sorted_at_once])]
    assert chunks[-1].line == 11


@pytest.mark.parametrize("note", [SHORT, LONG])
@pytest.mark.parametrize("taken", [0, 1, 3])
def test_a_reading_can_be_ended_at_any_moment(tmp_path: Path, note: str, taken: int) -> None:
    assert len(asyncio.run(read(write(tmp_path / "c.csv", note), stop_after=taken))) == taken


@pytest.mark.parametrize("note", [SHORT, LONG])
def test_who_waits_for_rows_is_let_go_when_the_reading_is_ended(tmp_path: Path, note: str) -> None:
    path = write(tmp_path / "c.csv", note)

    async def give_up() -> list[Chunk | None]:
        source = FileReader(path, region="US")
        await source.open()
        waiting = [asyncio.ensure_future(source.next()) for _ in range(3)]  # noqa: TID251
        await source.close()
        return await asyncio.gather(*waiting, return_exceptions=True)  # type: ignore[return-value]

    assert len(asyncio.run(asyncio.wait_for(give_up(), 20))) == 3


def test_a_process_that_dies_is_told_and_not_taken_for_the_end(tmp_path: Path) -> None:
    path = write(tmp_path / "c.csv", LONG, rows=20_000)

    async def lose_it() -> None:
        source = FileReader(path, region="US")
        try:
            await source.open()
            assert source._process is not None
            source._process.kill()
            while await source.next() is not None:
                pass
        finally:
            await source.close()

    with pytest.raises(BadInputError, match="its reader has ended"):
        asyncio.run(lose_it())
