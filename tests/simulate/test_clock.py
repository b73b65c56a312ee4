"""Virtual time moves by jumps, in order, alike each time, and says so where it can never move again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from dialerd.domain.words import ATTEMPT_ID
from dialerd.simulate.clock import Deadlock, SeededDice, Standstill, VirtualClock, run_virtual
from dialerd.tasks import spawn

START = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


def test_timers_fire_in_the_order_of_their_times_each_exactly_at_its_own() -> None:
    clock, fired = VirtualClock(START), list[tuple[float, float]]()

    async def main() -> None:
        def note(due: float) -> None:
            fired.append((due, clock.steady()))

        for delay_s in (3.0, 0.25, 86_400.0, 1.5, 0.0):
            clock.call_later(delay_s, partial(note, delay_s))
        await clock.sleep(100_000)

    run_virtual(main())
    assert fired == [(due, due) for due in (0.0, 0.25, 1.5, 3.0, 86_400.0)]


def test_timers_of_one_moment_fire_as_they_were_set_and_a_heap_of_cancelled_ones_is_cleared_away() -> None:
    clock, fired = VirtualClock(START), list[int]()

    async def main() -> None:
        timers = [clock.call_later(5.0, partial(fired.append, n)) for n in range(1000)]
        for n, timer in enumerate(timers):
            if n % 5:
                timer.cancel()
        await clock.sleep(6)
        timers[0].cancel()  # long fired

    run_virtual(main())
    assert fired == list(range(0, 1000, 5))


def test_what_is_ready_is_done_before_time_moves() -> None:
    clock, moments = VirtualClock(START), list[float]()

    async def worker() -> None:
        for _ in range(3):
            await asyncio.sleep(0)  # noqa: TID251  # a turn of the loop, no time
            moments.append(clock.steady())

    async def main() -> None:
        await clock.sleep(1)
        await asyncio.gather(*(spawn("worker", worker()) for _ in range(3)))

    run_virtual(main())
    assert moments == [1.0] * 9


def test_the_date_goes_with_the_time_from_the_start_given() -> None:
    async def main() -> tuple[datetime, datetime]:
        clock = VirtualClock(START)
        began = clock.now()
        await clock.sleep(90_000.5)
        return began, clock.now()

    assert run_virtual(main()) == (START, START + timedelta(seconds=90_000.5))


def test_a_timer_that_a_later_one_replaced_moves_nothing() -> None:
    async def main() -> float:
        clock = VirtualClock(START)
        clock.call_later(50, lambda: pytest.fail("it was cancelled")).cancel()
        await clock.sleep(1)
        return clock.steady()

    assert run_virtual(main()) == 1.0


def test_time_limits_of_asyncio_are_in_virtual_time() -> None:
    async def main() -> float:
        clock = VirtualClock(START)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(600):
                await asyncio.Event().wait()
        return clock.steady()

    assert run_virtual(main()) == 600.0


@pytest.mark.parametrize("far_s", [1e6, 1e8, 1e10])
def test_time_moves_on_however_far_it_has_come(far_s: float) -> None:
    async def main() -> float:
        clock = VirtualClock(START)
        await clock.sleep(far_s)
        for _ in range(1000):
            await clock.sleep(0.001)
        return clock.steady() - far_s

    assert run_virtual(main()) == pytest.approx(1.0, rel=0.01)


def test_a_deadlock_is_reported_and_what_waits_can_still_clean_up() -> None:
    left = list[str]()

    async def waits_for_ever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            left.append("cleaned up")

    with pytest.raises(Deadlock, match="cannot happen any more"):
        run_virtual(waits_for_ever())
    assert left == ["cleaned up"]


def test_a_deadlock_later_on_is_reported_as_well() -> None:
    async def main() -> None:
        await VirtualClock(START).sleep(5)
        await asyncio.Event().wait()

    with pytest.raises(Deadlock):
        run_virtual(main())


def test_what_looks_again_without_end_at_one_moment_is_a_standstill_and_is_ended() -> None:
    clock, left = VirtualClock(START), list[str]()

    async def main() -> None:
        try:
            await clock.sleep(5)
            while True:
                await clock.sleep(0)
        finally:
            left.append("cleaned up")

    with pytest.raises(Standstill, match="turned 100 times at one moment"):
        run_virtual(main(), most_turns=100)
    assert left == ["cleaned up"]


def test_an_error_comes_out_as_it_is() -> None:
    async def main() -> None:
        await VirtualClock(START).sleep(5)
        raise LookupError("as it is")

    with pytest.raises(LookupError, match="as it is"):
        run_virtual(main())


def test_the_same_seed_draws_the_same_and_another_seed_does_not() -> None:
    def drawn(seed: int) -> list[object]:
        dice = SeededDice(seed)
        return [each for _ in range(50) for each in (dice.attempt_id(), dice.draw())]

    assert drawn(7) == drawn(7)
    assert not set(drawn(7)) & set(drawn(8))


def test_a_seeded_id_is_an_attempt_id_like_any_other() -> None:
    dice = SeededDice(1)
    ids = {dice.attempt_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(ATTEMPT_ID.match(each) for each in ids)
