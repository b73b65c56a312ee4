"""Agents' legs: ringing them, holding them with music, bringing them together with people, ending them.

Not here: what an agent is and which call it takes (agentdesk.py). Orders to one leg are carried out one after the
other, so that a leg is never put on hold behind the back of a conversation that has just begun.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from dialerd.domain.call import events as ev
from dialerd.domain.causes import classify
from dialerd.domain.disposition import MEANINGS
from dialerd.domain.errors import ExchangeError
from dialerd.domain.leg import LegAnswered, LegEvent, LegGone, LegPlace, LegSeen
from dialerd.domain.words import LegId, Person
from dialerd.engine.performer import surely
from dialerd.log import logger
from dialerd.ports import Clock, Dice, Done, Exchange, Failed, Gone, Reply, Timer
from dialerd.tasks import spawn

_log = logger(__name__)

NO_PHONE = "the phone is not there"

_AGAIN_S = 1.0

_GUARD_S = 5.0  # beyond its ring time a leg of which nothing is heard is given up


@dataclass(slots=True, eq=False)
class Leg:
    """One leg. `is_up`: picked up and in our hands; `is_known`: its exchange is there to say so; `is_refused`: that one
    could not even ring the phone. `person`: whom it was ordered to talk with last, and has not been ordered away from
    since.
    """

    id: LegId
    agent: str
    exchange: Exchange
    is_up: bool = False
    is_known: bool = True
    is_refused: bool = False
    person: Person | None = None
    timer: Timer | None = None
    orders: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def is_usable(self) -> bool:
        return self.is_up and self.is_known


class LegOwner(Protocol):
    """Who is told of legs; at once, and never by a call that is itself an answer to one of these."""

    def leg_up(self, leg: Leg) -> None: ...
    def leg_gone(self, leg: Leg, reason: str) -> None: ...


class LegDesk:
    """The only owner of legs: one that is not in here is nobody's."""

    def __init__(
        self,
        clock: Clock,
        dice: Dice,
        exchanges: Mapping[str, Exchange],
        owner: LegOwner,
        *,
        refusal: Callable[[str], str | None],
    ) -> None:
        """`refusal`: why a dial string is not dialed, whoever wants it."""
        self._refusal = refusal
        self._clock = clock
        self._dice = dice
        self._exchanges = exchanges
        self._owner = owner
        self._legs: dict[LegId, Leg] = {}
        self._passed_on: dict[Person, Exchange] = {}  # whose bridge was left for the next agent

    # Ringing, and what becomes of it

    def ring(self, agent: str, endpoint: str, exchange: Exchange, *, caller_id: str, ring_s: float) -> Leg:
        """Call an agent's phone: `leg_up` or `leg_gone` follows. {exten} in `endpoint` stands for the leg's own id."""
        leg = Leg(self._dice.leg_id(), agent, exchange)
        self._legs[leg.id] = leg
        leg.timer = self._clock.call_later(ring_s + _GUARD_S, partial(self._unheard_of, leg))
        self._order(leg, "ring", self._ring(leg, endpoint.replace("{exten}", leg.id), caller_id, ring_s))
        return leg

    def adopt(self, leg_id: LegId, agent: str, exchange: Exchange, seen: LegSeen) -> Leg:
        """Take over a leg that an earlier daemon rang."""
        is_up = seen.place is not LegPlace.RINGING
        leg = Leg(leg_id, agent, exchange, is_up=is_up, person=seen.attempt_id or seen.caller_id)
        self._legs[leg_id] = leg
        return leg

    def on_event(self, exchange: str, leg_id: LegId, event: LegEvent) -> None:
        leg = self._legs.get(leg_id)
        if leg is None:
            if isinstance(event, LegAnswered) and exchange in self._exchanges:
                _log.warning("hung up a leg that belongs to no agent", action="stray_leg", leg_id=leg_id)
                hang_up = partial(self._exchanges[exchange].hang_up_leg, leg_id)
                spawn(f"hang up stray {leg_id}", surely(hang_up))
            return
        match event:
            case LegAnswered():
                self._up(leg)
            case LegGone(cause, sip_code):
                self._gone(leg, _reason(leg, cause, sip_code))

    def away(self, exchange: str) -> None:
        """The exchange is not there to tell what becomes of its legs."""
        for leg in self._of(exchange):
            leg.is_known = False

    def of(self, exchange: str) -> list[Leg]:
        return list(self._of(exchange))

    def found(self, leg: Leg, seen: LegSeen | None) -> None:
        """What a look at the exchange says of a leg of ours."""
        if leg.id not in self._legs:
            return
        leg.is_known = True
        if seen is None:
            self._gone(leg, "was lost while its Asterisk was away")
        elif seen.place is LegPlace.ELSEWHERE:
            self.hang_up(leg)
            self._gone(leg, "went elsewhere")
        elif not leg.is_up and seen.place is not LegPlace.RINGING:
            self._up(leg)

    def lost(self, leg: Leg) -> None:
        """Its exchange is given up, and the leg with it; one that lives after all is hung up as nobody's."""
        self._gone(leg, "was lost with its Asterisk")

    # Orders

    def hold(self, leg: Leg, music: str) -> None:
        leg.person = None
        self._order(leg, "hold", self._hold(leg, music))

    def connect(self, leg: Leg, person: Person, tell: Callable[[ev.CallEvent], None]) -> None:
        """Bring them together; `tell` hears Connected or CommandFailed, unless the leg is lost or ordered elsewhere."""
        leg.person = person
        self._passed_on.pop(person, None)
        self._order(leg, "connect", self._connect(leg, person, tell))

    def join(self, leg: Leg, person: Person, tell: Callable[[str], None]) -> None:
        """Bring a third one to two who talk; `tell` hears why not, or nothing, unless the leg is ordered elsewhere."""
        leg.person = person
        self._order(leg, "join", self._join(leg, person, tell))

    def part_from(self, leg: Leg, staying: Leg, person: Person, music: str, then: Callable[[], None]) -> None:
        """Take the third one out of the conversation of the two, who go on; it waits with music again. `then`: once it
        is out."""
        leg.person = None
        self._order(leg, "part", self._part_from(leg, staying, person, music, then))

    def part(self, leg: Leg, person: Person, music: str) -> None:
        """End their conversation; the agent waits with music again."""
        leg.person = None
        self._order(leg, "part", self._part(leg, person, music))

    def end_bridge(self, exchange: Exchange, person: Person) -> None:
        """A conversation whose agent is gone; unless the person has the next one by then."""
        spawn(f"end bridge of {person}", self._end_bridge(exchange, person))

    def pass_on(self, exchange: Exchange, person: Person) -> None:
        """The next agent is to meet the person in the same bridge, where they may be already: it is left as it is."""
        self._passed_on[person] = exchange

    def nobody_came(self, person: Person) -> None:
        """Who was passed on waits no more: no exchange ends a bridge by itself."""
        exchange = self._passed_on.pop(person, None)
        if exchange is not None:
            self.end_bridge(exchange, person)

    def hang_up(self, leg: Leg, then: Callable[[], None] = lambda: None) -> None:
        """End the leg: its owner is not told of it any more. `then`: once it has ended."""
        self._forget(leg)
        self._order(leg, "hang up", self._hang_up(leg, then))

    def _order(self, leg: Leg, name: str, work: Coroutine[Any, Any, None]) -> None:
        spawn(f"{name} {leg.id}", work)

    async def _ring(self, leg: Leg, endpoint: str, caller_id: str, ring_s: float) -> None:
        refusal = self._refusal(endpoint)
        if refusal is not None:
            self._gone(leg, f"is not called: {refusal}")
            return
        async with leg.orders:
            reply = await leg.exchange.dial_leg(leg.id, endpoint, caller_id=caller_id, ring_s=ring_s)
        if isinstance(reply, ev.OriginateRefused):
            leg.is_refused = True
            self._gone(leg, f"could not be called: {reply.reason}")

    async def _hold(self, leg: Leg, music: str) -> None:
        async with leg.orders:
            reply = await leg.exchange.hold(leg.id, music)  # an agent without music is no reason to lose the agent
        await self._look_if_gone(leg, reply)

    async def _connect(self, leg: Leg, person: Person, tell: Callable[[ev.CallEvent], None]) -> None:
        async with leg.orders:
            reply = await leg.exchange.connect(leg.id, person)
        if leg.person != person or leg.id not in self._legs:  # the person may have the next agent by now
            await self._end_bridge(leg.exchange, person)
            return
        match reply:
            case Done():
                tell(ev.Connected())
            case Failed(reason, is_unclear):
                tell(ev.CommandFailed("Connect", reason, is_unclear))
            case _:
                tell(ev.CommandFailed("Connect", "one of the two has hung up"))
                await self._look_if_gone(leg, reply)

    async def _join(self, leg: Leg, person: Person, tell: Callable[[str], None]) -> None:
        async with leg.orders:
            reply = await leg.exchange.join(leg.id, person)
        if leg.person != person or leg.id not in self._legs:
            return  # it has been ordered out again
        match reply:
            case Done():
                tell("")
            case Failed(reason):
                tell(reason)
            case _:
                tell("one of them has hung up")
                await self._look_if_gone(leg, reply)

    async def _part_from(self, leg: Leg, staying: Leg, person: Person, music: str, then: Callable[[], None]) -> None:
        """The two are connected once more, which leaves everybody else out; as long as they are to talk."""
        async with leg.orders:
            while staying.person == person and staying.id in self._legs and leg.exchange.is_alive:
                async with staying.orders:
                    again = await leg.exchange.connect(staying.id, person) if staying.person == person else Done()
                if not isinstance(again, Failed):
                    break
                await self._clock.sleep(_AGAIN_S)
            then()
            reply = await leg.exchange.hold(leg.id, music)
        await self._look_if_gone(leg, reply)

    async def _part(self, leg: Leg, person: Person, music: str) -> None:
        async with leg.orders:
            # Whoever was passed on may be with the next agent by now, in the same bridge.
            is_taken = any(other.person == person for other in self._legs.values())
            ended: Reply = Done() if is_taken else await leg.exchange.end_bridge(person)
            reply = await leg.exchange.hold(leg.id, music)
        await self._look_if_gone(leg, reply)
        if isinstance(ended, Failed):  # out of the order: the leg may be given to the next person meanwhile
            await self._end_bridge(leg.exchange, person)

    async def _end_bridge(self, exchange: Exchange, person: Person) -> None:
        def is_over() -> bool:
            return not any(leg.person == person for leg in self._legs.values())

        await self.surely(exchange, lambda: exchange.end_bridge(person), while_so=is_over)

    async def surely(
        self,
        exchange: Exchange,
        request: Callable[[], Coroutine[Any, Any, Reply]],
        *,
        while_so: Callable[[], bool] = lambda: True,
    ) -> None:
        """Ask for an end until it is heard. Where the exchange goes away, the look at its return ends what is left."""
        while exchange.is_alive and while_so() and isinstance(await request(), Failed):
            await self._clock.sleep(_AGAIN_S)

    async def _look_if_gone(self, leg: Leg, reply: Reply) -> None:
        """Its end may have been missed: see whether it is there. What cannot be asked now is asked at a reconnect."""
        if isinstance(reply, Gone) and leg.id in self._legs:
            with suppress(ExchangeError):
                self.found(leg, (await leg.exchange.legs()).get(leg.id))

    async def _hang_up(self, leg: Leg, then: Callable[[], None] = lambda: None) -> None:
        async with leg.orders:
            await self.surely(leg.exchange, lambda: leg.exchange.hang_up_leg(leg.id))
        then()

    # Books

    def _up(self, leg: Leg) -> None:
        if not leg.is_up:
            leg.is_up = True
            self._drop_timer(leg)
            self._owner.leg_up(leg)

    def _gone(self, leg: Leg, reason: str) -> None:
        if leg.id in self._legs:
            self._forget(leg)
            self._owner.leg_gone(leg, reason)

    def _unheard_of(self, leg: Leg) -> None:
        self._order(leg, "give up", self._hang_up(leg))
        self._gone(leg, "was not heard of")

    def _forget(self, leg: Leg) -> None:
        self._drop_timer(leg)
        self._legs.pop(leg.id, None)

    def _drop_timer(self, leg: Leg) -> None:
        if leg.timer is not None:
            leg.timer.cancel()
            leg.timer = None

    def _of(self, exchange: str) -> list[Leg]:
        return [leg for leg in self._legs.values() if leg.exchange.name == exchange]


def _reason(leg: Leg, cause: int | None, sip_code: int | None) -> str:
    if leg.is_up:
        return "hung up"
    return f"could not be reached: {MEANINGS[classify(cause=cause, sip_code=sip_code).disposition].text}"
