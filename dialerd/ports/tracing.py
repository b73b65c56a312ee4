"""The port for traces: what became of a call, phase by phase, for who follows one over several systems.

Not here: keeping and sending them (adapters/tracing.py), what a phase is (engine/calltrace.py).
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from dialerd.domain.call import Outcome
from dialerd.domain.words import AttemptId
from dialerd.ports.rows import AttemptRow


class Tracing(Protocol):
    """Told as it happens; costs microseconds, never waits, never raises. All moments are by the call's own clock."""

    def began(self, attempt: AttemptRow, campaign: str, phase: str, at: datetime, *, adopted: bool) -> None:
        """A call is led from now on; `adopted`: an earlier daemon placed it."""
        ...

    def turned(self, attempt_id: AttemptId, phase: str, at: datetime) -> None:
        """It is in another phase; the same one as before goes on."""
        ...

    def ended(self, attempt_id: AttemptId, outcome: Outcome, at: datetime) -> None: ...

    def wrapped_up(self, attempt_id: AttemptId, began_at: datetime, ended_at: datetime) -> None:
        """An agent's work after the call is done: the call itself has ended before."""
        ...
