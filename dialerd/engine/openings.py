"""Attempts are opened here: each claim in one transaction, and what it opened is taken back where its answer is lost.

Not here: what a claim decides (usecases), what becomes of the attempts that it returns (dialloop.py, messaging.py).

A store may fail after it has committed: the server has written, and the connection broke before it said so. Whoever
asked was told of a failure and dials nothing, so those attempts were certainly not sent. Their names are known here,
as they were drawn for this claim alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from dialerd.domain.errors import StoreError
from dialerd.domain.words import AttemptId
from dialerd.engine.runkeeper import RunKeeper
from dialerd.engine.surewriter import SureWriter
from dialerd.log import logger
from dialerd.ports import Clock, Dice, Store
from dialerd.usecases.dialing import Settled
from dialerd.usecases.unsent import settle_unsent

_log = logger(__name__)
T = TypeVar("T")


class Openings:
    """The only way to a new attempt. `sends_within_s`: see CallDesk; a claim that comes back later is none."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        dice: Dice,
        sure: SureWriter,
        runs: RunKeeper,
        sends_within_s: float = math.inf,
    ) -> None:
        self._store = store
        self._clock = clock
        self._dice = dice
        self._sure = sure
        self._runs = runs
        self._sends_within_s = sends_within_s

    async def open(self, job: Callable[..., T], *, on_opened: Callable[[float], None] = lambda _: None) -> T:
        """Write by `job(unit, new_id=...)`, which opens attempts under the names that it is given. `on_opened`: is told
        when it opened the last (steady seconds).

        Raises StoreError; what was opened nevertheless is settled, however long that takes.
        """
        drawn: list[AttemptId] = []
        began = math.inf

        def new_id() -> AttemptId:
            nonlocal began
            began = self._clock.steady()  # of the last: nobody can settle what is not committed
            drawn.append(self._dice.attempt_id())
            return drawn[-1]

        try:
            opened = await self._store.write(partial(job, new_id=new_id))
            if self._clock.steady() > began + self._sends_within_s:
                raise StoreError("the claim took so long that another daemon may have settled it", may_pass=True)
            on_opened(began)
            return opened
        except StoreError:
            if drawn:
                settle = partial(settle_unsent, attempt_ids=tuple(drawn), now=self._clock.now())
                self._sure.take("what a claim without an answer has opened", settle, self._settled)
            raise

    def _settled(self, settled: Sequence[Settled]) -> None:
        if settled:
            _log.warning(
                f"{len(settled)} attempts were claimed without an answer, and are taken back: nothing was dialed",
                action="claim_taken_back",
            )
        for each in settled:
            self._runs.more_due(each.run.id, each.retry_at)
            self._runs.settled(each.run)
