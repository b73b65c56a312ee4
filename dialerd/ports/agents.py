"""Agents and queues as the store keeps them.

Not here: what may be asked of an agent (domain/agents.py, usecases/agents.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dialerd.domain.agents import Seen, Wanted
from dialerd.domain.queue import QueueSpec
from dialerd.domain.words import AgentKind, AgentState, AttemptId, CampaignId, LegId


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRow:
    """One agent. `wanted` is what use cases wrote, `seen` what the engine did; `preferred` are names of campaigns.

    `leg_id` and `asterisk`: the channel to its phone and the server that has it, while there is one. `hang_up_at`: when
    it asked for the conversation that it is seen in to be ended. `is_muted`, `is_holding` (the person hears music),
    `consults` (whom it asks meanwhile; empty: nobody) and `listeners` (`who`, `mode`) are of the call that it has now.
    """

    id: int
    name: str
    endpoint: str
    kind: AgentKind
    may_outbound: bool  # without it, the agent gets no calls of campaigns
    wanted: Wanted
    seen: Seen
    preferred: frozenset[str] = frozenset()
    leg_id: LegId | None = None
    asterisk: str | None = None
    hang_up_at: datetime | None = None
    is_muted: bool = False
    is_holding: bool = False
    consults: str = ""
    listeners: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentEventRow:
    """An agent was seen in another state, for another reason, campaign or call. Kept for reports."""

    agent: str
    at: datetime
    state: AgentState
    reason: str
    campaign: str
    attempt_id: AttemptId | None
    id: int = 0


class Agents(Protocol):
    def all(self) -> list[AgentRow]:
        """Every agent by name, in two statements."""
        ...

    def get(self, name: str) -> AgentRow | None: ...

    def at(self, endpoint: str) -> list[AgentRow]:
        """Whose phone that is, by name."""
        ...

    def put(self, name: str, *, endpoint: str, kind: AgentKind, may_outbound: bool, now: datetime) -> AgentRow:
        """Make an agent, logged out since `now`, or change one; what it wants and where it is stay."""
        ...

    def ask_hang_up(self, name: str, now: datetime) -> None: ...

    def delete(self, name: str) -> None:
        """Preferences go along; what happened to it stays."""
        ...

    def set_wanted(self, name: str, wanted: Wanted) -> None: ...

    def set_seen(self, name: str, seen: Seen, *, leg_id: LegId | None, asterisk: str | None, now: datetime) -> None:
        """Write where an agent is, and log it as an event of `now` where state, reason, campaign or call are others."""
        ...

    def log(self, name: str, *, at: datetime, state: AgentState, reason: str) -> None:
        """An event that is no change of where the agent is."""
        ...

    def prefer(self, name: str, campaign: str) -> None:
        """Harmless to repeat; an agent or campaign that is not there is nothing."""
        ...

    def unprefer(self, name: str, campaign: str | None = None) -> None:
        """No longer that campaign; None: none any more."""
        ...

    def last_talk(self, name: str) -> AttemptId | None:
        """The attempt that the agent was connected to last; along an index."""
        ...

    def has_talked(self, name: str, campaign_id: CampaignId, contact_id: int) -> bool:
        """Whether the agent was ever connected to that contact in a run of the campaign."""
        ...

    def events(
        self,
        name: str | None = None,
        *,
        since: datetime | None = None,
        after: tuple[datetime, int] | None = None,
        limit: int = 100,
    ) -> list[AgentEventRow]:
        """The latest events, latest first: of one agent, or of all; at or after `since`. `after`: the time and the id
        of the last one that was seen."""
        ...


class Queues(Protocol):
    def all(self) -> list[QueueSpec]: ...
    def get(self, name: str) -> QueueSpec | None: ...
    def put(self, spec: QueueSpec, now: datetime) -> None: ...
    def delete(self, name: str) -> None: ...
