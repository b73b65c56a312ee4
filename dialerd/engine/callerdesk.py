"""People who have called a queue: they wait with music, the longest first, until an agent takes them.

Not here: agents and their legs (agentdesk.py), when blended agents come over (domain/blending.py, assignment.py). A
caller whom nobody could take, now or later today, goes on in the admin's dialplan at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from dialerd.domain.blending import QUIET, Blend, blend, turns_at
from dialerd.domain.caller import CallerCame, CallerEvent, CallerLeft
from dialerd.domain.errors import ExchangeError
from dialerd.domain.posts import InboundFacts
from dialerd.domain.words import CallerId
from dialerd.engine.agentdesk import AgentDesk
from dialerd.engine.comfort import ComfortDesk
from dialerd.log import logger
from dialerd.ports import CallerRow, Clock, Exchange, Gone, Store, Timer
from dialerd.tasks import spawn
from dialerd.usecases import floor

_log = logger(__name__)

_SWEEP_S = 30.0
"""So often it is looked who is there: somebody whose coming was not told, or whose going, is found by it."""


@dataclass(slots=True)
class CallerLine:
    """One caller. `agent`: who talks to them, or whose phone rings for them; None: they wait."""

    id: CallerId
    queue: str
    exchange: Exchange
    came_at: datetime
    agent: str | None = None


class CallerDesk:
    """The only owner of callers; in the order in which they came. Implements takers.CallerHost."""

    def __init__(self, store: Store, clock: Clock, exchanges: Mapping[str, Exchange], comfort: ComfortDesk) -> None:
        self._store = store
        self._clock = clock
        self._exchanges = exchanges
        self._comfort = comfort
        self._lines: dict[CallerId, CallerLine] = {}
        self._blends: dict[str, Blend] = {}
        self._timer: Timer | None = None
        self._sweeper: Timer | None = None
        self._looks: list[set[CallerId]] = []  # of each look that is under way, who has left meanwhile

    def waiting(self) -> Mapping[str, int]:
        """How many callers wait for an agent, by queue."""
        return Counter(line.queue for line in self._lines.values() if line.agent is None)

    def employ(self, agents: AgentDesk) -> None:
        """Whom callers are given to; said once, before anybody calls."""
        self._agents = agents
        self._takers = agents.takers

    def start(self) -> None:
        """Look now and then who is there, from now on."""

        def sweep() -> None:
            # A look asks for every channel that there is: it is spared where nobody takes callers, and so is its task,
            # which was half of what a simulated week without callers took.
            if self._lines or self._takers.has_any():
                spawn("sweep of callers", self._sweep())
            else:
                self.start()

        self._sweeper = self._clock.call_later(_SWEEP_S, sweep)

    # What happens

    def on_event(self, exchange: str, caller_id: CallerId, event: CallerEvent) -> None:
        match event:
            case CallerCame(queue) if caller_id not in self._lines:
                self._take_in(CallerLine(caller_id, queue, self._exchanges[exchange], self._clock.now()))
            case CallerLeft():
                self._left(caller_id)

    def _take_in(self, line: CallerLine) -> None:
        if not self._takers.are_there(line.queue):
            _log.warning(
                f"a caller of queue {line.queue} goes on in the dialplan: nobody is there to take callers of it",
                action="caller_let_go",
                queue=line.queue,
            )
            spawn(f"let {line.id} go", line.exchange.let_go(line.id))
            return
        self._lines[line.id] = line
        self._write(line)
        self._hold(line)
        self.look()

    def _write(self, line: CallerLine) -> None:
        row = CallerRow(
            id=line.id, queue=line.queue, asterisk=line.exchange.name, came_at=line.came_at, agent=line.agent
        )
        self._store.post(partial(floor.note_caller, row=row))

    def _left(self, caller_id: CallerId) -> None:
        for each in self._looks:
            each.add(caller_id)
        self._comfort.over(caller_id)
        if self._lines.pop(caller_id, None) is not None:
            self._store.post(lambda unit: floor.forget_callers(unit, caller_id))
            self._takers.free(caller_id)
            self.look()

    def agent_left(self, caller_id: CallerId) -> None:
        """The agent whom a caller was given to is gone: the caller waits on, where they were in the queue."""
        line = self._lines.get(caller_id)
        if line is not None:
            line.agent = None
            self._write(line)
            self._hold(line)
            self.look()

    def hang_up(self, caller_id: CallerId) -> None:
        """Their agent has ended the conversation; that they are gone is told by the exchange."""
        line = self._lines.get(caller_id)
        if line is not None:
            spawn(f"hang up {line.id}", line.exchange.hang_up_caller(line.id))

    def _hold(self, line: CallerLine) -> None:
        spawn(f"hold {line.id}", self._surely_there(line, self._takers.music_of(line.queue)))

    async def _surely_there(self, line: CallerLine, music: str) -> None:
        """Music for who waits. Whose going was not heard of is found out so, and given to no agent again."""
        if self._comfort.is_changing(line.id):  # they are taken off hold, and the end of its music would end this one
            await self._comfort.settled(line.id)
            if line.agent is not None:
                return  # an agent comes, who would hear it
        if isinstance(await line.exchange.hold_caller(line.id, music), Gone) and self._lines.get(line.id) is line:
            self._left(line.id)

    # Who takes them

    def look(self) -> None:
        """Serve who waits, and have agents come over, or go back, where there are more or fewer than before."""
        self.serve()
        if self._turn():
            self._agents.assign()
            self.serve()

    def serve(self) -> None:
        """Who waits longest gets the agent that has been idle for longest, of those that take callers of that queue."""
        for line in list(self._lines.values()):
            if line.agent is None:
                line.agent = self._takers.take(line.id, line.queue, line.exchange)
                if line.agent is not None:
                    self._write(line)

    def facts(self) -> Sequence[InboundFacts]:
        """What decides whether blended agents take callers."""
        waiting = self._waiting()
        return [InboundFacts(queue=queue, waiting=waiting[queue], blend=each) for queue, each in self._blends.items()]

    def _waiting(self) -> Counter[str]:
        return Counter(line.queue for line in self._lines.values() if line.agent is None)

    def _turn(self) -> bool:
        """Look at each queue's thresholds. Whether its agents are to be assigned anew."""
        now, waiting, before = self._clock.now(), self._waiting(), self._blends
        specs = self._takers.blending()
        self._blends = {
            queue: blend(spec, before.get(queue, QUIET), waiting=waiting[queue], now=now)
            for queue, spec in specs.items()
        }
        turns = [at for queue, spec in specs.items() if (at := turns_at(spec, self._blends[queue])) is not None]
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if turns:
            self._timer = self._clock.call_later(max(0.0, (min(turns) - now).total_seconds()), self.look)
        return self._blends != before or any(waiting[queue] for queue in specs)

    # Exchanges and the daemon's end

    async def reconcile(self, exchange: Exchange) -> None:
        """Hold the callers against those whom the exchange really has; to be called after the agents' legs.

        Raises ExchangeError when it cannot be asked.
        """
        before, left = [each for each in self._lines.values() if each.exchange is exchange], set[CallerId]()
        self._looks.append(left)
        try:
            seen = await exchange.callers()
        finally:
            self._looks = [each for each in self._looks if each is not left]
        for line in before:
            if line.id not in seen:
                self._left(line.id)
        for caller_id, place in seen.items():
            if caller_id in self._lines or caller_id in left:
                continue
            talker = self._takers.talker_of(caller_id)
            line = CallerLine(caller_id, place.queue, exchange, self._clock.now(), agent=talker)
            if talker is None:
                self._comfort.want(caller_id, exchange, None)  # an earlier daemon's agent may have had them on hold
                self._take_in(line)
            else:
                self._lines[caller_id] = line
                self._write(line)
        self._takers.free_all_but(self._lines, exchange)
        self._store.post(partial(floor.keep_callers, asterisk=exchange.name, known=frozenset(self._lines)))
        self.look()

    def lose(self, exchange: str) -> None:
        """It is given up: who called there is gone."""
        for line in [each for each in self._lines.values() if each.exchange.name == exchange]:
            self._left(line.id)

    async def _sweep(self) -> None:
        for exchange in self._exchanges.values():
            if self._sweeper is not None and self._takers.is_ready(exchange):
                with suppress(ExchangeError):  # it is looked at when it is back
                    await self.reconcile(exchange)
        if self._sweeper is not None:
            self.start()

    def stop(self) -> None:
        """The daemon ends: who waits goes on in the dialplan, who talks has nobody to talk to any more."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        for line in self._lines.values():
            ended = line.exchange.let_go(line.id) if line.agent is None else line.exchange.hang_up_caller(line.id)
            spawn(f"end {line.id}", ended)
        gone = tuple(self._lines)
        self._store.post(lambda unit: floor.forget_callers(unit, *gone))
        self._lines.clear()
