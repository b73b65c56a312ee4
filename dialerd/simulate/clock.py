"""Virtual time: an event loop that jumps to its next timer instead of waiting for it, and a clock and dice on it.

Not here: anything of telephony. On this loop the real engine runs a day in seconds, alike for the same seed.
"""

from __future__ import annotations

import asyncio
import math
import random
import selectors
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

from dialerd.domain.words import AttemptId, LegId
from dialerd.ports import Timer

T = TypeVar("T")


class Deadlock(RuntimeError):
    """Nothing is ready and no timer is set: on virtual time the loop would wait for ever."""


class _JumpingSelector(selectors.SelectSelector):
    """Never waits: a wait becomes a jump of the loop's time."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        # With nothing but the loop's own wake-up pipe there is no need to ask the system at every turn.
        ready = super().select(0) if len(self.get_map()) > 1 else []
        if ready:
            return ready
        if timeout is None:
            raise Deadlock("every task waits for something that cannot happen any more")
        self.now += max(timeout, 0.0)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """asyncio's own loop with its own time; everything built on it works unchanged."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now

    @property
    def _clock_resolution(self) -> float:
        """asyncio fires a timer when `when < time + this`: so one is never early, and never stuck a rounding error on.

        A fixed one would be lost in the rounding after some months, and the loop would spin at a timer that is due.
        """
        return math.ulp(self._jumping.now)

    @_clock_resolution.setter
    def _clock_resolution(self, value: float) -> None:
        """asyncio sets that of the real clock when it is made."""


def run_virtual(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end on a virtual loop of its own. Raises Deadlock where it can never end."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
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
