"""What users lose with an agent or a queue that is deleted: a later one of that name must not silently be theirs.

Not here: deleting those (agents.py, queues.py), what an admin gives and takes (users.py).
"""

from __future__ import annotations

from datetime import datetime

from dialerd.ports import Unit, UserRow


def unlink_agent(unit: Unit, agent: str, *, actor: str, now: datetime) -> None:
    """Whoever takes its calls takes nobody's; signing in stays possible."""
    for row in unit.users.all():
        if row.agent == agent:
            _put(unit, row, agent=None, queues=row.queues, actor=actor, now=now)


def unlink_queue(unit: Unit, queue: str, *, actor: str, now: datetime) -> None:
    """Whoever is held to it is held to the others; of none that are left, to nothing: never to all."""
    for row in unit.users.all():
        if row.queues is not None and queue in row.queues:
            _put(unit, row, agent=row.agent, queues=row.queues - {queue}, actor=actor, now=now)


def _put(
    unit: Unit, row: UserRow, *, agent: str | None, queues: frozenset[str] | None, actor: str, now: datetime
) -> None:
    unit.users.put(
        row.name,
        role=row.role,
        password_hash=row.password_hash,
        agent=agent,
        queues=queues,
        is_disabled=row.is_disabled,
        now=now,
    )
    unit.sessions.delete_of(row.name)
    before = {"agent": row.agent} if agent != row.agent else {"queues": sorted(row.queues or ())}
    after = {"agent": agent} if agent != row.agent else {"queues": sorted(queues or ())}
    detail = {"before": before, "after": after}
    unit.audit.add(actor=actor, action="user_changed", subject=row.name, detail=detail, now=now)
