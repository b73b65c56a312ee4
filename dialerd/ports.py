"""The Protocols between the pure core and the edges; the only thing engine, use cases and adapters share.

Not here: any behaviour. An Exchange is one switch (a real Asterisk or the simulated one); a Store runs jobs over
a Unit, which is one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from dialerd.domain.call import CallPlan
from dialerd.domain.call.events import CallEvent, ChannelSeen
from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.contact import Contact
from dialerd.domain.words import (
    AttemptId,
    CampaignId,
    ContactId,
    Disposition,
    ListId,
    RunId,
    RunState,
    TargetId,
    TargetState,
)

T = TypeVar("T")


# Time and chance ------------------------------------------------------------------------------------------------


class Timer(Protocol):
    def cancel(self) -> None: ...


class Clock(Protocol):
    """The one source of time. `now` is aware UTC; `steady` seconds that never jump."""

    def now(self) -> datetime: ...
    def steady(self) -> float: ...
    async def sleep(self, delay_s: float) -> None: ...
    def call_later(self, delay_s: float, action: Callable[[], None]) -> Timer: ...


class Dice(Protocol):
    """The one source of chance."""

    def attempt_id(self) -> AttemptId: ...
    def draw(self) -> float: ...  # uniform in [0, 1)


# The exchange ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Done:
    """The exchange did it."""


@dataclass(frozen=True, slots=True)
class Gone:
    """There is no such channel (any more): a normal result between two machines."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It was not done; the channel may still be there. `is_unclear`: no answer came, so it may have been done."""

    reason: str
    is_unclear: bool = False


Reply = Done | Gone | Failed


@dataclass(frozen=True, slots=True)
class ExchangeUp:
    """The event stream is proven alive, filters and checks are done: reconcile, then dial."""


@dataclass(frozen=True, slots=True)
class ExchangeDown:
    """The event stream is not proven alive; events from now on may be lost. Not an error by itself."""

    reason: str


ExchangeEvent = ExchangeUp | ExchangeDown


class ExchangeSink(Protocol):
    """Where an exchange delivers. Called in the order things arrived; must return at once and never raise."""

    def on_call_event(self, exchange: str, attempt_id: AttemptId, event: CallEvent) -> None: ...
    def on_exchange_event(self, exchange: str, event: ExchangeEvent) -> None: ...


class Exchange(Protocol):
    """One switch. Only what dialing needs; every operation has a time limit and none raises for a missing channel."""

    @property
    def name(self) -> str: ...

    @property
    def is_alive(self) -> bool:
        """Whether a call may be placed: its event stream is proven alive at this moment."""
        ...

    def trouble(self, *, endpoint: tuple[str, str], amd: bool) -> str | None:
        """Why this exchange cannot carry a call over that endpoint (technology, name); None: it can."""
        ...

    async def run(self, sink: ExchangeSink) -> None:
        """Connect, deliver events, reconnect with backoff; returns when cancelled."""
        ...

    async def originate(self, plan: CallPlan) -> CallEvent:
        """Dial: OriginateTaken, OriginateRefused or OriginateUnclear."""
        ...

    async def detect(self, attempt_id: AttemptId) -> Reply: ...
    async def play(self, attempt_id: AttemptId, playback_id: str, sound: str) -> Reply: ...
    async def hand_over(self, attempt_id: AttemptId, context: str, extension: str) -> Reply: ...
    async def hang_up(self, attempt_id: AttemptId) -> Reply: ...

    async def look(self, attempt_id: AttemptId, playback_id: str | None) -> ChannelSeen | Gone | Failed:
        """Where one channel is."""
        ...

    async def channels(self) -> dict[AttemptId, ChannelSeen]:
        """Every living channel of ours. Raises ExchangeError when the exchange cannot be asked."""
        ...


# The store ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRow:
    id: CampaignId
    spec: CampaignSpec
    created_at: datetime
    updated_at: datetime


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

    @property
    def targets(self) -> int:
        return self.pending + self.waiting + self.in_progress + self.done


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    id: ListId
    name: str
    region: str
    contacts: int
    created_at: datetime


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
    number: str
    zones: tuple[str, ...]
    state: TargetState
    attempts_spent: int
    not_before: datetime | None
    on_dnc: str | None
    number_in_call: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    """One try at a target. `asterisk` names the server that was asked to dial."""

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


class Campaigns(Protocol):
    def get(self, name: str) -> CampaignRow | None: ...
    def all(self) -> list[CampaignRow]: ...
    def put(self, spec: CampaignSpec, now: datetime) -> CampaignRow: ...
    def delete(self, campaign_id: CampaignId) -> None: ...


