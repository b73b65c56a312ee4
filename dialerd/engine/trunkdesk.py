"""The trunks and servers as they are right now: calls in use, calls per second, closed for a while; and which server
to use.

Not here: what a trunk is (domain/trunk.py), how fast a congested one is used (domain/throttle.py), how a server is
chosen (domain/server.py), and which exchanges are reconciled (reconcile.py tells) or drained (serverdesk.py).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType

from dialerd.domain.pacing import RateLimit
from dialerd.domain.seat import Ceiling, Seat
from dialerd.domain.server import NoServer, ServerFacts, choose_server, share
from dialerd.domain.throttle import Throttle
from dialerd.domain.tolls import SAFE
from dialerd.domain.trunk import Trunk, refused_endpoint
from dialerd.log import logger
from dialerd.ports import Clock, Exchange, Store
from dialerd.usecases.dialing import WayOut

_log = logger(__name__)

_RECALL_S = 60.0

_MOMENT_S = 0.1
"""No pace is worked out anew for so long only to find that the trunk takes no call yet."""


@dataclass(slots=True)
class TrunkLine:
    """One trunk. `unsent` calls are claimed but not yet confirmed by an exchange; they count against the rate."""

    trunk: Trunk
    rate: RateLimit
    in_use: int = 0
    unsent: int = 0
    throttle: Throttle = field(default_factory=Throttle)
    is_short: bool = False  # more was wanted of it than there was room for
    day: date = date.min  # UTC
    calls_of_day: int = 0

    def left_today(self, today: date) -> int | None:
        """How many calls more that day; None: as many as wanted."""
        if self.day != today:
            self.day, self.calls_of_day = today, 0
        most = self.trunk.max_calls_per_day
        return None if most is None else max(0, most - self.calls_of_day)


@dataclass(frozen=True, slots=True)
class Standing:
    """A trunk at this moment; `calls_per_second` as it is given now."""

    in_use: int
    max_channels: int
    calls_per_second: float
    is_resting: bool


class TrunkDesk:
    """The only owner of the trunks' counters. A slot is taken at the claim and given back once per call."""

    def __init__(
        self,
        trunks: Mapping[str, Trunk],
        exchanges: Mapping[str, Exchange],
        clock: Clock,
        *,
        limits: Mapping[str, int] = MappingProxyType({}),
        on_learnt: Callable[[str, Throttle], None] = lambda _name, _throttle: None,
        seat: Seat | None = None,
    ) -> None:
        """`limits`: most calls at once by server; one that has none takes what its trunks have. `on_learnt`: is told
        when a trunk is slowed, rests, or is whole again. `seat`: among the daemons that use the trunks, too."""
        self._lines = {
            name: TrunkLine(trunk=trunk, rate=RateLimit(rate=trunk.calls_per_second)) for name, trunk in trunks.items()
        }
        self._exchanges = exchanges
        self._clock = clock
        self.ready: set[str] = set()
        """Exchanges that are alive and reconciled; nothing is dialed on any other."""
        self.drained: set[str] = set()
        """Exchanges that an admin wants to be left alone: no call is begun on them."""
        self._on_learnt = on_learnt
        self._seat = seat
        self._calls = Counter[str]()  # by server, of all trunks
        self._is_short_of_servers = False
        self._limits = limits
        self._recall_at = -math.inf  # steady seconds
        self._measure()

    def _measure(self) -> None:
        """How many calls each server may have at once."""
        self._rooms = {
            name: self._limits.get(name)
            or max(1, sum(line.trunk.max_channels for line in self._lines.values() if name in line.trunk.servers))
            for name in self._exchanges
        }

    def trunk(self, name: str) -> Trunk | None:
        line = self._lines.get(name)
        return line.trunk if line else None

    def standing(self) -> dict[str, Standing]:
        now = self._clock.steady()
        return {
            name: Standing(line.in_use, line.trunk.max_channels, line.rate.rate, line.throttle.rests(now))
            for name, line in self._lines.items()
        }

    async def recall(self, store: Store) -> None:
        """Take up what others have made today: an earlier daemon, and one beside this one that knew of no limit."""
        if self._clock.steady() < self._recall_at:
            return
        has_limits = any(line.trunk.max_calls_per_day is not None for line in self._lines.values())
        self._recall_at = self._clock.steady() + _RECALL_S if has_limits and self._seat is not None else math.inf
        today = self._clock.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        self.assume_made(today.date(), await store.read(lambda unit: unit.servers.calls_since(today)))

    def assume_made(self, today: date, made: Mapping[str, int]) -> None:
        """By trunk, the calls that this and other daemons have made that day (UTC)."""
        for name, line in self._lines.items():
            line.left_today(today)
            line.calls_of_day = max(line.calls_of_day, made.get(name, 0))

    def refusal(self, endpoint: str) -> str | None:
        """Why a dial string is not dialed, whoever wants it; None: it may be."""
        return refused_endpoint(endpoint, [line.trunk for line in self._lines.values()])

    def to(self, name: str, server: str) -> WayOut:
        """The way of a claimed call."""
        line = self._lines.get(name)
        way_out = WayOut(trunk=name, asterisk=server, tolls=SAFE if line is None else line.trunk.tolls)
        if self._seat is None or line is None or server not in self._rooms:
            return way_out
        ceiling = Ceiling(
            seat=self._seat,
            trunk_room=line.trunk.max_channels - line.in_use,
            server_room=self._rooms[server] - self._calls[server],
            rate=line.rate.rate,
        )
        return replace(way_out, owner=self._seat.owner, ceiling=ceiling)

    def assume_spent(self) -> None:
        """An earlier daemon may have dialed at full rate until this moment."""
        for line in self._lines.values():
            line.rate = line.rate.spent(self._clock.steady())

    def room(self, name: str) -> int:
        """How many calls may be claimed for the trunk now."""
        line, now = self._lines[name], self._clock.steady()
        if line.throttle.rests(now):
            return 0
        room = min(line.trunk.max_channels - line.in_use, line.rate.available(now) - line.unsent)
        left = self._left(line)
        return max(0, room if left is None else min(room, left))

    def is_between_calls(self, name: str) -> bool:
        """Whether the calls per second alone let none go now but will in a moment: by itself (`room_at`), or when what
        is claimed is sent. Who asks is to be woken when it `eases`."""
        line, now = self._lines[name], self._clock.steady()
        if line.rate.available(now) > line.unsent:
            return False
        line.is_short = True
        return line.rate.room_at(now) <= now + _MOMENT_S

    def ask(self, name: str, wanted: int, server: str) -> int:
        """How many of the wanted calls may be claimed now, to be placed at that server: its share of them. Who gets
        fewer is to be woken when it `eases`."""
        if not wanted:
            return 0
        room = self.room(name)
        if room < wanted:
            self._lines[name].is_short = True
        granted = min(room, wanted)
        others = sum(self._free(each) > 0 for each in self._lines[name].trunk.servers if each != server)
        part = share(granted, free=self._free(server), others=others)
        self._is_short_of_servers |= part < granted
        return part

    def _free(self, server: str) -> int:
        """How many calls may be begun there now."""
        is_open = server in self.ready and server not in self.drained
        return self._rooms[server] - self._calls[server] if is_open else 0

    def eases(self, name: str) -> bool:
        """A slot or a token is back: whether somebody has been waiting for it, who is to ask again now."""
        line = self._lines.get(name)
        was_short = line is None or line.is_short or self._is_short_of_servers
        if line is not None:
            line.is_short = False
        self._is_short_of_servers = False
        return was_short

    def room_at(self, name: str) -> float:
        """When time alone may make room (steady seconds)."""
        line, now = self._lines[name], self._clock.steady()
        at = max(line.throttle.closed_until, line.rate.room_at(now))
        return max(at, now + self._until_tomorrow_s()) if self._left(line) == 0 else at

    def _left(self, line: TrunkLine) -> int | None:
        """As `left_today`; asked some times at every look of the dial loop, so of those that have a limit only."""
        return None if line.trunk.max_calls_per_day is None else line.left_today(self._today())

    def _today(self) -> date:
        return self._clock.now().astimezone(UTC).date()

    def _until_tomorrow_s(self) -> float:
        now = self._clock.now().astimezone(UTC)
        return (datetime.combine(now.date() + timedelta(days=1), time(), UTC) - now).total_seconds()

    def way_out(self, name: str, *, amd: bool, among: Collection[str] | None = None) -> Exchange | str:
        """The server with the most free capacity that can carry a call now, or why none can; where every one is full,
        the first of those: `ask` tells. `among`: from where the agents can be reached; None: from everywhere."""
        line = self._lines.get(name)
        if line is None:
            return f"no [[trunk]] {name} in the settings"
        if self._seat is not None and not self._seat.leads and line.trunk.max_calls_per_day is not None:
            return f"trunk {name} has max_calls_per_day: the leading daemon alone dials over it"
        if line.throttle.rests(self._clock.steady()):
            return f"trunk {name} rests: {line.throttle.reason}"
        if self._left(line) == 0:
            return f"trunk {name} has made its {line.trunk.max_calls_per_day} calls of today, UTC (max_calls_per_day)"
        facts = [self._facts(line.trunk, each, amd=amd, among=among) for each in line.trunk.servers]
        if len(facts) == 1:  # nothing is to be chosen, at every look of the dial loop
            return facts[0].lack or self._exchanges[facts[0].name]
        chosen = choose_server(facts)
        return chosen.reason if isinstance(chosen, NoServer) else self._exchanges[chosen.name]

    def _facts(self, trunk: Trunk, server: str, *, amd: bool, among: Collection[str] | None) -> ServerFacts:
        exchange = self._exchanges[server]
        trouble = exchange.trouble(endpoint=trunk.resource, amd=amd)
        if trouble is None and not (exchange.is_alive and server in self.ready):
            trouble = f"Asterisk {server} is not ready"
        return ServerFacts(
            name=server,
            calls=self._calls[server],
            room=self._rooms[server],
            trouble=trouble or "",
            is_drained=server in self.drained,
            has_agents=among is None or server in among,
        )

    def take(self, name: str, server: str, *, unsent: bool = True) -> None:
        """A call is claimed, or (`unsent` False) an earlier daemon's call was found up."""
        line = self._lines[name]
        line.in_use += 1
        line.unsent += 1 if unsent else 0
        line.left_today(self._today())
        line.calls_of_day += 1 if unsent else 0  # an earlier daemon's are known from its rows
        self._calls[server] += 1

    def sent(self, name: str) -> None:
        """The exchange has taken the call, or perhaps: it counts against the calls per second."""
        line = self._lines[name]
        line.unsent -= 1
        line.rate = line.rate.take(self._clock.steady())
        line.throttle = line.throttle.after_taken()

    def not_sent(self, name: str, *, trunk_down: bool, reason: str) -> None:
        """The exchange refused the call. A trunk that is down rests a little longer each time it says so."""
        line = self._lines[name]
        line.calls_of_day = max(0, line.calls_of_day - 1)
        line.unsent -= 1
        if trunk_down:
            self._learn(line, line.throttle.down(self._clock.steady(), reason))

    def had_room(self, name: str) -> None:
        """A call over the trunk came to something: a phone, a person, a number that does not exist."""
        line = self._lines[name]
        self._learn(line, line.throttle.after_room())

    def had_no_room(self, name: str) -> bool:
        """A call ended for want of room. True: the trunk is congested, and it was not the call's own fault."""
        line = self._lines[name]
        self._learn(line, line.throttle.after_refusal(self._clock.steady()))
        return line.throttle.is_congested

    def _learn(self, line: TrunkLine, throttle: Throttle) -> None:
        before, line.throttle = line.throttle, throttle
        if throttle is before:
            return
        name = line.trunk.name
        if throttle.pace != before.pace:
            line.rate = line.rate.changed(line.trunk.calls_per_second * throttle.pace)
        if throttle.closed_until > before.closed_until:
            text = f"trunk {name} rests for {throttle.rest_s:g} s: {throttle.reason}"
            _log.warning(text, action="trunk_rests", trunk=name, rest_s=throttle.rest_s)
        elif throttle.pace < before.pace:
            text = f"trunk {name} gets {throttle.pace:.0%} of its calls per second: {throttle.reason}"
            _log.warning(text, action="trunk_slowed", trunk=name, pace=throttle.pace)
        if (throttle.pace < 1.0, throttle.reason) != (before.pace < 1.0, before.reason):
            self._on_learnt(name, throttle)

    def change_limits(self, trunks: Mapping[str, Trunk]) -> None:
        """Limits and toll guard of the trunks that are known; a lower limit lets calls end before the next."""
        for name, line in self._lines.items():
            wanted = trunks.get(name)
            if wanted is None:
                continue
            line.trunk = line.trunk.limited_as(wanted)
            line.rate = line.rate.changed(wanted.calls_per_second * line.throttle.pace)
        self._recall_at = -math.inf
        self._measure()

    def give_back(self, name: str, server: str) -> None:
        """A call's slot is free."""
        line = self._lines[name]
        line.in_use -= 1
        self._calls[server] -= 1
