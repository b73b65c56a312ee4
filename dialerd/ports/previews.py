"""Records that are shown to agents, as the store keeps them.

Not here: what may be done with one (usecases/preview.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from dialerd.domain.words import ContactId, RunId, TargetId

Asked = Literal["dial", "skip"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRow:
    """A record in front of an agent. `asked`: what the agent wants done with it, until that is done.

    `dial_at`: when the agent's time is up.
    """

    agent: str
    run_id: RunId
    target_id: TargetId
    contact_id: ContactId
    shown_at: datetime
    dial_at: datetime
    asked: Asked | None = None


class Previews(Protocol):
    def all(self) -> list[PreviewRow]: ...
    def get(self, agent: str) -> PreviewRow | None: ...

    def put(self, row: PreviewRow) -> None:
        """An agent has one record and a record one agent: what either had before is gone."""
        ...

    def ask(self, agent: str, asked: Asked) -> None: ...

    def delete(self, agent: str) -> None: ...

    def lock_on(self, target_id: TargetId, until: datetime) -> None:
        """Have a target that waits for its preview only wait until then."""
        ...

    def unlock(self, target_id: TargetId) -> None:
        """Give a target back that was waiting for its preview only."""
        ...

    def skip(self, row: PreviewRow, *, at: datetime, until: datetime) -> None:
        """Write down that the agent has skipped the record, and is not to see it before `until`."""
        ...

    def skips(self, run_id: RunId, agent: str) -> int:
        """How many records of the run the agent has skipped."""
        ...

    def skipped(self, run_id: RunId, agent: str, now: datetime) -> Mapping[TargetId, datetime]:
        """The targets that the agent is not to see now, with the moment of each from which on it may."""
        ...
