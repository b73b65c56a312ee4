"""What the store keeps for the people on the floor: requests for calls that are up, callers, notes on contacts.

Not here: what may be asked (usecases/steering.py), what the floor shows (usecases/floor.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NewType, Protocol

from dialerd.domain.words import CallerId, ContactId, TargetId
from dialerd.ports.rows import AttemptRow

RequestId = NewType("RequestId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRequest:
    """Something that a person asks of an agent's call. `detail` is the verb's own, and empty once it is done.

    `person`: whom the agent talked to when it was asked, where that was known. `done_at` None: nobody has looked at it
    yet; `refusal` empty: it was done.
    """

    id: RequestId
    agent: str
    verb: str
    detail: Mapping[str, str]
    person: str | None
    actor: str
    asked_at: datetime
    done_at: datetime | None = None
    refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerRow:
    """Somebody who has called and whom the daemon has in hand. `agent`: who talks to them; None: they wait."""

    id: CallerId
    queue: str
    asterisk: str
    came_at: datetime
    agent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRow:
    """What somebody has written down about a contact."""

    contact_id: ContactId
    at: datetime
    actor: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCall:
    """A call of a campaign that is up."""

    attempt: AttemptRow
    campaign: str
    contact_id: ContactId


class Floor(Protocol):
    def ask(self, request: CallRequest) -> RequestId:
        """Keep a request; the id in it is not looked at."""
        ...

    def request(self, request_id: RequestId) -> CallRequest | None: ...

    def open_requests(self) -> list[CallRequest]:
        """Those that nobody has looked at yet, as they were asked."""
        ...

    def done(self, request_id: RequestId, *, refusal: str, now: datetime) -> None: ...

    def forget(self, before: datetime, *, size: int) -> None:
        """Delete up to `size` requests that were done before that."""
        ...

    def set_line(
        self, agent: str, *, is_muted: bool, is_holding: bool, consults: str, listeners: Sequence[Mapping[str, str]]
    ) -> None:
        """What is done with an agent's call now. `consults`: whom it asks about it, empty: nobody; `listeners`: of each
        `who` and `mode`."""
        ...

    def callers(self) -> list[CallerRow]:
        """Who is in the daemon's hands, who came first foremost."""
        ...

    def put_caller(self, row: CallerRow) -> None: ...
    def drop_callers(self, ids: Sequence[CallerId]) -> None: ...

    def calls(self, *, limit: int) -> list[OpenCall]:
        """The calls that are up, the first claimed foremost; along an index of the open ones."""
        ...

    def attempts_at(self, target_id: TargetId) -> list[AttemptRow]:
        """Every attempt at a target, as they were claimed."""
        ...

    def wrap_up_at(self, attempt: AttemptRow, *, until: datetime) -> tuple[datetime, datetime | None] | None:
        """When the agent of an attempt began to wrap it up, and ended that; looked for no further than `until`."""
        ...

    def add_note(self, note: NoteRow) -> None: ...

    def notes(self, contact_id: ContactId, *, limit: int) -> list[NoteRow]:
        """The latest first."""
        ...
