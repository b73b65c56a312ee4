"""What has become old goes: how much that is, and the next few rows of it.

Not here: for how long it is kept (the settings), when the daemon does it (engine/forgetter.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dialerd.domain.retention import Kind, Retention
from dialerd.ports import Unit

FORGOTTEN_AT_ONCE = 200  # rows per transaction: far below the 50 ms for which a job may hold the writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """How much of a kind goes by now. `days` None: it is kept for ever; `before`: what is older goes."""

    kind: Kind
    days: int | None
    before: datetime | None
    rows: int


def list_due(unit: Unit, rules: Retention, now: datetime) -> list[Due]:
    """Of every kind, what would go now."""
    found = []
    for kind in Kind:
        before = rules.before(kind, now)
        rows = 0 if before is None else unit.persons.due(kind, before=before)
        found.append(Due(kind=kind, days=getattr(rules, kind), before=before, rows=rows))
    return found


def forget_some(unit: Unit, rules: Retention, kind: Kind, now: datetime) -> int:
    """Forget the next rows of a kind; how many."""
    before = rules.before(kind, now)
    return 0 if before is None else unit.persons.forget(kind, before=before, size=FORGOTTEN_AT_ONCE)


def note_forgotten(unit: Unit, kind: Kind, rows: int, now: datetime) -> None:
    """Keep in the audit log how much went."""
    unit.audit.add(actor="retention", action="forgotten", subject=str(kind), detail={"rows": rows}, now=now)
