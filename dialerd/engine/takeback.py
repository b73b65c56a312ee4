"""What is under way to an address that has just been put on a do-not-call list is taken back, as soon as that is told.

Not here: what waits (usecases/barring.py), how a call or a message is let go (calldesk.py, messaging.py). A task of its
own: a look at all the runs may last longer than the second that an opt-out may take.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial

from dialerd.domain.errors import StoreError
from dialerd.domain.words import AttemptId
from dialerd.engine.surewriter import STORE_RETRY_S
from dialerd.log import logger
from dialerd.ports import Clock, Store, Unit

_log = logger(__name__)


class TakeBack:
    """`let_go` is given the attempts that nobody has answered and whose address a list has got meanwhile."""

    def __init__(self, store: Store, clock: Clock, let_go: Callable[[Collection[AttemptId]], None]) -> None:
        self._store = store
        self._clock = clock
        self._let_go = let_go
        self._wanted = asyncio.Event()

    def want(self) -> None:
        """Somebody has opted out, or may have: look at once."""
        self._wanted.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()  # before looking: who opts out while we look is looked at again
            now = self._clock.now()
            try:
                self._let_go(await self._store.read(partial(_barred, now=now)))
            except StoreError as error:
                _log.error(f"opt-outs cannot be read: {error}", action="take_back_failed")
                self._clock.call_later(STORE_RETRY_S, self.want)


def _barred(unit: Unit, now: datetime) -> Collection[AttemptId]:
    return unit.optouts.barred_attempts(now)
