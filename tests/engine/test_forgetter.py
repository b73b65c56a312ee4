"""The daemon forgets what is old at a quiet pace, sweeps after erasures, and has Asterisk delete sounds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from dialerd.adapters.sql.unit import SqlUnit
from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.retention import Kind, Retention
from dialerd.domain.words import AttemptId
from dialerd.engine import Forgetter
from dialerd.ports import Done, Failed, Gone, RecordingRow, Reply, Timer, Unit
from dialerd.usecases import persons, retention

ATTEMPT = "d" + "0" * 32
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@dataclass
class PassingClock:
    """Implements ports.Clock: every sleep passes at once."""

    moment: datetime = NOW
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.moment

    def steady(self) -> float:
        return self.moment.timestamp()

    async def sleep(self, delay_s: float) -> None:
        self.slept.append(delay_s)
        self.moment += timedelta(seconds=delay_s)

    def call_later(self, delay_s: float, action: Callable[[], None]) -> Timer:
        raise AssertionError("nothing is put off")


@dataclass
class Deleting:
    """As much of ports.Exchange as deletes recordings."""

    replies: list[Reply]
    deleted: list[str] = field(default_factory=list)
    is_alive: bool = True
    name: str = "pbx1"

    async def delete_recording(self, name: str) -> Reply:
        self.deleted.append(name)
        return self.replies.pop(0)


def fill(unit: Unit, count: int = 450) -> None:
    for n in range(count):
        at = NOW - timedelta(days=100 if n < count * 2 // 3 else 1)
        unit.audit.add(actor="a", action="x", subject="s", detail={"n": n}, now=at)


def forgetter(store: SqliteStore, clock: PassingClock, exchange: Any, **days: int) -> Forgetter:
    return Forgetter(store, clock, {"pbx1": exchange}, Retention(**days))


def recording(n: int, asterisk: str = "pbx1") -> RecordingRow:
    at = NOW - timedelta(days=n)
    return RecordingRow(
        name=f"r{n}", attempt_id=AttemptId(ATTEMPT), asterisk=asterisk, asked_by="c", started_at=at, ended_at=at
    )


def test_what_is_old_goes_in_chunks_with_time_between_them_and_once_an_hour() -> None:
    async def play() -> None:
        store, clock = SqliteStore.in_memory(), PassingClock()
        await store.write(fill)
        keeper = forgetter(store, clock, Deleting([]), audit=30)
        (due,) = [e for e in await store.read(lambda u: retention.list_due(u, Retention(audit=30), NOW)) if e.rows]
        assert (due.kind, due.days, due.rows) == (Kind.AUDIT, 30, 300)
        await keeper.look()
        left = await store.read(lambda unit: unit.audit.latest(limit=1000))
        assert len([row for row in left if row.action == "x"]) == 150
        assert left[0].action == "forgotten" and left[0].detail == {"rows": 300}
        assert len(clock.slept) >= 2 and set(clock.slept) == {1.0}
        await store.write(lambda unit: fill(unit, 2))
        await keeper.look()
        assert len(await store.read(lambda unit: unit.audit.latest(limit=1000))) == len(left) + 2, "not before an hour"
        await store.close()

    asyncio.run(play())


def test_without_rules_everything_is_kept_and_numbers_as_long_as_rules_may_ask_for_them() -> None:
    assert all(Retention().before(kind, NOW) is None for kind in Kind)
    before = Retention(calls=1, audit=1).before
    assert before(Kind.AUDIT, NOW) == NOW - timedelta(days=1)
    kept = before(Kind.CALLS, NOW)
    assert kept is not None and kept < NOW - timedelta(days=300)


def test_sounds_are_deleted_where_they_are_and_tried_again_where_that_fails() -> None:
    async def play() -> None:
        store, clock = SqliteStore.in_memory(), PassingClock()

        def add(unit: Unit) -> None:
            assert isinstance(unit, SqlUnit)
            unit.recordings._connection.execute(
                "INSERT INTO attempt (id, target_id, run_id, number, trunk, asterisk, caller_id, claimed_at)"
                " VALUES (?, 1, 1, '+12122660001', 't', 'pbx1', '', '')",
                (ATTEMPT,),
            )
            for row in (recording(1), recording(40), recording(41), recording(42), recording(43, "gone")):
                unit.recordings.add(row)
                unit.recordings.end(row.name, now=row.started_at, duration_s=1.0)

        await store.write(add)
        exchange = Deleting([Done(), Failed("busy"), Gone(), Done()])
        keeper = forgetter(store, clock, exchange, recordings=30)
        await keeper.look()
        assert sorted(exchange.deleted) == ["r40", "r41", "r42"]
        await keeper.look()
        assert len(exchange.deleted) == 4, "what had failed"
        left = await store.read(lambda unit: unit.persons.unwanted_recordings(limit=9))
        assert [each.name for each in left] == ["r43"], "its server is not in the settings; it may come back"
        exchange.is_alive = False
        await keeper.look()
        assert len(exchange.deleted) == 4
        await store.close()

    asyncio.run(play())


def test_the_audit_log_is_swept_for_whoever_was_erased() -> None:
    async def play() -> None:
        store, clock = SqliteStore.in_memory(), PassingClock()

        def add(unit: Unit) -> None:
            for n in range(3):
                unit.audit.add(actor="a", action="x", subject="s", detail={"to": "+12122660001", "n": n}, now=NOW)
            unit.persons.erase(unit.persons.find(address="+12122660001"))

        await store.write(add)
        await forgetter(store, clock, Deleting([])).look()
        rows = await store.read(lambda unit: unit.audit.latest(limit=9))
        assert [row.detail["to"] for row in rows] == ["erased"] * 3
        assert await store.write(persons.sweep), "nothing is left"
        await store.close()

    asyncio.run(play())
