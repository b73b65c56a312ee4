"""The runs as the engine sees them follow the store, whichever way the news comes."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.contact import Contact
from dialerd.domain.pacing import AgentlessPacer, PacingView
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.words import AttemptId, RunState
from dialerd.engine.agentline import Crew
from dialerd.engine.runkeeper import RunKeeper
from dialerd.engine.trunkdesk import TrunkDesk
from dialerd.ports import RunRow, Unit
from dialerd.simulate.callees import NumberPlan
from dialerd.simulate.clock import SeededDice, VirtualClock, run_virtual
from dialerd.simulate.exchange import SimulatedExchange
from dialerd.usecases.runs import change_pace, pause_run, stop_run
from tests.numbers import number
from tests.simulation.world import START, campaign, trunk


def set_up(unit: Unit, *, finite: bool = True) -> RunRow:
    made = unit.lists.create("l", "US", START)
    phones = [PhoneNumber(e164=number(n, "02"), zones=()) for n in range(3)]
    unit.contacts.add(made.id, [Contact(numbers=(phone,)) for phone in phones], START)
    spec = campaign(finite=finite)
    return unit.runs.create(unit.campaigns.put(spec, START).id, spec, START)


def with_keeper(story: Any, *, finite: bool = True) -> None:
    async def main() -> None:
        store = SqliteStore.in_memory()
        run = await store.write(lambda unit: set_up(unit, finite=finite))
        keeper = RunKeeper(store, VirtualClock(START), SeededDice(1), lambda: None)
        await keeper.refresh()
        work: Coroutine[Any, Any, None] = story(store, keeper, run)
        await work
        await store.close()

    run_virtual(main())


@pytest.mark.parametrize("by_settle", [True, False])
def test_another_pace_is_taken_whether_a_poke_or_a_settled_call_brings_it(by_settle: bool) -> None:
    async def story(store: SqliteStore, keeper: RunKeeper, run: RunRow) -> None:
        change = {"max_calls": 3, "calls_per_second": 7.0, "actor": "test", "now": START}
        await store.write(lambda unit: change_pace(unit, "c", **change))  # type: ignore[arg-type]  # spelled above
        if by_settle:
            row = await store.read(lambda unit: unit.runs.get(run.id))
            assert row is not None
            keeper.settled(row)
        await keeper.refresh()
        line = keeper.lines[run.id]
        assert isinstance(line.pacer, AgentlessPacer)
        assert line.pacer.max_calls == 3
        assert line.pacer.decide(PacingView(now=100.0, ringing=[1.0] * 3)) == 0

    with_keeper(story)


def test_a_run_that_an_earlier_daemon_held_is_known_as_held_so_that_going_on_is_written_down() -> None:
    async def story(store: SqliteStore, keeper: RunKeeper, run: RunRow) -> None:
        await store.write(lambda unit: unit.runs.set_held(run.id, "Asterisk pbx1 is not connected"))
        later = RunKeeper(store, VirtualClock(START), SeededDice(1), lambda: None)
        await later.refresh()
        assert later.lines[run.id].held_by == "Asterisk pbx1 is not connected"

    with_keeper(story)


def test_a_paused_run_is_kept_and_a_stopped_one_is_forgotten() -> None:
    async def story(store: SqliteStore, keeper: RunKeeper, run: RunRow) -> None:
        await store.write(lambda unit: pause_run(unit, "c", actor="test", now=START))
        await keeper.refresh()
        assert keeper.lines[run.id].row.state is RunState.PAUSED
        await store.write(lambda unit: stop_run(unit, "c", actor="test", now=START))
        await keeper.refresh()
        assert keeper.lines == {}

    with_keeper(story)


def test_a_stopped_run_of_any_length_is_cancelled_chunk_by_chunk_to_its_end() -> None:
    async def story(store: SqliteStore, keeper: RunKeeper, run: RunRow) -> None:
        def add(unit: Unit) -> None:
            known = unit.lists.get("l")
            assert known is not None
            phones = [PhoneNumber(e164=f"+1212{7_000_000 + n}", zones=()) for n in range(1200)]
            unit.contacts.add(known.id, [Contact(numbers=(phone,)) for phone in phones], START)

        await store.write(add)
        await keeper.refresh()
        await store.write(lambda unit: stop_run(unit, "c", actor="test", now=START))
        halfway = await store.read(lambda unit: unit.runs.get(run.id))
        assert halfway is not None
        assert (halfway.state, halfway.done) == (RunState.STOPPING, 500), "one transaction holds the writer shortly"
        await keeper.refresh()
        after = await store.read(lambda unit: unit.runs.get(run.id))
        assert after is not None
        assert (after.state, after.done, after.pending) == (RunState.STOPPED, 1203, 0)

    with_keeper(story, finite=False)


def test_an_endless_run_takes_in_contacts_as_they_are_added() -> None:
    async def story(store: SqliteStore, keeper: RunKeeper, run: RunRow) -> None:
        late = Contact(numbers=(PhoneNumber(e164=number(99, "02"), zones=()),))

        def add(unit: Unit) -> None:
            known = unit.lists.get("l")
            assert known is not None
            unit.contacts.add(known.id, [late], START)

        await store.write(add)
        await keeper.refresh()
        assert keeper.lines[run.id].row.pending == 4

    with_keeper(story, finite=False)


def test_a_run_begins_while_another_one_still_takes_in_its_many_contacts() -> None:
    async def story(store: SqliteStore, keeper: RunKeeper, long: RunRow) -> None:
        def add(unit: Unit) -> RunRow:
            known = unit.lists.get("l")
            assert known is not None
            phones = [PhoneNumber(e164=f"+1212{7_000_000 + n}", zones=()) for n in range(9000)]
            unit.contacts.add(known.id, [Contact(numbers=(phone,)) for phone in phones], START)
            made = unit.lists.create("short", "US", START)
            unit.contacts.add(made.id, [Contact(numbers=(phones[0],))], START)
            spec = campaign(name="d", lists=["short"])
            return unit.runs.create(unit.campaigns.put(spec, START).id, spec, START)

        short = await store.write(add)
        assert await keeper.refresh() == START, "to be looked at again at once"
        assert keeper.lines[short.id].row.pending == 1
        assert 0 < keeper.lines[long.id].row.pending < 9003
        looks = 1
        while await keeper.refresh() is not None:
            looks += 1
        assert keeper.lines[long.id].row.pending == 9003
        assert looks < 10

    with_keeper(story, finite=False)


def test_a_trunk_that_refuses_rests_longer_each_time_and_not_after_it_works_again() -> None:
    async def main() -> None:
        clock = VirtualClock(datetime(2026, 12, 1, tzinfo=UTC))
        dice = SeededDice(1)
        exchange = SimulatedExchange("simulated", clock, dice, NumberPlan(dice))
        exchange.line.is_alive = True
        desk = TrunkDesk({"carrier": trunk()}, {"simulated": exchange}, clock)
        assert desk.way_out("carrier", amd=True) == "Asterisk simulated is not ready"
        desk.ready.add("simulated")
        assert desk.way_out("carrier", amd=True) is exchange
        rests = []
        for _ in range(3):
            desk.take("carrier", "simulated")
            desk.not_sent("carrier", trunk_down=True, reason="down")
            rests.append(desk.room_at("carrier") - clock.steady())
            assert "rests" in str(desk.way_out("carrier", amd=True))
            await clock.sleep(rests[-1])
        assert rests == [1.0, 2.0, 4.0]
        desk.take("carrier", "simulated")
        desk.sent("carrier")
        assert desk.way_out("carrier", amd=True) is exchange
        assert desk.way_out("nowhere", amd=True) == "no [[trunk]] nowhere in the settings"

    run_virtual(main())


def test_a_trunk_is_between_calls_as_long_as_its_calls_per_second_alone_let_none_go_and_will_in_a_moment() -> None:
    async def main() -> None:
        clock = VirtualClock(datetime(2026, 12, 1, tzinfo=UTC))
        dice = SeededDice(1)
        exchange = SimulatedExchange("simulated", clock, dice, NumberPlan(dice))
        trunks = {"carrier": replace(trunk(), calls_per_second=10.0), "slow": replace(trunk(), calls_per_second=0.1)}
        desk = TrunkDesk(trunks, {"simulated": exchange}, clock)
        for name in trunks:
            assert not desk.is_between_calls(name)
            desk.take(name, "simulated")
            assert desk.is_between_calls(name), "the call is not sent yet, which wakes who asks"
            desk.sent(name)
        assert desk.is_between_calls("carrier")
        assert not desk.is_between_calls("slow"), "ten seconds are long enough for a pace to change"
        await clock.sleep(desk.room_at("carrier") - clock.steady())
        assert not desk.is_between_calls("carrier")

    run_virtual(main())


def test_a_bad_number_for_a_trunk_is_a_failed_attempt_and_stops_nobody_else() -> None:
    from tests.simulation.world import run

    outcome = run(["02", "02"], way_out=replace(trunk(), prefix="999999"))  # 17 digits: no number
    assert dict(outcome.dispositions) == {"failed": 2}
    assert outcome.record == ()


def test_a_run_takes_its_contacts_in_by_chunks_that_begin_small() -> None:
    async def main() -> list[int]:
        store = SqliteStore.in_memory()
        run = await store.write(set_up)
        phones = [PhoneNumber(e164=f"+1212{3_000_000 + n}", zones=()) for n in range(600)]
        listed = await store.read(lambda unit: unit.lists.get("l"))
        assert listed is not None
        people = [Contact(numbers=(phone,)) for phone in phones]
        await store.write(lambda unit: unit.contacts.add(listed.id, people, START))
        taken_in: list[int] = []

        def look() -> None:
            row = store._writer.look(lambda unit: unit.runs.get(run.id))  # type: ignore[union-attr]  # in memory
            taken_in.append(0 if row is None else row.targets)

        await RunKeeper(store, VirtualClock(START), SeededDice(1), look).refresh()
        await store.close()
        return taken_in

    assert run_virtual(main()) == [50, 150, 350, 603, 603]


def test_what_the_pacer_would_hang_up_are_the_calls_it_saw_and_of_those_only_who_gets_another_attempt() -> None:
    async def story(_store: SqliteStore, keeper: RunKeeper, run: RunRow) -> None:
        line, crew = keeper.lines[run.id], Crew(callbacks=frozenset({AttemptId("callback")}))
        for name in ("callback", "first", "last"):
            line.ringing[AttemptId(name)] = 0.0
        line.repeatable |= {AttemptId("callback"), AttemptId("first")}
        view = line.view(20.0, crew, min_ring_s=15.0, patience_s=2.0)
        assert len(view.ringing) == 2
        assert line.late(crew, [0, 1]) == ["first"]
        line.drop(AttemptId("first"))
        assert line.repeatable == {"callback"}

    with_keeper(story)


def test_the_pacer_is_shown_what_people_have_left_of_their_patience_and_never_more_than_the_queue_allows() -> None:
    async def story(_store: SqliteStore, keeper: RunKeeper, run: RunRow) -> None:
        line = keeper.lines[run.id]

        def shown(patience_s: float) -> float:
            return line.view(20.0, Crew(), min_ring_s=15.0, patience_s=patience_s).patience

        assert shown(2.0) == 2.0
        for _ in range(100):
            line.has_left(1.2)  # AMD has heard 0.8 s of silence first
        line.has_left(0.0)
        assert shown(2.0) == pytest.approx(1.14)
        assert shown(1.0) == 1.0

    with_keeper(story)
