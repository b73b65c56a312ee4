"""The engine as one thing: start, take events, look again, drain. Holds the desks together and decides nothing.

Not here: where store, clock, dice and exchanges come from (bootstrap.py) and signals or systemd (daemon.py).
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from types import MappingProxyType

from dialerd.domain import regulation
from dialerd.domain.answers import Answers
from dialerd.domain.call.events import CallEvent
from dialerd.domain.caller import CallerEvent, LinkCame
from dialerd.domain.errors import StoreError
from dialerd.domain.leg import LegEvent
from dialerd.domain.regulation import EMPTY, Rulebook
from dialerd.domain.replywords import NO_WORDS, ReplyWords
from dialerd.domain.seat import Seat
from dialerd.domain.trunk import Trunk
from dialerd.domain.words import AttemptId, CallerId, LegId
from dialerd.engine import reading
from dialerd.engine.agentdesk import AgentDesk
from dialerd.engine.callbackdesk import CallbackDesk
from dialerd.engine.calldesk import CallDesk
from dialerd.engine.callerdesk import CallerDesk
from dialerd.engine.callledger import CallLedger
from dialerd.engine.comfort import ComfortDesk
from dialerd.engine.dialloop import DialLoop
from dialerd.engine.flowdesk import FlowDesk
from dialerd.engine.homecoming import Homecoming
from dialerd.engine.listendesk import ListenDesk
from dialerd.engine.lookout import Lookout
from dialerd.engine.means import Means
from dialerd.engine.messaging import MessagingDesk
from dialerd.engine.openings import Openings
from dialerd.engine.previewdesk import PreviewDesk
from dialerd.engine.queuedesk import QueueDesk
from dialerd.engine.recordingdesk import RecordingDesk
from dialerd.engine.runkeeper import RunKeeper
from dialerd.engine.seatkeeper import SeatKeeper
from dialerd.engine.serverdesk import LOST_AFTER_S, ServerDesk
from dialerd.engine.sounddesk import SoundDesk
from dialerd.engine.steerdesk import SteerDesk
from dialerd.engine.surewriter import SureWriter
from dialerd.engine.takeback import TakeBack
from dialerd.engine.timetable import Timetable
from dialerd.engine.trunkdesk import TrunkDesk
from dialerd.engine.vitals import Vitals
from dialerd.meters import Meters
from dialerd.ports import Clock, Dice, Exchange, ExchangeEvent, MessageRoute, QueueWatch, Store, Tracing
from dialerd.ports.flows import Speech, Web
from dialerd.tasks import end, spawn

REFRESH_S = 2.0
"""How often the store is looked at without a poke: the longest that a change made beside the daemon goes unseen."""

_RECENT = timedelta(seconds=5)  # longer than the period of any rate from 0.2 calls per second on
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
        tracing: Tracing | None = None,
        seat: Seat | None = None,
        on_unseated: Callable[[], None] = lambda: None,
        sends_within_s: float = math.inf,
    ) -> None:
        """`gives_account` False: nobody looks at the store meanwhile, or goes on from what the pacers have learnt.
        `lost_after_s`: an exchange away so long is given up. By exchange, `limits`: most calls, `links`: the way in.
        `seat`: among daemons that dial the same campaigns; `on_unseated`: it was lost, and the process must end.
        `sends_within_s`: of the claim, where another daemon may succeed this one while it is frozen."""
        self.meters = meters or Meters()
        self._store = store
        self._clock = clock
        self._exchanges = exchanges
        self._sure = SureWriter(store, clock, self._stir)
        # What no call is cancelled before when it is not known any more which packs it was placed under.
        self._min_ring_s = max(min_ring_s, regulation.min_ring_s(tuple(rulebook.packs.values())))
        self._trunk_names = frozenset(trunks)
        self._seat, self._helps = seat, (helps := seat is not None and not seat.leads)
        self._seats = SeatKeeper(store, clock, exchanges, seat, min_ring_s=self._min_ring_s, on_lost=on_unseated)
        self.servers = ServerDesk(
            store,
            clock,
            exchanges,
            lost_after_s=lost_after_s,
            give_up=lambda *lost: self._home.give_up(*lost),
            tells=not helps,
        )
        self._trunks = TrunkDesk(trunks, exchanges, clock, limits=limits, on_learnt=self.servers.learnt, seat=seat)
        self.runs = RunKeeper(store, clock, dice, self._wake, rulebook=rulebook, helps=helps)
        comfort = ComfortDesk(clock)
        self.callers = CallerDesk(store, clock, exchanges, comfort)
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
            tracing=tracing,
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
        openings = Openings(store, clock, dice, self._sure, self.runs, sends_within_s)
        means = Means(
            store=store,
            clock=clock,
            dice=dice,
            openings=openings,
            runs=self.runs,
            trunks=self._trunks,
            agents=self.agents,
            sounds=SoundDesk(store, clock, is_on=check_sounds, on_known=self._wake),
            rulebook=rulebook,
            seat=seat,
        )
        self._take_back = TakeBack(store, clock, self._let_go)
        self.messages = MessagingDesk(
            means,
            routes,
            sure=self._sure,
            words=reply_words,
            answers=answers,
            region=region,
            on_change=self._wake,
            on_opt_out=self._take_back.want,
        )
        flows = FlowDesk(
            store,
            clock,
            openings,
            speech=speech,
            web=web,
            messages=self.messages,
            rulebook=rulebook,
            on_change=self.poke,
        )
        self.recordings = RecordingDesk(store, clock, exchanges, lambda each: self.desk.recordable(each))
        self.listeners = ListenDesk(
            clock, dice, exchanges, refusal=self._trunks.refusal, on_change=lambda agent: self.steering.changed(agent)
        )
        self.steering = SteerDesk(
            store,
            clock,
            self.agents,
            self.listeners,
            comfort,
            may_be_heard=lambda attempt_id: self.desk.may_be_heard(attempt_id),
            tell_call=lambda attempt_id, event: self.desk.deliver(attempt_id, event),
        )
        ledger = CallLedger(
            store, clock, self._sure, self.runs, self._trunks, self.meters, self._take_back.want, keeps=gives_account
        )
        self.desk = CallDesk(
            clock,
            self.runs,
            self._trunks,
            exchanges,
            self.agents,
            self.queues,
            flows,
            self.recordings,
            comfort,
            ledger,
            self._wake,
            self.meters,
            tracing,
            sends_within_s=sends_within_s,
            is_shared=seat is not None,
        )
        self._previews = PreviewDesk(
            means, sure=self._sure, place=lambda *call: self._loop.place(*call), on_change=self._wake
        )
        callbacks = CallbackDesk(means, place=lambda *call: self._loop.place(*call))
        self._loop = DialLoop(
            means,
            self.desk,
            self.queues,
            self._previews,
            callbacks,
            min_ring_s=min_ring_s,
            gives_account=gives_account,
            meters=self.meters,
        )
        self.vitals = Vitals(store, clock, self._turn, exchanges, self._trunks.ready)
        self._home = Homecoming(
            store,
            clock,
            self._sure,
            exchanges,
            self._trunks,
            self.servers,
            self.desk,
            self.agents,
            self.callers,
            self.listeners,
            min_ring_s=self._min_ring_s,
            on_change=self._wake,
            seat=seat,
        )
        self._lookout = Lookout(
            store,
            clock,
            servers=self.servers,
            trunks=self._trunks,
            queues=self.queues,
            runs=self.runs,
            timetable=Timetable(store, clock, self.poke),
            agents=self.agents,
            steering=self.steering,
            previews=self._previews,
            recordings=self.recordings,
            callbacks=callbacks,
            messages=self.messages,
            take_back=self._take_back,
            refresh_s=refresh_s,
            on_look=self._wake,
            helps=helps,
        )
        self._tasks: list[asyncio.Task[None]] = []
        self._moved = asyncio.Event()

    async def start(self) -> None:
        """Look at the store, connect, and dial as soon as an exchange is reconciled."""
        await self._seats.enter()
        await self._home.inherit(self._trunk_names)
        await self._lookout.first()
        if not self._helps:
            self.callers.start()
            await self.recordings.inherit()
        await self._trunks.recall(self._store)
        last_at = await self._store.read(lambda unit: unit.dialing.last_claimed_at())
        if last_at is not None and last_at > self._clock.now() - _RECENT:
            # What the daemon before us dialed in its last second counts against this second's calls too.
            self._trunks.assume_spent()
            self.runs.assume_spent()
        if not self._helps:
            await self.messages.start()
        self._tasks = [
            spawn("refresh", self._lookout.run()),
            spawn("taking back", self._take_back.run()),
            spawn("dial loop", self._loop.run()),
            *([] if self._seat is None else [spawn("seat", self._seats.run())]),
            *(spawn(f"exchange {name}", exchange.run(self)) for name, exchange in self._exchanges.items()),
            *(spawn(f"queues of {name}", watch.run(self.queues)) for name, watch in self._watches.items()),
        ]

    def poke(self, agent: str | None = None) -> None:
        """Somebody changed the store: look at once. `agent`: nothing but what that one wants to be."""
        self._lookout.poke(agent)

    @property
    def is_broken(self) -> bool:
        """Whether a task that must run for ever has ended: the process should end too, and be started again."""
        is_over = any(task.done() for task in self._tasks) or self.messages.is_broken
        return is_over and not self._loop.is_stopped

    async def drain(self, limit_s: float) -> None:
        """No new calls; those up may finish for `limit_s`, then they are ended as decency allows, and settled."""
        await self._loop.stop()
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
        with suppress(StoreError):  # it ends by itself
            await self._seats.leave()

    async def hand_over(self, limit_s: float = 3.0) -> None:
        """No new calls; those that are up are adopted by this process's next engine, once what was claimed is sent."""
        await self._loop.stop()
        await self._until(lambda: not self.desk.is_sending and self._sure.is_empty, limit_s)

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
        await self._home.close()
        self.servers.stop()
        await self.messages.close()

    # ports.ExchangeSink

    def on_call_event(self, exchange: str, attempt_id: AttemptId, event: CallEvent) -> None:
        if attempt_id in self._home.inherited:
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
        self._home.on_event(exchange, event)

    def _let_go(self, barred: Collection[AttemptId]) -> None:
        """Who has been put on a do-not-call list while the phone rings is not called any more."""
        self.desk.let_go(barred, "the number has been put on a do-not-call list")
        self.messages.let_go(barred)

    async def _turn(self) -> None:
        """Until both loops have come round: the one that looks at the store, and the one that dials."""
        await self._lookout.turn()
        await self._loop.turn()

    def _wake(self) -> None:
        self._loop.wake()
        self._stir()

    def _stir(self) -> None:
        """Something may be over that is waited for: while this dials, that is the last run (idle)."""
        if self._loop.is_stopped or not self.runs.lines:
            self._moved.set()

    async def _empty_within(self, limit_s: float) -> bool:
        return await self._until(lambda: self.desk.is_empty and self.messages.is_empty and self._sure.is_empty, limit_s)

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
