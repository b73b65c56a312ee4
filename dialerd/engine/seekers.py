"""People in a call who wait for somebody to talk to, and which agent each of them gets.

Not here: people who have called us (takers.py), numbers that stand for an agent (outside.py), what becomes of the two
once they are together (agentdesk.py).
"""

from __future__ import annotations

from collections.abc import Callable, Set

from dialerd.domain import agents
from dialerd.domain.agents import AgentEvent as E
from dialerd.domain.call import commands as do
from dialerd.domain.call import events as ev
from dialerd.domain.words import AttemptId
from dialerd.engine.agentbook import AgentBook
from dialerd.engine.agentline import AgentLine, Seeker
from dialerd.engine.linkdesk import LinkDesk
from dialerd.engine.outside import Outside
from dialerd.ports import AttemptRow, Exchange


class Seekers:
    """A part of the agent desk."""

    def __init__(
        self,
        book: AgentBook,
        links: LinkDesk,
        outside: Outside,
        *,
        ready: Set[str],
        tell_call: Callable[[AttemptId, ev.CallEvent], None],
    ) -> None:
        """`ready`: the exchanges that are reconciled, kept up to date by their owner."""
        self._book = book
        self._links = links
        self._outside = outside
        self._ready = ready
        self._tell_call = tell_call
        self._seekers: dict[AttemptId, Seeker] = {}

    def __contains__(self, attempt_id: AttemptId) -> bool:
        return attempt_id in self._seekers

    def seek(self, attempt: AttemptRow, wanted: do.Seek, own_queue: str | None, exchange: Exchange) -> None:
        """Somebody has answered: AgentFound follows, at once or when there is an agent. Where they were sent to one
        agent or a number alone, CommandFailed may."""
        if wanted.number is not None:
            self._outside.seek(attempt.id, wanted.number, exchange, wanted.ring_s)
            return
        is_guest = wanted.queue is not None or not wanted.waits
        queue = wanted.queue or own_queue or ""
        self._seekers[attempt.id] = Seeker(
            attempt.run_id, queue, exchange, is_guest, agent=wanted.agent, waits=wanted.waits
        )
        self.serve()
        self._give_up_if_alone(attempt.id, f"agent {wanted.agent} is not free")

    def drop(self, attempt_id: AttemptId) -> None:
        """They do not wait any more."""
        self._seekers.pop(attempt_id, None)

    def rang_in_vain(self, attempt_id: AttemptId, reason: str) -> None:
        """The agent's phone that rang for them does not any more: another one may be free."""
        self._seekers[attempt_id].rings = None
        self.serve()
        self._give_up_if_alone(attempt_id, reason)

    def _give_up_if_alone(self, attempt_id: AttemptId, reason: str) -> None:
        """Whom a flow has sent to one agent alone does not wait until that one is free."""
        seeker = self._seekers.get(attempt_id)
        if seeker is not None and not seeker.waits and seeker.rings is None:
            del self._seekers[attempt_id]
            self._tell_call(attempt_id, ev.CommandFailed(do.Seek.__name__, reason))

    def serve(self) -> None:
        """Who waits longest gets the agent that has been idle for longest; nobody does before it is known who talks
        there: the agent they have may be one of whom that was never written down."""
        for attempt_id, seeker in sorted(self._seekers.items(), key=lambda item: item[1].is_guest):
            if seeker.exchange.name not in self._ready:
                continue
            if seeker.rings is None and (line := self._agent_for(attempt_id, seeker)) is not None:
                if line.leg is not None and line.leg.exchange is seeker.exchange:
                    self.give(line, attempt_id)
                else:
                    self._ring_for(line, attempt_id, seeker)

    def _agent_for(self, attempt_id: AttemptId, seeker: Seeker) -> AgentLine | None:
        """The agent for whom the call was dialed, else a free one of the run, else one that is reserved for calls of it
        that nobody has answered; of several the one that has been idle for longest, also where another one's phone is
        at the call's own server: a link takes milliseconds, and agents at busier servers would never rest."""
        mine = [
            line
            for line in self._book.lines.values()
            if seeker.is_for(line) and self._links.reaches(line, seeker.exchange)
        ]
        spare = [line for line in mine if line.is_spare and not seeker.is_guest]
        own = [line for line in mine if line.is_kept_for(attempt_id)]
        for able in (own, [line for line in mine if line.is_free], spare):
            name = agents.longest_idle({line.name: line.seen.idle_since for line in able})
            if name is not None:
                return self._book.lines[name]
        return None

    def give(self, line: AgentLine, attempt_id: AttemptId) -> None:
        """That agent's phone is up: they get it."""
        assert line.leg is not None, "who is given a call has a leg"
        seeker = self._seekers.pop(attempt_id, None)
        line.call = attempt_id
        self._lend(line, seeker)
        self._book.move(line, E.CONNECT, attempt_id=attempt_id)
        self._tell_call(attempt_id, ev.AgentFound(line.name, line.leg.id))

    def _ring_for(self, line: AgentLine, attempt_id: AttemptId, seeker: Seeker) -> None:
        seeker.rings, line.call = line.name, attempt_id
        self._lend(line, seeker)
        self._book.move(line, E.RESERVE, attempt_id=attempt_id)
        self._links.ring(line, seeker.exchange)

    def _lend(self, line: AgentLine, seeker: Seeker | None) -> None:
        """Whom it is given may be another run's: its own, told with the move that follows, cannot count on it then."""
        if seeker is not None:
            line.is_lent = seeker.is_guest and seeker.run_id != line.run_id
