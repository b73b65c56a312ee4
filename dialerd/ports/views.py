"""Saved views of the table of campaigns, as the store keeps them.

Not here: what may be done with one (usecases/views.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dialerd.domain.view import ViewSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """One view. `is_default`: of the person who asks for it; `is_shared`: others see it and use it, too."""

    name: str
    owner: str
    spec: ViewSpec
    is_shared: bool
    is_default: bool
    updated_at: datetime


class Views(Protocol):
    def listed(self, reader: str) -> list[SavedView]:
        """Those of `reader` and those that others share, by name; its own before another's of that name."""
        ...

    def put(self, owner: str, name: str, spec: ViewSpec, *, is_shared: bool, now: datetime) -> None: ...
    def rename(self, owner: str, name: str, new_name: str) -> None: ...
    def delete(self, owner: str, name: str) -> None: ...

    def delete_all(self, owner: str) -> int:
        """Of one owner, and what its table opens with; how many those were."""
        ...

    def set_default(self, reader: str, view: tuple[str, str] | None) -> None:
        """`view`: its owner and name; None: no default any more."""
        ...
