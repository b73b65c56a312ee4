"""The part of the simulated exchange that is about links: what one exchange dials to reach another, and what arrives.

Not here: agents' legs (legs.py), callers (callers.py), when dialerd wants one (engine/linkdesk.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dialerd.domain.caller import LinkCame, caller_of
from dialerd.domain.words import CallerId, LegId
from dialerd.ports import Reply
from dialerd.simulate.callers import Caller, SimulatedCallers
from dialerd.simulate.legs import Leg
from dialerd.simulate.line import ENTER_S, STEP_S, Line
from dialerd.simulate.phones import Phones

_LINK = re.compile(r"PJSIP/(a[0-9a-f]{32})@link-([a-z0-9_-]+)\Z")
_LONG_S = 86_400.0


def link_to(name: str) -> str:
    """The dial string by which the exchange of that name is reached."""
    return f"PJSIP/{{exten}}@link-{name}"


@dataclass(slots=True)
class Arrival(Caller):
    """A link at its far end. `leg`: the near end, at `origin`."""

    leg: Leg | None = None
    origin: SimulatedLinks | None = None


class SimulatedLinks(SimulatedCallers):
    """`neighbours`: the exchanges that it can reach by SIP, by name; set by who puts several up."""

    def __init__(self, line: Line, phones: Phones) -> None:
        super().__init__(line, phones)
        self.neighbours: dict[str, SimulatedLinks] = {}

    # ports.Exchange

    async def answer_caller(self, caller_id: CallerId) -> Reply:
        caller = await self._caller(caller_id)
        if not isinstance(caller, Arrival):
            return caller if not isinstance(caller, Caller) else self.line.reply()
        leg, origin = caller.leg, caller.origin
        assert leg is not None and origin is not None, "an arrival comes from somewhere"
        if not leg.is_ending and leg.row.answered_at is None:
            origin._answer(leg)
        return self.line.reply()

    async def links(self) -> dict[CallerId, LegId]:
        await self.line.look()
        return {key: each.leg.leg_id for key, each in self._callers.items() if isinstance(each, Arrival) and each.leg}

    @property
    def links_up(self) -> list[CallerId]:
        """As a referee sees them."""
        return [key for key, each in self._callers.items() if isinstance(each, Arrival)]

    # How it goes on

    def _ring_phone(self, leg: Leg, ring_s: float) -> None:
        found = _LINK.match(leg.row.number)
        if found is None:
            super()._ring_phone(leg, ring_s)
            return
        there = self.neighbours.get(found[2])
        if there is None:
            self._after(leg, self.line.about(STEP_S), lambda: self._end_leg(leg, 3, 404, "callee"))
            return
        self._after(leg, self.line.about(STEP_S), lambda: there._arrive(self, leg))
        self._after(leg, ring_s, lambda: None if leg.row.answered_at else self._end_leg(leg, 19, 480, "timeout"))

    def _arrive(self, origin: SimulatedLinks, leg: Leg) -> None:
        if not self.line.is_alive:  # nobody listens for the application: the dialplan ends it
            origin._end_leg(leg, 16, None, "callee")
            return
        caller_id = caller_of(self.line.name, leg.leg_id)
        arrival = Arrival(caller_id, "", _LONG_S, leg=leg, origin=origin)
        self._callers[caller_id] = arrival
        self._tell_of_caller(arrival, LinkCame(leg.leg_id))

    def _end_leg(self, leg: Leg, cause: int, sip_code: int | None, ending: str) -> None:
        super()._end_leg(leg, cause, sip_code, ending)
        found = _LINK.match(leg.row.number)
        there = None if found is None else self.neighbours.get(found[2])
        if there is not None:
            self.line.clock.call_later(self.line.about(ENTER_S), lambda: there._hear_end(leg))

    def _hear_end(self, leg: Leg) -> None:
        for each in list(self._callers.values()):
            if isinstance(each, Arrival) and each.leg is leg:
                self._end_caller(each, "callee")

    def _end_caller(self, caller: Caller, ending: str) -> None:
        super()._end_caller(caller, ending)
        if isinstance(caller, Arrival) and caller.leg is not None and caller.origin is not None:
            leg, origin = caller.leg, caller.origin
            if not leg.is_ending and leg.leg_id in origin._legs:
                origin._end_leg(leg, 16, None, "callee")
