"""Who is asked whether the daemon is well, and what comes of an answer that does not come, or says no."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.errors import StoreError
from dialerd.domain.tolls import TollGuard
from dialerd.engine import Engine
from dialerd.engine.vitals import LIMIT_S, REFUSING_S, STALE_S, Vital, Vitals
from dialerd.simulate.callees import NumberPlan
from dialerd.simulate.clock import SeededDice, VirtualClock, run_virtual
from dialerd.simulate.exchange import SimulatedExchange
from tests.simulation.world import trunk

START = datetime(2026, 12, 1, 12, tzinfo=UTC)


class Moody(SqliteStore):
    """A database in memory that answers, refuses, or says nothing any more."""

    mood = "well"

    async def write(self, job: Callable[[Any], Any], *, patient: bool = False) -> Any:
        if self.mood == "refuses":
            raise StoreError("database dialerd.db: database is locked", hint="end that program")
        if self.mood == "hangs":
            await asyncio.Event().wait()
        return await super().write(job, patient=patient)


def vitals(store: Moody, clock: VirtualClock, turn: Callable[[], Any] | None = None) -> Vitals:
    async def at_once() -> None:
        return None

    return Vitals(store, clock, turn or at_once, {}, ())


def moody() -> Moody:
    made = Moody.in_memory()
    assert isinstance(made, Moody)
    return made


def test_a_database_that_gives_no_answer_is_not_alive_and_one_that_is_back_is() -> None:
    async def main() -> None:
        clock, store = VirtualClock(START), moody()
        asked = vitals(store, clock)
        assert [each.trouble for each in asked.latest()] == ["not asked yet", "not asked yet"]
        assert await asked.is_alive()
        assert asked.latest() == [Vital("database"), Vital("engine")]
        store.mood = "hangs"
        began = clock.steady()
        assert not await asked.is_alive()
        assert clock.steady() - began == LIMIT_S
        assert asked.latest()[0] == Vital("database", "it has not answered for 10 s", hangs=True)
        store.mood = "well"
        assert await asked.is_alive()
        assert not any(each.trouble for each in asked.latest())

    run_virtual(main())


def test_a_database_that_refuses_is_told_of_at_once_and_is_no_reason_to_start_afresh_for_minutes() -> None:
    async def main() -> None:
        clock, store = VirtualClock(START), moody()
        asked = vitals(store, clock)
        store.mood = "refuses"
        assert await asked.is_alive()
        assert asked.latest()[0] == Vital("database", "database dialerd.db: database is locked")
        await clock.sleep(REFUSING_S)
        assert not await asked.is_alive()

    run_virtual(main())


def test_an_engine_whose_loops_do_not_come_round_is_not_alive() -> None:
    async def main() -> None:
        clock = VirtualClock(START)
        asked = vitals(moody(), clock, asyncio.Event().wait)
        assert not await asked.is_alive()
        assert asked.latest() == [Vital("database"), Vital("engine", "it has not answered for 10 s", hangs=True)]

    run_virtual(main())


def test_an_answer_that_is_old_is_not_believed() -> None:
    async def main() -> None:
        clock = VirtualClock(START)
        asked = vitals(moody(), clock)
        assert await asked.is_alive()
        await clock.sleep(STALE_S + 5)
        assert {each.trouble for each in asked.latest()} == {"not asked for 35 s"}

    run_virtual(main())


def test_the_engine_answers_while_it_works_and_while_it_drains_and_not_when_a_loop_hangs() -> None:
    async def main() -> None:
        clock, dice, store = VirtualClock(START), SeededDice(1), moody()
        exchange = SimulatedExchange("simulated", clock, dice, NumberPlan(dice))
        engine = Engine(
            store=store,
            clock=clock,
            dice=dice,
            exchanges={"simulated": exchange},
            trunks={"carrier": trunk()},
            min_ring_s=15.0,
        )
        assert not await engine.vitals.is_alive(), "nothing runs yet"
        await engine.start()
        await clock.sleep(1.0)
        assert await engine.vitals.is_alive()
        assert engine.vitals.latest() == [Vital("database"), Vital("engine"), Vital("asterisk simulated")]
        exchange.line.is_alive = False
        assert engine.vitals.latest()[-1] == Vital("asterisk simulated", "its event stream is not proven alive")
        exchange.line.is_alive = True
        engine.change_limits({"carrier": trunk(max_channels=3, calls_per_second=2)})
        known = engine._trunks.trunk("carrier")
        assert known is not None
        assert (known.max_channels, known.calls_per_second) == (3, 2)
        guarded = replace(
            trunk(), tolls=TollGuard(countries=("US",)), max_calls_per_day=0, endpoint="PJSIP/{number}@other"
        )
        engine.change_limits({"carrier": guarded})
        assert engine._trunks.room("carrier") == 0
        assert engine._trunks.refusal("PJSIP/+442071838750@carrier") is not None
        assert engine._trunks.trunk("carrier") == replace(guarded, endpoint=trunk().endpoint), "the way out stays"
        await engine.drain(1.0)
        assert await engine.vitals.is_alive()
        await engine.close()
        assert not await engine.vitals.is_alive()
        await store.close()

    run_virtual(main())
