"""Callbacks rule by rule (F1 to F4), on the whole engine in virtual time: over hours, crashes and faults."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialerd.domain.callback import Callback
from dialerd.domain.dispositionset import read_disposition_set
from dialerd.domain.regulation import EMPTY
from dialerd.domain.words import CallbackState, RunState
from dialerd.ports import Unit
from dialerd.simulate.faults import Faults
from dialerd.usecases import callbacks, dispositions, dnc, explain, runs
from dialerd.usecases.callbacks import Shown, Wish
from tests.numbers import number
from tests.simulation.office import DAY, HOUR, TRUNKS, Office, in_office
from tests.simulation.world import campaign

TEN = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)  # 10:00 in New York, a Tuesday
MIN = timedelta(minutes=1)
WINDOW = 10 * MIN
SLOW: dict[str, Any] = {"max_calls": 1, "calls_per_second": 0.1, "max_attempts": 1}
DAYTIME = {"timezone": "contact", "mon-sun": "09:00-20:00"}


class Desk:
    """Callbacks of the campaign `c`, asked for in an office."""

    def __init__(self, office: Office) -> None:
        self.office = office

    async def _write(self, job: Any) -> Any:
        done = await self.office.store.write(job)
        if self.office.engine is not None:
            self.office.engine.poke()
        return done

    async def add(self, contact: int, at: datetime | str, **wish: Any) -> Callback:
        now, asked = self.office.clock.now(), Wish(at=at, **wish)
        made: Callback = await self._write(
            lambda unit: callbacks.add_callback(unit, "c", contact, asked, region="US", actor="test", now=now)
        )
        return made

    async def move(self, made: Callback, at: datetime) -> None:
        now = self.office.clock.now()
        await self._write(lambda unit: callbacks.move_callback(unit, made.id, at, actor="test", now=now))

    async def now(self, made: Callback) -> None:
        now = self.office.clock.now()
        await self._write(lambda unit: callbacks.dial_callback_now(unit, made.id, actor="test", now=now))

    async def cancel(self, made: Callback) -> None:
        now = self.office.clock.now()
        await self._write(lambda unit: callbacks.cancel_callback(unit, made.id, actor="test", now=now))

    async def show(self, made: Callback) -> Shown:
        now = self.office.clock.now()
        return await self.office.store.read(
            lambda unit: callbacks.show_callback(unit, made.id, rulebook=EMPTY, now=now)
        )

    async def bar(self, phone: str) -> None:
        now = self.office.clock.now()
        await self._write(
            lambda unit: dnc.add_to_dnc(unit, [phone], region="US", source="", expires_at=None, actor="test", now=now)
        )

    async def run(self) -> None:
        now = self.office.clock.now()
        await self._write(lambda unit: runs.run_campaign(unit, "c", trunks=TRUNKS, actor="test", now=now))

    def dialed(self, n: int, ending: str = "00") -> list[datetime]:
        """When the n-th contact's phone was rung."""
        return [call.invited_at for call in self.office.record if call.number == number(n - 1, ending)]


async def begun(office: Office, endings: list[str], **keys: Any) -> Desk:
    """A campaign that is going on."""
    desk = Desk(office)
    await office.add(endings)
    await office.apply(campaign(**keys))
    await office.start()
    await desk.run()
    return desk


@pytest.mark.parametrize("pace", [{"max_calls": 1, "calls_per_second": 1.0}, {"max_calls": 10}])
def test_f1_each_is_dialed_within_ten_minutes_of_the_time_asked_for_while_the_campaign_is_busy(
    pace: dict[str, Any],
) -> None:
    async def story(office: Office) -> None:
        desk = await begun(office, ["00"] * 900, order="lifo", **pace)
        made = [await desk.add(n, TEN + n * 7 * MIN) for n in range(1, 9)]
        await office.until(TEN + 2 * HOUR)
        for n, each in enumerate(made, 1):
            (at,) = desk.dialed(n)
            assert timedelta(0) <= at - each.due_at <= WINDOW
            shown = await desk.show(each)
            assert (shown.state, shown.late) == (CallbackState.DONE, False)

    in_office(story, start=TEN)


