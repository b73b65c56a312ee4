"""The part of the simulated exchange that is about agents: their legs and bridges, as the real Asterisk has them.

Not here: how their phones behave (phones.py), who is in which bridge (bridges.py), campaigns' calls (exchange.py).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from dialerd.domain.call import events as ev
from dialerd.domain.leg import LegAnswered, LegEvent, LegGone, LegPlace, LegRang, LegSeen, bridge_of
from dialerd.domain.words import ATTEMPT_ID, CALLER_ID, LEG_ID, AttemptId, BridgeId, CallerId, LegId, Person
from dialerd.ports import DialReply, Failed, Gone, Reply, Timer
from dialerd.simulate.bridges import Bridges, Party
from dialerd.simulate.line import ENTER_S, REPLY_S, STEP_S, Line
from dialerd.simulate.phones import Phone, Phones
from dialerd.simulate.record import SimulatedCall


@dataclass(slots=True)
class Leg:
    """The books of one leg. `is_ending`: LegGone is on its way."""

    leg_id: LegId
    phone: Phone
    row: SimulatedCall
    place: LegPlace = LegPlace.RINGING
    music: str = ""  # what the agent hears while it waits; empty: nothing
    has_talked: bool = False
    is_ending: bool = False
    timers: list[Timer] = field(default_factory=list)


class SimulatedLegs(ABC):
    """`legs_record` holds every leg ever rung, by its dial string."""

    def __init__(self, line: Line, phones: Phones) -> None:
        self.line = line
        self.legs_record: list[SimulatedCall] = []
        self._phones = phones
        self._legs: dict[LegId, Leg] = {}
        self._bridges = Bridges()

    # What an exchange says of its calls

    @abstractmethod
    def _in_hands(self, person: Person) -> Gone | Failed | object:
        """Why somebody cannot be put into a bridge; anything else: it can."""

    @abstractmethod
    def _joined(self, person: Person) -> None:
        """Somebody is with an agent now."""

    @abstractmethod
    def _parted(self, person: Person) -> None:
        """Somebody who lives has lost the agent, or the bridge."""

    # ports.Exchange

    async def dial_leg(self, leg_id: LegId, dial_string: str, *, caller_id: str, ring_s: float) -> DialReply:
        line = self.line
        if not line.is_alive:
            return ev.OriginateRefused(f"Asterisk {line.name} is not connected", trunk_down=True)
        if leg_id in self._legs:  # 409, and a look finds it
            await line.wait(2 * REPLY_S)
            return ev.OriginateTaken()
        phone = self._phones.phone(dial_string)
        if not phone.is_reachable:
            await line.wait(2 * REPLY_S)
            return ev.OriginateRefused(f"Asterisk {line.name} cannot reach {dial_string}", trunk_down=True)
        leg = Leg(leg_id, phone, SimulatedCall(dial_string, line.clock.now()))
        self._legs[leg_id] = leg
        self.legs_record.append(leg.row)
        self._ring_phone(leg, ring_s)
        await line.wait()
        if leg.row.ending == "restart" or line.draws(line.faults.lose_reply):
            return ev.OriginateUnclear("the reply was lost")
        return ev.OriginateTaken()

    async def hold(self, leg_id: LegId, music: str) -> Reply:
        leg = await self._answered(leg_id)
        if isinstance(leg, Leg):
            leg.music = music
            return self.line.reply()
        return leg

    async def connect(self, leg_id: LegId, person: Person) -> Reply:
        leg = await self._answered(leg_id)
        if not isinstance(leg, Leg):
            return leg
        leg.music = ""
        lack = self._in_hands(person)
        if isinstance(lack, Gone | Failed):
            self._tell_parted(self._bridges.remove(bridge_of(person)))
            return lack
        self._tell_parted(self._bridges.put(bridge_of(person), leg_id, person))
        self._joined(person)
        if leg.phone.leaves_s is not None and not leg.has_talked:
            self._after(leg, leg.phone.leaves_s, lambda: self._end_leg(leg, 16, None, "callee"))
        leg.has_talked = True
        await self.line.wait()  # either may be gone before the reply is heard
        return self.line.reply()

    async def join(self, leg_id: LegId, person: Person) -> Reply:
        leg = await self._answered(leg_id)
        if not isinstance(leg, Leg):
            return leg
        leg.music = ""
        if bridge_of(person) not in self._bridges:
            return Gone()
        self._tell_parted(self._bridges.join(bridge_of(person), leg_id))
        await self.line.wait()
        return self.line.reply()

    async def end_bridge(self, person: Person) -> Reply:
        if (lost := await self.line.request()) is not None:
            return lost
        if bridge_of(person) not in self._bridges:
            return Gone()
        self._tell_parted(self._bridges.remove(bridge_of(person)))
        return self.line.reply()

    async def hang_up_leg(self, leg_id: LegId) -> Reply:
        leg = await self._living_leg(leg_id)
        if isinstance(leg, Leg):
            self._end_leg(leg, 16, None, "dialer")
            return self.line.reply()
        return leg

    async def legs(self) -> dict[LegId, LegSeen]:
        await self.line.look()
        return {leg_id: self._seen(leg) for leg_id, leg in self._legs.items() if not leg.is_ending}

    async def bridges(self) -> list[BridgeId]:
        await self.line.look()
        return list(self._bridges)

    # What tests do to agents, and ask of them

    def vanish(self, leg_id: LegId) -> None:
        """The agent hangs up, the network is gone, the headset's battery is flat: now. What is over stays over."""
        leg = self._legs.get(leg_id)
        if leg is not None and not leg.is_ending:
            self._end_leg(leg, 16, None, "callee")

    @property
    def legs_up(self) -> dict[LegId, LegSeen]:
        """As `legs` tells them, seen by a referee whom no fault keeps from seeing."""
        return {leg_id: self._seen(leg) for leg_id, leg in self._legs.items()}

    @property
    def bridges_up(self) -> list[BridgeId]:
        return list(self._bridges)

    def music_of(self, leg_id: LegId) -> str:
        """The class of music that an agent hears; empty: none."""
        return self._legs[leg_id].music

    def _restart_legs(self) -> None:
        """The exchange dies: every leg and bridge is gone, and nobody is told."""
        for leg in self._legs.values():
            if not leg.is_ending:
                leg.row.ended_at, leg.row.ending = self.line.clock.now(), "restart"
            _cancel(leg)
        self._legs.clear()
        self._bridges.clear()

    # The life of a leg

    def _ring_phone(self, leg: Leg, ring_s: float) -> None:
        phone, line = leg.phone, self.line
        if phone.answers_s is None and phone.cause is not None:
            cause, sip_code = phone.cause, phone.sip_code
            self._after(leg, line.about(STEP_S), lambda: self._end_leg(leg, cause, sip_code, "callee"))
            return
        if phone.answers_s != 0:
            self._after(leg, line.about(STEP_S), lambda: self._tell_of(leg, LegRang()))
        if phone.answers_s is not None and phone.answers_s < ring_s:
            self._after(leg, max(phone.answers_s, 2 * STEP_S) + line.about(STEP_S), lambda: self._answer(leg))
        else:
            self._after(leg, ring_s, lambda: self._end_leg(leg, 19, 480, "timeout"))

    def _answer(self, leg: Leg) -> None:
        leg.row.answered_at = self.line.clock.now()
        if not self.line.is_alive:  # nobody listens for the application
            self._end_leg(leg, 16, None, "no application")
            return
        leg.place = LegPlace.WAITING
        self._tell_of(leg, LegAnswered())

    def _end_leg(self, leg: Leg, cause: int, sip_code: int | None, ending: str) -> None:
        _cancel(leg)
        leg.is_ending = True
        leg.row.ended_at, leg.row.ending = self.line.clock.now(), ending
        self._tell_parted(self._bridges.leave(leg.leg_id))
        self._after(leg, self.line.about(ENTER_S), lambda: self._destroy_leg(leg, cause, sip_code))

    def _destroy_leg(self, leg: Leg, cause: int, sip_code: int | None) -> None:
        del self._legs[leg.leg_id]
        self._tell_of(leg, LegGone(cause, sip_code))

    def _seen(self, leg: Leg) -> LegSeen:
        bridge_id, others = self._bridges.of(leg.leg_id)
        if bridge_id is None:
            return LegSeen(leg.place)
        callers = (CallerId(each) for each in others if CALLER_ID.match(each))
        return LegSeen(LegPlace.BRIDGED, bridge_id, next(_calls(others), None), next(callers, None))

    def _tell_parted(self, parties: Iterable[Party]) -> None:
        for person in parties:
            if not LEG_ID.match(person):
                self._parted(AttemptId(person))

    # Requests, time and telling

    async def _living_leg(self, leg_id: LegId, *, mean_s: float = REPLY_S) -> Leg | Gone | Failed:
        if (lost := await self.line.request(mean_s)) is not None:
            return lost
        leg = self._legs.get(leg_id)
        return Gone() if leg is None or leg.is_ending else leg

    async def _answered(self, leg_id: LegId, *, mean_s: float = REPLY_S) -> Leg | Gone | Failed:
        leg = await self._living_leg(leg_id, mean_s=mean_s)
        if isinstance(leg, Leg) and leg.place is LegPlace.RINGING:
            return Failed(f"Asterisk {self.line.name}: Channel not in Stasis application")
        return leg

    def _after(self, leg: Leg, delay_s: float, action: Callable[[], None]) -> None:
        leg.timers.append(self.line.clock.call_later(delay_s, action))

    def _tell_of(self, leg: Leg, event: LegEvent) -> None:
        self.line.tell(lambda sink: sink.on_leg_event(self.line.name, leg.leg_id, event))


def _calls(parties: Iterable[Party]) -> Iterator[AttemptId]:
    return (AttemptId(each) for each in parties if ATTEMPT_ID.match(each))


def _cancel(leg: Leg) -> None:
    for timer in leg.timers:
        timer.cancel()
    leg.timers.clear()
