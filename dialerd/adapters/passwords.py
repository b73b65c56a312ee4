"""Passwords as argon2id hashes, and secrets drawn so that nobody can guess them.

Not here: what a password must be (domain/user.py), keeping hashes (adapters/sql/users.py).
"""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

_SECRET_BYTES = 32


class Argon2Passwords:
    """Implements ports.Passwords with what OWASP's cheat sheet on password storage asks of argon2id: 19 MiB, 2 passes,
    1 lane. About 20 ms each, on one core: more would let sign-ins cost the dialing time."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._nobody = ""

    def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def verify(self, password_hash: str | None, password: str) -> bool:
        if password_hash is None:
            self._nobody = self._nobody or self._hasher.hash(draw_secret())
        try:
            return self._hasher.verify(password_hash or self._nobody, password) and password_hash is not None
        except (Argon2Error, InvalidHashError):
            return False


def draw_secret() -> str:
    """256 bits, as text that fits cookies and headers."""
    return secrets.token_urlsafe(_SECRET_BYTES)