def test_f1_a_time_is_the_customers_own_clock() -> None:
    async def story(office: Office) -> None:
        desk = await begun(office, ["00"] * 3, **SLOW | {"finite": False})
        await desk.add(1, "2026-12-02T15:00")
        await desk.add(2, "2026-12-02T15:00", zone="America/Los_Angeles")
        await desk.add(3, "2026-12-02T15:00+01:00")
        await office.until(TEN + 3 * DAY)
        hours = [desk.dialed(n)[-1].replace(second=0, microsecond=0).hour for n in (1, 2, 3)]
        assert hours == [20, 23, 14]

    in_office(story, start=TEN)


def test_f1_it_calls_the_number_that_was_asked_for_and_tries_again_when_nobody_answers() -> None:
    async def story(office: Office) -> None:
        desk = await begun(office, ["00", "00"], callbacks={"tries": 3, "retry_after_min": 20})
        made = await desk.add(1, TEN + HOUR, number=number(700, "03"), notes="ask for Ann")
        await office.until(TEN + 5 * HOUR)
        times = [call.invited_at for call in office.record if call.number == number(700, "03")]
        assert len(times) == 3
        assert all(late - early >= 20 * MIN for early, late in pairwise(times))
        shown = await desk.show(made)
        assert (shown.state, shown.callback.tries) == (CallbackState.EXPIRED, 3)
        assert "3 of 3 tries are made" in shown.callback.reason

    in_office(story, start=TEN)


def test_f1_a_disposition_can_ask_for_it() -> None:
    table = {
        "name": "sales",
        "disposition": [{"code": "later", "callback": True, "callback_after_min": 90.0}, {"code": "no"}],
    }

    async def story(office: Office) -> None:
        await office.store.write(
            lambda unit: dispositions.apply_set(unit, read_disposition_set(table, source="test"), actor="test", now=TEN)
        )
        desk = await begun(office, ["00", "00"], dispositions="sales", finite=False)
        await office.until(TEN + 10 * MIN)
        (attempt, _) = await office.store.read(
            lambda unit: [row.attempt for row in unit.dialing.export((unit.runs.unfinished())[0].id)]
        )
        now = office.clock.now()
        given = await office.store.write(
            lambda unit: dispositions.give(unit, attempt.id, "later", actor="test", now=now)
        )
        assert given.callback is not None
        assert given.callback.due_at == now + 90 * MIN
        assert office.engine is not None
        office.engine.poke()
        await office.until(TEN + DAY)
        assert [len(desk.dialed(n)) for n in (1, 2)] == [2, 1]
        assert timedelta(0) <= desk.dialed(1)[1] - given.callback.due_at <= WINDOW

    in_office(story, start=TEN)


def test_f2_it_can_be_moved_dialed_now_and_cancelled_while_the_campaign_goes_on() -> None:
    async def story(office: Office) -> None:
        desk = await begun(office, ["00"] * 3)
        moved, hurried, cancelled = [await desk.add(n, TEN + 3 * HOUR) for n in (1, 2, 3)]
        await office.until(TEN + HOUR)
        assert not office.record
        await desk.move(moved, TEN + 2 * HOUR)
        await desk.now(hurried)
        await office.until(TEN + HOUR + MIN)
        assert [len(desk.dialed(n)) for n in (1, 2, 3)] == [0, 1, 0]
        await desk.cancel(cancelled)
        await office.until(TEN + HOUR + 2 * MIN)
        assert len(desk.dialed(3)) == 1, "it goes on as an ordinary contact"
        await office.until(TEN + 4 * HOUR)
        assert TEN + 2 * HOUR <= desk.dialed(1)[0] <= TEN + 2 * HOUR + WINDOW
        (run,) = await office.runs()
        assert (run.state, run.done) == (RunState.COMPLETED, 3)

    in_office(story, start=TEN)


