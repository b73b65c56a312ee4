"""The floor as a supervisor sees it: agents, calls that are up, people who wait, queues.

Not here: what a supervisor does about it (steering.py, agents.py). It is read from what the daemon writes down as it
happens; without a daemon it is as that one left it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dialerd.domain.words import AgentState, CallerId, Verdict
from dialerd.ports import AgentRow, CallerRow, OpenCall, Unit
from dialerd.usecases.agents import queues_by_agent

MOST_CALLS = 1000

Phase = Literal["ringing", "detecting", "waiting", "talking", "served"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorAgent:
    """`in_state_s`: how long it has been there. `talks_with`: "call" (a campaign's), "caller", or nobody (None)."""

    agent: str
    state: str
    since: datetime
    in_state_s: float
    reason: str
    campaign: str | None
    why: str
    wanted: str
    preferred: Sequence[str]
    queues: Sequence[str]
    endpoint: str
    attempt_id: str | None
    talks_with: Literal["call", "caller"] | None
    is_muted: bool
    is_holding: bool
    consults: str | None
    listeners: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorCall:
    """A campaign's call. `served`: a message, a flow, a dialplan or a machine's greeting has it; `since`: in it."""

    attempt_id: str
    campaign: str
    contact_id: int
    number: str
    phase: Phase
    since: datetime
    agent: str | None
    trunk: str
    asterisk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorCaller:
    """Somebody who has called and has no agent yet."""

    caller_id: str
    queue: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorQueue:
    """`agents`: how many of its agents are in each state; `waiting`: callers and answered people without an agent."""

    queue: str
    agents: Mapping[str, int]
    waiting: int
    longest_wait_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    agents: Sequence[FloorAgent]
    calls: Sequence[FloorCall]
    waiting: Sequence[FloorCaller]
    queues: Sequence[FloorQueue]


def floor(unit: Unit, *, now: datetime) -> Floor:
    """What goes on now. Costs as much as there are agents and calls up, whatever the lists' lengths."""
    rows, queues, callers = unit.agents.all(), unit.queues.all(), unit.floor.callers()
    calls = unit.floor.calls(limit=MOST_CALLS)
    of_campaign = {run.spec.name: run.spec.queue for run in unit.runs.unfinished()}
    serves = queues_by_agent(unit)
    states = {row.name: str(row.seen.state) for row in rows}
    shown = [_call(each, of_campaign.get(each.campaign)) for each in calls]
    waits = [(each.queue, each.came_at) for each in callers if each.agent is None]
    waits += [(of_campaign[each.campaign] or "", each.since) for each in shown if each.phase == "waiting"]
    return Floor(
        agents=[_agent(row, serves.get(row.name, ()), callers, now) for row in rows],
        calls=shown,
        waiting=[
            FloorCaller(caller_id=each.id, queue=each.queue, since=each.came_at)
            for each in callers
            if each.agent is None
        ],
        queues=[
            FloorQueue(
                queue=queue.name,
                agents=dict(Counter(states[name] for name in sorted(set(queue.agents)) if name in states)),
                waiting=sum(name == queue.name for name, _ in waits),
                longest_wait_s=max(
                    ((now - since).total_seconds() for name, since in waits if name == queue.name), default=0.0
                ),
            )
            for queue in queues
        ],
    )


def note_caller(unit: Unit, row: CallerRow) -> None:
    """For the daemon: somebody who has called is in its hands, with that agent or waiting."""
    unit.floor.put_caller(row)


def forget_callers(unit: Unit, *gone: CallerId) -> None:
    """For the daemon: they have left."""
    unit.floor.drop_callers(gone)


def keep_callers(unit: Unit, asterisk: str, known: Collection[CallerId]) -> None:
    """For the daemon: nobody else is in its hands on that server than these."""
    gone = [row.id for row in unit.floor.callers() if row.asterisk == asterisk and row.id not in known]
    unit.floor.drop_callers(gone)


def _agent(row: AgentRow, queues: Sequence[str], callers: Sequence[CallerRow], now: datetime) -> FloorAgent:
    seen = row.seen
    talks: Literal["call", "caller"] | None = None
    if seen.state is AgentState.ON_CALL:
        talks = "call"
    elif seen.state is AgentState.INBOUND or any(each.agent == row.name for each in callers):
        talks = "caller"
    return FloorAgent(
        agent=row.name,
        state=str(seen.state),
        since=seen.since,
        in_state_s=max(0.0, (now - seen.since).total_seconds()),
        reason=seen.reason or (row.wanted.reason if seen.state is AgentState.LOGGED_OUT else ""),
        campaign=seen.campaign or None,
        why=seen.why,
        wanted=str(row.wanted.state),
        preferred=sorted(row.preferred),
        queues=list(queues),
        endpoint=row.endpoint,
        attempt_id=seen.attempt_id,
        talks_with=talks,
        is_muted=row.is_muted,
        is_holding=row.is_holding,
        consults=row.consults or None,
        listeners=row.listeners,
    )


def _call(call: OpenCall, queue: str | None) -> FloorCall:
    attempt = call.attempt
    phase, since = _phase(call, queue)
    return FloorCall(
        attempt_id=attempt.id,
        campaign=call.campaign,
        contact_id=call.contact_id,
        number=attempt.number,
        phase=phase,
        since=since,
        agent=attempt.agent,
        trunk=attempt.trunk,
        asterisk=attempt.asterisk,
    )


def _phase(call: OpenCall, queue: str | None) -> tuple[Phase, datetime]:
    """Where a call is, by what is known of it so far. Whom AMD has judged to be no machine waits for an agent."""
    attempt = call.attempt
    if attempt.answered_at is None:
        return "ringing", attempt.rang_at or attempt.claimed_at
    if attempt.connected_at is not None:
        return "talking", attempt.connected_at
    if attempt.verdict is None:
        return "detecting", attempt.answered_at
    if queue is not None and attempt.verdict != Verdict.MACHINE:
        return "waiting", attempt.greeted_at or attempt.answered_at
    return "served", attempt.answered_at
