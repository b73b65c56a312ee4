"""What can be asked of the store about callbacks.

Not here: what a callback is (domain/callback.py), the other nouns (store.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dialerd.domain.callback import Callback
from dialerd.domain.words import CallbackId, CallbackState, CampaignId, ContactId, ListId, RunId, TargetId


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCallback:
    """A callback with what a list shows beside it."""

    callback: Callback
    campaign: str
    run_number: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCallback:
    """A contact that waits for one agent."""

    agent: str
    run_id: RunId
    contact_id: ContactId


class Callbacks(Protocol):
    """A target has at most one scheduled callback and, while a call is up, one in progress beside it."""

    def add(self, callback: Callback) -> Callback:
        """Write a new one; its id is given by the store."""
        ...

    def put(self, callback: Callback) -> None: ...
    def get(self, callback_id: CallbackId) -> Callback | None: ...
    def scheduled(self, campaign_id: CampaignId, contact_id: ContactId) -> Callback | None: ...

    def open(self, target_id: TargetId) -> list[Callback]:
        """Those of a target that are scheduled or in progress, the one in progress first."""
        ...

    def unclaimed(self, campaign_id: CampaignId, *, after: int, up_to: int) -> list[Callback]:
        """Scheduled ones that no run has, of contacts with an id above `after` up to `up_to`."""
        ...

    def taken_in(self, run_id: RunId) -> int:
        """The id of the last contact that the run has looked at."""
        ...

    def listed(
        self,
        *,
        campaign_id: CampaignId | None,
        agent: str | None,
        states: Collection[CallbackState],
        within: Collection[str] | None = None,
        only: CallbackId | None = None,
        after: tuple[datetime, int] | None = None,
        limit: int,
    ) -> list[ListedCallback]:
        """Those in one of the stored `states`, the one that is planned first foremost; or `only` one, in whichever.

        `within`: of the campaigns of these names only; None: of all; `after`: the planned time and the id of the last
        one that was seen."""
        ...

    def planned(self, campaign_id: CampaignId, *, since: datetime, but: CallbackId | None) -> Iterator[datetime]:
        """When the campaign's callbacks are planned for, in order, from `since` on; `but`: all but this one."""
        ...

    def dialed(self, campaign_id: CampaignId, *, since: datetime) -> int:
        """How many of the campaign's callbacks were dialed (for the last time) since then."""
        ...

    def is_taken(self, run_id: RunId, number: str, *, but: TargetId) -> bool:
        """Whether another target of the run dials the number."""
        ...

    def contact_of(self, target_id: TargetId) -> ContactId: ...

    def settled_as(self, target_id: TargetId) -> str | None:
        """A done target's disposition."""
        ...

    def promote(self, run_id: RunId, now: datetime) -> None:
        """Have the targets whose callbacks have become due pending, before every other."""
        ...

    def own(self, agents: Collection[str], *, runs: Collection[RunId], until: datetime, each: int) -> list[OwnCallback]:
        """Those of the runs that wait for one of the agents and are planned for `until` at the latest, by time; of
        every agent the first `each`."""
        ...

    def next_own_at(self, agents: Collection[str], *, after: datetime) -> datetime | None:
        """When the next one after that moment is planned for one of the agents."""
        ...

    def barred(self, numbers: Collection[str], *, list_name: str, expires_at: datetime | None) -> list[Callback]:
        """Scheduled ones at numbers that a do-not-call list has got, where their campaign obeys that list and they are
        planned before the entries expire."""
        ...

    def of_list(self, list_id: ListId, *, limit: int) -> list[Callback]:
        """Scheduled ones of a list's contacts."""
        ...

    def of_agent(self, agent: str) -> list[Callback]:
        """An agent's own that are scheduled."""
        ...

    def hold_target(self, callback: Callback, until: datetime) -> None:
        """Have the callback's target wait for it, at its number, whatever it would do otherwise."""
        ...

    def resume_target(self, callback: Callback, now: datetime) -> None:
        """Have the target go on as it would without its callback: done, or waiting until `resume_at`."""
        ...
