"""A daemon's engine on virtual time that can be stopped dead and started again on the same database.

Not here: a single campaign run to its end (world.py).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from dialerd.adapters.files import shipped_reply_words
from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.answers import Answers
from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.contact import Contact
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.seat import Seat
from dialerd.engine import Engine
from dialerd.ports import Clock, MessageRoute, QueueWatch, RunRow, Store, Tracing, Unit
from dialerd.ports.flows import Speech, Web
from dialerd.simulate.callees import Callees, NumberPlan
from dialerd.simulate.clock import SeededDice, VirtualClock, run_virtual
from dialerd.simulate.exchange import SimulatedExchange
from dialerd.simulate.record import SimulatedCall
from dialerd.tasks import spawn
from dialerd.usecases import campaigns
from tests.numbers import number
from tests.simulation.mortal import Mortal
from tests.simulation.world import trunk

TRUNKS = {"carrier": trunk()}


class Office:
    """One database, one exchange or several, and an engine that is there or not."""

    clock: Clock
    store: Store

    def __init__(
        self, clock: VirtualClock, *, seed: int, refresh_s: float, callees: Callees | None, servers: int = 1
    ) -> None:
        self.clock = clock
        self.store = SqliteStore.in_memory()
        self._dice = SeededDice(seed)
        callees = callees or NumberPlan(SeededDice(seed + 2))
        self.exchange = SimulatedExchange("simulated", clock, SeededDice(seed + 1), callees)
        self.exchanges = {"simulated": self.exchange}
        for n in range(2, servers + 1):
            self.exchanges[f"pbx{n}"] = SimulatedExchange(f"pbx{n}", clock, SeededDice(seed + 100 * n), callees)
        self.trunks = {name: replace(each, servers=tuple(self.exchanges)) for name, each in TRUNKS.items()}
        self.limits: dict[str, int] = {}
        self.links: dict[str, str] = {}  # how each is reached from the others; none: an agent stays where its phone is
        for each in self.exchanges.values():
            each.neighbours.update(self.exchanges)
        self.engine: Engine | None = None
        self.watches: dict[str, QueueWatch] = {}
        self._refresh_s = refresh_s
        self.routes: dict[str, MessageRoute] = {}  # ways out for messages, that engines started later have
        self.answers: dict[str, Answers] = {}
        self.speech: Speech | None = None
        self.web: Web | None = None
        self.tracing: Tracing | None = None
        self.seat: Seat | None = None  # it shares its campaigns with daemons that are not here

    async def start(self) -> None:
        self._life = Mortal(self.clock, self.store)
        self.engine = Engine(
            store=self._life,
            clock=self._life,
            dice=self._dice,
            exchanges={name: self._life.hears(each) for name, each in self.exchanges.items()},
            trunks=self.trunks,
            limits=self.limits,
            links=self.links,
            min_ring_s=15.0,
            queue_watches=self.watches,
            speech=self.speech,
            web=self.web,
            refresh_s=self._refresh_s,
            routes=self.routes,
            reply_words=shipped_reply_words(),
            answers=self.answers,
            transfer_prefixes=("+1212",),
            tracing=self.tracing,
            seat=self.seat,
        )
        await self.engine.start()

    def doom(self, writes: int, *, is_written: bool, away_s: float) -> None:
        """Kill the process so many writes from now, just after the last one or just before; another one begins then."""
        self._life.doom(writes, is_written=is_written, on_death=lambda: spawn_next(self, away_s))

    async def crash(self) -> None:
        """The process is gone; the database and the exchange are as they were."""
        assert self.engine is not None
        self._life.kill()
        await self.engine.close()
        self.engine = None

    async def until(self, moment: datetime) -> None:
        await self.clock.sleep(max(0.0, (moment - self.clock.now()).total_seconds()))

    async def apply(self, spec: CampaignSpec) -> None:
        now = self.clock.now()
        await self.store.write(
            lambda unit: campaigns.apply_campaign(unit, spec, trunks=self.trunks, actor="test", now=now)
        )
        if self.engine is not None:
            self.engine.poke()

    async def add(self, endings: Sequence[str], *, first: int = 0, name: str = "l") -> None:
        def job(unit: Unit) -> None:
            made = unit.lists.get(name) or unit.lists.create(name, "US", self.clock.now())
            phones = [
                PhoneNumber(e164=number(first + n, ending), zones=("America/New_York",))
                for n, ending in enumerate(endings)
            ]
            unit.contacts.add(made.id, [Contact(numbers=(phone,)) for phone in phones], self.clock.now())

        await self.store.write(job)

    async def runs(self, name: str = "c") -> list[RunRow]:
        """Every run of a campaign, the first one first."""

        def job(unit: Unit) -> list[RunRow]:
            row = unit.campaigns.get(name)
            assert row is not None
            last = unit.runs.latest(row.id)
            rows = [unit.runs.get(type(last.id)(n)) for n in range(1, last.id + 1)] if last else []
            return [each for each in rows if each is not None and each.campaign_id == row.id]

        return await self.store.read(job)

    @property
    def record(self) -> Sequence[SimulatedCall]:
        """Of all exchanges, by the moment of the call."""
        if len(self.exchanges) == 1:
            return self.exchange.record
        return sorted(
            (call for each in self.exchanges.values() for call in each.record), key=lambda call: call.invited_at
        )


def spawn_next(office: Office, away_s: float) -> None:
    async def begin_anew() -> None:
        await office.crash()
        await office.clock.sleep(away_s)
        await office.start()

    spawn("the next daemon", begin_anew())


def in_office(
    story: Callable[[Office], Awaitable[None]],
    *,
    start: datetime,
    seed: int = 1,
    refresh_s: float = 600.0,
    callees: Callees | None = None,
    servers: int = 1,
) -> None:
    """Play a story on virtual time. A long `refresh_s` shows that nothing in it waits for a look at the store.

    `callees`: how the numbers behave, else by their endings. `servers`: how many exchanges there are.
    """

    async def main() -> None:
        office = Office(VirtualClock(start), seed=seed, refresh_s=refresh_s, callees=callees, servers=servers)
        await story(office)
        if office.engine is not None:
            await office.engine.drain(60.0)
            await office.crash()
        await office.store.close()

    run_virtual(main())


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
