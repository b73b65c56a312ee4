"""Several daemons on one store and one exchange, on virtual time: each may be killed, frozen and started again.

Not here: what happens to them (the tests). The exchange hands each call's events to whoever has the application that
placed it, as Asterisk does; the turn to lead is free as soon as the daemon that has it is killed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar, cast

from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.call import events as ev
from dialerd.domain.call.states import CallPlan
from dialerd.domain.errors import StoreError
from dialerd.domain.seat import SEND_WITHIN_S, Seat
from dialerd.domain.words import AttemptId
from dialerd.engine import Engine
from dialerd.ports import Clock, DialReply, Exchange, ExchangeEvent, ExchangeSink, ExchangeUp, Reply, Store, Timer, Unit
from dialerd.simulate.callees import NumberPlan
from dialerd.simulate.clock import SeededDice, VirtualClock
from dialerd.simulate.exchange import SimulatedExchange
from dialerd.tasks import end, spawn
from tests.simulation.mortal import Mortal
from tests.simulation.office import Office
from tests.simulation.world import trunk

T = TypeVar("T")
REFRESH_S, LOOK_S, RESTART_S, COMMIT_S = 2.0, 1.0, 1.0, 0.002
TURN_S = 5.0  # as long as PostgreSQL is waited for by who wants to write


class Site:
    """`leader`: who has the turn. `dismissed`: how often a daemon found its seat taken away, and has ended."""

    def __init__(self, clock: VirtualClock, seed: int, *names: str) -> None:
        self.clock = clock
        self.store = WalledStore(clock)
        self.exchange = SimulatedExchange("simulated", clock, SeededDice(seed), NumberPlan(SeededDice(seed + 1)))
        self.board = Switchboard(self.exchange)
        self.leader: Daemon | None = None
        self.dismissed = 0
        self.trunk = trunk()
        self._line = spawn("the exchange", self.exchange.run(self.board))
        self.daemons = {name: Daemon(self, name, seed + 10 * n) for n, name in enumerate(names, 2)}

    async def open(self) -> None:
        """Those that share begin; the first one leads."""
        for each in self.daemons.values():
            if each.shares:
                each.start()
                await self.clock.sleep(0.1)

    async def close(self) -> None:
        for each in self.daemons.values():
            await each.kill()
        await end(self._line)
        await self.store.close()


class Daemon:
    """A process of that name, which is there or not. `shares` False: it has no name in its settings from now on."""

    def __init__(self, site: Site, name: str, seed: int) -> None:
        self.name = name
        self.shares = True
        self._site = site
        self._dice = SeededDice(seed)
        self._task: asyncio.Task[None] | None = None
        self._session = 0

    @property
    def is_there(self) -> bool:
        return self._task is not None

    def start(self) -> None:
        self.life = Life(self._site.clock, self._site.store)
        self._task = spawn(f"daemon {self.name}", self._live())

    async def kill(self) -> None:
        """The database and the exchange are as they were; its turn is anybody's."""
        if self._task is not None:
            self.life.kill()
            await end(self._task)
            self._task = None
            await self.engine.close()
            if self._site.leader is self:
                self._site.leader = None

    def freeze(self, writes: int, duration_s: float) -> None:
        """As SIGSTOP does, with its connections kept: so many writes from now, with that one's answer on the way."""
        self.life.freeze(writes, lambda: self._site.clock.call_later(duration_s, self.life.thaw))

    def doom(self, writes: int, *, is_written: bool, away_s: float) -> None:
        """Kill it so many writes from now; it is started again after `away_s`."""
        self.life.doom(writes, is_written=is_written, on_death=lambda: self._begin_anew(away_s))

    def _begin_anew(self, away_s: float) -> None:
        async def anew() -> None:
            await self.kill()
            await self._site.clock.sleep(away_s)
            self.start()

        spawn("begin anew", anew())

    def _dismiss(self) -> None:
        self._site.dismissed += 1
        self.life.kill()
        self._begin_anew(RESTART_S)

    async def _live(self) -> None:
        leads = self._site.leader is None
        self._site.leader = self if leads else self._site.leader
        self.engine = self._made(leads=leads)
        await self.engine.start()
        if leads:
            await asyncio.Event().wait()
        while self._site.leader is not None:
            await self.life.sleep(LOOK_S)
        self._site.leader = self
        await self.engine.hand_over()
        await self.engine.close()
        self.engine = self._made(leads=True)
        await self.engine.start()
        await asyncio.Event().wait()

    def _made(self, *, leads: bool) -> Engine:
        self._session += 1
        seat = Seat(self.name, f"{self.name}{self._session}", leads=leads) if self.shares else None
        apps = ("app", f"app-{self.name}") if leads else (f"app-{self.name}",)
        return Engine(
            store=cast(Store, self.life),
            clock=self.life,
            dice=self._dice,
            exchanges={"simulated": self.life.hears(cast(Exchange, View(self._site.board, apps)))},
            trunks={"carrier": self._site.trunk},
            min_ring_s=15.0,
            refresh_s=REFRESH_S,
            seat=seat,
            on_unseated=self._dismiss,
            sends_within_s=SEND_WITHIN_S,
        )


