"""The servers as a whole: which are drained, which are away, and when one that does not come back is given up.

Not here: connecting (adapters/ari/session.py), which server a call is placed at (trunkdesk.py), what becomes of the
calls and legs of one that is given up (engine.py tells their desks).

A connection that breaks says nothing of the calls: they go on, and are known again when it is back. So they are settled
only when it stays away for `lost_after_s`; or at once, where the server's own machine says that nobody listens there:
then Asterisk is not running, and its calls are over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from dialerd.domain.throttle import Throttle
from dialerd.engine.trunkdesk import TrunkDesk
from dialerd.log import logger
from dialerd.ports import Clock, Store, Timer
from dialerd.ports.servers import TrunkStateRow

_log = logger(__name__)

LOST_AFTER_S = 30.0
DEAD_S = 5.0
"""So long nobody listens before a server is taken for dead: longer than a reload of its HTTP server or a restart of a
proxy before it takes, during which its calls go on."""


@dataclass(slots=True)
class _Server:
    told: tuple[str, str] = ("", "")  # the state and the reason that were written down last
    is_dead: bool = False
    is_lost: bool = False
    away_since: float | None = None  # by the steady clock
    timer: Timer | None = None

    def cancel(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


class ServerDesk:
    """`give_up`: settle what was on that server, for that reason."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        names: Iterable[str],
        *,
        lost_after_s: float,
        give_up: Callable[[str, str], None],
        tells: bool = True,
    ) -> None:
        """`tells`: other processes are let see how servers and trunks stand, as the daemon that leads sees them."""
        self._store = store
        self._clock = clock
        self._servers = {name: _Server() for name in names}
        self._lost_after_s = lost_after_s
        self._give_up = give_up
        self._tells = tells

    async def refresh(self, trunks: TrunkDesk) -> None:
        """Take up which servers are to be left alone."""
        rows = await self._store.read(lambda unit: unit.servers.all())
        drained = {row.name for row in rows.values() if row.drained_at is not None}
        for name in drained ^ trunks.drained:
            what = "gets no new calls" if name in drained else "is used again"
            _log.info(f"Asterisk {name} {what}", action="server_drained", asterisk=name)
        trunks.drained.clear()
        trunks.drained.update(drained)

    async def start(self, trunks: TrunkDesk) -> None:
        """Nothing is connected yet, and what an earlier daemon left there waits."""
        await self.refresh(trunks)
        for name in self._servers:
            self.away(name, "not connected yet", is_dead=False)

    def up(self, name: str) -> None:
        """It is connected: what is there will be looked at."""
        server = self._servers[name]
        server.cancel()
        server.is_dead, server.away_since = False, None

    def ready(self, name: str) -> None:
        """It is reconciled, and used from now on."""
        self._servers[name].is_lost = False
        self._tell(name, "ready", "")

    def away(self, name: str, reason: str, *, is_dead: bool) -> None:
        """It does not tell what becomes of its calls. May be said again while it is so; the latest word counts: one
        that refuses a connection and takes the next is not dead."""
        server = self._servers[name]
        self._tell(name, "lost" if server.is_lost else "away", reason)
        if server.is_lost:
            return
        if server.away_since is None:
            server.away_since = self._clock.steady()
        if server.timer is None or is_dead is not server.is_dead:
            server.cancel()
            server.is_dead = is_dead
            left_s = max(0.0, server.away_since + self._lost_after_s - self._clock.steady())
            after_s = min(DEAD_S, left_s) if is_dead else left_s
            server.timer = self._clock.call_later(after_s, partial(self._lost, name, reason))

    def _lost(self, name: str, reason: str) -> None:
        server = self._servers[name]
        server.timer, server.is_lost = None, True
        self._tell(name, "lost", reason)
        _log.error(f"Asterisk {name} is given up: {reason}", action="server_lost", asterisk=name)
        self._give_up(name, f"Asterisk {name} was lost: {reason}")

    def _tell(self, name: str, state: str, reason: str) -> None:
        server = self._servers[name]
        if self._tells and server.told != (state, reason):
            server.told = (state, reason)
            now = self._clock.now()
            self._store.post(lambda unit: unit.servers.tell(name, state=state, reason=reason, now=now))

    def learnt(self, name: str, throttle: Throttle) -> None:
        """A trunk is slowed, rests, or is whole again: let other processes see."""
        if not self._tells:
            return
        now, rest_s = self._clock.now(), throttle.closed_until - self._clock.steady()
        rests_until = now + timedelta(seconds=rest_s) if rest_s > 0 else None
        row = TrunkStateRow(name=name, pace=throttle.pace, rests_until=rests_until, reason=throttle.reason, told_at=now)
        self._store.post(lambda unit: unit.servers.tell_trunk(row))

    def stop(self) -> None:
        for server in self._servers.values():
            server.cancel()
