"""Agents as those see them who wait for one without having been called: who is there for callers, and who has whom.

Not here: the callers (callerdesk.py), campaigns' calls (agentdesk.py), why an agent is there for callers (postings.py).
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence, Set
from functools import partial
from typing import Protocol

from dialerd.domain import agents
from dialerd.domain.agents import AgentEvent as E
from dialerd.domain.blending import Blending
from dialerd.domain.call import events as ev
from dialerd.domain.posts import InboundFacts
from dialerd.domain.words import AgentKind, AgentState, CallerId, Person
from dialerd.engine.agentbook import AgentBook
from dialerd.engine.agentline import AgentLine
from dialerd.engine.legdesk import LegDesk
from dialerd.engine.linkdesk import LinkDesk
from dialerd.ports import Exchange


class CallerHost(Protocol):
    """Who keeps the callers."""

    def facts(self) -> Sequence[InboundFacts]: ...
    def serve(self) -> None: ...
    def agent_left(self, caller_id: CallerId) -> None: ...
    def hang_up(self, caller_id: CallerId) -> None: ...


class Part(Protocol):
    """End an agent's conversation; `goes_on`: the person's, in the same bridge, does not end."""

    def __call__(self, line: AgentLine, person: Person, *, was_connected: bool, goes_on: bool = False) -> None: ...


class Takers:
    """A part of the agent desk."""

    def __init__(
        self,
        book: AgentBook,
        legs: LegDesk,
        callers: CallerHost,
        *,
        ready: Set[str],
        links: LinkDesk,
        part: Part,
    ) -> None:
        self._book = book
        self._legs = legs
        self._callers = callers
        self._ready = ready
        self._links = links
        self._part = part

    def are_there(self, queue: str) -> bool:
        """Whether anybody who could ever take a caller of that queue is logged in."""
        return any(
            line.row.kind is not AgentKind.OUTBOUND
            and line.seen.state is not AgentState.LOGGED_OUT
            and line.serves(queue)
            for line in self._book.lines.values()
        )

    def has_any(self) -> bool:
        """Whether anybody who takes callers, of whichever queue, is logged in."""
        return any(
            line.row.kind is not AgentKind.OUTBOUND and line.seen.state is not AgentState.LOGGED_OUT
            for line in self._book.lines.values()
        )

    def is_ready(self, exchange: Exchange) -> bool:
        """Whether it is reconciled: it can be asked, and what it has is known."""
        return exchange.name in self._ready

    def music_of(self, queue: str) -> str:
        """What people hear who wait in it."""
        spec = self._book.queues.get(queue)
        return "default" if spec is None else spec.music

    def blending(self) -> Mapping[str, Blending]:
        """The thresholds of the queues whose blended agents are to come over."""
        return {name: spec.blending for name, spec in self._book.queues.items() if spec.blending is not None}

    def take(self, caller_id: CallerId, queue: str, exchange: Exchange) -> str | None:
        """Give a caller to the agent that is there for them and has been idle for longest; None: there is none."""
        if exchange.name not in self._ready:
            return None
        able = [
            line
            for line in self._book.lines.values()
            if line.is_free and line.takes_callers_of(queue) and self._links.reaches(line, exchange)
        ]
        name = agents.longest_idle({line.name: line.seen.idle_since for line in able})
        if name is None:
            return None
        line = self._book.lines[name]
        line.caller = caller_id
        if line.leg is not None and line.leg.exchange is exchange:
            self.give(line, caller_id)
        else:
            self._book.move(line, E.RESERVE)
            self._links.ring(line, exchange)
        return name

    def give(self, line: AgentLine, caller_id: CallerId) -> None:
        """The agent is reached: bring them together."""
        assert line.leg is not None, "who is given a caller has a leg"
        self._book.move(line, E.TAKE_INBOUND)
        self._legs.connect(line.leg, caller_id, partial(self._given, caller_id))

    def _given(self, caller_id: CallerId, event: ev.CallEvent) -> None:
        if isinstance(event, ev.CommandFailed):
            self.free(caller_id, was_connected=False)
            self._callers.agent_left(caller_id)

    def talker_of(self, caller_id: CallerId) -> str | None:
        """The agent whom a caller was given to."""
        return next((line.name for line in self._book.lines.values() if line.caller == caller_id), None)

    def free(self, caller_id: CallerId, *, was_connected: bool = True) -> None:
        """A caller has no need of an agent any more."""
        name = self.talker_of(caller_id)
        if name is not None:
            line = self._book.lines[name]
            line.caller = None
            self._part(line, caller_id, was_connected=was_connected)

    def free_all_but(self, known: Container[CallerId], exchange: Exchange) -> None:
        """Nobody talks there with a caller who is not known any more."""
        for line in list(self._book.lines.values()):
            is_here = line.leg is not None and line.leg.exchange is exchange
            if line.caller is not None and line.caller not in known and is_here:
                self.free(line.caller)
