"""A simulated exchange under test: somebody who listens to it, and calls to place on it.

Not here: any expectation.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from dialerd.domain.call import CallPlan
from dialerd.domain.call import events as ev
from dialerd.domain.caller import CallerEvent
from dialerd.domain.leg import LegEvent
from dialerd.domain.words import AttemptId, CallerId, LegId
from dialerd.ports import ExchangeEvent
from dialerd.simulate.callees import Callees, NumberPlan
from dialerd.simulate.clock import SeededDice, VirtualClock, run_virtual
from dialerd.simulate.exchange import SimulatedExchange
from dialerd.simulate.faults import NONE, Faults
from dialerd.simulate.phones import Phones
from dialerd.simulate.premises import PLAIN, Premises
from dialerd.tasks import end, spawn

T = TypeVar("T")
START = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


class Listener:
    """An ExchangeSink that writes down everything with its second; and the exchange it listens to."""

    def __init__(
        self, seed: int, premises: Premises, faults: Faults, callees: Callees | None, phones: Phones | None
    ) -> None:
        self.clock = VirtualClock(START)
        self.dice = SeededDice(seed)
        self.exchange = SimulatedExchange(
            "simulated",
            self.clock,
            self.dice,
            callees or NumberPlan(self.dice),
            premises=premises,
            phones=phones,
            faults=faults,
        )
        self.heard: list[tuple[float, AttemptId, ev.CallEvent]] = []
        self.legs_heard: list[tuple[float, LegId, LegEvent]] = []
        self.callers_heard: list[tuple[float, CallerId, CallerEvent]] = []
        self.exchange_heard: list[tuple[float, ExchangeEvent]] = []
        self.on_event: Callable[[AttemptId, ev.CallEvent], None] = lambda _attempt_id, _event: None

    async def start(self) -> None:
        self._running = spawn("exchange", self.exchange.run(self))
        await self.clock.sleep(0)

    async def stop(self) -> None:
        await end(self._running)

    def on_call_event(self, exchange: str, attempt_id: AttemptId, event: ev.CallEvent) -> None:
        self.heard.append((self.clock.steady(), attempt_id, event))
        self.on_event(attempt_id, event)

    def on_caller_event(self, exchange: str, caller_id: CallerId, event: CallerEvent) -> None:
        self.callers_heard.append((self.clock.steady(), caller_id, event))

    def on_leg_event(self, exchange: str, leg_id: LegId, event: LegEvent) -> None:
        self.legs_heard.append((self.clock.steady(), leg_id, event))

    def on_exchange_event(self, exchange: str, event: ExchangeEvent) -> None:
        self.exchange_heard.append((self.clock.steady(), event))

    def events(self, attempt_id: AttemptId) -> list[ev.CallEvent]:
        return [event for _, of, event in self.heard if of == attempt_id]

    def leg_events(self, leg_id: LegId) -> list[LegEvent]:
        return [event for _, of, event in self.legs_heard if of == leg_id]

    def plan(self, ending: str, *, max_ring_s: float = 20) -> CallPlan:
        return CallPlan(
            attempt_id=self.dice.attempt_id(),
            dial_string=f"PJSIP/+121266000{ending}@carrier",
            caller_id="+12125550100",
            amd=True,
            max_ring_s=max_ring_s,
            min_ring_s=1,
            play="hello",
        )

    async def call(self, ending: str, *, max_ring_s: float = 20) -> AttemptId:
        plan = self.plan(ending, max_ring_s=max_ring_s)
        await self.exchange.originate(plan)
        return plan.attempt_id


def listen(
    play: Callable[[Listener], Awaitable[T]],
    *,
    seed: int = 1,
    premises: Premises = PLAIN,
    faults: Faults = NONE,
    callees: Callees | None = None,
    phones: Phones | None = None,
) -> T:
    """Run `play` on virtual time beside an exchange that is up."""

    async def main() -> T:
        listener = Listener(seed, premises, faults, callees, phones)
        await listener.start()
        result = await play(listener)
        await listener.stop()
        return result

    return run_virtual(main())
