"""What detection said of answered calls and what agents found, as the store keeps it.

Not here: what follows from it (domain/amdrates.py).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dialerd.domain.words import AttemptId, RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectedRow:
    """Ended calls of a run over a trunk, alike in the rest. `status`: AMDSTATUS; `verdict`: what dialerd made of it;
    `was_connected`: an agent had them; `final`: what somebody said afterwards."""

    run_id: RunId
    trunk: str
    status: str
    verdict: str
    was_connected: bool
    final: str | None
    calls: int


class HeardCalls(Protocol):
    """What detection has heard of calls, as it is recorded."""

    async def fresh(self, now: datetime, *, most: int, seconds: float) -> list[tuple[AttemptId, Sequence[int]]]:
        """Calls that are new since the last look, each once, with the mean level of each frame of 20 ms of its first
        `seconds`."""
        ...


class Detections(Protocol):
    def heard(self, runs: Collection[RunId], *, since: datetime | None, until: datetime | None) -> list[DetectedRow]:
        """The calls of these runs that detection listened to, claimed from `since` on and before `until`; it walks
        them along the runs' index."""
        ...
