"""One life of a daemon: its clock, its store, its exchange and its ears, which are all gone at once when it is killed.

Not here: the machine (machine.py) and the exchange, which outlive it; who starts the next one (house.py).

Killed means: from then on nothing that it does is seen by anybody. So a kill between any two things that can be seen
is a kill at any await between them, too. `doom` kills it at the n-th such thing, just before it or just after.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from dialerd.domain.call import CallPlan
from dialerd.domain.call.events import CallEvent
from dialerd.domain.caller import CallerEvent
from dialerd.domain.leg import LegEvent
from dialerd.domain.words import AttemptId, CallerId, LegId
from dialerd.ports import DialReply, ExchangeEvent, ExchangeSink, ExchangeUp, Timer, Unit
from dialerd.simulate.exchange import SimulatedExchange
from dialerd.tasks import spawn
from tests.faults.machine import Disk, Wall

T = TypeVar("T")

_AT_ONCE = 5000  # things done at one moment: no campaign of a dozen people has so many to do
_ROUNDING_S = 1e-6  # or a wait for what is left of a wait would never end


class Life:
    """Implements ports.Clock, ports.Store and machine.Witness."""

    def __init__(self, wall: Wall, disk: Disk) -> None:
        self._wall = wall
        self._disk = disk
        self.is_dead = False
        self._stopped_until = 0.0
        self._acts_left: int | None = None
        self._does_the_last = True
        self._on_death: Callable[[], None] = lambda: None
        self._moment, self._at_once = 0.0, 0
        self.spins = False

    # How it ends

    def kill(self) -> None:
        if not self.is_dead:
            self.is_dead = True
            self._on_death()

    def on_death(self, action: Callable[[], None]) -> None:
        self._on_death = action

    def doom(self, acts: int, *, does_the_last: bool) -> None:
        self._acts_left, self._does_the_last = acts, does_the_last

    def stop(self, duration_s: float) -> None:
        """SIGSTOP, and SIGCONT after that: timers and replies come late, all at once; what is told is kept for it."""
        self._stopped_until = max(self._stopped_until, self._wall.steady() + duration_s)

    @property
    def stopped_s(self) -> float:
        left_s = self._stopped_until - self._wall.steady()
        return left_s if left_s > _ROUNDING_S else 0.0

    async def live(self) -> None:
        """Return if it lives, when it runs."""
        while self.is_dead or self.stopped_s:
            if self.is_dead:
                await asyncio.Event().wait()
            await self._wall.sleep(self.stopped_s)

    # machine.Witness

    def begins(self) -> bool:
        """Something that can be seen is about to be done; False: it is not done any more."""
        if self._acts_left is not None and not self.is_dead:
            self._acts_left -= 1
            if self._acts_left <= 0 and not self._does_the_last:
                self.kill()
        return not self.is_dead

    def _beat(self) -> None:
        """One that does one thing after the other and leaves time no room would do so for ever: it is ended."""
        if self._moment != self.steady():
            self._moment, self._at_once = self.steady(), 0
        self._at_once += 1
        if self._at_once > _AT_ONCE:
            self.spins = self.is_dead = True

    def done(self) -> None:
        if self._acts_left is not None and self._acts_left <= 0:
            self.kill()

    # ports.Clock

    def now(self) -> datetime:
        return self._wall.now()

    def steady(self) -> float:
        return self._wall.steady()

    async def sleep(self, delay_s: float) -> None:
        await self._wall.sleep(delay_s)
        await self.live()

    def call_later(self, delay_s: float, action: Callable[[], None]) -> Timer:
        return _Alarm(self, self._wall, delay_s, action)

    # ports.Store

    async def write(self, job: Callable[[Unit], T], *, patient: bool = False) -> T:
        self._beat()
        await self.live()
        try:
            result = await self._disk.commit(job, self)
        except Exception:  # whatever it was is heard only by who lives
            await self.live()
            raise
        await self.live()
        return result

    def post(self, job: Callable[[Unit], object]) -> None:
        self._beat()
        if not self.is_dead:
            self._disk.note(job, self)

    async def read(self, job: Callable[[Unit], T]) -> T:
        self._beat()
        await self.live()
        return await self._disk.read(job)

    async def close(self) -> None:
        """The store is the house's."""


