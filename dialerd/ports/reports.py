"""The tallies that reports are made of, as the store keeps them: counted as attempts end, never by walking them.

Not here: what a report shows (usecases/reports.py).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from dialerd.domain.words import AgentState, CampaignId, RunId

Dimension = Literal["run", "list", "agent", "hour", "disposition", "trunk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The ended attempts of one run with one final disposition, and `key` of what was asked for (an hour as
    `2026-12-01T15`, UTC). `answered`: somebody or something picked up; `connected`: an agent was put through."""

    run_id: RunId
    key: str
    disposition: str
    attempts: int
    answered: int
    connected: int
    duration_ms: int
    talk_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeIn:
    """How long an agent was in a state within a span."""

    agent: str
    state: AgentState
    seconds: float


class Reports(Protocol):
    def tallies(
        self, by: Dimension, runs: Collection[RunId] | None, *, since: datetime | None, until: datetime | None
    ) -> list[Tally]:
        """The tallies of these runs (None: of all), added up by run, key and disposition; of the attempts that were
        claimed from the hour of `since` on, and before `until`'s. Agents who passed a person on have a tally of their
        own talks, of no attempt."""
        ...

    def runs_of(self, campaigns: Collection[CampaignId]) -> dict[RunId, str]:
        """Every run of these campaigns, with the campaign's name; empty: of all campaigns."""
        ...

    def times(self, *, since: datetime, until: datetime) -> Sequence[TimeIn]:
        """How long each agent that there is was in each state from `since` to `until`."""
        ...

    def answers(self, campaign_id: CampaignId, *, since: datetime) -> list[tuple[datetime, int, int]]:
        """Calls that a person answered, and of these the abandoned ones, by quarter of an hour; those without any are
        not in it."""
        ...
