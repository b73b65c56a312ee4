"""The store: durable, isolated, counted; one daemon at a time; a backup that is whole or nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.adapters.sqlite import SqliteStore, backup, check, only_daemon, restore
from dialerd.adapters.sqlite.connection import connect
from dialerd.adapters.sqlite.migrations import migrate
from dialerd.adapters.sqlite.unit import SqliteUnit
from dialerd.domain.campaign import read_campaign
from dialerd.domain.contact import Contact
from dialerd.domain.errors import BadInputError, StoreError
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.words import AttemptId, Disposition, RunId, RunState, TargetState
from dialerd.ports import AttemptRow, DncEntry, RunRow, TargetRow, Unit

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
SPEC = read_campaign(
    {
        "name": "c",
        "lists": ["l"],
        "trunk": "carrier",
        "caller_id": "+12125550100",
        "on_human": {"play": "hello"},
        "max_attempts": 3,
    },
    source="test",
)


def contacts(count: int) -> list[Contact]:
    return [Contact(numbers=(PhoneNumber(e164=f"+1212{6_000_000 + n}", zones=("UTC",)),)) for n in range(count)]


def set_up(unit: Unit, count: int = 10) -> RunRow:
    made = unit.lists.create("l", "US", NOW)
    unit.contacts.add(made.id, contacts(count), NOW)
    run = unit.runs.create(unit.campaigns.put(SPEC, NOW).id, SPEC, NOW)
    while not unit.runs.prepare(run.id, size=1000, draw=lambda: 0.5, now=NOW):
        pass
    return run


def attempt_at(target: TargetRow, n: int) -> AttemptRow:
    return AttemptRow(
        id=AttemptId(f"d{n:032x}"),
        target_id=target.id,
        run_id=target.run_id,
        number=target.number,
        trunk="carrier",
        asterisk="pbx1",
        caller_id="+12125550100",
        claimed_at=NOW,
    )


def closed(attempt: AttemptRow, disposition: Disposition) -> AttemptRow:
    from dataclasses import replace

    return replace(attempt, disposition=disposition, ended_at=NOW + timedelta(seconds=5))


@pytest.fixture
def unit() -> Unit:
    connection = connect(None)
    migrate(connection)
    return SqliteUnit(connection)


def test_the_dialing_order_is_fresh_targets_by_rank_then_redials(unit: Unit) -> None:
    run = set_up(unit, 3)
    first = unit.dialing.candidates(run.id, limit=1, now=NOW)[0]
    attempt = attempt_at(first, 1)
    unit.dialing.open_attempt(attempt)
    done = closed(attempt, Disposition.BUSY)
    assert unit.dialing.close_attempt(done)
    unit.dialing.release_target(done, state=TargetState.WAITING, not_before=NOW, now=NOW)
    unit.dialing.promote(run.id, NOW)
    order = [target.id for target in unit.dialing.candidates(run.id, limit=9, now=NOW)]
    assert order[-1] == first.id
    assert order == [*sorted(order[:-1]), first.id]


def test_a_settled_attempt_cannot_be_settled_again(unit: Unit) -> None:
    run = set_up(unit, 1)
    attempt = attempt_at(unit.dialing.candidates(run.id, limit=1, now=NOW)[0], 1)
    unit.dialing.open_attempt(attempt)
    assert unit.dialing.close_attempt(closed(attempt, Disposition.BUSY))
    assert not unit.dialing.close_attempt(closed(attempt, Disposition.ANSWERED_HUMAN))
    found = unit.dialing.attempt(attempt.id)
    assert found is not None
    assert found.disposition is Disposition.BUSY


def test_a_number_is_in_one_open_attempt_over_all_campaigns(unit: Unit) -> None:
    run = set_up(unit, 1)
    target = unit.dialing.candidates(run.id, limit=1, now=NOW)[0]
    unit.dialing.open_attempt(attempt_at(target, 1))
    with pytest.raises(StoreError):
        unit.dialing.open_attempt(attempt_at(target, 2))


def test_a_campaign_has_one_unfinished_run(unit: Unit) -> None:
    run = set_up(unit, 1)
    with pytest.raises(sqlite3.IntegrityError):
        unit.runs.create(run.campaign_id, SPEC, NOW)
    unit.runs.set_state(run.id, RunState.STOPPED, NOW)
    assert unit.runs.create(run.campaign_id, SPEC, NOW).number == 2


def test_an_entry_on_the_dnc_list_is_seen_by_the_next_candidates_until_it_expires(unit: Unit) -> None:
    run = set_up(unit, 1)
    number = unit.dialing.candidates(run.id, limit=1, now=NOW)[0].number
    entry = DncEntry(list_name="global", number=number, source="test", added_at=NOW, expires_at=NOW + timedelta(days=1))
    assert unit.dnc.add([entry]) == 1
    assert unit.dnc.add([entry]) == 0
    assert unit.dialing.candidates(run.id, limit=1, now=NOW)[0].on_dnc == "global"
    assert unit.dialing.candidates(run.id, limit=1, now=NOW + timedelta(days=2))[0].on_dnc is None


def test_an_entry_on_the_dnc_list_is_never_shortened(unit: Unit) -> None:
    number = "+12125550100"
    days = {None: None} | {n: NOW + timedelta(days=n) for n in (1, 30)}

    def put(n: int | None) -> int:
        entry = DncEntry(list_name="global", number=number, source="test", added_at=NOW, expires_at=days[n])
        return unit.dnc.add([entry])

    assert [put(30), put(1), put(None), put(30)] == [1, 0, 1, 0]
    assert unit.dnc.check(number, NOW)[0].expires_at is None


def test_a_number_on_the_dnc_list_is_settled_as_the_run_begins(unit: Unit) -> None:
    made = unit.lists.create("l", "US", NOW)
    unit.contacts.add(made.id, contacts(3), NOW)
    unit.dnc.add([DncEntry(list_name="global", number=contacts(1)[0].numbers[0].e164, source="t", added_at=NOW)])
    run = unit.runs.create(unit.campaigns.put(SPEC, NOW).id, SPEC, NOW)
    assert unit.runs.prepare(run.id, size=10, draw=lambda: 0.5, now=NOW)
    after = unit.runs.get(run.id)
    assert after is not None
    assert (after.pending, after.done) == (2, 1)
    assert unit.runs.dispositions(run.id) == {Disposition.DO_NOT_CALL: 1}


def test_the_same_contacts_twice_are_added_once_and_a_number_on_two_lists_is_one_target(unit: Unit) -> None:
    made = unit.lists.create("l", "US", NOW)
    assert unit.contacts.add(made.id, contacts(5), NOW) == (5, 0)
    assert unit.contacts.add(made.id, contacts(6), NOW) == (1, 5)
    other = unit.lists.create("m", "US", NOW)
    unit.contacts.add(other.id, contacts(2), NOW)
    spec = SPEC.model_copy(update={"lists": ("l", "m")})
    run = unit.runs.create(unit.campaigns.put(spec, NOW).id, spec, NOW)
    assert unit.runs.prepare(run.id, size=100, draw=lambda: 0.5, now=NOW)
    after = unit.runs.get(run.id)
    assert after is not None
    assert after.pending == 6


def test_hostile_text_is_kept_literally(unit: Unit) -> None:
    made = unit.lists.create("l", "US", NOW)
    text = "Robert'); DROP TABLE contact;-- \" ; %s {x} \u202e"
    number = PhoneNumber(e164="+12125550100", zones=())
    unit.contacts.add(made.id, [Contact(numbers=(number,), attributes={"name": text})], NOW)
    (row,) = unit.contacts.find("+12125550100")
    assert row.contact.attributes == {"name": text}


_steps = st.lists(st.tuples(st.sampled_from(["claim", "hold", "close", "again", "promote", "dnc"]), st.integers(0, 9)))


@settings(max_examples=100, deadline=None)
@given(_steps)
def test_the_counters_always_equal_a_fresh_count(steps: list[tuple[str, int]]) -> None:
    connection = connect(None)
    migrate(connection)
    unit = SqliteUnit(connection)
    run = set_up(unit)
    opened: list[AttemptRow] = []
    for n, (kind, which) in enumerate(steps):
        pending = unit.dialing.candidates(run.id, limit=10, now=NOW)
        match kind:
            case "claim" if pending:
                opened.append(attempt_at(pending[which % len(pending)], n))
                unit.dialing.open_attempt(opened[-1])
            case "hold" if pending:
                unit.dialing.hold(pending[which % len(pending)], NOW)
            case "dnc" if pending:
                unit.dialing.settle_target(pending[which % len(pending)], Disposition.DO_NOT_CALL, NOW)
            case "close" | "again" if opened:
                done = closed(opened.pop(which % len(opened)), Disposition.BUSY)
                assert unit.dialing.close_attempt(done)
                state = TargetState.DONE if kind == "close" else TargetState.WAITING
                unit.dialing.release_target(done, state=state, not_before=NOW, now=NOW)
            case "promote":
                unit.dialing.promote(run.id, NOW)
    row = unit.runs.get(run.id)
    assert row is not None
    counted = dict(connection.execute("SELECT state, count(*) FROM target GROUP BY state").fetchall())
    assert (row.pending, row.waiting, row.in_progress, row.done) == tuple(
        counted.get(state, 0) for state in ("pending", "waiting", "in_progress", "done")
    )
    (attempts,) = connection.execute("SELECT count(*) FROM attempt").fetchone()
    assert row.attempts == attempts
    ended = connection.execute("SELECT disposition, count(*) FROM attempt WHERE disposition IS NOT NULL GROUP BY 1")
    undialed = connection.execute("SELECT count(*) FROM target WHERE disposition = 'do_not_call'").fetchone()[0]
    expected = dict(ended.fetchall()) | ({"do_not_call": undialed} if undialed else {})
    assert {str(each): count for each, count in unit.runs.dispositions(run.id).items()} == expected


def test_the_work_of_a_claim_does_not_grow_with_the_list() -> None:
    from dialerd.adapters.sqlite import dialing

    connection = connect(None)
    migrate(connection)
    args = {"run_id": 1, "limit": 10, "now": ""}
    plan = " ".join(row[3] for row in connection.execute("EXPLAIN QUERY PLAN " + dialing._CANDIDATES, args))
    assert "target USING INDEX target_next (run_id=?)" in plan
    assert "TEMP B-TREE" not in plan, "nothing is sorted"
    assert "SCAN" not in plan.replace("SCAN CONSTANT", "")


def fails(_unit: Unit) -> None:
    raise ValueError("this job fails")


def test_a_failing_job_undoes_nobody_elses_work_in_the_same_commit(tmp_path: Path) -> None:
    async def main() -> None:
        store = SqliteStore.open(tmp_path / "a.db")
        good = [store.write(partial(_create_list, f"list{n}")) for n in range(20)]
        results = await asyncio.gather(*good[:10], store.write(fails), *good[10:], return_exceptions=True)
        assert [type(each) for each in results if isinstance(each, BaseException)] == [ValueError]
        assert len(await store.read(lambda unit: unit.lists.all())) == 20
        await store.close()

    asyncio.run(main())


def _create_list(name: str, unit: Unit) -> None:
    unit.lists.create(name, "US", NOW)


def test_a_reader_sees_what_was_answered_and_cannot_write(tmp_path: Path) -> None:
    async def main() -> None:
        store = SqliteStore.open(tmp_path / "a.db")
        await store.write(partial(_create_list, "one"))
        assert [row.name for row in await store.read(lambda unit: unit.lists.all())] == ["one"]
        with pytest.raises(StoreError):
            await store.read(partial(_create_list, "two"))
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
            await store.write(partial(_create_list, f"daemon{n}"))
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


def test_a_second_daemon_is_refused_and_the_lock_falls_with_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with only_daemon(path), pytest.raises(StoreError, match=str(os.getpid())), only_daemon(path):
        pass
    with only_daemon(path):
        assert path.with_name("a.db.lock").exists()


def test_a_backup_of_a_database_in_use_can_be_restored(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.db", tmp_path / "copy.db"

    async def main() -> None:
        store = SqliteStore.open(path)
        await store.write(partial(_create_list, "before"))
        backup(path, copy)
        await store.write(partial(_create_list, "after"))
        await store.close()

    asyncio.run(main())
    restore(copy, path)
    with SqliteStore.unit(path, write=False) as unit:
        assert [row.name for row in unit.lists.all()] == ["before"]


def _other_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE other (x)")


def _no_database(path: Path) -> None:
    path.write_bytes(b"hello, I am no database at all" * 100)


def _newer_database(path: Path) -> None:
    check(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('dialerd', 'm999_future', '')"
        )
        connection.commit()


@pytest.mark.parametrize("spoil", [_other_database, _no_database, _newer_database])
def test_a_bad_backup_is_refused_and_changes_nothing(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    path, bad = tmp_path / "a.db", tmp_path / "bad.db"
    with SqliteStore.unit(path, write=True) as unit:
        unit.lists.create("mine", "US", NOW)
    spoil(bad)
    with pytest.raises((StoreError, BadInputError)):
        restore(bad, path)
    with SqliteStore.unit(path, write=False) as unit:
        assert [row.name for row in unit.lists.all()] == ["mine"]


def test_a_file_that_is_no_database_is_named_with_a_remedy(tmp_path: Path) -> None:
    _no_database(tmp_path / "a.db")
    with pytest.raises(StoreError) as error:
        SqliteStore.open(tmp_path / "a.db")
    assert "a.db" in str(error.value)
    assert "restore a backup" in str(error.value)
    with pytest.raises(StoreError, match="folder exists"):
        SqliteStore.open(tmp_path / "nowhere" / "a.db")


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    _newer_database(tmp_path / "a.db")
    with pytest.raises(StoreError, match="newer dialerd"):
        SqliteStore.open(tmp_path / "a.db")


def test_contacts_added_to_an_endless_run_are_taken_in_later(unit: Unit) -> None:
    run = set_up(unit, 2)
    made = unit.lists.get("l")
    assert made is not None
    unit.contacts.add(made.id, contacts(5), NOW)
    unit.runs.prepare(RunId(run.id), size=10, draw=lambda: 0.5, now=NOW)
    after = unit.runs.get(run.id)
    assert after is not None
    assert after.pending == 5
