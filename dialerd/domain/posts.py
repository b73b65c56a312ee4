"""Posts: what an agent is there for at a moment, why, and all that is known of agents and runs when it is decided.

Not here: the decision (assignment.py), the states of an agent and how long a list of preferred campaigns may be
(agents.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dialerd.domain.blending import Blend
from dialerd.domain.words import AgentKind, RunId, RunState


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A run with its campaign's name, or callers (`queue`: the one that asked for this agent), or neither: idle."""

    run: RunId | None = None
    campaign: str | None = None
    takes_inbound: bool = False
    queue: str | None = None

    def __str__(self) -> str:
        if self.takes_inbound:
            return f"callers of queue {self.queue}" if self.queue else "callers"
        return self.campaign or "nothing"


IDLE = Post()
CALLERS = Post(takes_inbound=True)


class Why(StrEnum):
    """What kind of reason put an agent where it is."""

    CHOSEN = "chosen"  # it had no post and was given one, or is back at the one it was to leave
    MOVED = "moved"  # from the post it had
    LEAVING = "leaving"  # it has a next post, but calls of the present one still need it
    SWITCHED = "switched"  # for one call; then it is assigned anew
    INBOUND = "inbound"  # it takes callers
    IDLE = "idle"  # there is nothing that it may do


@dataclass(frozen=True, slots=True)
class Reason:
    """`text` is for people, and complete by itself."""

    why: Why
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Where an agent is since when, and why; `then`: where it goes as soon as the calls of its post let it go, which
    was decided at `leaving_since`. `is_spare`: its run has agents enough without it; any other may have it.

    A pacer does not count an agent with a `then`: it takes calls that are on their way, none is started for it.
    """

    agent: str
    post: Post
    since: datetime
    reason: Reason
    then: Post | None = None
    leaving_since: datetime | None = None
    is_spare: bool = False

    @property
    def heading(self) -> Post:
        """Where the agent is or is about to be."""
        return self.post if self.then is None else self.then


class BusyWith(StrEnum):
    """What holds an agent, its wrap-up included."""

    CAMPAIGN = "campaign"  # a call or a record of its run, dialed or about to be
    CALLBACK = "callback"  # that a contact of any run asked for
    INBOUND = "inbound"  # somebody who has called


@dataclass(frozen=True, slots=True)
class Busy:
    """`run` and `campaign` are those of the call; None: it is a caller's."""

    kind: BusyWith
    run: RunId | None = None
    campaign: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFacts:
    """An agent who is logged in and not paused. `preferred`: campaigns' names; none: every campaign will do.

    `busy` is None while it is ready, `idle_since` counts then only. `present` is what was decided last; None after a
    login or a restart.
    """

    name: str
    queues: frozenset[str]
    kind: AgentKind = AgentKind.OUTBOUND
    may_outbound: bool = True
    preferred: frozenset[str] = frozenset()
    idle_since: datetime | None = None
    busy: Busy | None = None
    present: Assignment | None = None

    @property
    def takes_campaigns(self) -> bool:
        return self.may_outbound and self.kind is not AgentKind.INBOUND

    @property
    def takes_callers(self) -> bool:
        return self.kind is not AgentKind.OUTBOUND


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """A run in one of the agent modes. `priority`: 1 lowest .. 5 highest.

    `due`: targets that may be dialed now (counted no further than there are agents). `calls_on_way`: calls that no
    agent is reserved for and that may yet ask for one: ringing, in detection, or a person waiting.
    """

    run: RunId
    campaign: str
    queue: str
    priority: int
    due: int
    state: RunState = RunState.ACTIVE
    calls_on_way: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundFacts:
    """A queue that people call: how many of them wait without an agent, and which side its blended agents are on."""

    queue: str
    waiting: int
    blend: Blend


@dataclass(frozen=True, slots=True, kw_only=True)
class Steadiness:
    """How much a present post counts. An agent is not moved within `stay_s` of its last move while its post wants it;
    where equal runs are more than their agents, one that has nobody gets its turn after `turn_s`; calls that are on
    their way keep an agent that is to leave for `leave_s` at most.
    """

    stay_s: float = 10.0
    turn_s: float = 600.0
    leave_s: float = 30.0

    def is_settled(self, present: Assignment, now: datetime) -> bool:
        return _is_over(present.leaving_since or present.since, self.stay_s, now)

    def has_had_turn(self, present: Assignment, now: datetime) -> bool:
        return present.then is None and _is_over(present.since, self.turn_s, now)

    def may_be_kept(self, present: Assignment | None, now: datetime) -> bool:
        leaving_since = present.leaving_since if present else None
        return leaving_since is None or not _is_over(leaving_since, self.leave_s, now)


def _is_over(since: datetime, lasts_s: float, now: datetime) -> bool:
    """Also what is to begin yet: the clock was set back since, and nobody waits for it to catch up."""
    return not timedelta() <= now - since < timedelta(seconds=lasts_s)


def open_runs(agent: AgentFacts, runs: Iterable[RunFacts]) -> Sequence[RunFacts]:
    """The runs whose campaigns the agent could put on its list: those that are not over, of a queue it serves, the
    highest priority first. Its present list does not narrow them."""
    mine = (run for run in runs if _serves(agent, run) and not run.state.is_over)
    return sorted(mine, key=lambda run: (-run.priority, run.campaign, run.run))


def may_work_for(agent: AgentFacts, run: RunFacts) -> bool:
    """Whether the run is one of the agent's own: permission, queue and list. A linked run is a run as any other: only
    a list that names its campaign opens it."""
    return _serves(agent, run) and (not agent.preferred or run.campaign in agent.preferred)


def _serves(agent: AgentFacts, run: RunFacts) -> bool:
    return agent.takes_campaigns and run.queue in agent.queues
