"""Who listens to which agent's call: their phones are rung, given an ear at the agent's leg, and let go with the call.

Not here: whether somebody may listen (domain/steering.py, usecases/steering.py). Nothing of it outlives the call, the
listener, the daemon or the exchange: what an earlier daemon left is swept at the next reconcile (legreconcile.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dialerd.domain.leg import LegEvent
from dialerd.domain.steering import LISTEN_RING_S, Spy
from dialerd.domain.words import LegId
from dialerd.engine.legdesk import Leg, LegDesk
from dialerd.ports import Clock, Dice, Done, Exchange, Failed, Gone
from dialerd.tasks import spawn

_AGAIN_S = 1.0

Told = Callable[[str], None]
"""Told once what came of a wish to listen: why not, or nothing."""


@dataclass(slots=True, eq=False)
class Listener:
    """`told`: who hears what came of the last wish; None: they have heard."""

    who: str
    agent: str
    at: LegId
    how: Spy
    leg: Leg
    told: Told | None


class ListenDesk:
    """The only owner of listeners. Implements legdesk.LegOwner. `on_change`: of whom the listeners change."""

    def __init__(
        self,
        clock: Clock,
        dice: Dice,
        exchanges: Mapping[str, Exchange],
        *,
        refusal: Callable[[str], str | None],
        on_change: Callable[[str], None],
    ) -> None:
        """`refusal`: why a phone may not be called."""
        self._clock = clock
        self._legs = LegDesk(clock, dice, exchanges, self, refusal=refusal)
        self._listeners: dict[LegId, Listener] = {}
        self._on_change = on_change

    def owns(self, leg_id: LegId) -> bool:
        return leg_id in self._listeners

    def on_leg_event(self, exchange: str, leg_id: LegId, event: LegEvent) -> None:
        self._legs.on_event(exchange, leg_id, event)

    def of(self, agent: str) -> list[dict[str, str]]:
        """Who listens to that agent's call."""
        return [
            {"who": each.who, "mode": str(each.how)}
            for each in self._listeners.values()
            if each.agent == agent and each.leg.is_up
        ]

    def listen(
        self, agent: str, at: LegId, how: Spy, *, who: str, endpoint: str, exchange: Exchange, told: Told
    ) -> None:
        """Ring a phone and let it hear the agent at that leg; who listens already is heard as `how` says now."""
        mine = next((each for each in self._listeners.values() if each.who == who and each.agent == agent), None)
        if mine is not None:
            _tell(mine, "something else was asked since")
            mine.how, mine.told = how, told
            if mine.leg.is_up:
                spawn(f"listen {mine.leg.id}", self._hear(mine))
            return
        leg = self._legs.ring(who, endpoint, exchange, caller_id=f"dialerd <{agent}>", ring_s=LISTEN_RING_S)
        self._listeners[leg.id] = Listener(who, agent, at, how, leg, told)

    def end(self, agent: str, *, who: str | None = None, reason: str = "the call is over") -> None:
        """Nobody listens to that agent's call any more, or `who` does not."""
        for each in list(self._listeners.values()):
            if each.agent == agent and who in (None, each.who):
                self._drop(each, reason)
                self._legs.hang_up(each.leg)
                self._clear(each)

    def away(self, exchange: str) -> None:
        """What becomes of them there is not told any more: they are swept when it is back."""
        for each in [each for each in self._listeners.values() if each.leg.exchange.name == exchange]:
            self._drop(each, f"Asterisk {exchange} is not connected")

    def stop(self) -> None:
        """The daemon ends."""
        for agent in {each.agent for each in self._listeners.values()}:
            self.end(agent, reason="dialerd was stopped")

    # Legs

    def leg_up(self, leg: Leg) -> None:
        listener = self._listeners.get(leg.id)
        if listener is None:
            self._legs.hang_up(leg)
        else:
            spawn(f"listen {leg.id}", self._hear(listener))

    def leg_gone(self, leg: Leg, reason: str) -> None:
        listener = self._listeners.get(leg.id)
        if listener is not None:
            self._drop(listener, f"the listener's phone {reason}")
            self._clear(listener)

    async def _hear(self, listener: Listener) -> None:
        leg, how = listener.leg, listener.how
        async with leg.orders:
            reply = await leg.exchange.spy(leg.id, listener.at, how)
        if self._listeners.get(leg.id) is not listener:
            self._clear(listener)  # ended meanwhile: whatever was made after that goes
            return
        if listener.how is not how:
            return  # asked for something else meanwhile, which is being done
        match reply:
            case Done():
                _tell(listener, "")
                self._on_change(listener.agent)
            case Gone():
                self.end(listener.agent, who=listener.who)
            case Failed(reason):
                self.end(listener.agent, who=listener.who, reason=reason)

    # Ends

    def _drop(self, listener: Listener, reason: str) -> None:
        self._listeners.pop(listener.leg.id, None)
        _tell(listener, reason)
        self._on_change(listener.agent)

    def _clear(self, listener: Listener) -> None:
        spawn(f"end listening {listener.leg.id}", self._surely_clear(listener.leg))

    async def _surely_clear(self, leg: Leg) -> None:
        """Where the exchange goes away meanwhile, the sweep at its return ends what is left."""
        async with leg.orders:
            while leg.exchange.is_alive and isinstance(await leg.exchange.end_spy(leg.id), Failed):
                await self._clock.sleep(_AGAIN_S)


def _tell(listener: Listener, reason: str) -> None:
    told, listener.told = listener.told, None
    if told is not None:
        told(reason)
