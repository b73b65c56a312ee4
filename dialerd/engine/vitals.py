"""Whether what the daemon stands on answers: the database, the engine, each Asterisk; asked, not believed.

Not here: who is told (daemon.py feeds systemd's watchdog by it, the API has it as /readyz).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass

from dialerd.domain.errors import StoreError
from dialerd.log import logger
from dialerd.ports import Clock, Exchange, Store

_log = logger(__name__)

LIMIT_S = 10.0
"""How long the database and the engine have to answer; the longest that a good day has seen is half a second."""

STALE_S = 3 * LIMIT_S
"""How long an answer is believed."""

REFUSING_S = 300.0
"""How long a database that answers, but refuses, is no reason to start the daemon afresh: a restart would not mend it,
and the calls that are up are led without it."""


@dataclass(frozen=True, slots=True)
class Vital:
    """One part: its name, and what is wrong with it (empty: nothing). `hangs`: it gave no answer at all."""

    part: str
    trouble: str = ""
    hangs: bool = False


class Vitals:
    """`turn` returns once the engine's loops have come round. `ready`: the Asterisks that calls may be placed on."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        turn: Callable[[], Awaitable[None]],
        exchanges: Mapping[str, Exchange],
        ready: Collection[str],
    ) -> None:
        self._store = store
        self._clock = clock
        self._turn = turn
        self._exchanges = exchanges
        self._ready = ready
        self._fine_at = clock.steady()
        self._latest: list[Vital] = [Vital("database", "not asked yet"), Vital("engine", "not asked yet")]
        self._asked_at = clock.steady()
        self._said: frozenset[str] = frozenset()

    async def is_alive(self) -> bool:
        """Database and engine answered just now; what does not is said once."""
        found = [await self.database(), await self.engine()]
        self._latest, self._asked_at = found, self._clock.steady()
        self._say(found)
        if not any(each.trouble for each in found):
            self._fine_at = self._clock.steady()
            return True
        return not any(each.hangs for each in found) and self._clock.steady() < self._fine_at + REFUSING_S

    def latest(self) -> list[Vital]:
        """Everything that has to be well for calls to be placed, as it was when `is_alive` last asked; asks nobody."""
        age_s = self._clock.steady() - self._asked_at
        found = (
            self._latest
            if age_s <= STALE_S
            else [Vital(each.part, f"not asked for {age_s:.0f} s") for each in self._latest]
        )
        return [*found, *self.asterisks()]

    async def database(self) -> Vital:
        """The writer has done a transaction, and a reader has read."""

        async def ask() -> None:
            await self._store.write(lambda unit: None)
            await self._store.read(lambda unit: unit.dialing.last_claimed_at())

        return await self._asked("database", ask())

    async def engine(self) -> Vital:
        return await self._asked("engine", self._turn())

    def asterisks(self) -> list[Vital]:
        """Each by itself: one that is well is enough to go on."""
        return [Vital(f"asterisk {name}", self._trouble(exchange)) for name, exchange in self._exchanges.items()]

    def _trouble(self, exchange: Exchange) -> str:
        if not exchange.is_alive:
            return "its event stream is not proven alive"
        return "" if exchange.name in self._ready else "its calls are not reconciled yet"

    async def _asked(self, part: str, answer: Awaitable[None]) -> Vital:
        try:
            async with asyncio.timeout(LIMIT_S):
                await answer
        except TimeoutError:
            return Vital(part, f"it has not answered for {LIMIT_S:g} s", hangs=True)
        except StoreError as error:
            return Vital(part, error.message)
        return Vital(part)

    def _say(self, found: Collection[Vital]) -> None:
        troubles = frozenset(f"{each.part}: {each.trouble}" for each in found if each.trouble)
        for each in sorted(troubles - self._said):
            _log.error(f"dialerd is not well: {each}", action="not_well")
        if self._said and not troubles:
            _log.info("dialerd is well again", action="well_again")
        self._said = troubles