def test_f3_no_interval_gets_more_than_its_quota_and_all_are_dialed() -> None:
    async def story(office: Office) -> None:
        desk = await begun(office, ["00"] * 30, hours=DAYTIME, callbacks={"max": 4, "interval_min": 15}, max_calls=10)
        for n in range(1, 21):  # more than the hour has room for, and half of them at night
            await desk.add(n, TEN + HOUR if n % 2 else TEN + 16 * HOUR)
        await office.until(TEN + 3 * DAY)
        times = [desk.dialed(n) for n in range(1, 21)]
        assert {len(each) for each in times} == {1}
        intervals = Counter(int((at - TEN) / (15 * MIN)) for (at,) in times)
        assert max(intervals.values()) == 4
        assert len(intervals) == 6, "10 before the evening take three intervals, and so do 10 in the morning"

    in_office(story, start=TEN)


def test_f4_it_is_dialed_before_ordinary_targets_and_the_rest_wait_their_turn() -> None:
    async def story(office: Office) -> None:
        desk = await begun(office, ["00"] * 300, **SLOW)
        await desk.add(300, TEN + 10 * MIN)
        await office.until(TEN + 11 * MIN)
        (at,) = desk.dialed(300)
        later = sum(call.invited_at > TEN + 10 * MIN and call.invited_at < at for call in office.record)
        assert later <= 1, "at most the call that was up then goes before"
        assert len(office.record) < 299

    in_office(story, start=TEN)


def test_f4_outside_the_hours_it_waits_says_so_and_is_the_first_of_the_morning() -> None:
    async def story(office: Office) -> None:
        desk = await begun(office, ["00"] * 500, hours=DAYTIME, **SLOW | {"calls_per_second": 0.01})
        await office.until(TEN + MIN)
        made = await desk.add(400, TEN + 12 * HOUR)  # 22:00 in New York
        opening = TEN + 23 * HOUR
        shown = await desk.show(made)
        assert shown.later is not None
        assert (shown.later.name, shown.later.until) == ("hours", opening)
        await office.until(TEN + 13 * HOUR)
        shown = await desk.show(made)
        assert shown.gate is not None
        assert (shown.state, shown.gate.name, shown.gate.until) == (CallbackState.DUE, "hours", opening)
        now = office.clock.now()
        told = await office.store.read(lambda unit: explain.explain(unit, "c", 400, trunks=TRUNKS, now=now))
        assert (told.held_by, told.until) == ("hours", opening)
        await office.until(opening + 5 * MIN)
        (at,) = desk.dialed(400)
        assert opening <= at < opening + MIN
        assert min(call.invited_at for call in office.record if call.invited_at >= opening) == at

    in_office(story, start=TEN)


def test_f4_a_later_do_not_call_entry_cancels_it() -> None:
    async def story(office: Office) -> None:
        desk = await begun(office, ["00"] * 2)
        made = await desk.add(1, TEN + HOUR)
        await office.until(TEN + 30 * MIN)
        await desk.bar(number(0, "00"))
        shown = await desk.show(made)
        assert (shown.state, shown.callback.reason) == (
            CallbackState.CANCELLED,
            "the number is on the do-not-call list global",
        )
        await office.until(TEN + DAY)
        assert desk.dialed(1) == []
        (run,) = await office.runs()
        assert (run.state, run.done) == (RunState.COMPLETED, 2)

    in_office(story, start=TEN)


