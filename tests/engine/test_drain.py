"""Stopping: no new calls, those up may finish, nobody's phone is cut off early, everything is written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest

from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.contact import Contact
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.regulation import EMPTY, Rulebook, read_pack
from dialerd.engine import Engine
from dialerd.ports import ExportRow, Unit
from dialerd.simulate.callees import NumberPlan
from dialerd.simulate.clock import SeededDice, VirtualClock, run_virtual
from dialerd.simulate.exchange import SimulatedCall, SimulatedExchange
from tests.numbers import number
from tests.simulation.world import START, campaign, trunk

T = TypeVar("T")


class SlowStore:
    """Implements ports.Store: what is written is on disk at once, and its answer comes so much later."""

    def __init__(self, store: SqliteStore, clock: VirtualClock, commit_s: float) -> None:
        self._clock = clock
        self._commit_s = commit_s
        self.read, self.post, self.close = store.read, store.post, store.close
        self._store = store

    async def write(self, job: Callable[[Unit], T], *, patient: bool = False) -> T:
        written = await self._store.write(job, patient=patient)
        await self._clock.sleep(self._commit_s)
        return written


def drained(
    ending: str, *, after_s: float, limit_s: float, rulebook: Rulebook = EMPTY, commit_s: float = 0.0, **keys: object
) -> tuple[float, Sequence[SimulatedCall], Sequence[ExportRow]]:
    """Stop a campaign of such numbers `after_s` into it: how long that took, the exchange's record, the attempts."""

    async def main() -> tuple[float, Sequence[SimulatedCall], Sequence[ExportRow]]:
        clock, dice, store = VirtualClock(START), SeededDice(1), SqliteStore.in_memory()
        exchange = SimulatedExchange("simulated", clock, dice, NumberPlan(dice))

        def set_up(unit: Unit) -> None:
            made = unit.lists.create("l", "US", START)
            phones = [PhoneNumber(e164=number(n, ending), zones=()) for n in range(100)]
            unit.contacts.add(made.id, [Contact(numbers=(phone,)) for phone in phones], START)
            spec = campaign(**{"max_calls": 5, "calls_per_second": 5, "max_ring_s": 60, **keys})
            unit.runs.create(unit.campaigns.put(spec, START).id, spec, START)

        await store.write(set_up)
        engine = Engine(
            store=SlowStore(store, clock, commit_s) if commit_s else store,
            clock=clock,
            dice=dice,
            exchanges={"simulated": exchange},
            trunks={"carrier": trunk()},
            min_ring_s=15.0,
            rulebook=rulebook,
        )
        await engine.start()
        await clock.sleep(after_s)
        began = clock.steady()
        await engine.drain(limit_s)
        took_s = clock.steady() - began
        await engine.close()
        rows = await store.read(lambda unit: list(unit.dialing.export(unit.runs.unfinished()[0].id)))
        await store.close()
        return took_s, exchange.record, rows

    return run_virtual(main())


@pytest.mark.parametrize("after_s", [0.9, 3.0, 20.0])
def test_a_phone_that_rings_is_not_cut_off_early_by_a_shutdown_and_the_call_is_written_down(after_s: float) -> None:
    took_s, record, attempts = drained("03", after_s=after_s, limit_s=2.0)
    assert took_s <= 2 + 15 + 5
    cancelled = [call for call in record if call.ending == "dialer"]
    assert cancelled, "they ring for a minute; we did not wait for that"
    for call in cancelled:
        assert call.ended_at is not None
        assert (call.ended_at - call.invited_at).total_seconds() >= 15
    assert {row.attempt.disposition for row in attempts} == {"cancelled"}
    assert len(attempts) == len(record)


@pytest.mark.parametrize("after_s", [0.1, 0.3, 0.5, 0.7])
def test_a_call_that_is_being_claimed_as_the_daemon_stops_is_placed_and_not_lost(after_s: float) -> None:
    _, record, attempts = drained("00", after_s=after_s, limit_s=60.0, commit_s=0.15, max_calls=1)
    assert len(attempts) == len(record) > 0
    assert all(row.attempt.disposition == "answered_human" for row in attempts)


def ringing_at_least(seconds: float) -> Rulebook:
    rule = {"id": "A-RING", "kind": "min_ring", "text": "t", "source": "s", "status": "V", "seconds": seconds}
    table = {"title": "t", "version": "1", "checked_on": START.date(), "applies": {}, "rule": [rule]}
    return Rulebook({"ours": read_pack("ours", table, source="ours.toml")})


def test_a_packs_minimum_ring_holds_for_a_shutdown_where_it_is_longer_than_the_settings() -> None:
    _, record, _ = drained("03", after_s=6.0, limit_s=2.0, rulebook=ringing_at_least(25), regulations=["ours"])
    cancelled = [call for call in record if call.ending == "dialer"]
    assert cancelled
    for call in cancelled:
        assert call.ended_at is not None
        assert 25 <= (call.ended_at - call.invited_at).total_seconds() < 60


def test_a_campaign_whose_pack_came_to_ask_for_more_ring_than_it_has_calls_nobody() -> None:
    _, record, _ = drained(
        "03", after_s=6.0, limit_s=2.0, rulebook=ringing_at_least(25), regulations=["ours"], max_ring_s=20
    )
    assert record == []


def test_calls_that_are_up_may_finish_and_no_new_ones_are_placed() -> None:
    took_s, record, attempts = drained("40", after_s=3.0, limit_s=60.0)
    assert took_s < 10
    assert all(call.invited_at.timestamp() <= START.timestamp() + 3.0 for call in record)
    assert {row.attempt.disposition for row in attempts} == {"answered_human"}


def test_a_person_who_is_listening_when_the_time_is_over_was_still_answered() -> None:
    _, record, attempts = drained("40", after_s=3.0, limit_s=0.1)
    assert "dialer" in {call.ending for call in record}
    assert {row.attempt.disposition for row in attempts} <= {"answered_human", "interrupted"}
    assert len(attempts) == len(record)
