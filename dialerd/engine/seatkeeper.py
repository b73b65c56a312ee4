"""This daemon's seat among those that dial the same campaigns: taken, renewed, given back; and what a leader does about
the seats whose leases are over.

Not here: what a claim leaves to the others (usecases/seats.py), whose turn it is to lead (storehouse.py).
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from dialerd.domain.errors import StoreError
from dialerd.domain.seat import LEASE_S, RENEW_S, SEND_WITHIN_S, Seat
from dialerd.domain.words import AttemptId
from dialerd.engine.performer import surely
from dialerd.engine.reconcile import settle_interrupted
from dialerd.log import logger
from dialerd.ports import AttemptRow, Clock, Exchange, Store, Unit
from dialerd.tasks import end, spawn
from dialerd.usecases import seats

_log = logger(__name__)

_AT_ONCE = 20  # calls of a daemon that is gone, settled in one transaction


class SeatKeeper:
    """`seat` None: this daemon shares with nobody, and no other may help it. `on_lost`: the leader has taken the seat
    away, and settles what is open: this process touches nothing more. `min_ring_s`: what no phone rings less."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        exchanges: Mapping[str, Exchange],
        seat: Seat | None,
        min_ring_s: float,
        *,
        on_lost: Callable[[], None] = lambda: None,
        lease_s: float = LEASE_S,
    ) -> None:
        self._store = store
        self._clock = clock
        self._exchanges = exchanges
        self._seat = seat
        self._min_ring_s = min_ring_s
        self._on_lost = on_lost
        self._lease_s = lease_s
        self._has_left = False
        self._looks_since = -math.inf  # steady seconds: without having been away; as the next
        self._left_since: dict[AttemptId, float] = {}  # calls that belong to nobody
        self._ending: asyncio.Task[None] | None = None  # of those that are due

    async def enter(self) -> None:
        """Before anything is dialed. What a daemon of that name has left open is this one's from now on.

        Who shares nothing lets those that did send what they have claimed, and its phones ring, before it settles them.
        """
        if self._seat is not None:
            self._looks_since = self._clock.steady()
            await self._store.write(self._enter)
            return
        found = await self._store.read(lambda unit: unit.daemons.all())
        if found:
            await self._store.write(lambda unit: unit.daemons.clear())
        if any(each.left_s > 0 for each in found):
            names = ", ".join(each.name for each in found)
            text = f"this daemon shares no campaigns: those that did ({names}) end"
            _log.warning(text, action="daemons_dismissed")
            await self._clock.sleep(max(SEND_WITHIN_S, self._min_ring_s) + 1.0)

    def _enter(self, unit: Unit) -> None:
        assert self._seat is not None, "who has none does not enter"
        unit.daemons.enter(self._seat, lease_s=self._lease_s, now=self._clock.now())

    async def run(self) -> None:
        """For ever."""
        try:
            while True:
                await self._clock.sleep(RENEW_S)
                try:
                    await self.look()
                except StoreError as error:
                    _log.warning(f"the lease of this daemon cannot be renewed: {error}", action="lease_unrenewed")
        finally:
            if self._ending is not None:
                await end(self._ending)

    async def look(self) -> None:
        """Renew the lease; who leads takes up what belongs to nobody any more."""
        if self._seat is None or self._has_left:
            return
        if self._seat.leads:
            await self._look_after(self._seat)
        elif not await self._store.write(partial(_renew, self._seat, self._lease_s)):
            self._on_lost()

    async def leave(self) -> None:
        """Nothing of its own is up any more, or another daemon of that name comes back for it."""
        self._has_left = True
        if self._seat is not None:
            await self._store.write(partial(_leave, self._seat))

    async def _look_after(self, seat: Seat) -> None:
        began = self._clock.steady()
        rows = await self._store.read(lambda unit: unit.daemons.all())
        renewed = any(row.name == seat.name and row.left_s > self._lease_s - 2 * RENEW_S for row in rows)
        await self._store.write(self._enter)
        now = self._clock.steady()
        # Where this one was frozen, the database away or slow or its clock set, others' leases are over by no fault of
        # theirs; a disk that stood still may have held up this very renewal.
        if not renewed or now - began > RENEW_S:
            self._looks_since = now
        if now >= self._looks_since + 2 * RENEW_S:
            for name in await self._store.write(lambda unit: unit.daemons.take_away(but=seat.name)):
                text = f"daemon {name} is gone: its calls are settled as interrupted"
                _log.error(text, action="daemon_gone", daemon=name)
        orphans = await self._store.read(lambda unit: unit.daemons.orphans(seat.own))
        self._left_since = {each.id: self._left_since.get(each.id, now) for each in orphans}
        due = [each for each in orphans if each.answered_at is not None or self._has_rung(each.id, now)]
        if due and (self._ending is None or self._ending.done()):  # a slow Asterisk costs nobody the lease
            self._ending = spawn("calls of a lost daemon", self._end(due))

    async def _end(self, due: Sequence[AttemptRow]) -> None:
        """What is not ended and settled here for want of the store is due at the next look."""
        for at in range(0, len(due), _AT_ONCE):
            some = due[at : at + _AT_ONCE]
            for attempt in some:  # before its slot is free
                exchange = self._exchanges.get(attempt.asterisk)
                if exchange is not None and exchange.is_alive:  # else it is a stray when that comes back
                    await surely(partial(exchange.hang_up, attempt.id))
            try:
                await self._store.write(partial(self._settle, some))
            except StoreError as error:
                _log.warning(f"calls of a lost daemon cannot be settled yet: {error}", action="orphans_unsettled")
                return

    def _has_rung(self, attempt_id: AttemptId, now: float) -> bool:
        """For as long as is decent, whenever it was sent: nobody cancels it before."""
        return now >= self._left_since[attempt_id] + self._min_ring_s

    def _settle(self, orphans: Sequence[AttemptRow], unit: Unit) -> None:
        now, reason = self._clock.now(), "the daemon that dialed it was lost"
        for each in orphans:
            seats.settle_orphan(unit, each, partial(settle_interrupted, each, now, reason))


def _renew(seat: Seat, lease_s: float, unit: Unit) -> bool:
    return unit.daemons.renew(seat, lease_s=lease_s)


def _leave(seat: Seat, unit: Unit) -> None:
    unit.daemons.leave(seat)
