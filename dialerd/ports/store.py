"""A Store runs jobs over a Unit, which is one transaction with every feature's rows in reach.

Not here: the rows (rows.py), any SQL (adapters/sqlite).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from dialerd.domain.call import Facts, Talk
from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.numbers import ContactNumber
from dialerd.domain.words import (
    AttemptId,
    CampaignId,
    Channel,
    ContactId,
    Disposition,
    RunId,
    RunState,
    TargetId,
    TargetState,
)
from dialerd.ports.agents import Agents, Queues
from dialerd.ports.callbacks import Callbacks
from dialerd.ports.contacts import Contacts, Dnc, Imports, Lists
from dialerd.ports.dispositions import Dispositions
from dialerd.ports.floor import Floor
from dialerd.ports.flows import Flows
from dialerd.ports.messagelog import MessageLog
from dialerd.ports.optouts import OptOuts
from dialerd.ports.pasts import Pasts
from dialerd.ports.persons import Persons
from dialerd.ports.previews import Previews
from dialerd.ports.recordings import Recordings
from dialerd.ports.regulation import Regulation
from dialerd.ports.reports import Reports
from dialerd.ports.rows import (
    AttemptRow,
    CampaignRow,
    ExportRow,
    HeldTargets,
    OccurrenceRow,
    RunRow,
    Scrubbed,
    TargetRow,
)
from dialerd.ports.strategies import Strategies
from dialerd.ports.users import ApiTokens, Audit, KeptAnswers, Sessions, Users
from dialerd.ports.views import Views

T = TypeVar("T")


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


class Dialing(Protocol):
    """Claim and settle: the two transactions that everything exact stands on."""

    def promote(self, run_id: RunId, now: datetime) -> int:
        """Waiting targets whose not_before has come become pending; how many."""
        ...

    def candidates(
        self, run_id: RunId, *, dnc: str | None, limit: int, now: datetime, channel: Channel | None = Channel.VOICE
    ) -> list[TargetRow]:
        """The next pending targets of a channel in order; walks an index. Callbacks are calls, at whichever step.
        None: those that have only waited for an answer.

        `dnc`: the list obeyed beside the global one.
        """
        ...

    def targets(self, ids: Sequence[TargetId], *, dnc: str | None, now: datetime) -> list[TargetRow]:
        """Those targets, in dialing order."""
        ...

    def fresh(self, run_id: RunId) -> int:
        """Pending targets that were never tried; counted along an index, for people to ask."""
        ...

    def target(self, run_id: RunId, contact_id: ContactId, *, dnc: str | None, now: datetime) -> TargetRow | None: ...

    def waiting_for(
        self, run_id: RunId, addresses: Collection[str], *, before: datetime | None, most: int
    ) -> list[ContactId]:
        """Whose target in the run waits, pending or not, at one of the numbers, or for an e-mail to one of the
        addresses (up to `most` contacts of each); `before`: only those due before that. Looked up, not walked."""
        ...

    def open_attempt(self, *attempts: AttemptRow) -> None:
        """Write the attempts and take their targets in progress. Raises StoreError where one is open already."""
        ...

    def open_beside(self, attempt: AttemptRow) -> None:
        """Write an attempt that is made beside another, whose target it leaves alone."""
        ...

    def made_beside(self, target_id: TargetId, channel: Channel) -> int:
        """Spent attempts at the target over a channel that were made beside others."""
        ...

    def hold(self, target: TargetRow, gate: str, until: datetime) -> None:
        """A closed gate: the target waits until then."""
        ...

    def settle_target(self, target: TargetRow, disposition: Disposition, now: datetime) -> None:
        """Settle a target without an attempt (do not call)."""
        ...

    def note(self, attempt_id: AttemptId, facts: Facts) -> None:
        """Keep what is known of an open attempt so far (answered_at, verdict, amd, agent, connected_at, greeted_at)."""
        ...

    def talks(self, attempt_id: AttemptId) -> list[Talk]:
        """The talks of agents who have passed its person on, the first one first."""
        ...

    def attempt(self, attempt_id: AttemptId) -> AttemptRow | None: ...

    def last_to(self, number: str) -> AttemptRow | None:
        """The latest attempt of its own at the number, one that is up before those that have ended; along an index."""
        ...

    def last_attempt(self, target_id: TargetId) -> AttemptRow | None:
        """The latest attempt of its own at the target."""
        ...

    def close_attempt(self, attempt: AttemptRow) -> bool:
        """Write how an open attempt ended; False: it was settled before, and nothing is changed."""
        ...

    def same_before(self, attempt: AttemptRow) -> int:
        """Earlier spent attempts at this target with the same disposition."""
        ...

    def unspent_before(self, attempt: AttemptRow) -> int:
        """Earlier attempts at this target that a congested trunk had no room for."""
        ...

    def release_target(
        self,
        attempt: AttemptRow,
        *,
        state: TargetState,
        not_before: datetime | None,
        goes_first: bool = False,
        now: datetime,
    ) -> None:
        """Give the target back as waiting or done with the attempt's disposition; counts the attempt if spent.

        `goes_first`: before every other target of the run, once it is due.
        """
        ...

    def numbers(
        self, target_id: TargetId, *, wrong: Collection[Disposition], dnc: str | None, now: datetime
    ) -> list[ContactNumber]:
        """The numbers of the target's contact; an attempt that ended in one of `wrong` speaks against its number.

        `dnc`: the do-not-call list that holds beside the global one.
        """
        ...

    def has_more_numbers(self, contact_id: ContactId) -> bool:
        """Whether the contact has others than its first number."""
        ...

    def set_number(self, target_id: TargetId, number: ContactNumber) -> None:
        """Have the target dial that number of its contact next."""
        ...

    def is_left_out(self, target_id: TargetId) -> bool:
        """Whether a scrub found, while the target was in a call, that its run's filter leaves it out."""
        ...

    def attempts_spent(self, target_id: TargetId) -> int: ...
    def open_attempts(self) -> list[AttemptRow]: ...
    def next_due_at(self, run_id: RunId) -> datetime | None: ...
    def waiting_due(self, run_id: RunId, *, limit: int, now: datetime) -> int:
        """How many targets that wait for a call, an agent's where there are both kinds, are due; up to `limit`."""
        ...

    def last_claimed_at(self) -> datetime | None: ...
    def export(
        self,
        run_id: RunId,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        dispositions: Collection[str] | None = None,
    ) -> Iterable[ExportRow]:
        """The run's attempts as they were claimed, one at a time: from `since` on, before `until`, that ended so."""
        ...

    def page_end(self, run_id: RunId, *, since: datetime | None, size: int) -> datetime | None:
        """When the run's attempt was claimed that comes `size` attempts after the first one from `since` on, or at
        least later than `since`: claims of one batch share their moment. None: there are not so many."""
        ...


