"""The writer: durable when answered, a failure told to its own caller, nobody left waiting."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import pytest
import structlog

from dialerd.adapters.sql.unit import SqlUnit
from dialerd.adapters.sqlite import SqliteStore
from dialerd.adapters.sqlite.checkpoint import Checkpointer
from dialerd.adapters.sqlite.connection import begin, connect, waits_by_looking
from dialerd.adapters.sqlite.migrations import migrate
from dialerd.domain.errors import StoreError
from dialerd.domain.words import ListId
from dialerd.ports import Unit
from tests.adapters.sqlite.stored import NOW, contacts, create_list, list_names, set_up


def fails(_unit: Unit) -> None:
    raise ValueError("this job fails")


def test_a_failing_job_undoes_nobody_elses_work_in_the_same_commit(tmp_path: Path) -> None:
    async def main() -> None:
        store = SqliteStore.open(tmp_path / "a.db")
        good = [store.write(partial(create_list, f"list{n}")) for n in range(20)]
        results = await asyncio.gather(*good[:10], store.write(fails), *good[10:], return_exceptions=True)
        assert [type(each) for each in results if isinstance(each, BaseException)] == [ValueError]
        assert len(await store.read(lambda unit: unit.lists.all())) == 20
        await store.close()

    asyncio.run(main())


def test_a_reader_sees_what_was_answered_and_cannot_write(tmp_path: Path) -> None:
    async def main() -> None:
        store = SqliteStore.open(tmp_path / "a.db")
        await store.write(partial(create_list, "one"))
        assert [row.name for row in await store.read(lambda unit: unit.lists.all())] == ["one"]
        with pytest.raises(StoreError):
            await store.read(partial(create_list, "two"))
        await store.close()

    asyncio.run(main())


_WRITER = """
import asyncio, sys
from pathlib import Path
from datetime import UTC, datetime
from dialerd.adapters.sqlite import SqliteStore
async def main():
    store = SqliteStore.open(Path(sys.argv[1]))
    n = 0
    while True:
        await store.write(lambda unit: unit.lists.create(f"list{n}", "US", datetime(2026, 12, 1, tzinfo=UTC)))
        print(n, flush=True)
        n += 1
