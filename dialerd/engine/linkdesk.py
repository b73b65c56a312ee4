"""Agents whose kept leg is on another server than the person they are given: a second leg, by SIP, that joins the two.

Not here: who gets which agent (agentdesk.py), how a server is reached (`link` of [[asterisk]]), the legs (legdesk.py).

The person's server calls the agent's server as it would call a phone; what is dialed is the new leg's own id, 128 drawn
bits that nobody can guess and that say, where the call arrives, which agent it is for. There it is brought together
with the leg that the agent has kept up (its home), and only then answered; so on the person's server the agent is there
from the answer on, like one whose phone was rung on demand, and all that is done with an agent's leg is done with this
one: it is the line's `leg` until the conversation is over, with the kept one as `home` beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from contextlib import suppress
from functools import partial
from typing import Protocol

from dialerd.domain.call import events as ev
from dialerd.domain.errors import ExchangeError
from dialerd.domain.leg import LegSeen
from dialerd.domain.words import CallerId, LegId
from dialerd.engine.agentbook import AgentBook
from dialerd.engine.agentline import AgentLine
from dialerd.engine.legdesk import Leg, LegDesk
from dialerd.engine.phones import Phones
from dialerd.log import logger
from dialerd.ports import Clock, Done, Exchange
from dialerd.tasks import spawn

_log = logger(__name__)

_RING_S = 4.0  # it takes milliseconds, or does not work
_FIRST_REST_S, _LONGEST_REST_S = 30.0, 1800.0
"""A link that did not come about is left alone for so long, twice as long each time: each try costs whoever has
answered a wait, and perhaps the agent."""


_NO_REST = (0.0, 0.0)


class LinkOwner(Protocol):
    """Who is told of legs, as legdesk.LegOwner has it; and of a link that is gone while the phone is still there."""

    def leg_up(self, leg: Leg) -> None: ...
    def leg_gone(self, leg: Leg, reason: str) -> None: ...
    def link_gone(self, line: AgentLine, leg: Leg, reason: str) -> None: ...


class LinkDesk:
    """A part of the agent desk; stands between it and the legs: implements legdesk.LegOwner.

    `links`: the dial string by which each server is reached from the others, {exten} for what is dialed; `ready`: the
    exchanges that are reconciled, kept up to date by their owner.
    """

    def __init__(
        self,
        clock: Clock,
        exchanges: Mapping[str, Exchange],
        book: AgentBook,
        *,
        links: Mapping[str, str],
        ready: Set[str],
        owner: LinkOwner,
    ) -> None:
        self._clock = clock
        self._exchanges = exchanges
        self._book = book
        self._links = links
        self._ready = ready
        self._owner = owner
        self._rests: dict[tuple[str, str], tuple[float, float]] = {}  # from, to: until when (steady), and for how long

    def employ(self, legs: LegDesk, phones: Phones) -> None:
        """What it works with; said once, before anything else."""
        self._legs = legs
        self._phones = phones

    # Who can be reached from where

    def reaches(self, line: AgentLine, exchange: Exchange) -> bool:
        """Whether that agent can be brought together with somebody at that exchange."""
        leg = line.home or line.leg
        return leg is None or leg.exchange is exchange or self._joins(exchange.name, leg.exchange.name)

    def widened(self, homes: frozenset[str]) -> frozenset[str]:
        """From where agents can be reached whose phones are at these exchanges."""
        if not any(home in self._links for home in homes):
            return homes
        return frozenset(
            each for each in self._exchanges if any(each == home or self._joins(each, home) for home in homes)
        )

    def homes_of(self, line: AgentLine) -> frozenset[str] | None:
        """The same of one agent; None: from everywhere."""
        leg = line.home or line.leg
        return None if leg is None else self.widened(frozenset({leg.exchange.name}))

    def _joins(self, start: str, home: str) -> bool:
        is_there = home in self._links and start in self._ready and home in self._ready
        return is_there and self._rests.get((start, home), _NO_REST)[0] <= self._clock.steady()

    # Making one

    def ring(self, line: AgentLine, exchange: Exchange) -> None:
        """Reach an agent from that exchange: ring the phone, or where it is kept elsewhere, link to it. `leg_up` of
        the owner follows, or `leg_gone`, or `link_gone`."""
        if line.leg is None:
            self._phones.ring(line, exchange)
            return
        line.home = line.leg
        line.leg = self._legs.ring(
            line.name,
            self._links[line.home.exchange.name],
            exchange,
            caller_id=f"dialerd <{line.name}>",
            ring_s=_RING_S,
        )
        self._book.write(line)

    def came(self, exchange: str, caller_id: CallerId, leg_id: LegId) -> None:
        """A link has arrived at the agent's server. One that is for nobody, or no more, is hung up."""
        if any(each.link == caller_id for each in self._book.lines.values()):
            return  # a look finds those that are joined already
        line = next(
            (each for each in self._book.lines.values() if each.leg is not None and each.leg.id == leg_id), None
        )
        home = None if line is None else line.home
        if line is None or home is None or home.exchange.name != exchange or not home.is_usable:
            self._hang_up(self._exchanges[exchange], caller_id)
        else:
            line.link = caller_id
            self._legs.connect(home, caller_id, partial(self._joined, home, caller_id))

    def _joined(self, home: Leg, caller_id: CallerId, event: ev.CallEvent) -> None:
        if isinstance(event, ev.Connected):
            spawn(f"answer {caller_id}", self._answer(home.exchange, caller_id))
        else:
            self._hang_up(home.exchange, caller_id)

    async def _answer(self, exchange: Exchange, caller_id: CallerId) -> None:
        if not isinstance(await exchange.answer_caller(caller_id), Done):
            await self._cut(exchange, caller_id, None)

    async def reconcile(self, exchange: Exchange) -> None:
        """Hang up the links there that lead to nobody. Raises ExchangeError when it cannot be asked."""
        for caller_id, leg_id in (await exchange.links()).items():
            self.came(exchange.name, caller_id, leg_id)

    # Ending one

    def drop(self, line: AgentLine, then: Callable[[], None] = lambda: None) -> None:
        """The conversation is over: the agent waits at home again. `then`: once the person's server is rid of it."""
        if line.home is not None and line.leg is not None:
            self._legs.hang_up(line.leg, then)
            self._go_home(line)

    # After a restart of dialerd: the row of an agent who is linked names the link

    def adopt(
        self, exchange: Exchange, seen: Mapping[LegId, LegSeen], links: Mapping[CallerId, LegId]
    ) -> list[AgentLine]:
        """Know again the kept legs there that are joined with a link of an agent's: the agents who have one."""
        found = []
        for leg_id, place in seen.items():
            token = links.get(place.caller_id) if place.caller_id is not None else None
            for line in self._book.lines.values() if token is not None else ():
                left = line.row.leg_id if line.left is None else line.left.leg_id
                is_its = token == (left if line.leg is None else line.leg.id)
                if is_its and line.home is None:
                    line.home, line.link = self._legs.adopt(leg_id, line.name, exchange, place), place.caller_id
                    found.append(line)
        return found

    def settle(self, line: AgentLine) -> None:
        """The person's server has been looked at, or is given up: who is linked with nobody is at home again."""
        if line.home is not None and line.leg is None:
            self._go_home(line)
        elif line.person is None:
            self.drop(line)

    def _go_home(self, line: AgentLine) -> None:
        assert line.home is not None, "asked of linked ones only"
        near = None if line.leg is None else line.leg.id
        line.leg, line.home = line.home, None
        link, line.link = line.link, None
        if link is not None:
            self._legs.part(line.leg, link, line.music)
        self.cut(line.leg.exchange, link, near)  # where the person's server is lost, nobody else does

    def cut(self, exchange: Exchange, caller_id: CallerId | None, near: LegId | None) -> None:
        """Hang up a link at its far end. `caller_id` None: it has not been heard of there; `near`: its near end."""
        spawn(f"hang up link {caller_id or near}", self._cut(exchange, caller_id, near))

    async def _cut(self, exchange: Exchange, caller_id: CallerId | None, near: LegId | None) -> None:
        if caller_id is None:
            with suppress(ExchangeError):  # the look at its return finds it
                caller_id = next((each for each, leg_id in (await exchange.links()).items() if leg_id == near), None)
        if caller_id is not None:
            await self._legs.surely(exchange, partial(exchange.hang_up_caller, caller_id))

    def _hang_up(self, exchange: Exchange, caller_id: CallerId) -> None:
        self.cut(exchange, caller_id, None)

    # legdesk.LegOwner

    def leg_up(self, leg: Leg) -> None:
        line = self._book.lines.get(leg.agent)
        if line is not None and line.home is not None and line.leg is leg:
            self._rests.pop((leg.exchange.name, line.home.exchange.name), None)
        self._owner.leg_up(leg)

    def leg_gone(self, leg: Leg, reason: str) -> None:
        line = self._book.lines.get(leg.agent)
        if line is not None and line.home is not None and line.leg is leg:
            if not leg.is_up:
                start, home = leg.exchange.name, line.home.exchange.name
                rest_s = min(_LONGEST_REST_S, self._rests.get((start, home), _NO_REST)[1] * 2 or _FIRST_REST_S)
                self._rests[start, home] = self._clock.steady() + rest_s, rest_s
                _log.warning(
                    f"Asterisk {start} cannot be linked with {home} and is not for {rest_s:g} s: the link {reason}",
                    action="link_failed",
                    asterisk=start,
                )
            self._go_home(line)
            self._owner.link_gone(line, leg, reason)
        elif line is not None and line.home is leg and line.leg is not None:
            # The phone itself is gone, and with it what it was linked for.
            if line.link is not None:
                self._legs.end_bridge(leg.exchange, line.link)
            self.cut(leg.exchange, line.link, line.leg.id)
            line.home, line.link = None, None
            self._legs.hang_up(line.leg)
            self._owner.leg_gone(line.leg, reason)
        else:
            self._owner.leg_gone(leg, reason)
