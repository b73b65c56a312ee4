"""Agents' own callbacks: each is dialed for its agent as soon as that one is free, whichever run they work for.

Not here: who may have one (domain/callback.py), everybody's callbacks (dialloop.py claims them with the rest).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from dialerd.domain.agents import AgentEvent
from dialerd.domain.errors import BadInputError, NotFoundError
from dialerd.domain.regulation import Pack
from dialerd.domain.words import Mode, RunState
from dialerd.engine.agentline import AgentLine
from dialerd.engine.means import Means
from dialerd.engine.runline import RunLine
from dialerd.ports import AttemptRow, Exchange, OwnCallback
from dialerd.usecases import owncallbacks, seats
from dialerd.usecases.regulation import check_regulations

Place = Callable[[RunLine, AttemptRow, Exchange, Sequence[Pack], str], None]


class CallbackDesk:
    """A part of the dial loop. The store is read when something may have changed, not on every pass."""

    def __init__(self, means: Means, *, place: Place) -> None:
        self._means = means
        self._place = place
        self._due: list[OwnCallback] = []
        self._next_at: datetime | None = None
        self._is_stale = True
        self.waits_on: dict[str, float] = {}  # trunks in whose pace one waits for its turn, and for how many seconds

    def changed(self) -> None:
        """Callbacks or agents may be others than at the last look."""
        self._is_stale = True

    async def dial(self) -> datetime | None:
        """Dial what waits for agents who are free, one each. Returns when to look again."""
        now = self._means.clock.now()
        if self._is_stale or (self._next_at is not None and self._next_at <= now):
            await self._look(now)
        self.waits_on.clear()
        for own in list(self._due):
            await self._dial(own)
        waits = (self._means.clock.now() + timedelta(seconds=left_s) for left_s in self.waits_on.values())
        return min((at for at in (self._next_at, *waits) if at is not None), default=None)

    async def _look(self, now: datetime) -> None:
        """Ask the store for what can be dialed now, and for the moment at which more can."""
        self._is_stale = False
        mine = [
            line
            for line in self._means.runs.lines.values()
            if line.row.state is RunState.ACTIVE and line.row.spec.mode is not Mode.PREVIEW  # there it is shown first
        ]
        opens = {line.row.id: line.closed_until(now) for line in mine}
        found = await self._means.store.read(
            partial(
                owncallbacks.due_own,
                agents=frozenset(self._means.agents.book.lines),
                runs=frozenset(run_id for run_id, at in opens.items() if at is None),
                now=now,
            )
        )
        self._due = list(found.own)
        self._next_at = min((at for at in (found.next_at, *opens.values()) if at is not None), default=None)

    def _can_be_spared(self, agent: AgentLine) -> bool:
        """Whether nobody who is being called would find no agent for want of this one."""
        line = None if agent.works_for is None else self._means.runs.lines.get(agent.works_for)
        if line is None:
            return True
        crew = self._means.agents.crew(line.row.id)
        view = line.view(self._means.clock.steady(), crew, min_ring_s=0.0, patience_s=0.0)  # for counting only
        if line.row.spec.mode is Mode.PREDICTIVE:  # it dials for agents who are still talking
            return len(view.ready) > len(view.detecting) + len(view.waiting)
        return view.unclaimed > 0

    def _agent_for(self, own: OwnCallback) -> AgentLine | None:
        """Whose it is, if it can be dialed for them now."""
        agent = self._means.agents.book.lines.get(own.agent)
        return agent if agent is not None and agent.is_free and self._can_be_spared(agent) else None

    async def _dial(self, own: OwnCallback) -> None:
        """Dial it if its agent is free and other daemons leave room."""
        line, agent = self._means.runs.lines.get(own.run_id), self._agent_for(own)
        if line is None or line.row.state is not RunState.ACTIVE or agent is None:
            return  # since we looked, or until it is free
        spec = line.row.spec
        try:
            check_regulations(spec, self._means.rulebook)
        except (NotFoundError, BadInputError):
            return  # the dial loop says so and dials nobody
        exchange = self._means.trunks.way_out(spec.trunk, amd=spec.amd, among=self._means.agents.links.homes_of(agent))
        if isinstance(exchange, str) or self._means.trunks.ask(spec.trunk, 1, exchange.name) < 1:
            return
        if self._means.seat is not None and not await self._takes_turn(own, exchange, spec.trunk, agent):
            return
        packs = self._means.rulebook.of(spec.regulations)
        # Away from the run that it works for, if need be.
        agent.callback_of = own.run_id
        self._means.agents.book.move(agent, AgentEvent.RESERVE)
        self._means.agents.assign()
        attempt = None
        try:
            attempt = await self._means.openings.open(
                partial(
                    owncallbacks.dial_own,
                    own=own,
                    way_out=self._means.trunks.to(spec.trunk, exchange.name),
                    packs=packs,
                    now=self._means.clock.now(),
                )
            )
        finally:
            self._due.remove(own)
            self._means.agents.reservations.dialed_for(own.agent, [] if attempt is None else [attempt.id])
        if attempt is not None:
            self._place(line, attempt, exchange, packs, self._means.agents.reservations.lost(own.agent))

    async def _takes_turn(self, own: OwnCallback, exchange: Exchange, trunk: str, agent: AgentLine) -> bool:
        """In the pace of all daemons, which is asked for once for all that wait for a trunk."""
        if trunk in self.waits_on:
            return False
        turn = partial(seats.take_turn, run_id=own.run_id, way_out=self._means.trunks.to(trunk, exchange.name))
        left_s = await self._means.store.write(turn)
        if left_s > 0.0:
            self.waits_on[trunk] = left_s
        return left_s <= 0.0 and self._agent_for(own) is agent and self._means.trunks.ask(trunk, 1, exchange.name) > 0
