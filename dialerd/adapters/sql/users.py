"""Users: their roles, what their passwords hash to, and the queues that they are held to.

Not here: sessions and tokens (signin.py).
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_moment, to_moment_or_none, to_text
from dialerd.domain.user import Role
from dialerd.ports import UserRow

USER = (
    "user.id, user.name, user.role, user.password_hash, user.agent, user.queues, user.is_disabled, user.created_at,"
    " user.last_signed_in_at"
)
_ALL = f"SELECT {USER} FROM user"  # noqa: S608  # fixed columns


class SqlUsers:
    """Implements ports.Users on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> list[UserRow]:
        return [to_user(row) for row in self._connection.execute(_ALL + " ORDER BY name")]

    def get(self, name: str) -> UserRow | None:
        row = self._connection.execute(_ALL + " WHERE name = ?", (name,)).fetchone()
        return None if row is None else to_user(row)

    def put(
        self,
        name: str,
        *,
        role: Role,
        password_hash: str,
        agent: str | None,
        queues: frozenset[str] | None,
        is_disabled: bool,
        now: datetime,
    ) -> UserRow:
        self._connection.execute(
            "INSERT INTO user (name, role, password_hash, agent, queues, is_disabled, created_at)"
            " VALUES (:name, :role, :hash, :agent, :queues, :disabled, :now)"
            " ON CONFLICT (name) DO UPDATE SET role = :role, password_hash = :hash, agent = :agent, queues = :queues,"
            " is_disabled = :disabled",
            {
                "name": name,
                "role": role,
                "hash": password_hash,
                "agent": agent,
                "queues": None if queues is None else json.dumps(sorted(queues)),
                "disabled": is_disabled,
                "now": to_text(now),
            },
        )
        row = self.get(name)
        assert row is not None, "just written"
        return row

    def delete(self, name: str) -> None:
        self._connection.execute("DELETE FROM user WHERE name = ?", (name,))

    def signed_in(self, name: str, now: datetime) -> None:
        self._connection.execute("UPDATE user SET last_signed_in_at = ? WHERE name = ?", (to_text(now), name))


def to_user(row: tuple[Any, ...]) -> UserRow:
    """Of the columns USER."""
    user_id, name, role, password_hash, agent, queues, is_disabled, created_at, last_signed_in_at = row
    return UserRow(
        id=user_id,
        name=name,
        role=Role(role),
        password_hash=password_hash,
        agent=agent,
        queues=None if queues is None else frozenset(json.loads(queues)),
        is_disabled=bool(is_disabled),
        created_at=to_moment(created_at),
        last_signed_in_at=to_moment_or_none(last_signed_in_at),
    )
