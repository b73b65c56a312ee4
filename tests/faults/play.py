"""Play a seed: a drawn campaign on the real engine and virtual time, its troubles, the calm after them, the verdict.

Not here: any of these. `scripts/bench faults --seed N` plays one for people.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dialerd.simulate.clock import run_virtual
from tests.faults.campaigns import begin
from tests.faults.drawn import Drawn, draw
from tests.faults.happenings import bring_back, happen
from tests.faults.house import House
from tests.simulation.world import START

_LOOK_S = 9.0
_ROUNDS, _ROUND_S = 60, 60.0  # a congested trunk takes the blame for twenty attempts at a number


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`broken`: what did not hold; empty: all did."""

    drawn: Drawn
    broken: tuple[str, ...]
    calls: int
    virtual_s: float
    account: tuple[str, ...]

    def __str__(self) -> str:
        lines = [self.drawn.story(), *(f"  BROKEN: {each}" for each in self.broken)]
        return "\n".join([*lines, f"  again: scripts/bench faults --seed {self.drawn.seed}"])


def play(seed: int, *, meddle: Callable[[House], None] = lambda house: None) -> Verdict:
    """`meddle` is shown every new daemon before it begins: for tests of the referee."""
    return play_drawn(draw(seed), meddle=meddle)


def play_drawn(drawn: Drawn, *, meddle: Callable[[House], None] = lambda house: None) -> Verdict:
    """The same for one that was written down by hand."""
    return run_virtual(_play(drawn, meddle))


async def _play(drawn: Drawn, meddle: Callable[[House], None]) -> Verdict:
    crashes: list[str] = []
    _watch_tasks(crashes)
    house = House(drawn, START, meddle)
    await begin(house)
    look_at = _LOOK_S
    for each in drawn.happenings:
        while look_at < each.at_s:
            await house.at(look_at)
            house.referee.look(house)
            look_at += _LOOK_S
        await house.at(each.at_s)
        await happen(house, each)
    await house.at(drawn.calm_s)
    house.put_right()
    await _come_to_an_end(house)
    house.referee.judge(house)
    broken = [*house.referee.broken, *house.store.crashes, *crashes]
    account = tuple(
        f"{call.number} {call.invited_at:%H:%M:%S.%f} {call.ended_at} {call.ending}" for call in house.exchange.record
    )
    virtual_s = house.true.steady()
    if house.engine is not None:
        await house.engine.close()
    await house.store.close()
    return Verdict(
        drawn=drawn, broken=tuple(broken), calls=len(house.exchange.record), virtual_s=virtual_s, account=account
    )


async def _come_to_an_end(house: House) -> None:
    for _ in range(_ROUNDS):
        await bring_back(house)
        await house.true.sleep(_ROUND_S)
        house.referee.look(house)
        (run,) = await house.runs()
        if run.finished_at is not None and not house.exchange._channels:
            break
    await house.true.sleep(_ROUND_S)


def _watch_tasks(crashes: list[str]) -> None:
    """No task and no timer may end with an error."""
    loop = asyncio.get_running_loop()

    def ended(task: asyncio.Task[Any]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            crashes.append(f"task {task.get_name()} crashed: {error!r}")

    def made(loop: asyncio.AbstractEventLoop, work: Any, **named: Any) -> asyncio.Task[Any]:
        task = asyncio.Task(work, loop=loop, **named)
        task.add_done_callback(ended)
        return task

    loop.set_task_factory(made)
    loop.set_exception_handler(lambda _, context: crashes.append(f"in the loop: {context.get('exception') or context}"))
