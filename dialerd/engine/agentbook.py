"""The agents that the daemon knows: their states and whom they work for; every change of either is written down.

Not here: who gets which call and why a state changes (agentdesk.py), what an event means (domain/agents.py).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial

from dialerd import log
from dialerd.domain import agents
from dialerd.domain.agents import AgentEvent as E
from dialerd.domain.agents import Refusal, Seen
from dialerd.domain.pacing import AgentJoined, AgentLeft, PacingEvent, WrapUpEnded
from dialerd.domain.queue import QueueSpec
from dialerd.domain.words import AgentState, AttemptId, RunId
from dialerd.engine.agentline import AgentLine, Crew
from dialerd.engine.postings import Postings
from dialerd.log import logger
from dialerd.ports import Clock, Store, Tracing
from dialerd.usecases import agents as usecases
from dialerd.usecases.callplan import PATIENCE_S

_log = logger(__name__)


class AgentBook:
    """The only owner of agents' states. `on_state` hears of every new state."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        postings: Postings,
        tell_run: Callable[[RunId, PacingEvent], None],
        on_state: Callable[[AgentLine], None],
        tracing: Tracing | None = None,
    ) -> None:
        self._tracing = tracing
        self._store = store
        self._clock = clock
        self._postings = postings
        self._tell_run = tell_run
        self._on_state = on_state
        self.lines: dict[str, AgentLine] = {}
        self.queues: dict[str, QueueSpec] = {}

    async def refresh(self) -> None:
        """Take up who there is and what they ask to be. Who has been deleted goes when nothing holds it."""
        rows, queues = await self._store.read(lambda unit: (unit.agents.all(), unit.queues.all()))
        serving = [queue for queue in queues if queue.kind == "stasis"]
        self.queues = {queue.name: queue for queue in serving}
        for row in rows:
            line = self.lines.get(row.name)
            if line is None:
                line = self.lines[row.name] = AgentLine(row=row, seen=row.seen, entered=self._entered(row.seen))
            line.row = row
            line.serve(queue for queue in serving if row.name in queue.agents)
        for name in self.lines.keys() - {row.name for row in rows}:
            if not self.lines[name].is_held and self.lines[name].leg is None:
                del self.lines[name]

    def _entered(self, seen: Seen) -> float:
        """When an earlier daemon saw it come to be so, as seconds that no setting of the clock changes."""
        return self._clock.steady() - max(0.0, (self._clock.now() - seen.since).total_seconds())

    async def refresh_of(self, names: Collection[str]) -> None:
        """Take up what these ask to be."""
        for row in await self._store.read(lambda unit: [unit.agents.get(name) for name in names]):
            if row is not None and row.name in self.lines:
                self.lines[row.name].row = row

    def patience_s(self, queue: str | None) -> float:
        """How long a person waits for an agent of that queue."""
        spec = self.queues.get(queue or "")
        return PATIENCE_S if spec is None else spec.patience_s

    def talker(self, attempt_id: AttemptId) -> AgentLine | None:
        """The agent whom a call was given to, or is being rung for."""
        return next((line for line in self.lines.values() if line.call == attempt_id), None)

    # States

    def move(self, line: AgentLine, event: E, *, reason: str = "", attempt_id: AttemptId | None = None) -> None:
        """Let something happen to an agent; what its state does not allow is passed over."""
        before, now, steady = line.seen, self._clock.now(), self._clock.steady()
        after = agents.step(
            before, event, wanted=line.row.wanted, agent=line.name, now=now, reason=reason, attempt_id=attempt_id
        )
        if isinstance(after, Refusal):
            _log.debug(after.reason, action="agent_event_refused", agent=line.name)
            return
        if after == before:
            return
        lasted_s, line.seen = line.in_state_s(steady), after
        if after.since != before.since:
            line.entered = steady
        if log.is_detailed and (with_call := after.attempt_id or before.attempt_id):
            told = {"action": "agent_moved", "agent": line.name, "attempt_id": with_call}
            _log.debug(f"agent {line.name} is {after.state.value} now", **told)
        self.write(line)
        self._tell_whereabouts(line)
        if before.state is AgentState.WRAP_UP and after.state is not AgentState.WRAP_UP:
            self._end_wrap_up(line, lasted_s)
            if self._tracing is not None and before.attempt_id is not None:
                self._tracing.wrapped_up(before.attempt_id, before.since, now)
        elif after.state is AgentState.WRAP_UP and before.state is not AgentState.WRAP_UP:
            self.limit_wrap_up(line, line.wrap_up_s)
        if after.state is not before.state:
            self._on_state(line)

    def limit_wrap_up(self, line: AgentLine, left_s: float) -> None:
        """Take an agent out of wrap-up so much later."""
        if line.wrap_up_timer is not None:
            line.wrap_up_timer.cancel()
        line.wrap_up_timer = self._clock.call_later(left_s, partial(self.move, line, E.WRAP_UP_OVER))

    def _end_wrap_up(self, line: AgentLine, wrap_up_s: float) -> None:
        if line.wrap_up_timer is not None:
            line.wrap_up_timer.cancel()
            line.wrap_up_timer = None
        if line.run_id is not None:
            self._tell_run(line.run_id, WrapUpEnded(wrap_up_s))

    def write(self, line: AgentLine) -> None:
        """Put down where an agent is seen, and its leg."""
        leg_id, asterisk = (line.leg.id, line.leg.exchange.name) if line.leg is not None else (None, None)
        if line.leg is None and line.left is not None:
            leg_id, asterisk = line.left.leg_id, line.left.asterisk
        note = partial(usecases.note_seen, name=line.name, seen=line.seen, leg_id=leg_id, asterisk=asterisk)
        self._store.post(partial(note, now=self._clock.now()))

    # Whom they work for

    def assign(self) -> None:
        """Decide anew for everybody; to be called when runs, agents or queues have changed."""
        for line in self._postings.decide(self.lines):
            at = line.assignment
            campaign, why = (at.post.campaign or "", at.reason.text) if at is not None else ("", "")
            if (line.seen.campaign, line.seen.why) != (campaign, why):
                line.seen = replace(line.seen, campaign=campaign, why=why)
                if (
                    line.leg is not None or line.row.leg_id is None
                ):  # else its leg is not adopted yet: keep what is known
                    self.write(line)
            self._tell_whereabouts(line)

    def _tell_whereabouts(self, line: AgentLine) -> None:
        """Let the pacers know who has come and gone."""
        if line.works_for == line.joined:
            return
        if line.joined is not None:
            self._tell_run(line.joined, AgentLeft())
        line.joined = line.works_for
        if line.joined is not None:
            self._tell_run(line.joined, AgentJoined())

    def crew(self, run_id: RunId, widened: Callable[[frozenset[str]], frozenset[str]]) -> Crew:
        """Its agents at this moment: asked at each look of the dial loop, so everybody is looked at once. `widened`:
        from where phones can be reached that are called at some exchanges."""
        now, steady = self._clock.now(), self._clock.steady()
        size, free, reserved, talking, wrapping = 0, [], [], [], []
        homes, is_kept = set[str](), True
        owed, reserved_for, callbacks = 0, set[AttemptId](), set[AttemptId]()
        ready, wrapping_up, kept_free = AgentState.READY, AgentState.WRAP_UP, AgentState.RESERVED
        for line in self.lines.values():
            if line.batch:
                if line.run_id == run_id:
                    reserved_for |= line.batch
                if line.callback_of is not None:
                    callbacks |= line.batch
            if line.works_for != run_id:
                continue
            size += 1
            is_kept = is_kept and line.is_kept
            if (leg := line.home or line.leg) is not None:
                homes.add(leg.exchange.name)
            seen, state = line.seen, line.seen.state
            if line.call is not None:
                talking.append(line.in_state_s(steady))
            if state is ready:
                if line.is_free:
                    free.append((now - seen.idle_since).total_seconds())
            elif state is wrapping_up:
                wrapping.append(line.in_state_s(steady))
            elif state is kept_free and line.is_spare:
                reserved.append((now - seen.idle_since).total_seconds())
                owed += line.owed
        return Crew(
            size=size,
            free=free,
            reserved=reserved,
            talking=talking,
            wrapping=wrapping,
            owed=owed,
            reserved_for=frozenset(reserved_for),
            callbacks=frozenset(callbacks),
            homes=widened(frozenset(homes)) if size and is_kept else None,
        )
