"""Reading the audit log.

Not here: writing it (each use case). Nothing changes it: the store refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from dialerd.ports import AuditRow, Unit

COLUMNS = ("id", "at", "actor", "action", "subject", "detail")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Which rows; None: any."""

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def list_audit(unit: Unit, about: About, *, before_id: int | None = None, limit: int) -> list[AuditRow]:
    """The latest first."""
    return unit.audit.latest(**asdict(about), before_id=before_id, limit=limit)


def export_audit(
    read: Callable[[Callable[[Unit], list[AuditRow]]], list[AuditRow]], about: About
) -> Iterator[AuditRow]:
    """Every row, the latest first, in steps that each are a short transaction of their own."""
    before_id: int | None = None
    while True:
        from_id = before_id
        rows = read(lambda unit, from_id=from_id: list_audit(unit, about, before_id=from_id, limit=_AT_ONCE))  # type: ignore[misc]
        yield from rows
        if len(rows) < _AT_ONCE:
            return
        before_id = rows[-1].id