class Life(Mortal):
    """One that may also be frozen: nothing that it waits for comes to it meanwhile."""

    def __init__(self, clock: Clock, store: Store) -> None:
        super().__init__(clock, store)
        self._thawed = asyncio.Event()
        self._thawed.set()
        self._late: list[Callable[[], None]] = []
        self._freezes_in = 0
        self._on_frozen: Callable[[], object] = lambda: None

    def freeze(self, writes: int, then: Callable[[], object]) -> None:
        self._freezes_in, self._on_frozen = writes, then

    def thaw(self) -> None:
        self._thawed.set()
        late, self._late = self._late, []
        for each in late:
            each()

    def when_thawed(self, action: Callable[[], None]) -> None:
        if self._thawed.is_set():
            action()
        else:
            self._late.append(action)

    def call_later(self, delay_s: float, action: Callable[[], None]) -> Timer:
        return _Frozen(self, super().call_later, delay_s, action)

    async def write(self, job: Callable[[Unit], T], *, patient: bool = False) -> T:
        done = await super().write(job)
        self._freezes_in -= 1
        if self._freezes_in == 0:
            self._thawed.clear()
            self._on_frozen()
        await self._thawed.wait()
        return done

    async def _live(self) -> None:
        await self._thawed.wait()
        await super()._live()

    def hears(self, exchange: Exchange) -> Exchange:
        cast(View, exchange).life = self
        return super().hears(exchange)


class _Frozen:
    """Implements ports.Timer: one that is due while its life is frozen fires when that thaws, unless cancelled."""

    def __init__(
        self,
        life: Life,
        set_at: Callable[[float, Callable[[], None]], Timer],
        delay_s: float,
        action: Callable[[], None],
    ) -> None:
        self._is_over = False
        self._timer = set_at(delay_s, lambda: life.when_thawed(lambda: None if self._is_over else action()))

    def cancel(self) -> None:
        self._is_over = True
        self._timer.cancel()


class Switchboard:
    """Implements ports.ExchangeSink: each event goes to who has the application of its call. Who answers where nobody
    has it is hung up on."""

    def __init__(self, exchange: SimulatedExchange) -> None:
        self.exchange = exchange
        self.sinks: dict[str, View] = {}
        self.app_of: dict[AttemptId, str] = {}
        self.hang_up_s = 0.0  # that it takes to be told to

    def on_call_event(self, exchange: str, attempt_id: AttemptId, event: ev.CallEvent) -> None:
        view = self.sinks.get(self.app_of[attempt_id])
        if view is not None:
            view.tell(lambda sink: sink.on_call_event(exchange, attempt_id, event))
        elif isinstance(event, ev.Answered | ev.AmdHeard):
            spawn("no application", self.exchange.hang_up(attempt_id))

    def on_leg_event(self, *_: object) -> None: ...

    def on_caller_event(self, *_: object) -> None: ...

    def on_exchange_event(self, exchange: str, event: ExchangeEvent) -> None:
        for view in dict.fromkeys(self.sinks.values()):
            view.tell(lambda sink: sink.on_exchange_event(exchange, event))