asyncio.run(main())
"""


def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    acknowledged = [next(writer.stdout) for _ in range(30)]
    os.kill(writer.pid, signal.SIGKILL)
    acknowledged += writer.stdout.readlines()
    writer.wait()
    writer.stdout.close()
    with SqliteStore.unit(path, write=False) as unit:
        names = {row.name for row in unit.lists.all()}
    assert {f"list{line.strip()}" for line in acknowledged if line.endswith("\n")} <= names


def test_two_processes_can_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.db"

    async def main() -> None:
        store = SqliteStore.open(path)
        for n in range(10):
            with SqliteStore.unit(path, write=True) as unit:
                unit.lists.create(f"cli{n}", "US", NOW)
            await store.write(partial(create_list, f"daemon{n}"))
        await store.close()

    asyncio.run(main())
    with SqliteStore.unit(path, write=False) as unit:
        assert len(unit.lists.all()) == 20


def test_what_is_raised_in_a_unit_undoes_it(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with pytest.raises(ValueError, match="changed my mind"), SqliteStore.unit(path, write=True) as unit:
        unit.lists.create("one", "US", NOW)
        raise ValueError("changed my mind")
    with SqliteStore.unit(path, write=False) as unit:
        assert unit.lists.all() == []


def test_what_nobody_waits_for_outlives_a_full_disk_in_its_order_before_what_comes_later(tmp_path: Path) -> None:
    async def main() -> None:
        path = tmp_path / "a.db"
        store = SqliteStore.open(path)
        await store.write(partial(create_list, "first"))
        failing = [True]

        def on_a_disk(name: str, unit: Unit) -> None:
            create_list(name, unit)
            if failing[0]:
                raise full

        full = sqlite3.OperationalError("database or disk is full")
        full.sqlite_errorcode = sqlite3.SQLITE_FULL
        store.post(partial(on_a_disk, "second"))
        with pytest.raises(StoreError, match="full"):
            await store.write(partial(on_a_disk, "in vain"))
        store.post(partial(on_a_disk, "third"))
        store.post(fails)  # its own fault: that is told of, and not tried again
        with pytest.raises(StoreError, match="full"):
            await store.write(partial(on_a_disk, "in vain"))
        failing[0] = False
        await store.write(partial(create_list, "fourth"))
        names = [row.name for row in sorted(await store.read(lambda unit: unit.lists.all()), key=lambda row: row.id)]
        assert names == ["first", "second", "third", "fourth"]
        await store.close()

    asyncio.run(main())


def test_what_is_posted_in_vain_for_ever_does_not_take_what_somebody_waits_for_with_it(tmp_path: Path) -> None:
    async def main() -> None:
        store = SqliteStore.open(tmp_path / "a.db")

        def on_a_bad_page(unit: Unit) -> None:
            broken = sqlite3.OperationalError("disk I/O error")
            broken.sqlite_errorcode = sqlite3.SQLITE_IOERR
            unit.lists._connection.execute("ROLLBACK")  # type: ignore[attr-defined]  # as SQLite itself does
            raise broken

        store.post(on_a_bad_page)
        with suppress(StoreError):  # it may share the transaction that the first try has lost
            await store.write(partial(create_list, "in vain"))
        for name in ("one", "two", "three"):
            await store.write(partial(create_list, name))
        assert {"one", "two", "three"} <= set(await store.read(list_names))
        await store.close()

    asyncio.run(main())


def test_of_more_notes_than_are_kept_each_that_is_given_up_is_told_of(tmp_path: Path) -> None:
    kept, posted = 1000, 1100
    told: list[int] = []

    def note(_unit: Unit) -> None:
        full = sqlite3.OperationalError("database or disk is full")
        full.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise full

    async def main(lines: list[structlog.typing.EventDict]) -> None:
        store = SqliteStore.open(tmp_path / "a.db")
        for _ in range(posted):
            store.post(note)
        await store.write(partial(create_list, "next"))
        told.append(sum(line["action"] == "write_failed" for line in lines))
        await store.close()
        told.append(sum(line["action"] == "write_failed" for line in lines))

    with structlog.testing.capture_logs() as lines:
        asyncio.run(main(lines))
    assert told == [posted - kept, posted]


def refused(words: str, code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = code
    return error


def test_a_note_that_fails_alone_is_not_overtaken_by_the_next_one_of_its_commit(tmp_path: Path) -> None:
    written: list[str] = []

    async def main() -> None:
        store = SqliteStore.open(tmp_path / "a.db")
        gate, tries = threading.Event(), itertools.count()

        def note(name: str, _unit: Unit) -> None:
            if name == "older" and next(tries) == 0:
                raise refused("disk I/O error", sqlite3.SQLITE_IOERR)
            written.append(name)

        store.post(lambda _unit: gate.wait(10))
        for name in ("older", "newer"):
            store.post(partial(note, name))
        gate.set()
        await store.write(partial(create_list, "next"))
        await store.write(partial(create_list, "and the next"))
        await store.close()

    asyncio.run(main())
    assert written == ["older", "newer"]


@pytest.mark.parametrize("undoes_all", [False, True])
def test_a_note_at_a_damaged_place_is_given_up_after_a_while_and_told_of_and_those_behind_it_are_written(
    tmp_path: Path, undoes_all: bool
) -> None:
    async def main() -> int:
        store = SqliteStore.open(tmp_path / "a.db")
        tries = itertools.count(1)
        made = 0

        def damaged(unit: Unit) -> None:
            nonlocal made
            made = next(tries)
            if undoes_all:
                unit.lists._connection.execute("ROLLBACK")  # type: ignore[attr-defined]  # as SQLite itself does
            raise refused("disk I/O error", sqlite3.SQLITE_IOERR)

        store.post(damaged)
        for n in range(3):
            store.post(partial(create_list, f"behind{n}"))
        for n in range(40):
            with suppress(StoreError):  # the first may share the transaction that is lost
                await store.write(partial(create_list, f"l{n}"))
        assert {f"behind{n}" for n in range(3)} <= set(await store.read(list_names))
        await store.close()
        return made

    with structlog.testing.capture_logs() as lines:
        assert asyncio.run(main()) < 20
    assert len([line for line in lines if line["action"] == "write_failed"]) == 1


def test_what_was_posted_in_vain_is_written_though_nothing_else_is(tmp_path: Path) -> None:
    """Another program holds the database for longer than a writer waits."""

    async def main() -> None:
        path = tmp_path / "a.db"
        store = SqliteStore.open(path)
        tries, written = itertools.count(), threading.Event()

        def note(unit: Unit) -> None:
            if next(tries) == 0:
                locked = sqlite3.OperationalError("database is locked")
                locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
                raise locked
            create_list("noted", unit)
            written.set()

        store.post(note)
        await asyncio.to_thread(written.wait, 60)
        await store.close()
        with SqliteStore.unit(path, write=False) as unit:
            assert [row.name for row in unit.lists.all()] == ["noted"]

    asyncio.run(main())


_LISTER = """
import sys
import threading
from pathlib import Path
from datetime import UTC, datetime
from dialerd.adapters.sqlite import SqliteStore
for n in range(40):
    with SqliteStore.unit(Path(sys.argv[1]), write=True) as unit:
        unit.lists.create(f"{sys.argv[2]}{n}", "US", datetime(2026, 12, 1, tzinfo=UTC))
