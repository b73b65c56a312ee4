"""Recordings of calls, as the store keeps them; the sound itself is with Asterisk.

Not here: what may be done with one (usecases/recordings.py).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dialerd.domain.words import AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingRow:
    """One recording. `asked_by`: campaign, flow, or agent and its name. `ended_at` None: it goes on.

    `duration_s` None: Asterisk has not told. `trouble`: why there is none, or it is not whole.
    """

    name: str
    attempt_id: AttemptId
    asterisk: str
    asked_by: str
    started_at: datetime
    ended_at: datetime | None = None
    duration_s: float | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRecording:
    """A recording with what its attempt tells."""

    recording: RecordingRow
    campaign: str
    number: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingWish:
    """Somebody wants a call recorded from now on, or no more."""

    attempt_id: AttemptId
    wanted: bool
    asked_by: str


class Recordings(Protocol):
    def add(self, row: RecordingRow) -> None: ...

    def end(self, name: str, *, now: datetime, duration_s: float | None, trouble: str = "") -> None:
        """It is over; the first moment told stays."""
        ...

    def end_of(self, attempt_id: AttemptId, now: datetime) -> None:
        """The call is over, and so is what was recorded of it."""
        ...

    def going_on(self) -> list[RecordingRow]:
        """Those that have not ended."""
        ...

    def ended_in_open_calls(self) -> list[str]:
        """The names of those that have ended, and not by some trouble, before their calls."""
        ...

    def end_orphans(self, now: datetime) -> None:
        """End those whose calls are over already."""
        ...

    def listed(
        self,
        *,
        campaign: str | None,
        attempt_id: str | None,
        since: datetime | None,
        within: Collection[str] | None = None,
        after: tuple[datetime, str] | None = None,
        limit: int,
    ) -> Sequence[ListedRecording]:
        """The latest first. `within`: of these campaigns only; None: of all; `after`: beginning and name of the last
        one that was seen."""
        ...

    def wish(self, wish: RecordingWish) -> None:
        """The latest of a call counts."""
        ...

    def wishes(self) -> list[RecordingWish]: ...

    def forget(self, wishes: Sequence[RecordingWish]) -> None:
        """They are fulfilled; one that has changed meanwhile stays."""
        ...
