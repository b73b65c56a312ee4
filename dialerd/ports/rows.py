"""What the store keeps, one frozen row per noun.

Not here: what can be asked of the store (store.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.contact import Contact
from dialerd.domain.words import (
    AttemptId,
    CampaignId,
    Channel,
    ContactId,
    Disposition,
    ListId,
    RunId,
    RunState,
    TargetId,
    TargetState,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRow:
    id: CampaignId
    spec: CampaignSpec
    created_at: datetime
    updated_at: datetime
    scheduled_at: datetime | None  # since when its schedule is as it is; None: it has none


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One run. `spec` is the campaign as it was when the run began, with the pace as it is now."""

    id: RunId
    number: int  # 1, 2, ... within its campaign
    campaign_id: CampaignId
    spec: CampaignSpec
    state: RunState
    is_prepared: bool  # every target is in
    created_at: datetime
    finished_at: datetime | None
    pending: int
    waiting: int
    in_progress: int
    done: int
    attempts: int
    ending: RunState  # what a stopping run will be: stopped by hand, or completed by a finish criterion
    reason: str  # why it ends or ended before its last target; empty: for no other reason than that
    held: str  # why the daemon places none of its calls, as it last said
    ends_at: datetime | None  # when its schedule ends it
    precedence: bool  # until then it may call outside the contact hours
    is_scrub_due: bool  # its targets are to be held against the do-not-call lists once more

    @property
    def targets(self) -> int:
        return self.pending + self.waiting + self.in_progress + self.done


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceRow:
    """What became of one occurrence of a campaign's schedule. `outcome`: started, skipped, or None until then."""

    start_at: datetime
    scrubbed_at: datetime | None
    outcome: str | None
    run_id: RunId | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    id: ListId
    name: str
    region: str
    contacts: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """What came of one file, as far as it was imported. `finished_at` None: it is going on, or was broken off."""

    id: int
    list_name: str
    source: str
    mark: ContactId  # the highest contact's id when it began: what is above it and in the list came with the file
    started_at: datetime
    updated_at: datetime
    finished_at: datetime | None = None
    line: int = 1  # the file's last line that is dealt with
    added: int = 0
    already_there: int = 0
    doubled: int = 0  # the file has their number more than once
    on_dnc: int = 0  # contacts with a number on the global do-not-call list; they are added, and not called
    rejected: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DropRow:
    """A folder whose files go into a list; `map_name`: the column map they are read by."""

    list_name: str
    folder: str
    map_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRow:
    id: ContactId
    list_name: str
    contact: Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRow:
    """A contact in a run, with what the gates need to know."""

    id: TargetId
    run_id: RunId
    contact_id: ContactId
    number: str  # the one of the contact's that is dialed next
    position: int  # which one that is: 1 for the first
    zones: tuple[str, ...]
    state: TargetState
    attempts_spent: int
    attempts_at_number: int
    not_before: datetime | None
    on_dnc: str | None
    number_in_call: bool
    turn: int  # what the dialing order goes by first: to -2 for a callback, -1 for a contact's next number, then tries
    held_by: str | None  # the gate that it waits behind until not_before
    step: str = ""  # of its campaign's strategy; empty: the one of the plain voice strategy
    channel: Channel | None = Channel.VOICE  # of that step; None: it only waits for an answer

    @property
    def has_callback(self) -> bool:
        """It waits for a callback, before every other target."""
        return self.turn <= -2

    @property
    def is_automated(self) -> bool:
        """Its next call is one without an agent, in a campaign that has both kinds; a callback is an agent's."""
        return self.channel is Channel.AUTOMATED and not self.has_callback


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTargets:
    """The targets of a run that wait behind one gate; `next_at`: when the first of them is looked at again."""

    gate: str
    targets: int
    next_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionCount:
    """One condition of a filter: how many contacts do not meet it, and how many fail it alone."""

    condition: str
    removes: int
    only_it_removes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterCount:
    """A filter held against whole lists; nothing is kept of it."""

    contacts: int
    kept: int
    conditions: Sequence[ConditionCount]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    """One try at a target. `asterisk` names the server that was asked to dial.

    A message's `number` is the address that it goes to, its `trunk` the route, its `asterisk` empty.
    """

    id: AttemptId
    target_id: TargetId
    run_id: RunId
    number: str
    trunk: str
    asterisk: str
    caller_id: str
    claimed_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    verdict: str | None = None
    amd: str | None = None
    cause: int | None = None
    sip_code: int | None = None
    disposition: Disposition | None = None
    spent: bool = True
    reason: str = ""
    final: str | None = None  # the custom disposition that took the place of the system's
    regulation: str = ""  # the packs that allowed it, each with its version
    agent: str | None = None  # who talked to the person, by name
    connected_at: datetime | None = None  # since when
    step: str = ""  # of the strategy, at which it was made
    channel: Channel = Channel.VOICE
    greeted_at: datetime | None = None  # when the person had ended the greeting, where AMD tells it
    beside: AttemptId | None = None  # the call in which this message was sent; it does not take their target
    rang_at: datetime | None = None  # when the phone was first heard to ring, where the trunk tells it
    owner: str = ""  # the helping daemon that placed it; empty: whichever leads, or is the only one


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """One step of a scrub: targets settled as do_not_call, and as left out by the filter; was it the last step?"""

    listed: int
    left_out: int
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DncEntry:
    """One number on one list; an entry whose `expires_at` is past does not count."""

    list_name: str
    number: str
    source: str
    added_at: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRow:
    """One attempt with all that an export shows of it."""

    campaign: str
    run_number: int
    contact_id: ContactId
    ordinal: int  # 1 for the target's first attempt
    attempt: AttemptRow
    recording: str = ""  # the names of its recordings, a space between two
    first_connected_at: datetime | None = None  # where the person was passed on: to the first of the agents
    earlier_talk_s: float = 0.0  # of the agents before the last one
