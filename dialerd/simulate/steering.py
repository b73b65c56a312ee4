"""The part of the simulated exchange that people steer calls by, as the real Asterisk does it.

Not here: agents' legs (legs.py), callers (callers.py), campaigns' calls (exchange.py).
"""

from __future__ import annotations

from abc import abstractmethod

from dialerd.domain.leg import listening_in
from dialerd.domain.steering import Spy
from dialerd.domain.words import LegId, Person
from dialerd.ports import Failed, Gone, Reply
from dialerd.simulate.callers import Caller
from dialerd.simulate.legs import Leg
from dialerd.simulate.line import Line
from dialerd.simulate.links import SimulatedLinks
from dialerd.simulate.phones import Phones


class SimulatedSteering(SimulatedLinks):
    """`comforted`: who hears music, and of which class; `muted`: agents whom nobody hears; `pressed`: the keys that
    each person's line was sent. `ears`: of each listener, the agent's leg and who hears them."""

    def __init__(self, line: Line, phones: Phones) -> None:
        super().__init__(line, phones)
        self.comforted: dict[Person, str] = {}
        self.muted: set[LegId] = set()
        self.pressed: dict[Person, str] = {}
        self.ears: dict[LegId, tuple[LegId, Spy]] = {}

    @abstractmethod
    def _is_there(self, person: Person) -> bool:
        """Whether somebody's channel lives."""

    async def mute(self, leg_id: LegId, wanted: bool) -> Reply:
        leg = await self._living_leg(leg_id)
        if not isinstance(leg, Leg):
            return leg
        (self.muted.add if wanted else self.muted.discard)(leg_id)
        return self.line.reply()

    async def comfort(self, person: Person, music: str | None) -> Reply:
        if (lost := await self._lost(person)) is not None:
            return lost
        if music is None:
            self.comforted.pop(person, None)
        else:
            self.comforted[person] = music
        return self.line.reply()

    async def send_keys(self, person: Person, keys: str) -> Reply:
        if (lost := await self._lost(person)) is not None:
            return lost
        self.pressed[person] = self.pressed.get(person, "") + keys
        return self.line.reply()

    async def _lost(self, person: Person) -> Gone | Failed | None:
        if (lost := await self.line.request()) is not None:
            return lost
        return None if self._is_there(person) else Gone()

    async def spy(self, leg_id: LegId, agent: LegId, how: Spy) -> Reply:
        target = await self._living_leg(agent)
        if not isinstance(target, Leg):
            if isinstance(target, Gone):
                self._forget_ear(leg_id)
            return target
        listener = await self._answered(leg_id)
        if not isinstance(listener, Leg):
            self._forget_ear(leg_id)
            return Gone() if isinstance(listener, Gone) else listener
        listener.music = ""
        if self._legs.get(agent) is not target or target.is_ending:  # meanwhile
            self._forget_ear(leg_id)
            return Gone()
        self.ears[leg_id] = agent, how
        if listening_in(leg_id) not in self._bridges:
            self._tell_parted(self._bridges.put(listening_in(leg_id), leg_id))
        return self.line.reply()

    async def end_spy(self, leg_id: LegId) -> Reply:
        if (lost := await self.line.request()) is not None:
            return lost
        self._forget_ear(leg_id)
        return self.line.reply()

    async def spies(self) -> set[LegId]:
        await self.line.look()
        return {*self.ears, *(leg_id for leg_id in self._legs if listening_in(leg_id) in self._bridges)}

    def _forget_ear(self, leg_id: LegId) -> None:
        self.ears.pop(leg_id, None)
        self._tell_parted(self._bridges.remove(listening_in(leg_id)))

    def _end_leg(self, leg: Leg, cause: int, sip_code: int | None, ending: str) -> None:
        """With an agent's leg ends every ear at it; a listener's own ear stays, and so does their bridge."""
        self.ears = {each: (agent, how) for each, (agent, how) in self.ears.items() if agent != leg.leg_id}
        self.muted.discard(leg.leg_id)
        super()._end_leg(leg, cause, sip_code, ending)

    def _forget_caller(self, caller: Caller, ending: str) -> None:
        """What plays to a channel ends with it."""
        self.comforted.pop(caller.caller_id, None)
        super()._forget_caller(caller, ending)

    def _restart_legs(self) -> None:
        self.ears.clear()
        self.muted.clear()
        self.comforted.clear()
        super()._restart_legs()
