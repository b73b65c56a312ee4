"""What every clock and all dice promise (ports.Clock, ports.Dice): the real ones and those of virtual time alike."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dialerd.adapters.clock import SystemClock, SystemDice
from dialerd.domain.words import ATTEMPT_ID, LEG_ID
from dialerd.ports import Clock, Dice
from dialerd.simulate.clock import SeededDice, VirtualClock, run_virtual

Run = Callable[[Coroutine[Any, Any, None]], None]
CLOCKS: list[tuple[Clock, Run]] = [
    (SystemClock(), asyncio.run),
    (VirtualClock(datetime(2026, 12, 1, 15, 0, tzinfo=UTC)), run_virtual),
]
each_clock = pytest.mark.parametrize(("clock", "run"), CLOCKS, ids=["system", "virtual"])
each_dice = pytest.mark.parametrize("dice", [SystemDice(), SeededDice(1)], ids=["system", "seeded"])

_MOMENT_S = 0.01


@each_clock
def test_now_is_aware_and_in_utc(clock: Clock, run: Run) -> None:
    async def main() -> None:
        assert clock.now().utcoffset() == timedelta(0)

    run(main())


@each_clock
def test_a_sleep_lasts_as_long_as_asked_on_both_scales(clock: Clock, run: Run) -> None:
    async def main() -> None:
        steady, now = clock.steady(), clock.now()
        await clock.sleep(_MOMENT_S)
        # An event loop may wake a tick of its own resolution early.
        assert clock.steady() - steady >= _MOMENT_S * 0.9
        assert clock.now() > now

    run(main())


@each_clock
def test_timers_fire_once_in_order_and_never_before_the_caller_goes_on(clock: Clock, run: Run) -> None:
    async def main() -> None:
        fired = list[str]()
        clock.call_later(2 * _MOMENT_S, lambda: fired.append("second"))
        clock.call_later(_MOMENT_S, lambda: fired.append("first"))
        clock.call_later(0, lambda: fired.append("at once"))
        assert fired == []
        await clock.sleep(4 * _MOMENT_S)
        assert fired == ["at once", "first", "second"]

    run(main())


@each_clock
def test_a_cancelled_timer_does_not_fire_and_may_be_cancelled_again(clock: Clock, run: Run) -> None:
    async def main() -> None:
        fired = list[str]()
        timer = clock.call_later(_MOMENT_S, lambda: fired.append("cancelled"))
        over = clock.call_later(0, lambda: fired.append("over"))
        timer.cancel()
        timer.cancel()
        await clock.sleep(2 * _MOMENT_S)
        over.cancel()
        assert fired == ["over"]

    run(main())


@each_dice
def test_ids_have_the_form_that_asterisk_needs_and_never_come_again(dice: Dice) -> None:
    attempts, legs = [dice.attempt_id() for _ in range(1000)], [dice.leg_id() for _ in range(1000)]
    assert all(ATTEMPT_ID.match(each) for each in attempts)
    assert all(LEG_ID.match(each) for each in legs)
    assert len({each[1:] for each in (*attempts, *legs)}) == 2000


@each_dice
def test_draws_lie_between_0_and_1_and_are_spread_evenly(dice: Dice) -> None:
    draws = [dice.draw() for _ in range(10_000)]
    assert all(0 <= each < 1 for each in draws)
    assert sum(draws) / len(draws) == pytest.approx(0.5, abs=0.03)  # ten standard deviations


def test_the_systems_attempt_ids_begin_with_their_moment_so_that_their_index_is_written_at_its_end() -> None:
    clock = SystemClock()
    before, attempt_id, after = clock.now(), SystemDice().attempt_id(), clock.now()
    assert before.timestamp() * 1000 - 1 <= int(attempt_id[1:13], 16) <= after.timestamp() * 1000
