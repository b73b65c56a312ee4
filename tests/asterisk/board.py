"""A switchboard for tests on the real Asterisk: legs and calls by the exchange port alone, and what is told of them.

Not here: any expectation, and the daemon (dialer.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from dialerd.adapters.ari import AriExchange
from dialerd.adapters.clock import SystemClock, SystemDice
from dialerd.domain.call import CallPlan
from dialerd.domain.call.events import Answered, CallEvent
from dialerd.domain.caller import CallerCame, CallerEvent
from dialerd.domain.leg import LegAnswered, LegEvent
from dialerd.domain.words import AttemptId, CallerId, LegId
from dialerd.ports import ExchangeEvent
from dialerd.serversettings import AsteriskSettings
from dialerd.tasks import end, spawn

_LIMIT_S = 60.0
T = TypeVar("T")


class Board:
    """An ExchangeSink, and the exchange it is told by."""

    def __init__(self, settings: AsteriskSettings) -> None:
        self.clock, self.dice = SystemClock(), SystemDice()
        self.exchange = AriExchange(settings, self.clock)
        self._heard: dict[str, list[LegEvent | CallEvent | CallerEvent]] = {}

    def on_exchange_event(self, exchange: str, event: ExchangeEvent) -> None: ...

    def on_leg_event(self, exchange: str, leg_id: LegId, event: LegEvent) -> None:
        self._heard.setdefault(leg_id, []).append(event)

    def on_caller_event(self, exchange: str, caller_id: CallerId, event: CallerEvent) -> None:
        self._heard.setdefault(caller_id, []).append(event)

    async def caller(self) -> CallerId:
        """The first who has called."""
        async with asyncio.timeout(_LIMIT_S):
            while True:
                for caller_id, events in self._heard.items():
                    if isinstance(events[0], CallerCame):
                        return CallerId(caller_id)
                await self.clock.sleep(0.01)

    def on_call_event(self, exchange: str, attempt_id: AttemptId, event: CallEvent) -> None:
        self._heard.setdefault(attempt_id, []).append(event)

    async def heard(self, channel: str, kind: type[T]) -> T:
        """The first event of that kind, when it comes."""
        async with asyncio.timeout(_LIMIT_S):
            while True:
                for event in self._heard.get(channel, []):
                    if isinstance(event, kind):
                        return event
                await self.clock.sleep(0.01)

    async def becomes(self, look: Callable[[], Awaitable[object]], expected: object) -> None:
        """Look until that is seen: what Asterisk lists follows what it has told, and what it was asked, by a moment."""
        seen = await look()
        deadline = self.clock.steady() + _LIMIT_S
        while seen != expected and self.clock.steady() < deadline:
            await self.clock.sleep(0.05)
            seen = await look()
        assert seen == expected

    async def agent(self, dial_string: str) -> LegId:
        """A leg, rung; whether it is picked up is another matter."""
        leg_id = self.dice.leg_id()
        await self.exchange.dial_leg(leg_id, dial_string, caller_id="+12125550100", ring_s=10)
        return leg_id

    async def agent_up(self, dial_string: str) -> LegId:
        leg_id = await self.agent(dial_string)
        await self.heard(leg_id, LegAnswered)
        return leg_id

    async def person_up(self, number: str) -> AttemptId:
        plan = CallPlan(
            attempt_id=self.dice.attempt_id(),
            dial_string=f"PJSIP/{number}@carrier",
            caller_id="+12125550100",
            amd=False,
            max_ring_s=10,
            min_ring_s=1,
        )
        await self.exchange.originate(plan)
        await self.heard(plan.attempt_id, Answered)
        return plan.attempt_id


@asynccontextmanager
async def board(settings: AsteriskSettings) -> AsyncIterator[Board]:
    made = Board(settings)
    running = spawn("exchange", made.exchange.run(made))
    try:
        async with asyncio.timeout(_LIMIT_S):
            while not made.exchange.is_alive:
                await made.clock.sleep(0.01)
        yield made
    finally:
        await end(running)
