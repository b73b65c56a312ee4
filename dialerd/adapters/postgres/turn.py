"""Proof that it is still this daemon's turn: a transaction on the very connection that holds it (lease.py).

Not here: the lock itself, what a process does that ends for want of it (storehouse.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from dialerd.domain.errors import StoreError
from dialerd.log import logger
from dialerd.ports import Clock, Store

_log = logger(__name__)

LIMIT_S = 10.0
"""How long a daemon in doubt tries to prove its turn: PostgreSQL gives that of a silent machine away after as long."""

_AGAIN_S = 1.0


class ProvenTurn:
    """Implements ports.Turn. `leave` ends the process. `limit_s`: of each try, and of all of those in doubt."""

    def __init__(self, store: Store, clock: Clock, leave: Callable[[], None], *, limit_s: float = LIMIT_S) -> None:
        self._store = store
        self._clock = clock
        self._leave = leave
        self._limit_s = limit_s

    async def prove(self) -> None:
        while (trouble := await self._ask(self._limit_s)) is not None:
            _log.warning(f"the turn to dial is not proven: {trouble}", action="turn_unproven")
            await self._clock.sleep(_AGAIN_S)

    async def defend(self) -> None:
        until = self._clock.steady() + self._limit_s
        while (trouble := await self._ask(until - self._clock.steady())) is not None:
            if self._clock.steady() + _AGAIN_S >= until:
                _log.error(f"the turn to dial could not be proven: {trouble}", action="turn_unproven")
                self._leave()
                return
            await self._clock.sleep(_AGAIN_S)

    async def _ask(self, limit_s: float) -> str | None:
        """What speaks against it; None: it is proven just now."""
        try:
            async with asyncio.timeout(max(0.0, limit_s)):
                await self._store.write(lambda _unit: None)
        except TimeoutError:
            return "the database does not answer"
        except StoreError as error:
            return error.message
        return None
