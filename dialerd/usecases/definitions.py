"""What applying a file of any noun does: how it differs from what is kept, keeping it, and the audit row of that.

Not here: what each noun checks before (queues.py, dispositions.py, flows.py, strategies.py, campaigns.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dialerd.ports import Unit

Table = Mapping[str, Any]
Changes = Mapping[str, tuple[Any, Any]]
"""A key to its old and new value; None: not set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What applying a file does, or would do. `warnings`: what its author should know, and is obeyed all the same."""

    name: str
    is_new: bool
    changes: Changes
    warnings: Sequence[str] = ()

    @property
    def is_changed(self) -> bool:
        return bool(self.changes)


def changes_of(old: Table | None, new: Table) -> Changes:
    """From one table to the next, the new one's keys first; None: there was nothing."""
    before = old or {}
    keys = [*new, *(before.keys() - new.keys())]
    return {key: (before.get(key), new.get(key)) for key in keys if before.get(key) != new.get(key)}


def told(changes: Changes) -> dict[str, Any]:
    """As the audit log keeps it: what was before and what is after, key by key."""
    return {"changes": {key: {"before": before, "after": after} for key, (before, after) in changes.items()}}


def apply(
    unit: Unit,
    noun: str,
    name: str,
    *,
    old: Table | None,
    new: Table,
    put: Callable[[], object],
    actor: str,
    now: datetime,
    dry_run: bool,
    warnings: Sequence[str] = (),
) -> Applied:
    """Keep a definition where it differs from the one before; `dry_run`: only tell. `noun`: as actions are named."""
    changes = changes_of(old, new)
    if changes and not dry_run:
        put()
        unit.audit.add(actor=actor, action=f"{noun}_applied", subject=name, detail=told(changes), now=now)
    return Applied(name=name, is_new=old is None, changes=changes, warnings=warnings)


def note_deleted(unit: Unit, noun: str, name: str, old: Table, *, actor: str, now: datetime) -> None:
    """What was there is kept in the audit log."""
    unit.audit.add(actor=actor, action=f"{noun}_deleted", subject=name, detail={"before": dict(old)}, now=now)