class _Alarm:
    """Implements ports.Timer."""

    def __init__(self, life: Life, wall: Wall, delay_s: float, action: Callable[[], None]) -> None:
        self._life, self._wall, self._action = life, wall, action
        self._timer = wall.call_later(delay_s, self._ring)

    def _ring(self) -> None:
        if self._life.is_dead:
            return
        if self._life.stopped_s:
            self._timer = self._wall.call_later(self._life.stopped_s, self._ring)
        else:
            self._action()

    def cancel(self) -> None:
        self._timer.cancel()


class Ears:
    """Implements ports.ExchangeSink: what a living daemon hears, in order; one that is stopped, later."""

    def __init__(self, life: Life, wall: Wall, sink: ExchangeSink, on_up: Callable[[], None]) -> None:
        self._life, self._wall, self._sink, self._on_up = life, wall, sink, on_up
        self._kept: list[Callable[[], None]] = []

    def on_call_event(self, exchange: str, attempt_id: AttemptId, event: CallEvent) -> None:
        self._hear(partial(self._sink.on_call_event, exchange, attempt_id, event))

    def on_leg_event(self, exchange: str, leg_id: LegId, event: LegEvent) -> None:
        self._hear(partial(self._sink.on_leg_event, exchange, leg_id, event))

    def on_caller_event(self, exchange: str, caller_id: CallerId, event: CallerEvent) -> None:
        self._hear(partial(self._sink.on_caller_event, exchange, caller_id, event))

    def on_exchange_event(self, exchange: str, event: ExchangeEvent) -> None:
        def told() -> None:
            if isinstance(event, ExchangeUp):
                self._on_up()  # not before it is heard: what one who was stopped was about goes on before that
            self._sink.on_exchange_event(exchange, event)

        self._hear(told)

    def _hear(self, told: Callable[[], None]) -> None:
        if self._life.is_dead:
            return
        if not self._kept and not self._life.stopped_s:
            told()
            return
        self._kept.append(told)
        if len(self._kept) == 1:
            self._wall.call_later(self._life.stopped_s, self._catch_up)

    def _catch_up(self) -> None:
        if self._life.stopped_s and not self._life.is_dead:
            self._wall.call_later(self._life.stopped_s, self._catch_up)
            return
        kept, self._kept = self._kept, []
        for told in kept if not self._life.is_dead else ():
            told()


class Wire:
    """Implements ports.Exchange: the exchange as one daemon has it. What is on its way when the daemon is killed may
    arrive all the same. `placed` is told of every call just before it is asked for."""

    def __init__(
        self,
        life: Life,
        wall: Wall,
        exchange: SimulatedExchange,
        *,
        arrives: Callable[[], bool],
        placed: Callable[[CallPlan, bool, bool], None],
    ) -> None:
        self._life, self._wall, self._exchange, self._arrives, self._placed = life, wall, exchange, arrives, placed
        self._has_looked = False
        self.name = exchange.name

    @property
    def is_alive(self) -> bool:
        return self._exchange.is_alive

    def trouble(self, *, endpoint: tuple[str, str], amd: bool) -> str | None:
        return self._exchange.trouble(endpoint=endpoint, amd=amd)

    async def run(self, sink: ExchangeSink) -> None:
        def up() -> None:
            self._has_looked = False

        await self._exchange.run(Ears(self._life, self._wall, sink, up))

    async def originate(self, plan: CallPlan) -> DialReply:
        was_alive = self._exchange.is_alive
        await self._life.live()
        if not self._life.is_dead and (self._exchange.is_alive or not was_alive):
            self._placed(plan, was_alive, self._has_looked)
        reply: DialReply = await self._ask(self._exchange.originate, plan)
        return reply

    async def channels(self) -> Any:
        seen = await self._ask(self._exchange.channels)
        self._has_looked = True
        return seen

    def __getattr__(self, verb: str) -> Callable[..., Awaitable[Any]]:
        return partial(self._ask, getattr(self._exchange, verb))

    async def _ask(self, verb: Callable[..., Awaitable[Any]], *given: Any, **named: Any) -> Any:
        await self._life.live()
        if not self._life.begins():
            await asyncio.Event().wait()
        request = spawn(f"request {verb.__name__}", _answer(verb(*given, **named)))
        try:
            answer, error = await asyncio.shield(request)
        except asyncio.CancelledError:
            if not self._arrives():
                request.cancel()
            raise
        self._life.done()
        await self._life.live()
        if error is not None:
            raise error
        return answer


async def _answer(asked: Awaitable[Any]) -> tuple[Any, Exception | None]:
    """A failure is an answer too: nobody may be left to take it."""
    try:
        return await asked, None
    except Exception as error:  # noqa: BLE001  # handed on
        return None, error
