"""The trunks as they are right now: channels in use, calls per second, closed for a while; and which server to use.

Not here: what a trunk is (domain/trunk.py) and which exchanges are reconciled (reconcile.py tells).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from dialerd.domain.pacing import RateLimit
from dialerd.domain.trunk import Trunk
from dialerd.log import logger
from dialerd.ports import Clock, Exchange

_log = logger(__name__)

_FIRST_REST_S, _LONGEST_REST_S = 1.0, 30.0
_LATEST = 20  # ended calls by which a trunk is judged
_CONGESTED_AT = 5  # of the latest found no room: fewer may be the destinations' doing
_SLOWER, _FASTER, _SLOWEST = 0.7, 1.03, 0.1  # the rate: at a refusal of a congested trunk, at a call that came through


@dataclass(slots=True)
class TrunkLine:
    """One trunk. `unsent` calls are claimed but not yet confirmed by an exchange; they count against the rate."""

    trunk: Trunk
    rate: RateLimit
    in_use: int = 0
    unsent: int = 0
    rest_s: float = 0.0
    no_room: int = 0  # calls in a row that the trunk had no room for
    latest: deque[bool] = field(default_factory=lambda: deque(maxlen=_LATEST))  # whether each call found room
    pace: float = 1.0  # the share of its calls per second that a congested trunk is given
    slowed_at: float = float("-inf")
    closed_until: float = float("-inf")
    by_server: dict[str, int] = field(default_factory=dict)
    is_short: bool = False  # more was wanted of it than there was room for


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
    ) -> None:
        self._lines = {
            name: TrunkLine(trunk=trunk, rate=RateLimit(rate=trunk.calls_per_second)) for name, trunk in trunks.items()
        }
        self._exchanges = exchanges
        self._clock = clock
        self.ready: set[str] = set()
        """Exchanges that are alive and reconciled; nothing is dialed on any other."""

    def trunk(self, name: str) -> Trunk | None:
        line = self._lines.get(name)
        return line.trunk if line else None

    def standing(self) -> dict[str, Standing]:
        now = self._clock.steady()
        return {
            name: Standing(line.in_use, line.trunk.max_channels, line.rate.rate, now < line.closed_until)
            for name, line in self._lines.items()
        }

    def assume_spent(self) -> None:
        """An earlier daemon may have dialed at full rate until this moment."""
        for line in self._lines.values():
            line.rate = line.rate.spent(self._clock.steady())

    def room(self, name: str) -> int:
        """How many calls may be claimed for the trunk now."""
        line, now = self._lines[name], self._clock.steady()
        if now < line.closed_until:
            return 0
        return max(0, min(line.trunk.max_channels - line.in_use, line.rate.available(now) - line.unsent))

    def ask(self, name: str, wanted: int) -> int:
        """How many of the wanted calls may be claimed now. Who gets fewer is to be woken when it `eases`."""
        room = self.room(name)
        if room < wanted:
            self._lines[name].is_short = True
        return min(room, wanted)

    def eases(self, name: str) -> bool:
        """A slot or a token is back: whether somebody has been waiting for it, who is to ask again now."""
        line = self._lines.get(name)
        was_short = line is None or line.is_short
        if line is not None:
            line.is_short = False
        return was_short

    def room_at(self, name: str) -> float:
        """When time alone may make room (steady seconds)."""
        line, now = self._lines[name], self._clock.steady()
        return max(line.closed_until, line.rate.room_at(now))

    def way_out(self, name: str, *, amd: bool, among: Collection[str] | None = None) -> Exchange | str:
        """The server with the fewest calls that can carry one now, or why none can. `among`: where the agents are."""
        line = self._lines.get(name)
        if line is None:
            return f"no [[trunk]] {name} in the settings"
        if self._clock.steady() < line.closed_until:
            return f"trunk {name} rests after it refused a call"
        troubles = []
        usable = []
        for server in line.trunk.servers:
            exchange = self._exchanges[server]
            trouble = exchange.trouble(endpoint=line.trunk.resource, amd=amd)
            if trouble is None and not (exchange.is_alive and server in self.ready):
                trouble = f"Asterisk {server} is not ready"
            if trouble is None and among is not None and server not in among:
                trouble = f"no agent's phone is at Asterisk {server}"
            if trouble is None:
                usable.append(exchange)
            else:
                troubles.append(trouble)
        if not usable:
            return "; ".join(troubles)
        return min(usable, key=lambda exchange: line.by_server.get(exchange.name, 0))

    def take(self, name: str, server: str, *, unsent: bool = True) -> None:
        """A call is claimed, or (`unsent` False) an earlier daemon's call was found up."""
        line = self._lines[name]
        line.in_use += 1
        line.unsent += 1 if unsent else 0
        line.by_server[server] = line.by_server.get(server, 0) + 1

    def sent(self, name: str) -> None:
        """The exchange has taken the call, or perhaps: it counts against the calls per second."""
        line = self._lines[name]
        line.unsent -= 1
        line.rate = line.rate.take(self._clock.steady())
        if not line.no_room:
            line.rest_s = 0.0

    def not_sent(self, name: str, *, trunk_down: bool, reason: str) -> None:
        """The exchange refused the call. A trunk that is down rests a little longer each time it says so."""
        line = self._lines[name]
        line.unsent -= 1
        if trunk_down:
            self._rest(name, reason)

    def had_room(self, name: str) -> None:
        """A call over the trunk came to something: a phone, a person, a number that does not exist."""
        line = self._lines[name]
        line.no_room = 0
        line.latest.append(True)
        if line.pace < 1.0:
            self._set_pace(line, min(1.0, line.pace * _FASTER))

    def had_no_room(self, name: str) -> bool:
        """A call ended for want of room. True: the trunk is congested, and it was not the call's own fault.

        A trunk that refuses some calls gets fewer a second; one that refuses every call rests.
        """
        line = self._lines[name]
        line.no_room += 1
        line.latest.append(False)
        if line.latest.count(False) < _CONGESTED_AT:
            return False
        if line.no_room >= _CONGESTED_AT:
            self._rest(name, f"{line.no_room} calls in a row found no room")
        elif self._clock.steady() >= line.slowed_at + 1.0:  # refusals of one second are one piece of news
            line.slowed_at = self._clock.steady()
            self._set_pace(line, max(_SLOWEST, line.pace * _SLOWER))
        return True

    def _set_pace(self, line: TrunkLine, pace: float) -> None:
        line.pace = pace
        line.rate = line.rate.changed(line.trunk.calls_per_second * pace)

    def _rest(self, name: str, reason: str) -> None:
        line = self._lines[name]
        if self._clock.steady() < line.closed_until:
            return
        line.rest_s = min(_LONGEST_REST_S, line.rest_s * 2 or _FIRST_REST_S)
        line.closed_until = self._clock.steady() + line.rest_s
        _log.warning(
            f"trunk {name} rests for {line.rest_s:g} s: {reason}", action="trunk_rests", trunk=name, rest_s=line.rest_s
        )

    def change_limits(self, trunks: Mapping[str, Trunk]) -> None:
        """Calls per second and channels of the trunks that are known; a lower one lets calls end before the next."""
        for name, line in self._lines.items():
            wanted = trunks.get(name)
            if wanted is None:
                continue
            line.trunk = replace(line.trunk, max_channels=wanted.max_channels, calls_per_second=wanted.calls_per_second)
            self._set_pace(line, line.pace)

    def give_back(self, name: str, server: str) -> None:
        """A call's slot is free."""
        line = self._lines[name]
        line.in_use -= 1
        line.by_server[server] -= 1
