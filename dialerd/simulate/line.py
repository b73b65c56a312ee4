"""The line between a simulated exchange and dialerd: what takes how long, what is lost or late, outages.

Not here: what is asked and told over it (exchange.py, legs.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from dialerd.domain.errors import ExchangeError
from dialerd.ports import Clock, Dice, Done, ExchangeDown, ExchangeSink, ExchangeUp, Failed, Reply
from dialerd.simulate.faults import NONE, Faults

# On average; each is drawn between half and one and a half of it, so that a first event and the originate's reply
# come in either order, as they do in truth.
REPLY_S = 0.002
STEP_S = 0.001
TRY_S = 0.2  # from a loss to the next try to connect
ENTER_S = 0.0003  # from the answer to our application; from the begin of an end to the end


class Line:
    """`is_alive`: the event stream is proven alive. `faults` may be changed at any time."""

    def __init__(self, name: str, clock: Clock, dice: Dice, faults: Faults = NONE) -> None:
        self.name = name
        self.clock = clock
        self.dice = dice
        self.faults = faults
        self.is_alive = False
        self._sink: ExchangeSink | None = None
        self._down_until = 0.0

    async def serve(self, sink: ExchangeSink) -> None:
        """Tell `sink`, from now on until cancelled."""
        self._sink = sink
        self._come_up()
        try:
            await asyncio.Event().wait()
        finally:
            self._sink, self.is_alive = None, False

    def go_down(self, reason: str, duration_s: float, *, is_dead: bool = False) -> None:
        """The stream breaks, and is mended then. Where two outages overlap, the one that ends later counts. `is_dead`:
        nobody listens any more, which the next try to connect finds out."""
        was_alive, self.is_alive = self.is_alive, False
        if was_alive and self._sink is not None:
            self._sink.on_exchange_event(self.name, ExchangeDown(reason))
        self._down_until = max(self._down_until, self.clock.steady() + duration_s)
        self.clock.call_later(duration_s, self._come_up)
        if is_dead:
            self.clock.call_later(TRY_S, lambda: self._find_dead(reason))

    def _find_dead(self, reason: str) -> None:
        if not self.is_alive and self._sink is not None:
            self._sink.on_exchange_event(self.name, ExchangeDown(reason, is_dead=True))

    def _come_up(self) -> None:
        """Unless it is up, nobody listens, or another outage is not over."""
        if self._sink is None or self.is_alive or self.clock.steady() < self._down_until - ENTER_S:
            return
        self.is_alive = True
        self._sink.on_exchange_event(self.name, ExchangeUp())

    # Time and chance

    def about(self, mean_s: float) -> float:
        return mean_s * (0.5 + self.dice.draw())

    async def wait(self, mean_s: float = REPLY_S) -> None:
        late_s = self.faults.delay_s * self.dice.draw() if self.draws(self.faults.delay_reply) else 0.0
        await self.clock.sleep(self.about(mean_s) + late_s)

    def draws(self, probability: float) -> bool:
        return probability > 0 and self.dice.draw() < probability

    # What is asked, and what is told

    async def request(self, mean_s: float = REPLY_S) -> Failed | None:
        """A command on its way in: None, or why it does not arrive."""
        await self.wait(mean_s)
        if not self.is_alive:
            return Failed(f"Asterisk {self.name} is not connected", is_unclear=True)
        if self.draws(self.faults.lose_command / 2):
            return Failed(f"Asterisk {self.name}: the request was lost", is_unclear=True)
        return None

    def reply(self) -> Reply:
        """What was asked is done; whether that is heard is another matter."""
        half = self.faults.lose_command / 2
        if self.draws(half / (1 - half)):  # of those that were not lost on their way in
            return Failed(f"Asterisk {self.name}: the reply was lost", is_unclear=True)
        return Done()

    async def look(self) -> None:
        """A list is asked for. Raises ExchangeError when it cannot be."""
        await self.wait()
        if not self.is_alive:
            raise ExchangeError(f"Asterisk {self.name} is not connected")

    def tell(self, event: Callable[[ExchangeSink], None]) -> None:
        """Have the sink told: once, unless the line loses, doubles or delays it."""
        if not self.is_alive or self.draws(self.faults.lose_event):
            return
        for _ in range(2 if self.draws(self.faults.double_event) else 1):
            if self.draws(self.faults.delay_event):
                self.clock.call_later(self.faults.delay_s * self.dice.draw(), lambda: self._deliver(event))
            else:
                self._deliver(event)

    def _deliver(self, event: Callable[[ExchangeSink], None]) -> None:
        if self.is_alive and self._sink is not None:
            event(self._sink)
