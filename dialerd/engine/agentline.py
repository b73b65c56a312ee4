"""The books of one agent while the daemon runs, of who waits for one, and what a run sees of those who work for it.

Not here: what changes them (agentdesk.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dialerd.domain.agents import Seen
from dialerd.domain.posts import Assignment
from dialerd.domain.queue import QueueSpec
from dialerd.domain.words import AgentState, AttemptId, CallerId, LegId, Person, RunId
from dialerd.engine.legdesk import Leg
from dialerd.ports import AgentRow, Exchange, Timer

_AWAY = frozenset({AgentState.LOGGED_OUT, AgentState.PAUSED})
_HELD = frozenset(set(AgentState) - {AgentState.LOGGED_OUT, AgentState.READY, AgentState.PAUSED})


@dataclass(frozen=True, slots=True)
class Left:
    """The leg that an earlier daemon left an agent, and its exchange, which has not been looked at yet."""

    leg_id: LegId
    asterisk: str


@dataclass(slots=True, eq=False)
class AgentLine:
    """One agent. `queues` are those that dialerd itself serves, `is_kept` whether one of them wants its leg kept up
    between calls (`serve` sets these: the dial loop asks at every look). `assignment` is what it is there for, None
    while it is away; `joined` the run whose pacer has been told that it can count on this agent.

    `call` is the person it talks to or is rung for, `caller` the same of one who has called; `batch` the calls that it
    is reserved for, `owed` how many more of them the trunk had no room for yet; where one of them is a callback of its
    own, nobody else's, `callback_of` is the run of that; `is_lent`: it is there for a person whom another run's flow
    has sent; `asked_for`: the person whose agent asks it about them. `rung`: how many times in a row its phone was
    called in vain, `unknown_at`: the exchanges that could not even ring it.
    `home`: the kept leg of one who talks over a link to another server, which is its `leg` then (linkdesk.py); `link`:
    the far end of that one, where it is joined with `home`.
    `left`: the leg that it may still have from an earlier daemon: its phone is not rung before that is known.
    `obeyed_at`: the moment of the last wish that was carried out, `hung_up_at` the same of a conversation's end.
    `entered`: since when it is seen as it is, in steady seconds, which no setting of the clock changes.
    """

    row: AgentRow
    seen: Seen
    queues: tuple[QueueSpec, ...] = ()
    queue_names: frozenset[str] = frozenset()
    is_kept: bool = False
    assignment: Assignment | None = None
    joined: RunId | None = None
    leg: Leg | None = None
    home: Leg | None = None
    link: CallerId | None = None
    left: Left | None = None
    call: AttemptId | None = None
    caller: CallerId | None = None
    batch: set[AttemptId] = field(default_factory=set)
    owed: int = 0
    callback_of: RunId | None = None
    is_lent: bool = False
    asked_for: AttemptId | None = None
    rung: int = 0
    unknown_at: frozenset[str] = frozenset()
    obeyed_at: datetime | None = None
    hung_up_at: datetime | None = None
    entered: float = 0.0
    wrap_up_timer: Timer | None = None
    ring_timer: Timer | None = None

    @property
    def name(self) -> str:
        return self.row.name

    def serve(self, queues: Iterable[QueueSpec]) -> None:
        """Take up the queues that it is in now."""
        self.queues = tuple(queues)
        self.queue_names = frozenset(queue.name for queue in self.queues)
        self.is_kept = any(queue.legs == "kept" for queue in self.queues)

    def serves(self, queue: str) -> bool:
        return any(each.name == queue for each in self.queues)

    @property
    def music(self) -> str:
        return self.queues[0].music if self.queues else "default"

    @property
    def ring_s(self) -> float:
        return max((queue.ring_s for queue in self.queues), default=20.0)

    @property
    def wrap_up_s(self) -> float:
        """The longest that one of its queues allows."""
        return max((queue.wrap_up_s for queue in self.queues), default=0.0)

    @property
    def person(self) -> Person | None:
        """Whom it talks to, is rung for, or is asked about."""
        return self.call or self.caller or self.asked_for

    def takes_callers_of(self, queue: str) -> bool:
        """Whether it is there for them now."""
        at = self.assignment
        is_there = at is not None and at.then is None and at.post.takes_inbound
        return is_there and self.serves(queue)

    def takes_guests_of(self, queue: str) -> bool:
        """Whether it may talk to people whom a flow sends there."""
        return self.row.may_outbound and self.serves(queue)

    @property
    def is_held(self) -> bool:
        """Whether a call, its work or a reservation keeps it where it is."""
        return self.person is not None or bool(self.batch) or self.seen.state in _HELD

    @property
    def run_id(self) -> RunId | None:
        """The run whose calls it takes."""
        return None if self.assignment is None else self.assignment.post.run

    @property
    def works_for(self) -> RunId | None:
        """The run that can count on it: not one that it is about to leave, nor while it is lent."""
        at = self.assignment
        away = at is None or at.then is not None or self.is_lent or self.seen.state in _AWAY
        return None if away or at is None else at.post.run

    @property
    def is_free(self) -> bool:
        """Ready, and reached within milliseconds or to be rung."""
        return self.seen.state is AgentState.READY and self._can_be_reached

    @property
    def is_spare(self) -> bool:
        """Reserved for calls none of which has a person yet, and not for a callback of its own."""
        return self._is_reserved and self.callback_of is None

    def is_kept_for(self, attempt_id: AttemptId) -> bool:
        """Reserved for that call, and able to take it."""
        return self._is_reserved and attempt_id in self.batch

    @property
    def _is_reserved(self) -> bool:
        return self.seen.state is AgentState.RESERVED and self.person is None and self._can_be_reached

    @property
    def _can_be_reached(self) -> bool:
        return self.leg.is_usable if self.leg is not None else not self.is_kept

    def in_state_s(self, steady: float) -> float:
        return max(0.0, steady - self.entered)


@dataclass(slots=True)
class Seeker:
    """A person who waits. `rings`: the agent whose phone rings for them; `agent`: nobody else is to take them.

    `is_guest`: a flow has sent them; any free agent of the queue may take them, after those whom its own run waits for.
    `waits` False: not until that agent is free.
    """

    run_id: RunId
    queue: str
    exchange: Exchange
    is_guest: bool = False
    rings: str | None = None
    agent: str | None = None
    waits: bool = True

    def is_for(self, line: AgentLine) -> bool:
        """Whether that agent may take them."""
        if self.agent is not None:
            return line.name == self.agent and (self.waits or line.row.may_outbound)
        return line.takes_guests_of(self.queue) if self.is_guest else line.run_id == self.run_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """The agents of a run at a moment: elapsed seconds, one per agent. `size` counts those at work, neither
    logged out nor on pause.

    `callbacks`: calls that one agent is kept for, of whichever run. `homes`: the exchanges at which their phones are
    called already; None: they can be rung from any.
    """

    size: int = 0
    free: Sequence[float] = ()
    reserved: Sequence[float] = ()
    talking: Sequence[float] = ()
    wrapping: Sequence[float] = ()
    owed: int = 0
    reserved_for: frozenset[AttemptId] = frozenset()
    callbacks: frozenset[AttemptId] = frozenset()
    homes: frozenset[str] | None = None
