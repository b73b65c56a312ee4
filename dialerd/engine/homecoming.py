"""An Asterisk that comes, goes or is given up: what of ours is there is known again, waits, or is settled.

Not here: what is held against what (reconcile.py, legreconcile.py), when a server is given up (serverdesk.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping

from dialerd.domain.call.events import ChannelGone
from dialerd.domain.errors import ExchangeError, StoreError
from dialerd.domain.seat import Seat
from dialerd.domain.words import AttemptId
from dialerd.engine.agentdesk import AgentDesk
from dialerd.engine.calldesk import CallDesk
from dialerd.engine.callerdesk import CallerDesk
from dialerd.engine.listendesk import ListenDesk
from dialerd.engine.reconcile import inherit, reconcile, settle_lost
from dialerd.engine.serverdesk import ServerDesk
from dialerd.engine.surewriter import SureWriter
from dialerd.engine.trunkdesk import TrunkDesk
from dialerd.log import logger
from dialerd.ports import AttemptRow, Clock, Exchange, ExchangeDown, ExchangeEvent, Store
from dialerd.tasks import end, spawn

_log = logger(__name__)

_RECONCILE_RETRY_S = 1.0


class Homecoming:
    """Each exchange is reconciled once at a time, by what was asked of it since it came the last time.

    `inherited`: the attempts of an earlier daemon that nobody has taken over yet. `on_change`: there is room, or less.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        sure: SureWriter,
        exchanges: Mapping[str, Exchange],
        trunks: TrunkDesk,
        servers: ServerDesk,
        desk: CallDesk,
        agents: AgentDesk,
        callers: CallerDesk,
        listeners: ListenDesk,
        *,
        min_ring_s: float,
        on_change: Callable[[], None],
        seat: Seat | None = None,
    ) -> None:
        """`min_ring_s`: what no call is cancelled before of which it is not known under which packs it was placed."""
        self._store = store
        self._clock = clock
        self._sure = sure
        self._exchanges = exchanges
        self._trunks = trunks
        self._servers = servers
        self._desk = desk
        self._agents = agents
        self._callers = callers
        self._listeners = listeners
        self._min_ring_s = min_ring_s
        self._on_change = on_change
        self._seat = seat
        self._helps = seat is not None and not seat.leads  # callers and agents are the leader's
        self.inherited: dict[AttemptId, AttemptRow] = {}
        self._looks: dict[str, asyncio.Task[None]] = {}

    async def inherit(self, trunks: Collection[str]) -> None:
        """Take up what an earlier daemon left open. `trunks`: those of the settings."""
        self.inherited = await inherit(
            self._store, exchanges=self._exchanges.keys(), trunks=trunks, now=self._clock.now(), seat=self._seat
        )

    def on_event(self, exchange: str, event: ExchangeEvent) -> None:
        self._trunks.ready.discard(exchange)
        self._agents.away(exchange)
        self._listeners.away(exchange)
        if isinstance(event, ExchangeDown):
            self._servers.away(exchange, event.reason, is_dead=event.is_dead)
        else:
            self._servers.up(exchange)
            look = self._look(self._exchanges[exchange], self._looks.get(exchange))
            self._looks[exchange] = spawn(f"reconcile {exchange}", look)

    async def _look(self, exchange: Exchange, before: asyncio.Task[None] | None) -> None:
        """`before`: what looked when it came the last time; what that has been told may be over by now."""
        if before is not None:
            await end(before)
        while exchange.is_alive:
            try:
                done = await reconcile(
                    exchange, self._store, self._desk, self._agents, self.inherited, self._min_ring_s, self._seat
                )
                if not self._helps:
                    await self._callers.reconcile(exchange)
            except (ExchangeError, StoreError) as error:
                _log.warning(f"{exchange.name} is not reconciled: {error}", action="reconcile_failed")
                await self._clock.sleep(_RECONCILE_RETRY_S)
                continue
            if exchange.is_alive:
                self._trunks.ready.add(exchange.name)
                self._servers.ready(exchange.name)
                text = f"Asterisk {exchange.name} is reconciled: {done.text}"
                _log.info(text, action="reconciled", asterisk=exchange.name)
                if not self._helps:
                    self._agents.came()
                    self._callers.look()
                self._on_change()
            return

    def give_up(self, exchange: str, reason: str) -> None:
        """It does not come back: what was there is settled, and agents are rung from elsewhere."""
        for attempt_id in self._desk.up_at(exchange):
            self._desk.deliver(attempt_id, ChannelGone())
        settle_lost(self._sure, self.inherited, exchange, reason, self._clock.now())
        self._agents.lose(exchange)
        self._callers.lose(exchange)
        self._on_change()

    async def close(self) -> None:
        await end(*self._looks.values())