"""


def test_processes_that_write_at_once_lose_nothing_of_each_other(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    writers = [subprocess.Popen([sys.executable, "-c", _LISTER, str(path), name]) for name in ("a", "b", "c")]
    assert [each.wait() for each in writers] == [0, 0, 0]
    with SqliteStore.unit(path, write=False) as unit:
        assert len(list_names(unit)) == 120


def test_jobs_of_one_moment_share_a_commit(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    gate = threading.Event()

    async def main() -> None:
        store = SqliteStore.open(path)
        first = asyncio.ensure_future(store.write(lambda _unit: gate.wait(10)))  # noqa: TID251  # a test's own task
        rest = [asyncio.ensure_future(store.write(partial(create_list, f"l{n}"))) for n in range(50)]  # noqa: TID251
        await store.read(list_names)  # the tasks have run: all is queued behind the first job
        before = _commits(path)
        gate.set()
        await asyncio.gather(first, *rest)
        assert _commits(path) - before <= 2
        await store.close()

    asyncio.run(main())


def test_long_work_waits_until_nobody_else_does_and_nobody_waits_for_more_than_one_chunk(tmp_path: Path) -> None:
    done: list[str] = []
    begun, release = threading.Event(), threading.Event()

    def hold(_unit: Unit) -> None:
        begun.set()
        release.wait(10)

    async def main() -> None:
        store = SqliteStore.open(tmp_path / "a.db")
        store.post(hold)
        await asyncio.to_thread(begun.wait)
        chunks = [store.write(lambda unit: done.append("chunk"), patient=True) for _ in "ab"]
        calls = [store.write(lambda unit: done.append("call")) for _ in "abc"]
        await asyncio.gather(*chunks, *calls, asyncio.to_thread(release.set))
        await store.close()

    asyncio.run(main())
    assert done == ["call", "call", "call", "chunk", "chunk"]


def test_long_work_has_its_turn_however_many_others_there_are(tmp_path: Path) -> None:
    done: list[str] = []
    is_queued, is_over = threading.Event(), threading.Event()

    async def main() -> None:
        store = SqliteStore.open(tmp_path / "a.db")

        def call(_unit: Unit, left: int) -> None:
            done.append("call")
            if left:
                store.post(partial(call, left=left - 1))  # there is always one
            else:
                is_over.set()

        store.post(lambda _: is_queued.wait(10))
        store.post(partial(call, left=40))
        chunk = store.write(lambda unit: done.append("chunk"), patient=True)
        await asyncio.gather(chunk, asyncio.to_thread(is_queued.set))
        await asyncio.to_thread(is_over.wait)
        await store.close()

    asyncio.run(main())
    assert done.index("chunk") < done.count("call") == 41


def test_a_job_that_loses_the_transaction_fails_with_its_companions_and_the_next_succeeds(tmp_path: Path) -> None:
    def loses(unit: Unit) -> None:
        assert isinstance(unit, SqlUnit)
        unit.lists._connection.execute("ROLLBACK")  # as SQLite itself does on a full disk
        raise ValueError("and then this")

    async def main() -> None:
        store = SqliteStore.open(tmp_path / "a.db")
        with pytest.raises(StoreError, match="transaction was lost"):
            await store.write(loses)
        await store.write(partial(create_list, "next"))
        assert await store.read(list_names) == ["next"]
        await store.close()

    asyncio.run(main())


def test_a_commit_that_fails_is_told_to_every_job_in_it(tmp_path: Path) -> None:
    def orphan(unit: Unit) -> None:
        assert isinstance(unit, SqlUnit)
        unit.lists._connection.execute("PRAGMA defer_foreign_keys = ON")
        unit.contacts.add(ListId(999), contacts(1), NOW)  # found out by the commit only

    async def main() -> None:
        store = SqliteStore.open(tmp_path / "a.db")
        with pytest.raises(StoreError, match="FOREIGN KEY"):
            await store.write(orphan)
        await store.write(partial(create_list, "next"))
        assert await store.read(list_names) == ["next"]
        await store.close()

    asyncio.run(main())


def test_a_closed_store_says_so_and_has_written_what_was_posted_before(tmp_path: Path) -> None:
    async def main() -> None:
        store = SqliteStore.open(tmp_path / "a.db")
        for n in range(300):
            store.post(partial(create_list, f"l{n}"))
        await store.close()
        with pytest.raises(StoreError, match="is closed"):
            await store.write(partial(create_list, "late"))
        store.post(partial(create_list, "late"))

    asyncio.run(main())
    with SqliteStore.unit(tmp_path / "a.db", write=False) as unit:
        assert len(list_names(unit)) == 300


def test_a_posted_job_that_fails_is_reported_once_and_stops_nobody(tmp_path: Path) -> None:
    async def main() -> None:
        store = SqliteStore.open(tmp_path / "a.db")
        store.post(fails)
        await store.write(partial(create_list, "next"))
        await store.close()

    with structlog.testing.capture_logs() as lines:
        asyncio.run(main())
    assert [line["action"] for line in lines] == ["write_failed"]


def test_a_caller_that_goes_away_does_not_undo_its_write(tmp_path: Path) -> None:
    async def main() -> None:
        store = SqliteStore.open(tmp_path / "a.db")
        task = asyncio.ensure_future(store.write(partial(create_list, "mine")))  # noqa: TID251  # a test's own task
        await store.read(list_names)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await store.close()

    asyncio.run(main())
    with SqliteStore.unit(tmp_path / "a.db", write=False) as unit:
        assert list_names(unit) == ["mine"]


def test_the_store_in_memory_keeps_the_same_promises() -> None:
    async def main() -> None:
        store = SqliteStore.in_memory()
        with pytest.raises(ValueError, match="this job fails"):
            await store.write(fails)
        with pytest.raises(StoreError):
            await store.read(partial(create_list, "sneaky"))
        await store.write(partial(create_list, "mine"))
        assert await store.read(list_names) == ["mine"]
        await store.close()

    asyncio.run(main())


def _commits(path: Path) -> int:
    """How many commits the write-ahead log has had: each ends in one frame that says how large the file then is."""
    wal = path.with_name(path.name + "-wal").read_bytes()
    size = 24 + int.from_bytes(wal[8:12], "big")
    return sum(wal[at + 4 : at + 8] != bytes(4) for at in range(32, len(wal), size))


def test_what_is_committed_is_moved_out_of_the_log_beside_the_writer(tmp_path: Path) -> None:
    path, alone = tmp_path / "a.db", tmp_path / "alone.db"
    with closing(connect(path)) as writer:
        migrate(writer)
        beside = Checkpointer(writer, path)
        try:
            writer.execute("BEGIN")
            set_up(SqlUnit(writer), 700)
            writer.execute("COMMIT")
            beside.committed(writer.total_changes)
        finally:
            beside.close()
        shutil.copy(path, alone)  # without its log
    with closing(connect(alone)) as copy:
        assert copy.execute("SELECT count(*) FROM target").fetchone() == (700,)


def test_a_commit_does_not_do_the_checkpoint_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(connect(path)) as writer:
        migrate(writer)
        beside = Checkpointer(writer, path)
        before = path.stat().st_size
        writer.execute("BEGIN")
        set_up(SqlUnit(writer), 9000)  # more than the thousand pages at which SQLite would
        writer.execute("COMMIT")
        assert path.stat().st_size == before
        beside.close()
        assert path.stat().st_size > before


def test_one_who_gives_way_lets_another_process_begin_after_a_commit_or_two(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    done = 0
    passed: list[int] = []
    begun = threading.Event()

    def job(unit: Unit) -> None:
        nonlocal done
        begun.set()
        unit.runs._connection.execute(_BUSY).fetchone()  # type: ignore[attr-defined]  # some milliseconds
        done += 1

    def other() -> None:
        with closing(connect(path)) as connection:
            waits_by_looking(connection)
            for _ in range(15):
                begun.clear()
                begun.wait()
                before = done
                begin(connection)
                passed.append(done - before)
                connection.execute("COMMIT")

    async def main() -> None:
        store = SqliteStore.open(path, gives_way=True)
        beside = threading.Thread(target=other)
        beside.start()
        while beside.is_alive():
            await store.write(job)
        await store.close()

    asyncio.run(main())
    assert sorted(passed)[7] <= 1, passed


_BUSY = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT max(i) FROM n"
