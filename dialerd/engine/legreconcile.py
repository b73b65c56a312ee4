"""After every (re)connect: the agents' legs against those that the exchange really has.

Not here: the calls, which are held against it first (reconcile.py), and legs' own life (legdesk.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from dialerd.domain.agents import AgentEvent as E
from dialerd.domain.call import events as ev
from dialerd.domain.leg import LegPlace, LegSeen, attempt_of, orphans
from dialerd.domain.words import AgentState, AttemptId, LegId
from dialerd.engine.agentbook import AgentBook
from dialerd.engine.agentline import AgentLine, Left
from dialerd.engine.legdesk import NO_PHONE, Leg, LegDesk
from dialerd.engine.linkdesk import LinkDesk
from dialerd.engine.performer import surely
from dialerd.ports import Clock, Exchange


class LegReconciler:
    """Adopts what an earlier daemon left, each agent once. `talking_at`: the calls on an exchange that have
    an agent."""

    def __init__(
        self,
        clock: Clock,
        exchanges: Mapping[str, Exchange],
        book: AgentBook,
        legs: LegDesk,
        links: LinkDesk,
        *,
        talking_at: Callable[[str], Sequence[AttemptId]],
        tell_call: Callable[[AttemptId, ev.CallEvent], None],
    ) -> None:
        self._clock = clock
        self._exchanges = exchanges
        self._book = book
        self._legs = legs
        self._links = links
        self._talking_at = talking_at
        self._tell_call = tell_call
        self._inherited: set[str] | None = None

    def inherit(self) -> None:
        """Whoever is known at the first look was an earlier daemon's."""
        if self._inherited is None:
            self._inherited = set(self._book.lines)
            for line in self._book.lines.values():
                leg_id, asterisk = line.row.leg_id, line.row.asterisk
                if leg_id is not None and asterisk is not None and asterisk in self._exchanges:
                    line.left = Left(leg_id, asterisk)

    async def reconcile(self, exchange: Exchange) -> tuple[int, int]:
        """Called with the exchange's calls adopted, before anything is dialed there. Returns how many legs of no agent
        were hung up, and how many conversations without an agent were ended.

        Raises ExchangeError when it cannot be asked; to be called again then.
        """
        known = self._legs.of(exchange.name)
        # The bridges first: one that is made meanwhile is in no list, and is not taken for a forgotten one.
        bridges = await exchange.bridges()
        seen = await exchange.legs()
        for line in self._links.adopt(exchange, seen, await exchange.links()):
            if line.name not in (self._inherited or ()):  # the person's server was looked at before the phone's
                self._links.settle(line)
        for leg in known:
            self._legs.found(leg, seen.get(leg.id))
            self._call_back(leg, seen.get(leg.id))
        inherited = self._inherited_at(exchange)
        asked = [line for line in inherited if self._was_asked(line, seen)]
        # Who was asked about a call comes last: who has it is known then.
        for line in sorted(inherited, key=lambda each: each in asked):
            leg_id = None if line.left is None else line.left.leg_id
            if line.leg is None and leg_id is not None and leg_id in seen:
                if line in asked:
                    self._take_out(line, leg_id, exchange, seen[leg_id])
                else:
                    self._adopt(line, leg_id, exchange, seen[leg_id])
            self._settle_inherited(line)
        for attempt_id in self._talking_at(exchange.name):
            if self._book.talker(attempt_id) is None:  # two who talked, of whom one has gone meanwhile
                self._tell_call(attempt_id, ev.AgentLeft("the agent's phone was lost while dialerd was away"))
        led = {leg.id for leg in self._legs.of(exchange.name)}
        strays = seen.keys() - led
        for leg_id in strays:
            await surely(partial(exchange.hang_up_leg, leg_id))
        for listener in await exchange.spies():  # an earlier daemon's: nobody listens while nobody is reconciled
            await surely(partial(exchange.end_spy, listener))
        left = orphans(bridges, {leg_id: place for leg_id, place in seen.items() if leg_id in led})
        for bridge_id in left:
            await surely(partial(exchange.end_bridge, attempt_of(bridge_id)))
        return len(strays), len(left)

    def _call_back(self, leg: Leg, seen: LegSeen | None) -> None:
        """Out of a conversation that was over while the exchange could not be told so: it is still in its bridge."""
        line = self._book.lines.get(leg.agent)
        if line is not None and seen is not None and seen.bridge_id is not None and leg.person is None:
            self._legs.part(leg, attempt_of(seen.bridge_id), line.music)

    def give_up(self, exchange: str) -> None:
        """That exchange is lost: what an earlier daemon was about there with agents is over."""
        if exchange in self._exchanges:
            for line in self._inherited_at(self._exchanges[exchange]):
                self._settle_inherited(line)

    def _inherited_at(self, exchange: Exchange) -> list[AgentLine]:
        """The agents that an earlier daemon had on that exchange, or on none that is left; each once."""
        names = self._inherited or set()
        here = [self._book.lines[name] for name in sorted(names) if name in self._book.lines]
        here = [line for line in here if line.left is None or line.left.asterisk == exchange.name]
        names -= {line.name for line in here}
        return here

    @staticmethod
    def _was_asked(line: AgentLine, seen: Mapping[LegId, LegSeen]) -> bool:
        """Whether it is the third in a bridge of two who talk: the one whom the agent has asked."""
        at = None if line.left is None else seen.get(line.left.leg_id)
        if at is None or at.attempt_id is None or line.seen.state is AgentState.ON_CALL:
            return False
        return sum(each.bridge_id == at.bridge_id for each in seen.values()) > 1

    def _take_out(self, line: AgentLine, leg_id: LegId, exchange: Exchange, seen: LegSeen) -> None:
        assert seen.attempt_id is not None, "asked of such only"
        line.leg = self._legs.adopt(leg_id, line.name, exchange, seen)
        giver = self._book.talker(seen.attempt_id)
        if giver is not None and giver.leg is not None:
            self._legs.part_from(line.leg, giver.leg, seen.attempt_id, line.music, lambda: None)
        else:
            self._legs.part(line.leg, seen.attempt_id, line.music)

    def _adopt(self, line: AgentLine, leg_id: LegId, exchange: Exchange, seen: LegSeen) -> None:
        if seen.place is LegPlace.ELSEWHERE:
            return  # it is hung up as a stray
        line.leg = self._legs.adopt(leg_id, line.name, exchange, seen)
        attempt_id = seen.attempt_id
        if attempt_id is not None and attempt_id in self._talking_at(exchange.name):
            line.call = attempt_id
            self._book.move(line, E.CONNECT, attempt_id=attempt_id)  # where that was not written down any more
            self._tell_call(attempt_id, ev.AgentFound(line.name, leg_id))
        elif seen.caller_id is not None:
            line.caller = seen.caller_id
            self._book.move(line, E.TAKE_INBOUND)
        elif seen.bridge_id is not None:
            left_by = attempt_of(seen.bridge_id)
            self._legs.part(line.leg, left_by, line.music)
            if left_by in self._talking_at(exchange.name):
                self._tell_call(left_by, ev.AgentLeft("the person had left the conversation", is_alone=True))
        elif seen.place is LegPlace.WAITING:
            self._legs.hold(line.leg, line.music)

    def _settle_inherited(self, line: AgentLine) -> None:
        """What an earlier daemon was about with an agent has come to an end with it."""
        line.left = None
        self._links.settle(line)
        match line.seen.state:
            case AgentState.RESERVED | AgentState.PREVIEW:
                self._book.move(line, E.RELEASE)
            case AgentState.ON_CALL | AgentState.INBOUND if line.person is None:
                self._book.move(line, E.CALL_ENDED)
            case AgentState.WRAP_UP:
                self._book.limit_wrap_up(line, max(0.0, line.wrap_up_s - line.in_state_s(self._clock.steady())))
        if line.seen.state is AgentState.READY and not line.is_free:
            self._book.move(line, E.LEG_LOST, reason=NO_PHONE)
        elif line.seen.state is AgentState.PAUSED and line.leg is not None and line.leg.is_up:
            self._book.move(line, E.LEG_BACK)