@pytest.mark.parametrize("down_at", [30 * MIN, 60 * MIN, 60 * MIN + timedelta(seconds=3), 75 * MIN])
@pytest.mark.parametrize("down_for", [timedelta(seconds=1), 20 * MIN, 2 * HOUR])
def test_f4_a_daemon_that_is_down_meanwhile_dials_it_when_it_is_back_and_once(
    down_at: timedelta, down_for: timedelta
) -> None:
    async def story(office: Office) -> None:
        desk = await begun(office, ["00", "00"], finite=False)
        made = await desk.add(1, TEN + HOUR)
        await office.until(TEN + down_at)
        await office.crash()
        await office.until(TEN + down_at + down_for)
        await office.start()
        await office.until(TEN + DAY)
        (at,) = desk.dialed(1)
        assert made.due_at <= at <= max(made.due_at, TEN + down_at + down_for) + MIN
        assert (await desk.show(made)).state is CallbackState.DONE
        assert await office.store.read(_open) == []

    in_office(story, start=TEN)


def _open(unit: Unit) -> list[object]:
    listed = unit.callbacks.listed(
        campaign_id=None, agent=None, states=[CallbackState.SCHEDULED, CallbackState.IN_PROGRESS], limit=9
    )
    return [*listed, *unit.dialing.open_attempts()]


def test_f4_one_that_its_run_does_not_come_to_is_the_next_runs() -> None:
    async def story(office: Office) -> None:
        desk = await begun(office, ["00"] * 3, finish={"duration_min": 30})
        made = await desk.add(1, TEN + HOUR)
        await office.until(TEN + 45 * MIN)
        (run,) = await office.runs()
        assert run.state is RunState.COMPLETED
        shown = await desk.show(made)
        assert shown.gate is not None
        assert shown.gate.reason == "it waits for the campaign's next run"
        await office.until(TEN + 50 * MIN)
        await desk.run()
        await office.until(TEN + 75 * MIN)
        assert len(desk.dialed(1)) == 1
        assert (await desk.show(made)).state is CallbackState.DONE

    in_office(story, start=TEN)


_share = st.floats(0, 0.3)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    faults=st.builds(
        Faults,
        lose_reply=_share,
        lose_command=_share,
        lose_event=_share,
        double_event=_share,
        delay_event=_share,
        delay_s=st.floats(0, 3),
    ),
    endings=st.lists(st.sampled_from(["00", "02", "03", "01", "11", "15", "05"]), min_size=3, max_size=8),
    wishes=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 90)), max_size=3, unique_by=lambda each: each[0]),
    crashes=st.lists(st.integers(1, 100), max_size=3, unique=True).map(sorted),
    finite=st.booleans(),
)
def test_whatever_is_lost_or_cut_each_callback_ends_once_and_nobody_is_called_beyond_its_tries(
    seed: int,
    faults: Faults,
    endings: list[str],
    wishes: list[tuple[int, int]],
    crashes: list[int],
    finite: bool,
) -> None:
    async def story(office: Office) -> None:
        office.exchange.line.faults = faults
        desk = Desk(office)
        await office.add(endings)
        await office.apply(campaign(max_attempts=2, retry_after_min=5, finite=finite, callbacks={"tries": 2}))
        await office.start()
        made = [await desk.add(contact, TEN + minutes * MIN) for contact, minutes in wishes]
        await desk.run()
        for minute in crashes:
            await office.until(TEN + minute * MIN)
            await office.crash()
            await office.clock.sleep(1.0)
            await office.start()
        await office.until(TEN + DAY)
        ended = [(await desk.show(each)).state for each in made]
        assert set(ended) <= {CallbackState.DONE, CallbackState.EXPIRED}
        assert await office.store.read(_open) == []
        (run,) = await office.runs()
        assert run.done == run.targets
        promised = {contact for contact, _ in wishes}
        for n, ending in enumerate(endings, 1):
            attempts = await office.store.read(partial(_spent, contact=n))
            assert attempts <= (4 if n in promised else 2)
            assert ending not in ("00", "11") or n not in promised or len(desk.dialed(n, ending)) <= 2

    in_office(story, start=TEN, seed=seed)


def _spent(unit: Unit, contact: int) -> int:
    run = unit.runs.latest(unit.campaigns.all()[0].id)
    assert run is not None
    return sum(row.contact_id == contact and row.attempt.spent for row in unit.dialing.export(run.id))
