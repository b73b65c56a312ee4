"""The engine as one thing: start, take events, look again, drain. Holds the desks together and decides nothing.

Not here: where store, clock, dice and exchanges come from (bootstrap.py) and signals or systemd (daemon.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType

from dialerd.domain import regulation
from dialerd.domain.answers import Answers
from dialerd.domain.call.events import CallEvent, ChannelGone
from dialerd.domain.caller import CallerEvent, LinkCame
from dialerd.domain.errors import ExchangeError, StoreError
from dialerd.domain.leg import LegEvent
from dialerd.domain.regulation import EMPTY, Rulebook
from dialerd.domain.replywords import NO_WORDS, ReplyWords
from dialerd.domain.trunk import Trunk
from dialerd.domain.words import AttemptId, CallerId, LegId
from dialerd.engine import reading
from dialerd.engine.agentdesk import AgentDesk
from dialerd.engine.callbackdesk import CallbackDesk
from dialerd.engine.calldesk import CallDesk
from dialerd.engine.callerdesk import CallerDesk
from dialerd.engine.comfort import ComfortDesk
from dialerd.engine.dialloop import DialLoop
from dialerd.engine.flowdesk import FlowDesk
from dialerd.engine.listendesk import ListenDesk
from dialerd.engine.means import Means
from dialerd.engine.messaging import MessagingDesk
from dialerd.engine.previewdesk import PreviewDesk
from dialerd.engine.queuedesk import QueueDesk
from dialerd.engine.reconcile import inherit, reconcile, settle_lost
from dialerd.engine.recordingdesk import RecordingDesk
from dialerd.engine.runkeeper import RunKeeper
from dialerd.engine.serverdesk import LOST_AFTER_S, ServerDesk
from dialerd.engine.sounddesk import SoundDesk
from dialerd.engine.steerdesk import SteerDesk
from dialerd.engine.takeback import TakeBack
from dialerd.engine.timetable import Timetable
from dialerd.engine.trunkdesk import TrunkDesk
from dialerd.engine.vitals import Vitals
from dialerd.log import logger
from dialerd.meters import Meters
from dialerd.ports import (
    AttemptRow,
    Clock,
    Dice,
    Exchange,
    ExchangeDown,
    ExchangeEvent,
    MessageRoute,
    QueueWatch,
    Store,
)
from dialerd.ports.flows import Speech, Web
from dialerd.tasks import end, spawn

_log = logger(__name__)

REFRESH_S = 2.0
"""How often the store is looked at without a poke: the longest that a change made beside the daemon goes unseen."""

_RECENT = timedelta(seconds=5)  # longer than the period of any rate from 0.2 calls per second on
_RECONCILE_RETRY_S = 1.0
_CLEAR_LIMIT_S = 5.0


class Engine:
    """Implements ports.ExchangeSink. One per daemon; `start`, then `drain`, then `close`."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        dice: Dice,
        exchanges: Mapping[str, Exchange],
        trunks: Mapping[str, Trunk],
        min_ring_s: float,
        queue_watches: Mapping[str, QueueWatch] | None = None,
        rulebook: Rulebook = EMPTY,
        speech: Speech | None = None,
        web: Web | None = None,
        refresh_s: float = REFRESH_S,
        routes: Mapping[str, MessageRoute] = MappingProxyType({}),
        reply_words: ReplyWords = NO_WORDS,
        answers: Mapping[str, Answers] = MappingProxyType({}),
        region: str = "US",
        transfer_prefixes: Collection[str] = (),
        check_sounds: bool = True,
        gives_account: bool = True,
        lost_after_s: float = LOST_AFTER_S,
        limits: Mapping[str, int] = MappingProxyType({}),
        links: Mapping[str, str] = MappingProxyType({}),
        meters: Meters | None = None,
    ) -> None:
        """`gives_account` False: nobody looks at the store meanwhile, or goes on from what the pacers have learnt.
        `lost_after_s`: an exchange away so long is given up. By exchange, `limits`: most calls, `links`: the way in."""
        self.meters = meters or Meters()
        self._store = store
        self._clock = clock
        self._exchanges = exchanges
        # What no call is cancelled before when it is not known any more which packs it was placed under.
        self._min_ring_s = max(min_ring_s, regulation.min_ring_s(tuple(rulebook.packs.values())))
        self._refresh_s = refresh_s
        self._trunk_names = frozenset(trunks)
        self.servers = ServerDesk(store, clock, exchanges, lost_after_s=lost_after_s, give_up=self._give_up)
        self._trunks = TrunkDesk(trunks, exchanges, clock, limits=limits, on_learnt=self.servers.learnt)
        self.runs = RunKeeper(store, clock, dice, self._wake, rulebook=rulebook)
        self._timetable = Timetable(store, clock, self.poke)
        self.callers = CallerDesk(store, clock, exchanges)
        self.agents = AgentDesk(
            store,
            clock,
            dice,
            exchanges,
            trunks=self._trunks,
            transfer_prefixes=transfer_prefixes,
            links=links,
            talking_at=lambda exchange: self.desk.talking_at(exchange),
            tell_call=lambda attempt_id, event: self.desk.deliver(attempt_id, event),
            runs=self.runs.lines.values,
            callers=self.callers,
            tell_run=self.runs.tell,
            on_change=self._wake,
        )
        self.callers.employ(self.agents)
        self._watches = queue_watches or {}
        self.queues = QueueDesk(
            store,
            clock,
            self._watches,
            runs=self.runs.lines.values,
            tell_call=lambda attempt_id, event: self.desk.deliver(attempt_id, event),
            tell_run=self.runs.tell,
            on_change=self._wake,
        )
        means = Means(
            store=store,
            clock=clock,
            dice=dice,
            runs=self.runs,
            trunks=self._trunks,
            agents=self.agents,
            sounds=SoundDesk(store, clock, is_on=check_sounds, on_known=self._wake),
            rulebook=rulebook,
        )
        self._take_back = TakeBack(store, clock, self._let_go)
        self.messages = MessagingDesk(
            means,
            routes,
            words=reply_words,
            answers=answers,
            region=region,
            on_change=self._wake,
            on_opt_out=self._take_back.want,
        )
        flows = FlowDesk(
            store,
            clock,
            dice,
            speech=speech,
            web=web,
            messages=self.messages,
            rulebook=rulebook,
            on_change=self.poke,
        )
        self.recordings = RecordingDesk(store, clock, exchanges, lambda each: self.desk.recordable(each))
        comfort = ComfortDesk(clock)
        self.listeners = ListenDesk(clock, dice, exchanges, on_change=lambda agent: self.steering.changed(agent))
        self.steering = SteerDesk(
            store,
            clock,
            self.agents,
            self.listeners,
            comfort,
            may_be_heard=lambda attempt_id: self.desk.may_be_heard(attempt_id),
            tell_call=lambda attempt_id, event: self.desk.deliver(attempt_id, event),
        )
        self.desk = CallDesk(
            store,
            clock,
            self.runs,
            self._trunks,
            exchanges,
            self.agents,
            self.queues,
            flows,
            self.recordings,
            comfort,
            self._wake,
            self._take_back.want,
            self.meters,
        )
        self._previews = PreviewDesk(means, place=lambda *call: self._loop.place(*call), on_change=self._wake)
        self._callbacks = CallbackDesk(means, place=lambda *call: self._loop.place(*call))
        self._loop = DialLoop(
            means,
            self.desk,
            self.queues,
            self._previews,
            self._callbacks,
            min_ring_s=min_ring_s,
            gives_account=gives_account,
            meters=self.meters,
        )
        self.vitals = Vitals(store, clock, self._turn, exchanges, self._trunks.ready)
        self._tasks: list[asyncio.Task[None]] = []
        self._poked = asyncio.Event()
        self._moved = asyncio.Event()
        self._refreshed = asyncio.Event()
        self._inherited: dict[AttemptId, AttemptRow] = {}
        self._up_count = dict.fromkeys(exchanges, 0)

    async def start(self) -> None:
        """Look at the store, connect, and dial as soon as an exchange is reconciled."""
        self._inherited = await inherit(
            self._store, exchanges=self._exchanges.keys(), trunks=self._trunk_names, now=self._clock.now()
        )
        await self.servers.start(self._trunks)
        await self.queues.refresh()
        await self.runs.refresh()
        await self.agents.refresh()
        await self._previews.refresh()
        self.callers.start()
        await self.recordings.inherit()
        last_at = await self._store.read(lambda unit: unit.dialing.last_claimed_at())
        if last_at is not None and last_at > self._clock.now() - _RECENT:
            # What the daemon before us dialed in its last second counts against this second's calls too.
            self._trunks.assume_spent()
            self.runs.assume_spent()
        await self.messages.start()
        self._tasks = [
            spawn("refresh", self._refresh()),
            spawn("taking back", self._take_back.run()),
            spawn("dial loop", self._loop.run()),
            *(spawn(f"exchange {name}", exchange.run(self)) for name, exchange in self._exchanges.items()),
            *(spawn(f"queues of {name}", watch.run(self.queues)) for name, watch in self._watches.items()),
        ]

    def poke(self) -> None:
        """Somebody changed the store: look at once."""
        self._poked.set()
        self._take_back.want()

    @property
    def is_broken(self) -> bool:
        """Whether a task that must run for ever has ended: the process should end too, and be started again."""
        is_over = any(task.done() for task in self._tasks) or self.messages.is_broken
        return is_over and not self._loop.is_stopped

    async def drain(self, limit_s: float) -> None:
        """No new calls; those up may finish for `limit_s`, then they are ended as decency allows, and settled."""
        self._loop.stop()
        self.messages.stop()
        await self._previews.stop()
        if not await self._empty_within(limit_s):
            self.desk.request_stop()
            if not await self._empty_within(self._min_ring_s + _CLEAR_LIMIT_S):
                self.desk.request_stop()  # those that were answered meanwhile
                await self._empty_within(_CLEAR_LIMIT_S)
        self.callers.stop()
        self.listeners.stop()
        self.agents.stop()

    def change_limits(self, trunks: Mapping[str, Trunk]) -> None:
        """The trunks of that name have other limits from now on; calls that are up stay."""
        self._trunks.change_limits(trunks)
        self._wake()

    def reading(self) -> Iterator[reading.Sample]:
        """What is up at this moment, as numbers."""
        return reading.read(self.runs, self.agents.book, self.callers, self._trunks)

    async def idle(self, limit_s: float) -> bool:
        """Wait until no run is unfinished and no call is up, at most `limit_s` (for forecasts and tests)."""
        return await self._until(lambda: not self.runs.lines and self.desk.is_empty, limit_s)

    async def close(self) -> None:
        await end(*self._tasks)
        self.servers.stop()
        await self.messages.close()

    # ports.ExchangeSink

    def on_call_event(self, exchange: str, attempt_id: AttemptId, event: CallEvent) -> None:
        if attempt_id in self._inherited:
            return  # it is no stray: who takes it over in a moment asks the exchange how it stands
        self.desk.deliver(attempt_id, event, exchange=exchange)

    def on_leg_event(self, exchange: str, leg_id: LegId, event: LegEvent) -> None:
        desk = self.listeners if self.listeners.owns(leg_id) else self.agents
        desk.on_leg_event(exchange, leg_id, event)

    def on_caller_event(self, exchange: str, caller_id: CallerId, event: CallerEvent) -> None:
        if isinstance(event, LinkCame):
            self.agents.links.came(exchange, caller_id, event.leg_id)
        self.callers.on_event(exchange, caller_id, event)  # which are no links

    def on_exchange_event(self, exchange: str, event: ExchangeEvent) -> None:
        self._trunks.ready.discard(exchange)
        self.agents.away(exchange)
        self.listeners.away(exchange)
        if isinstance(event, ExchangeDown):
            self.servers.away(exchange, event.reason, is_dead=event.is_dead)
        else:
            self.servers.up(exchange)
            self._up_count[exchange] += 1
            spawn(f"reconcile {exchange}", self._reconcile(self._exchanges[exchange], self._up_count[exchange]))

    async def _reconcile(self, exchange: Exchange, up_count: int) -> None:
        while exchange.is_alive and self._up_count[exchange.name] == up_count:
            try:
                done = await reconcile(exchange, self._store, self.desk, self.agents, self._inherited, self._min_ring_s)
                await self.callers.reconcile(exchange)
            except (ExchangeError, StoreError) as error:
                _log.warning(f"{exchange.name} is not reconciled: {error}", action="reconcile_failed")
                await self._clock.sleep(_RECONCILE_RETRY_S)
                continue
            if exchange.is_alive and self._up_count[exchange.name] == up_count:
                self._trunks.ready.add(exchange.name)
                self.servers.ready(exchange.name)
                text = f"Asterisk {exchange.name} is reconciled: {done.text}"
                _log.info(text, action="reconciled", asterisk=exchange.name)
                self.agents.came()
                self.callers.look()
                self._wake()
            return

    def _give_up(self, exchange: str, reason: str) -> None:
        """It does not come back: what was there is settled, and agents are rung from elsewhere."""
        for attempt_id in self.desk.up_at(exchange):
            self.desk.deliver(attempt_id, ChannelGone())
        spawn(f"settle {exchange}", settle_lost(self._store, self._clock, self._inherited, exchange, reason))
        self.agents.lose(exchange)
        self.callers.lose(exchange)
        self._wake()

    async def _refresh(self) -> None:
        while True:
            self._poked.clear()  # before looking: a poke that comes while we look means to look again
            self._take_back.want()
            wait_s = self._refresh_s
            try:
                await self.servers.refresh(self._trunks)
                await self.queues.refresh()
                # The runs first: one whose time is over makes room for the occurrence that begins then.
                for at in (await self.runs.refresh(), await self._timetable.refresh()):
                    if at is not None:
                        wait_s = min(wait_s, max(0.0, (at - self._clock.now()).total_seconds()))
                await self.agents.refresh()  # with the runs as they are now
                await self.steering.refresh()
                await self._previews.refresh()
                await self.recordings.refresh()
                self._callbacks.changed()
                self.messages.changed()
                self._wake()
            except StoreError as error:
                _log.error(f"the runs cannot be read: {error}", action="refresh_failed")
            self._refreshed.set()
            timer = self._clock.call_later(wait_s, self._poked.set)
            await self._poked.wait()
            timer.cancel()

    def _let_go(self, barred: Collection[AttemptId]) -> None:
        """Who has been put on a do-not-call list while the phone rings is not called any more."""
        self.desk.let_go(barred, "the number has been put on a do-not-call list")
        self.messages.let_go(barred)

    async def _turn(self) -> None:
        """Until both loops have come round: the one that looks at the store, and the one that dials."""
        self._refreshed.clear()
        await self._refreshed.wait()
        await self._loop.turn()

    def _wake(self) -> None:
        self._loop.wake()
        self._moved.set()

    async def _empty_within(self, limit_s: float) -> bool:
        return await self._until(lambda: self.desk.is_empty and self.messages.is_empty, limit_s)

    async def _until(self, is_so: Callable[[], bool], limit_s: float) -> bool:
        is_over = False

        def over() -> None:
            nonlocal is_over
            is_over = True
            self._moved.set()

        timer = self._clock.call_later(limit_s, over)
        while not is_so() and not is_over:
            self._moved.clear()
            await self._moved.wait()
        timer.cancel()
        return is_so()
