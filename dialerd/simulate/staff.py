"""The agents of a simulation: they log in for their shift, finish the work after each call, and log out.

Not here: which calls they get (the real engine), how their phones behave (phones.py).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from dialerd.domain.errors import DialerdError
from dialerd.domain.rates import Rates
from dialerd.domain.words import AgentState
from dialerd.engine import Engine
from dialerd.ports import Clock, Dice, Store, Timer
from dialerd.simulate.drawn import spread_out
from dialerd.tasks import spawn
from dialerd.usecases import agents as usecases

_ACTOR = "simulation"
PHONES = ("PJSIP/*",)


class Staff:
    """`names` work from the beginning for `shift_s` seconds (None: to the end); the queue's own limit is the longest
    that the work after a call may take."""

    def __init__(
        self, names: list[str], rates: Rates, store: Store, clock: Clock, dice: Dice, *, shift_s: float | None = None
    ) -> None:
        self._names = names
        self._rates = rates
        self._store = store
        self._clock = clock
        self._dice = dice
        self._shift_s = shift_s
        self._engine: Engine | None = None
        self._working: dict[str, Timer] = {}
        self.talked_s = 0.0
        self._talks: dict[str, float] = {}

    async def begin(self, engine: Engine) -> None:
        """Log everybody in."""
        self._engine = engine
        engine.agents.watch(self._on_state)
        for name in self._names:
            now = self._clock.now()
            await self._store.write(partial(usecases.login, name=name, allowed=PHONES, actor=_ACTOR, now=now))
        engine.poke()
        if self._shift_s is not None:
            self._clock.call_later(self._shift_s, self._go_home)

    def _go_home(self) -> None:
        spawn("end of shift", self._end())

    async def _end(self) -> None:
        for name in self._names:
            await self._ask(name, usecases.logout)

    def _on_state(self, name: str, state: AgentState) -> None:
        timer = self._working.pop(name, None)
        if timer is not None:
            timer.cancel()
        now = self._clock.steady()
        if state is AgentState.ON_CALL:
            self._talks[name] = now
        elif name in self._talks:
            self.talked_s += now - self._talks.pop(name)
        if state is AgentState.WRAP_UP:
            wrap_up_s = spread_out(self._rates.wrap_up_s, self._rates.spread, self._dice.draw())
            self._working[name] = self._clock.call_later(wrap_up_s, partial(self._done, name))

    def _done(self, name: str) -> None:
        spawn(f"{name} is ready", self._ask(name, usecases.ready))

    async def _ask(self, name: str, job: Callable[..., object]) -> None:
        """Let an agent ask for something; what is refused at this moment is not asked for again."""
        try:
            await self._store.write(lambda unit: job(unit, name=name, actor=_ACTOR, now=self._clock.now()))
        except DialerdError:
            return
        if self._engine is not None:
            self._engine.poke(name)
