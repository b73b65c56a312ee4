"""A drawn campaign's whole house: one machine, one exchange, and a daemon that is killed and begun again.

Not here: what happens in it (happenings.py) and what must hold of it (referee.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any

from dialerd.adapters.files import shipped_reply_words
from dialerd.adapters.sqlite.store import empty_in_memory
from dialerd.domain.errors import StoreError
from dialerd.engine import Engine
from dialerd.simulate.callees import BY_ENDING, Behaviour
from dialerd.simulate.clock import SeededDice, VirtualClock
from dialerd.simulate.exchange import SimulatedExchange
from dialerd.simulate.phones import AT_ONCE, LabPhones, Phone
from dialerd.tasks import spawn
from tests.faults.campaigns import spec_of
from tests.faults.drawn import Drawn
from tests.faults.life import Life, Wire
from tests.faults.machine import Disk, Wall
from tests.faults.referee import Referee
from tests.numbers import number
from tests.simulation.office import TRUNKS, Office

_RESTART_S = 1.0  # systemd's, after a daemon that could not begin


class People:
    """Implements simulate.callees.Callees: whom the campaign calls, and a carrier that has no room during a storm."""

    def __init__(self, clock: VirtualClock, drawn: Drawn) -> None:
        self._clock = clock
        self._people = {number(n, each.ending): each for n, each in enumerate(drawn.people)}
        self._pressed: set[str] = set()
        self.storm = 0.0

    def behaviour(self, called: str) -> Behaviour:
        if self._clock.steady() < self.storm:
            return BY_ENDING["04"]
        presses = called not in self._pressed  # who asks to be called later asks once
        self._pressed.add(called)
        return self._people[called].behaviour(presses=presses)


class TeamPhones:
    """Implements simulate.phones.Phones: the agents', all of which are out of reach until `away` (steady seconds)."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._phones = LabPhones()
        self.away = 0.0

    def phone(self, dial_string: str) -> Phone:
        phone = self._phones.phone(dial_string)
        is_away = phone is AT_ONCE and self._clock.steady() < self.away
        return Phone(answers_s=None, is_reachable=False) if is_away else phone


class House(Office):
    """An Office, as far as those who ask something of it are concerned."""

    def __init__(self, drawn: Drawn, start: datetime, meddle: Callable[[House], None]) -> None:
        self.drawn = drawn
        self.true = VirtualClock(start)
        self.clock: Wall = Wall(self.true)
        self.connection = empty_in_memory()
        self.referee = Referee(self.connection, drawn, self.true)
        self.store: Disk = Disk(self.true, SeededDice(drawn.seed + 3), self.connection, commit_s=drawn.commit_s)
        self._dice = SeededDice(drawn.seed)
        self.people, self.phones = People(self.true, drawn), TeamPhones(self.true)
        self.exchange = SimulatedExchange(
            "simulated", self.true, SeededDice(drawn.seed + 1), self.people, phones=self.phones, faults=drawn.faults
        )
        self.exchanges, self.trunks = {"simulated": self.exchange}, TRUNKS
        self.engine = None
        self.routes = {}
        self.spec = spec_of(drawn)
        self._chance = Random(drawn.seed + 4)
        self._meddle = meddle
        self.life: Life | None = None
        self.away_s = 0.0

    async def start(self) -> None:
        life = self.life = Life(self.clock, self.store)
        life.on_death(lambda: self._died(life))
        wire: Any = Wire(
            life,
            self.clock,
            self.exchange,
            arrives=lambda: self._chance.random() < 0.5,
            placed=self.referee.placed,
        )
        self.engine = Engine(
            store=life,
            clock=life,
            dice=self._dice,
            exchanges={"simulated": wire},
            trunks=TRUNKS,
            min_ring_s=15.0,
            refresh_s=self.drawn.refresh_s,
            routes=self.routes,
            reply_words=shipped_reply_words(),
            transfer_prefixes=("+1212",),
        )
        self._meddle(self)
        spawn("daemon", self._begin(life, self.engine))
        await asyncio.sleep(0)  # noqa: TID251

    async def _begin(self, life: Life, engine: Engine) -> None:
        try:
            await engine.start()
        except StoreError:  # it ends, and systemd begins another one
            self.away_s = _RESTART_S
            life.kill()

    def kill(self, away_s: float) -> None:
        if self.life is not None and not self.life.is_dead:
            self.away_s = away_s
            self.life.kill()

    def _died(self, life: Life) -> None:
        spawn("the next daemon", self._come_back(life))

    async def _come_back(self, life: Life) -> None:
        assert self.engine is not None
        await self.engine.close()
        await self.true.sleep(self.away_s)
        await self.start()

    def terminate(self, limit_s: float) -> None:
        """SIGTERM, and systemd begins another one when it has ended."""
        assert self.life is not None
        assert self.engine is not None
        if not self.life.is_dead:
            spawn("drain", self._drain(self.life, self.engine, limit_s))

    async def _drain(self, life: Life, engine: Engine, limit_s: float) -> None:
        await engine.drain(limit_s)
        await life.live()
        self.away_s = _RESTART_S
        life.kill()

    async def at(self, seconds: float) -> None:
        """True time."""
        await self.true.sleep(max(0.0, seconds - self.true.steady()))

    def put_right(self) -> None:
        """Nothing breaks any more from now on."""
        self.exchange.line.faults = type(self.drawn.faults)()
        self.store.put_right()
        self.clock.put_right()
        self.phones.away = self.people.storm = 0.0
        if self.life is not None:
            self.life.doom(1_000_000_000, does_the_last=True)
        vars(asyncio.get_running_loop()).pop("call_soon", None)  # nobody counts its steps any more
