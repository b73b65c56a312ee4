"""Users, their sessions and tokens, answers to repeated requests, and the audit log, as the store keeps them.

Not here: who may do what (domain/user.py). Secrets are never kept: only what they hash to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from dialerd.domain.signin import Failures
from dialerd.domain.user import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRow:
    """`queues`: those that a supervisor is held to; None: all."""

    id: int
    name: str
    role: Role
    password_hash: str
    agent: str | None
    queues: frozenset[str] | None
    is_disabled: bool
    created_at: datetime
    last_signed_in_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    user: UserRow
    used_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    name: str
    user: UserRow
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """What a creating request was answered, under its key. `request`: the digest of what was asked."""

    request: str
    status: int
    body: str


class Users(Protocol):
    def all(self) -> list[UserRow]: ...
    def get(self, name: str) -> UserRow | None: ...

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
        """Make a user, or change one."""
        ...

    def delete(self, name: str) -> None:
        """Sessions and tokens go along."""
        ...

    def signed_in(self, name: str, now: datetime) -> None: ...


class Sessions(Protocol):
    """By the digest of the secret that the browser has."""

    def create(self, digest: str, user: UserRow, *, now: datetime, ends_at: datetime) -> None: ...
    def get(self, digest: str) -> SessionRow | None: ...
    def touch(self, digest: str, now: datetime) -> None: ...
    def delete(self, digest: str) -> None: ...
    def delete_of(self, user: str) -> None: ...

    def is_signed_in(self, user: str, *, idle_since: datetime, now: datetime) -> bool:
        """Whether a session of that user is good, which was used after `idle_since`."""
        ...

    def forget(self, *, idle_since: datetime, now: datetime) -> None:
        """Drop those that are over."""
        ...

    def failures(self, key: str) -> Failures | None:
        """Of a user or an address."""
        ...

    def set_failures(self, key: str, failures: Failures | None) -> None: ...

    def forget_failures(self, before: datetime) -> None: ...


class ApiTokens(Protocol):
    """By the digest of the secret that was shown once."""

    def create(
        self, name: str, digest: str, user: UserRow, *, now: datetime, expires_at: datetime | None
    ) -> TokenRow: ...
    def get(self, digest: str) -> TokenRow | None: ...
    def named(self, name: str) -> TokenRow | None: ...
    def all(self) -> list[TokenRow]: ...
    def touch(self, digest: str, now: datetime) -> None: ...
    def delete(self, name: str) -> None: ...


class KeptAnswers(Protocol):
    def get(self, actor: str, key: str, *, since: datetime) -> KeptAnswer | None:
        """None also where it was kept before `since`."""
        ...

    def put(self, actor: str, key: str, answer: KeptAnswer, now: datetime) -> None:
        """In place of an older one of the same key."""
        ...

    def forget(self, before: datetime, *, size: int) -> None:
        """Drop up to `size` of those kept before then."""
        ...


class Audit(Protocol):
    """Append-only: the store itself refuses to change or delete what is in it."""

    def add(self, *, actor: str, action: str, subject: str, detail: dict[str, Any], now: datetime) -> None: ...

    def latest(
        self,
        *,
        actor: str | None = None,
        action: str | None = None,
        subject: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        before_id: int | None = None,
        limit: int,
    ) -> list[AuditRow]:
        """The latest first, along the table: `before_id` goes on where an earlier look ended."""
        ...


class Passwords(Protocol):
    """Slow on purpose, so never on the event loop nor within a transaction."""

    def hash(self, password: str) -> str: ...

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether that is it. None, for a user that is not there: takes as long, and is never it."""
        ...


Draw = Callable[[], str]
"""Draws a secret that nobody can guess, to be shown once."""
