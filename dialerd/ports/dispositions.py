"""Sets of custom dispositions as the store keeps them.

Not here: what is in a set (domain/dispositionset.py).
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from dialerd.domain.dispositionset import DispositionSet
from dialerd.domain.words import AttemptId, TargetId


class Dispositions(Protocol):
    """Sets of custom dispositions, and what giving one to an attempt does to its target."""

    def get(self, name: str) -> DispositionSet | None: ...
    def all(self) -> list[DispositionSet]: ...
    def put(self, given: DispositionSet, now: datetime) -> None: ...
    def delete(self, name: str) -> None: ...
    def give(self, attempt_id: AttemptId, code: str) -> None: ...

    def ask(self, attempt_id: AttemptId, code: str, actor: str) -> None:
        """Keep what is to be given when the attempt has ended, in the place of what was kept before."""
        ...

    def asked(self, attempt_id: AttemptId) -> tuple[str, str] | None:
        """The code that was kept, and who asked for it; it is not kept any more then."""
        ...

    def settle_target(self, target_id: TargetId, code: str, now: datetime) -> None: ...
    def wait_target(self, target_id: TargetId, until: datetime) -> bool: ...
