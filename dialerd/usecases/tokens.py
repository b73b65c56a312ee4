"""Tokens with which programs ask in the name of a user.

Not here: users (users.py). A token's secret is drawn by the caller, shown once, and kept as a digest only.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from dialerd.domain.campaign import NAME
from dialerd.domain.errors import AlreadyExistsError, BadInputError, NotFoundError
from dialerd.ports import TokenRow, Unit
from dialerd.usecases.signin import digest_of
from dialerd.usecases.users import get_user

MOST_DAYS = 3650


def create_token(
    unit: Unit, name: str, secret: str, *, user: str, days: int | None, actor: str, now: datetime
) -> TokenRow:
    """A token that may do what its user may; good for `days`, or until it is revoked."""
    if not NAME.match(name):
        raise BadInputError(
            f"{name[:64]!r} is no name for a token",
            hint="1 to 64 of a-z, 0-9, - _ . that begin with a letter or digit",
        )
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise BadInputError(f"{days} days is out of range", hint=f"use 1 to {MOST_DAYS}")
    if unit.tokens.named(name) is not None:
        raise AlreadyExistsError(f"there is a token {name} already", hint="choose another name, or revoke that one")
    owner = get_user(unit, user)
    expires_at = None if days is None else now + timedelta(days=days)
    row = unit.tokens.create(name, digest_of(secret), owner, now=now, expires_at=expires_at)
    detail = {"after": {"user": user, "role": str(owner.role), "days": days}}
    unit.audit.add(actor=actor, action="token_created", subject=name, detail=detail, now=now)
    return row


def list_tokens(unit: Unit) -> list[TokenRow]:
    return unit.tokens.all()


def revoke_token(unit: Unit, name: str, *, actor: str, now: datetime) -> None:
    """From the next request on it is nobody's."""
    row = unit.tokens.named(name)
    if row is None:
        raise NotFoundError(f"there is no token {name[:64]}", hint="see dialerd token list")
    unit.tokens.delete(name)
    detail = {"before": {"user": row.user.name}}
    unit.audit.add(actor=actor, action="token_revoked", subject=name, detail=detail, now=now)
