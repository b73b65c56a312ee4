"""Virtual time: an event loop that jumps to its next timer instead of waiting for it, and a clock and dice on it.

Not here: anything of telephony. On this loop the real engine runs a day in seconds, alike for the same seed.
"""

from __future__ import annotations

import asyncio
import random
import selectors
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from datetime import datetime, timedelta
from functools import partial
from heapq import heapify, heappop, heappush
from typing import Any, TypeVar, TypeVarTuple, Unpack

from dialerd.domain.words import AttemptId, LegId
from dialerd.ports import Timer

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Deadlock(RuntimeError):
    """Nothing is ready and no timer is set: on virtual time the loop would wait for ever."""


class Standstill(RuntimeError):
    """Something looks again and again at one moment: on virtual time, which stands still meanwhile, for ever."""


_MOST_TURNS = 500_000  # at one moment; what happens at once to a thousand agents takes some thousands
_PURGED_FROM = 100  # as many cancelled timers are left where they are


class VirtualLoop(asyncio.SelectorEventLoop):
    """asyncio's own loop with its own time; everything built on it works unchanged.

    It never waits: where nothing is ready its time jumps to the next timer's. Timers of one moment fire in the order in
    which they were set. Turning it and keeping its timers is most of what asyncio costs a simulation, so both are done
    here: without asking the system, and with a heap whose entries need no Python to be compared.
    """

    _ready: deque[asyncio.Handle]
    _stopping: bool
    _selector: selectors.BaseSelector
    _process_events: Callable[[list[tuple[selectors.SelectorKey, int]]], None]

    def __init__(self, most_turns: int = _MOST_TURNS) -> None:
        """`most_turns`: at one moment; more is a standstill."""
        super().__init__()
        self._most_turns = most_turns
        self._now = 0.0
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._timers_set = self._timers_cancelled = 0
        self._turned_at, self._turns = 0.0, 0

    def time(self) -> float:
        return self._now

    def call_soon(
        self, callback: Callable[[Unpack[Ts]], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def call_at(
        self, when: float, callback: Callable[[Unpack[Ts]], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        self._timers_set += 1
        heappush(self._timers, (when, self._timers_set, handle))
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Called by a timer that is cancelled; one that has fired counts too, which does no harm."""
        self._timers_cancelled += 1
        if self._timers_cancelled > _PURGED_FROM + len(self._timers) // 2:
            self._timers_cancelled = 0
            self._timers = [timer for timer in self._timers if not timer[2].cancelled() and timer[2] is not handle]
            heapify(self._timers)

    def _run_once(self) -> None:
        """asyncio's own turn: what is ready now, and the timers that are due."""
        if len(self._selector.get_map()) > 1:  # more than the loop's own wake-up pipe
            self._process_events(self._selector.select(0))
        ready, timers = self._ready, self._timers
        while timers and timers[0][2].cancelled():
            heappop(timers)
        if not ready and not self._stopping:
            if not timers:
                raise Deadlock("every task waits for something that cannot happen any more")
            self._now = max(self._now, timers[0][0])
        now = self._now
        self._turns = self._turns + 1 if now == self._turned_at else 0
        self._turned_at = now
        if self._turns > self._most_turns:
            self._turns = 0  # its tasks are still to be ended
            raise Standstill(f"the loop has turned {self._most_turns} times at one moment")
        while timers and timers[0][0] <= now:
            ready.append(heappop(timers)[2])
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle.cancelled():
                handle._run()


def run_virtual(main: Coroutine[Any, Any, T], *, most_turns: int = _MOST_TURNS) -> T:
    """Run a coroutine to its end on a virtual loop of its own. Raises Deadlock or Standstill where it can never end."""
    with asyncio.Runner(loop_factory=partial(VirtualLoop, most_turns)) as runner:
        return runner.run(main)


class VirtualClock:
    """Implements ports.Clock on a virtual loop; `start` is the moment at which the loop's time is 0."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._now = (0.0, start)  # the loop's time, and the moment that it was last asked for

    def now(self) -> datetime:
        time = asyncio.get_running_loop().time()
        if time != self._now[0]:  # it stands still while things happen
            self._now = (time, self._start + timedelta(seconds=time))
        return self._now[1]

    def steady(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, delay_s: float) -> None:
        await asyncio.sleep(delay_s)

    def call_later(self, delay_s: float, action: Callable[[], None]) -> Timer:
        loop = asyncio.get_running_loop()
        return loop.call_at(loop.time() + delay_s, action)


class SeededDice:
    """Implements ports.Dice: the same seed gives the same ids and draws."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def attempt_id(self) -> AttemptId:
        return AttemptId(f"d{self._random.getrandbits(128):032x}")

    def leg_id(self) -> LegId:
        return LegId(f"a{self._random.getrandbits(128):032x}")

    def draw(self) -> float:
        return self._random.random()
