"""Campaigns, their runs and the occurrences of their schedules, as rows within one transaction.

Not here: the dialing of a run's targets (dialing.py), the rows themselves (rows.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.words import CampaignId, Channel, RunId, RunState
from dialerd.ports.rows import CampaignRow, HeldTargets, OccurrenceRow, RunRow, Scrubbed


class Campaigns(Protocol):
    def get(self, name: str) -> CampaignRow | None: ...
    def all(self) -> list[CampaignRow]: ...
    def put(self, spec: CampaignSpec, now: datetime) -> CampaignRow: ...
    def rename(self, campaign_id: CampaignId, spec: CampaignSpec, now: datetime) -> None: ...

    def delete(self, campaign_id: CampaignId, *, size: int, forget: datetime) -> bool:
        """Delete up to `size` targets with their attempts, and with the last of them the campaign: True then.

        What regulation packs ask of the attempts is kept; `size` of those kept from before `forget` go with each step.
        """
        ...


class Runs(Protocol):
    def create(self, campaign_id: CampaignId, spec: CampaignSpec, now: datetime) -> RunRow: ...
    def get(self, run_id: RunId) -> RunRow | None: ...
    def latest(self, campaign_id: CampaignId) -> RunRow | None: ...
    def unfinished(self) -> list[RunRow]: ...

    def of_campaign(self, campaign_id: CampaignId) -> list[RunRow]:
        """Every run of the campaign, the first one first."""
        ...

    def set_state(self, run_id: RunId, state: RunState, now: datetime) -> None: ...
    def set_spec(self, run_id: RunId, spec: CampaignSpec) -> None: ...
    def set_held(self, run_id: RunId, reason: str) -> None: ...
    def set_reason(self, run_id: RunId, reason: str) -> None: ...
    def set_pacing(self, run_id: RunId, account: Mapping[str, Any]) -> None: ...

    def pacing(self, run_id: RunId) -> Mapping[str, Any] | None:
        """What its pacer said last of itself (domain/pacing/account.as_table); None: nothing."""
        ...

    def set_learnt(self, run_id: RunId, learnt: Mapping[str, Any]) -> None: ...

    def learnt(self, run_id: RunId) -> Mapping[str, Any] | None:
        """What its pacer had learnt when it was last written down; None: nothing."""
        ...

    def stop(self, run_id: RunId, *, ending: RunState, reason: str) -> None:
        """Bring it to stopping; `ending` is what it will be with its last call ended, `reason` why it ends."""
        ...

    def set_window(self, run_id: RunId, *, ends_at: datetime | None, precedence: bool) -> None:
        """When its schedule ends the run, and whether it may call outside the contact hours until then."""
        ...

    def has_more(self, run_id: RunId) -> bool:
        """Whether the run's lists have contacts that it has not looked at; two index look-ups per list."""
        ...

    def held(self, run_id: RunId) -> list[HeldTargets]:
        """The waiting targets by the gate that holds them, most first; reads an index, for people to ask."""
        ...

    def prepare(
        self,
        run_id: RunId,
        *,
        size: int,
        draw: Callable[[], float],
        now: datetime,
        step: str = "",
        channel: Channel = Channel.VOICE,
    ) -> bool:
        """Take up to `size` more contacts of the run's lists in as targets at that step; True: every one is in.

        A number already in the run is left out; a number on a do-not-call list is settled as do_not_call.
        """
        ...

    def request_scrub(self, run_id: RunId) -> None:
        """Have the run's targets held against the do-not-call lists once more, from the first on."""
        ...

    def request_refill(self, run_id: RunId) -> None:
        """Have the run's contacts taken in once more from the first on; those that are in already stay as they are,
        but for those that an earlier filter had let go: they come back."""
        ...

    def scrub(self, run_id: RunId, *, size: int, now: datetime) -> Scrubbed:
        """Of the next `size` targets that are neither done nor in a call, settle those on a do-not-call list, and those
        that the filter does not keep (cancelled; in a call: is_left_out). Who waits for hours or rules is due."""
        ...

    def cancel_targets(self, run_id: RunId, now: datetime, *, size: int) -> int:
        """Settle up to `size` targets that are not in progress as cancelled; how many."""
        ...

    def dispositions(self, run_id: RunId) -> dict[str, int]:
        """How many attempts and undialed targets ended in each final disposition, most first."""
        ...


class Occurrences(Protocol):
    def get(self, campaign_id: CampaignId, start_at: datetime) -> OccurrenceRow | None: ...
    def of_run(self, campaign_id: CampaignId, run_id: RunId) -> OccurrenceRow | None:
        """The occurrence that became that run; None: no schedule has started it."""
        ...

    def scrubbed(self, campaign_id: CampaignId, start_at: datetime, now: datetime) -> None: ...
    def settle(
        self, campaign_id: CampaignId, start_at: datetime, *, outcome: str, run_id: RunId | None, reason: str
    ) -> None:
        """Write down that it was started or skipped: it is never looked at again."""
        ...