class Runs(Protocol):
    def create(self, campaign_id: CampaignId, spec: CampaignSpec, now: datetime) -> RunRow: ...
    def get(self, run_id: RunId) -> RunRow | None: ...
    def latest(self, campaign_id: CampaignId) -> RunRow | None: ...
    def unfinished(self) -> list[RunRow]: ...
    def set_state(self, run_id: RunId, state: RunState, now: datetime) -> None: ...
    def set_spec(self, run_id: RunId, spec: CampaignSpec) -> None: ...

    def prepare(self, run_id: RunId, *, size: int, draw: Callable[[], float], now: datetime) -> bool:
        """Take up to `size` more contacts of the run's lists in as targets; True: every one is in.

        A number already in the run is left out; a number on a do-not-call list is settled as do_not_call.
        """
        ...

    def cancel_targets(self, run_id: RunId, now: datetime, *, size: int) -> int:
        """Settle up to `size` targets that are not in progress as cancelled; how many."""
        ...

    def dispositions(self, run_id: RunId) -> dict[Disposition, int]: ...


class Lists(Protocol):
    def create(self, name: str, region: str, now: datetime) -> ListRow: ...
    def get(self, name: str) -> ListRow | None: ...
    def all(self) -> list[ListRow]: ...
    def delete(self, list_id: ListId) -> None: ...


class Contacts(Protocol):
    def add(self, list_id: ListId, contacts: Iterable[Contact], now: datetime) -> tuple[int, int]:
        """Add contacts; (added, left out because the list has a contact with the same first number)."""
        ...

    def get(self, contact_id: ContactId) -> ContactRow | None: ...
    def find(self, number: str) -> list[ContactRow]: ...
    def of_list(self, list_id: ListId, *, limit: int) -> list[ContactRow]: ...


class Dnc(Protocol):
    def add(self, entries: Iterable[DncEntry]) -> int: ...
    def remove(self, list_name: str, numbers: Iterable[str]) -> int: ...
    def check(self, number: str, now: datetime) -> list[DncEntry]: ...
    def lists(self) -> dict[str, int]: ...


class Dialing(Protocol):
    """Claim and settle: the two transactions that everything exact stands on."""

    def promote(self, run_id: RunId, now: datetime) -> int:
        """Waiting targets whose not_before has come become pending; how many."""
        ...

    def candidates(self, run_id: RunId, *, limit: int, now: datetime) -> list[TargetRow]:
        """The next pending targets in dialing order; walks an index."""
        ...

    def target(self, run_id: RunId, contact_id: ContactId, now: datetime) -> TargetRow | None: ...

    def open_attempt(self, attempt: AttemptRow) -> None:
        """Write the attempt and take its target in progress."""
        ...

    def hold(self, target: TargetRow, until: datetime) -> None:
        """A closed gate: the target waits until then."""
        ...

    def settle_target(self, target: TargetRow, disposition: Disposition, now: datetime) -> None:
        """Settle a target without an attempt (do not call)."""
        ...

    def note(self, attempt: AttemptRow) -> None:
        """Keep what is known of an open attempt so far (answered_at, verdict, amd)."""
        ...

    def attempt(self, attempt_id: AttemptId) -> AttemptRow | None: ...

    def close_attempt(self, attempt: AttemptRow) -> bool:
        """Write how an open attempt ended; False: it was settled before, and nothing is changed."""
        ...

    def same_before(self, attempt: AttemptRow) -> int:
        """Earlier spent attempts at this target with the same disposition."""
        ...

    def release_target(
        self, attempt: AttemptRow, *, state: TargetState, not_before: datetime | None, now: datetime
    ) -> None:
        """Give the target back as waiting or done with the attempt's disposition; counts the attempt if spent."""
        ...

    def attempts_spent(self, target_id: TargetId) -> int: ...
    def open_attempts(self) -> list[AttemptRow]: ...
    def next_due_at(self, run_id: RunId) -> datetime | None: ...
    def last_claimed_at(self) -> datetime | None: ...
    def export(self, run_id: RunId) -> Iterable[ExportRow]: ...


class Audit(Protocol):
    def add(self, *, actor: str, action: str, subject: str, detail: dict[str, Any], now: datetime) -> None: ...


class Unit(Protocol):
    """One transaction with every feature's rows in reach. What a job raises undoes all that it did."""

    @property
    def campaigns(self) -> Campaigns: ...
    @property
    def runs(self) -> Runs: ...
    @property
    def lists(self) -> Lists: ...
    @property
    def contacts(self) -> Contacts: ...
    @property
    def dnc(self) -> Dnc: ...
    @property
    def dialing(self) -> Dialing: ...
    @property
    def audit(self) -> Audit: ...


class Store(Protocol):
    """Runs jobs: writes one after the other and durable when they return, reads beside them."""

    async def write(self, job: Callable[[Unit], T]) -> T: ...
    async def read(self, job: Callable[[Unit], T]) -> T: ...

    def post(self, job: Callable[[Unit], object]) -> None:
        """Write without waiting, in order with every other write. A failure is reported by the store itself."""
        ...

    async def close(self) -> None: ...


class Supervisor(Protocol):
    """systemd, or nobody: told when the daemon is ready, alive and stopping."""

    def ready(self, status: str) -> None: ...
    def alive(self) -> None: ...
    def stopping(self) -> None: ...
