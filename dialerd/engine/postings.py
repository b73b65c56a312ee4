"""Which run, or whose callers, each agent that the daemon knows is there for: the decision's facts and its outcome.

Not here: the decision (domain/assignment.py), agents' states (agentbook.py), calls and legs (agentdesk.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from dialerd.domain.assignment import assign
from dialerd.domain.posts import AgentFacts, Busy, BusyWith, InboundFacts, RunFacts, Steadiness
from dialerd.domain.words import AgentState
from dialerd.engine.agentline import AgentLine
from dialerd.engine.runline import RunLine
from dialerd.ports import Clock, Dice

_STEADINESS = Steadiness()

_AWAY = frozenset({AgentState.LOGGED_OUT, AgentState.PAUSED})


class Postings:
    """Decides for everybody at once; cheap enough for each time that an agent gets free."""

    def __init__(
        self,
        clock: Clock,
        dice: Dice,
        runs: Callable[[], Iterable[RunLine]],
        inbound: Callable[[], Sequence[InboundFacts]],
    ) -> None:
        """`runs`: those that are not over."""
        self._clock = clock
        self._dice = dice
        self._runs = runs
        self._inbound = inbound
        self._at_rest: object = None  # the facts for which nobody was moved last

    def decide(self, lines: Mapping[str, AgentLine]) -> list[AgentLine]:
        """Give every agent its assignment anew. Returns those for whom anything is another than before."""
        now = self._clock.now()
        runs = {line.row.spec.name: line for line in self._runs() if line.row.spec.queue is not None}
        here = [line for line in lines.values() if line.seen.state not in _AWAY]
        agents = [_agent_facts(line, runs) for line in here]
        active = [_run_facts(run, lines.values(), now) for run in runs.values()]
        inbound, draw = self._inbound(), self._dice.draw()
        facts = (now, agents, active, inbound)
        if facts == self._at_rest:  # asked again at that very moment: whatever is drawn, everybody stays
            return []
        decided = assign(agents, active, inbound, steadiness=_STEADINESS, now=now, draw=draw)
        changed = []
        for line in lines.values():
            before, line.assignment = line.assignment, decided.get(line.name)
            if before is not line.assignment and before != line.assignment:  # most are left where they were
                changed.append(line)
        self._at_rest = None if changed else facts
        return changed


def _agent_facts(line: AgentLine, runs: Mapping[str, RunLine]) -> AgentFacts:
    return AgentFacts(
        name=line.name,
        queues=line.queue_names,
        kind=line.row.kind,
        may_outbound=line.row.may_outbound,
        preferred=line.row.preferred,
        idle_since=None if line.is_held else line.seen.idle_since,
        busy=_busy(line, runs) if line.is_held else None,
        present=line.assignment,
    )


def _busy(line: AgentLine, runs: Mapping[str, RunLine]) -> Busy:
    """What holds an agent. Of one that an earlier daemon left only the campaign is known."""
    wraps_up_for_caller = line.seen.state is AgentState.WRAP_UP and line.seen.attempt_id is None
    if line.caller is not None or line.seen.state is AgentState.INBOUND or wraps_up_for_caller:
        return Busy(BusyWith.INBOUND)
    if line.callback_of is not None:
        run = next((each for each in runs.values() if each.row.id == line.callback_of), None)
        return Busy(BusyWith.CALLBACK, line.callback_of, run.row.spec.name if run else None)
    if line.assignment is not None:
        return Busy(BusyWith.CAMPAIGN, line.assignment.post.run, line.assignment.post.campaign)
    run = runs.get(line.seen.campaign)
    return Busy(BusyWith.CAMPAIGN, run.row.id if run else None, line.seen.campaign)


def _run_facts(run: RunLine, lines: Iterable[AgentLine], now: datetime) -> RunFacts:
    spec = run.row.spec
    assert spec.queue is not None, "only runs with agents are asked about"
    paired = {attempt_id for line in lines for attempt_id in line.batch}
    return RunFacts(
        run=run.row.id,
        campaign=spec.name,
        queue=spec.queue,
        priority=spec.priority,
        due=run.due(now),
        state=run.row.state,
        calls_on_way=sum(attempt_id not in paired for attempt_id in run.on_way),
    )