class Unit(Protocol):
    """One transaction with every feature's rows in reach. What a job raises undoes all that it did."""

    @property
    def campaigns(self) -> Campaigns: ...
    @property
    def runs(self) -> Runs: ...
    @property
    def occurrences(self) -> Occurrences: ...
    @property
    def lists(self) -> Lists: ...
    @property
    def imports(self) -> Imports: ...
    @property
    def contacts(self) -> Contacts: ...
    @property
    def dnc(self) -> Dnc: ...
    @property
    def pasts(self) -> Pasts: ...
    @property
    def persons(self) -> Persons: ...
    @property
    def dialing(self) -> Dialing: ...
    @property
    def regulation(self) -> Regulation: ...
    @property
    def dispositions(self) -> Dispositions: ...
    @property
    def agents(self) -> Agents: ...
    @property
    def queues(self) -> Queues: ...
    @property
    def flows(self) -> Flows: ...
    @property
    def previews(self) -> Previews: ...
    @property
    def callbacks(self) -> Callbacks: ...
    @property
    def optouts(self) -> OptOuts: ...
    @property
    def recordings(self) -> Recordings: ...
    @property
    def strategies(self) -> Strategies: ...
    @property
    def messages(self) -> MessageLog: ...
    @property
    def views(self) -> Views: ...
    @property
    def reports(self) -> Reports: ...
    @property
    def floor(self) -> Floor: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def users(self) -> Users: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def tokens(self) -> ApiTokens: ...
    @property
    def answers(self) -> KeptAnswers: ...


class Store(Protocol):
    """Runs jobs: writes one after the other and durable when they return, reads beside them."""

    async def write(self, job: Callable[[Unit], T], *, patient: bool = False) -> T:
        """`patient`: a chunk of long work; what is not goes before it, and it has a commit of its own."""
        ...

    async def read(self, job: Callable[[Unit], T]) -> T: ...

    def post(self, job: Callable[[Unit], object]) -> None:
        """Write without waiting, in order with every other write. A failure is reported by the store itself."""
        ...

    async def close(self) -> None: ...