class View:
    """Implements ports.Exchange: the exchange as the daemon sees it that has those applications."""

    def __init__(self, board: Switchboard, apps: tuple[str, ...]) -> None:
        self._board = board
        self._apps = apps
        self._sink: ExchangeSink | None = None
        self.life: Life | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._board.exchange, name)

    @property
    def is_alive(self) -> bool:
        return self._sink is not None and self._board.exchange.is_alive

    async def run(self, sink: ExchangeSink) -> None:
        self._sink = sink
        self._board.sinks |= dict.fromkeys(self._apps, self)
        if self._board.exchange.is_alive:
            sink.on_exchange_event(self._board.exchange.name, ExchangeUp())
        try:
            await asyncio.Event().wait()
        finally:
            self._sink = None
            for app in self._apps:
                if self._board.sinks.get(app) is self:
                    del self._board.sinks[app]

    async def originate(self, plan: CallPlan) -> DialReply:
        self._board.app_of[plan.attempt_id] = self._apps[0]
        return await self._board.exchange.originate(plan)

    async def hang_up(self, attempt_id: AttemptId) -> Reply:
        assert self.life is not None
        await self.life.sleep(self._board.hang_up_s)
        return await self._board.exchange.hang_up(attempt_id)

    def tell(self, news: Callable[[ExchangeSink], None]) -> None:
        assert self.life is not None
        self.life.when_thawed(lambda: None if self._sink is None else news(self._sink))


class WalledStore:
    """Implements ports.Store in memory, by the virtual clock; writes take a while. `is_away`: it can only be read.
    `stalls_s`: the commit of the leader's next renewal takes so long, and whoever wants to write meanwhile gives up
    after a while, as where a disk stands still."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._store = SqliteStore.in_memory()
        self._has_wall = False
        self.is_away = False
        self.stalls_s = 0.0
        self._stalls_until = 0.0

    async def write(self, job: Callable[[Unit], T], *, patient: bool = False) -> T:
        await self._clock.sleep(COMMIT_S)
        if self.is_away:
            raise StoreError("the database is restarted", may_pass=True)
        if (stalls_s := self._stalls_until - self._clock.steady()) > 0:
            await self._clock.sleep(min(stalls_s, TURN_S))
            if stalls_s > TURN_S:
                raise StoreError("another write takes too long", may_pass=True)
        done = await self._store.write(lambda unit: self._at_its_time(job, unit))
        if self.stalls_s and getattr(job, "__name__", "") == "_enter":
            stalls_s, self.stalls_s = self.stalls_s, 0.0
            self._stalls_until = self._clock.steady() + stalls_s
            await self._clock.sleep(stalls_s)
        return done

    def post(self, job: Callable[[Unit], object]) -> None:
        self._store.post(lambda unit: self._at_its_time(job, unit))

    async def read(self, job: Callable[[Unit], T]) -> T:
        return await self._store.write(lambda unit: self._at_its_time(job, unit))  # reading alone sets no clock

    async def close(self) -> None:
        await self._store.close()

    def _at_its_time(self, job: Callable[[Unit], T], unit: Unit) -> T:
        connection = unit.daemons._connection  # type: ignore[attr-defined]  # the one that every table of a unit has
        if not self._has_wall:
            self._has_wall = True
            connection.execute("DROP VIEW wall")
            connection.execute("CREATE TABLE wall (s REAL)")
            connection.execute("INSERT INTO wall VALUES (0)")
        connection.execute("UPDATE wall SET s = ?", (1000.0 + self._clock.steady(),))
        return job(unit)


def share(office: Office, *, calls_per_second: float = 50) -> None:
    """Have the office's daemon, which is not begun yet, lead others that are not there, over a trunk of that pace."""
    office.store = cast(Store, WalledStore(office.clock))
    office.seat = Seat("one", "one1", leads=True)
    office.trunks = {"carrier": trunk(calls_per_second=calls_per_second)}


async def take_the_pace(office: Office, ahead_s: float) -> None:
    """As another daemon does that has just begun calls over the trunk for so many seconds."""
    name = "trunk carrier"
    await office.store.write(lambda unit: unit.daemons.set_pace(name, unit.daemons.paces([name])[0] + ahead_s))
