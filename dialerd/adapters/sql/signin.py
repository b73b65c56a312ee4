"""Sessions, sign-ins that failed, and tokens for programs.

Not here: users (users.py), the rules (domain/signin.py). A secret is found by its SHA-256 only.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dialerd.adapters.sql.connection import Connection
from dialerd.adapters.sql.rows import to_moment, to_moment_or_none, to_text, to_text_or_none
from dialerd.adapters.sql.users import USER, to_user
from dialerd.domain.signin import Failures
from dialerd.ports import SessionRow, TokenRow, UserRow

_FORGOTTEN_AT_ONCE = 100  # rows per sign-in


class SqlSessions:
    """Implements ports.Sessions on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, digest: str, user: UserRow, *, now: datetime, ends_at: datetime) -> None:
        self._connection.execute(
            "INSERT INTO session (digest, user_id, created_at, used_at, ends_at) VALUES (?, ?, ?, ?, ?)",
            (digest, user.id, to_text(now), to_text(now), to_text(ends_at)),
        )

    def get(self, digest: str) -> SessionRow | None:
        row = self._connection.execute(
            f"SELECT used_at, ends_at, {USER} FROM session JOIN user ON user.id = user_id WHERE digest = ?",  # noqa: S608
            (digest,),
        ).fetchone()
        if row is None:
            return None
        used_at, ends_at, *user = row
        return SessionRow(user=to_user(tuple(user)), used_at=to_moment(used_at), ends_at=to_moment(ends_at))

    def touch(self, digest: str, now: datetime) -> None:
        self._connection.execute("UPDATE session SET used_at = ? WHERE digest = ?", (to_text(now), digest))

    def delete(self, digest: str) -> None:
        self._connection.execute("DELETE FROM session WHERE digest = ?", (digest,))

    def delete_of(self, user: str) -> None:
        self._connection.execute("DELETE FROM session WHERE user_id = (SELECT id FROM user WHERE name = ?)", (user,))

    def is_signed_in(self, user: str, *, idle_since: datetime, now: datetime) -> bool:
        (count,) = self._connection.execute(
            "SELECT count(*) FROM session JOIN user ON user.id = user_id WHERE user.name = ? AND used_at > ?"
            " AND ends_at > ?",
            (user, to_text(idle_since), to_text(now)),
        ).fetchone()
        return bool(count)

    def forget(self, *, idle_since: datetime, now: datetime) -> None:
        self._connection.execute(
            "DELETE FROM session WHERE digest IN (SELECT digest FROM session WHERE used_at <= ? LIMIT ?)",
            (to_text(idle_since), _FORGOTTEN_AT_ONCE),
        )

    def failures(self, key: str) -> Failures | None:
        row = self._connection.execute("SELECT n, since FROM signin_failure WHERE key = ?", (key,)).fetchone()
        return None if row is None else Failures(row[0], to_moment(row[1]))

    def set_failures(self, key: str, failures: Failures | None) -> None:
        if failures is None:
            self._connection.execute("DELETE FROM signin_failure WHERE key = ?", (key,))
            return
        self._connection.execute(
            "INSERT INTO signin_failure (key, n, since) VALUES (:key, :n, :since)"
            " ON CONFLICT (key) DO UPDATE SET n = :n, since = :since",
            {"key": key, "n": failures.count, "since": to_text(failures.since)},
        )

    def forget_failures(self, before: datetime) -> None:
        self._connection.execute(
            "DELETE FROM signin_failure WHERE key IN (SELECT key FROM signin_failure WHERE since < ? LIMIT ?)",
            (to_text(before), _FORGOTTEN_AT_ONCE),
        )


_TOKEN = (
    f"SELECT api_token.name, api_token.created_at, expires_at, used_at, {USER}"  # noqa: S608  # fixed columns
    " FROM api_token JOIN user ON user.id = user_id"
)


class SqlApiTokens:
    """Implements ports.ApiTokens on one connection, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, name: str, digest: str, user: UserRow, *, now: datetime, expires_at: datetime | None) -> TokenRow:
        self._connection.execute(
            "INSERT INTO api_token (digest, name, user_id, created_at, expires_at) VALUES (?, ?, ?, ?, ?)",
            (digest, name, user.id, to_text(now), to_text_or_none(expires_at)),
        )
        made = self.named(name)
        assert made is not None, "just written"
        return made

    def get(self, digest: str) -> TokenRow | None:
        row = self._connection.execute(_TOKEN + " WHERE digest = ?", (digest,)).fetchone()
        return None if row is None else _to_token(row)

    def named(self, name: str) -> TokenRow | None:
        row = self._connection.execute(_TOKEN + " WHERE api_token.name = ?", (name,)).fetchone()
        return None if row is None else _to_token(row)

    def all(self) -> list[TokenRow]:
        return [_to_token(row) for row in self._connection.execute(_TOKEN + " ORDER BY api_token.name")]

    def touch(self, digest: str, now: datetime) -> None:
        self._connection.execute("UPDATE api_token SET used_at = ? WHERE digest = ?", (to_text(now), digest))

    def delete(self, name: str) -> None:
        self._connection.execute("DELETE FROM api_token WHERE name = ?", (name,))


def _to_token(row: tuple[Any, ...]) -> TokenRow:
    name, created_at, expires_at, used_at, *user = row
    return TokenRow(
        name=name,
        user=to_user(tuple(user)),
        created_at=to_moment(created_at),
        expires_at=to_moment_or_none(expires_at),
        used_at=to_moment_or_none(used_at),
    )
