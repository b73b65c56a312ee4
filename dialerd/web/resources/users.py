"""Users, their tokens, and the audit log: an admin's.

Not here: signing in (session.py).
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field, TypeAdapter

from dialerd.domain.user import Right, Role
from dialerd.ports import AuditRow, TokenRow, Unit, UserRow
from dialerd.usecases import auditlog, tokens
from dialerd.usecases import users as use
from dialerd.web.binding import Ask, Model, Moment, Query, Route, Streamed, Visit, changes_by_itself
from dialerd.web.csvstream import StoreReader, csv_response
from dialerd.web.paging import Asked, Page, Searched, page, page_of_all
from dialerd.web.resources.session import Password, hashed, read_model


class UserShown(Model):
    user: str
    role: Role
    agent: str | None
    queues: list[str] | None
    is_disabled: bool
    created_at: datetime
    last_signed_in_at: datetime | None


class NewUser(Model):
    name: Annotated[str, Field(min_length=1, max_length=64)]
    role: Role
    password: Password
    agent: str | None = None
    queues: list[str] | None = None


class UserChange(Model):
    """What is given is changed; `queues` null: all of them, `agent` null: nobody's."""

    role: Role | None = None
    agent: str | None = None
    queues: list[str] | None = None
    password: Password | None = None
    is_disabled: bool | None = None


class TokenShown(Model):
    name: str
    user: str
    role: Role
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


class NewToken(Model):
    name: Annotated[str, Field(min_length=1, max_length=64)]
    user: str
    days: Annotated[int, Field(ge=1, le=tokens.MOST_DAYS)] | None = None


class TokenMade(TokenShown):
    """`token` is shown this once only."""

    token: str


class AuditShown(Model):
    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]


class AuditAbout(Query):
    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    since: Moment | None = None
    until: Moment | None = None

    @property
    def about(self) -> auditlog.About:
        return auditlog.About(
            actor=self.actor,
            action=self.action,
            subject=self.subject,
            since=self.since,
            until=self.until,
        )


class AuditAsked(Asked, AuditAbout):
    pass


def list_users(ask: Ask[Searched, None]) -> Page[UserShown]:
    """Every user, or those whose own or agent's name has `text`."""
    found = [row for row in use.list_users(ask.unit) if ask.query.finds(row.name, row.agent)]
    return page_of_all(found, ask.query, key=lambda row: (row.name,), show=_user)


@changes_by_itself("last_signed_in_at")
def show_user(ask: Ask[None, None]) -> UserShown:
    """One user."""
    return _user(use.get_user(ask.unit, ask.path["name"]))


async def create_user(visit: Visit) -> web.StreamResponse:
    """Make a user."""
    wish = await read_model(visit, NewUser)
    password_hash = await hashed(visit, wish.password, user=wish.name)
    now, actor = visit.house.clock.now(), visit.person.actor
    made = await visit.house.store.write(
        lambda unit: use.create_user(
            unit,
            wish.name,
            role=wish.role,
            password_hash=password_hash,
            agent=wish.agent,
            queues=wish.queues,
            actor=actor,
            now=now,
        )
    )
    return _shown(made, status=201)


async def change_user(visit: Visit) -> web.StreamResponse:
    """Change what a user may do, or the password; the user's sessions end."""
    wish = await read_model(visit, UserChange)
    name, given = visit.path["name"], wish.model_fields_set
    password_hash = None if wish.password is None else await hashed(visit, wish.password, user=name)
    now, actor = visit.house.clock.now(), visit.person.actor
    change = use.Change(
        role=wish.role,
        agent=(wish.agent or "") if "agent" in given else None,
        queues=wish.queues,
        clears_queues="queues" in given and wish.queues is None,
        is_disabled=wish.is_disabled,
        password_hash=password_hash,
    )

    def job(unit: Unit) -> UserRow:
        visit.check_seen(unit)
        return use.change_user(unit, name, change, actor=actor, now=now)

    return _shown(await visit.house.store.write(job))


def delete_user(ask: Ask[None, None]) -> None:
    """Delete a user with all sessions and tokens."""
    use.delete_user(ask.unit, ask.path["name"], actor=ask.actor, now=ask.now)


def list_tokens(ask: Ask[Asked, None]) -> Page[TokenShown]:
    """Every token, never what it is."""
    return page_of_all(tokens.list_tokens(ask.unit), ask.query, key=lambda row: (row.name,), show=_token)


def create_token(ask: Ask[None, NewToken]) -> TokenMade:
    """Make a token for a program, which may do what its user may."""
    secret = ask.house.draw_secret()
    row = tokens.create_token(
        ask.unit, ask.body.name, secret, user=ask.body.user, days=ask.body.days, actor=ask.actor, now=ask.now
    )
    return TokenMade(token=secret, **_token(row).model_dump())


def revoke_token(ask: Ask[None, None]) -> None:
    """Make a token good for nothing."""
    tokens.revoke_token(ask.unit, ask.path["name"], actor=ask.actor, now=ask.now)


def list_audit(ask: Ask[AuditAsked, None]) -> Page[AuditShown]:
    """Who changed what, the latest first."""
    rows = auditlog.list_audit(ask.unit, ask.query.about, before_id=ask.query.after_id(), limit=ask.query.limit + 1)
    return page(rows, ask.query, key=lambda row: (row.id,), show=_audit)


async def export_audit(visit: Visit) -> web.StreamResponse:
    """The whole log as CSV, the latest first."""
    rows = auditlog.export_audit(StoreReader(visit), visit.query.about)
    lines = (
        (str(row.id), row.at.isoformat(), row.actor, row.action, row.subject, json.dumps(row.detail)) for row in rows
    )
    return await csv_response(visit, "audit.csv", auditlog.COLUMNS, lines)


def _user(row: UserRow) -> UserShown:
    return UserShown(
        user=row.name,
        role=row.role,
        agent=row.agent,
        queues=None if row.queues is None else sorted(row.queues),
        is_disabled=row.is_disabled,
        created_at=row.created_at,
        last_signed_in_at=row.last_signed_in_at,
    )


def _token(row: TokenRow) -> TokenShown:
    return TokenShown(
        name=row.name,
        user=row.user.name,
        role=row.user.role,
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
    )


def _audit(row: AuditRow) -> AuditShown:
    return AuditShown(id=row.id, at=row.at, actor=row.actor, action=row.action, subject=row.subject, detail=row.detail)


_SHOWN = TypeAdapter(UserShown)


def _shown(row: UserRow, *, status: int = 200) -> web.Response:
    return web.Response(status=status, body=_SHOWN.dump_json(_user(row)), content_type="application/json")


_USER, _TOKENS, _AUDIT = "/api/users/{name}", "/api/tokens", "/api/audit"
_RIGHT = Right.ADMINISTER

ROUTES: tuple[Route | Streamed, ...] = (
    Route(method="GET", path="/api/users", do=list_users, right=_RIGHT),
    Streamed(
        method="POST", path="/api/users", do=create_user, right=_RIGHT, status=201, takes=NewUser, gives=UserShown
    ),
    Route(method="GET", path=_USER, do=show_user, right=_RIGHT),
    Streamed(
        method="PATCH", path=_USER, do=change_user, right=_RIGHT, takes=UserChange, gives=UserShown, shows=show_user
    ),
    Route(method="DELETE", path=_USER, do=delete_user, right=_RIGHT, shows=show_user),
    Route(method="GET", path=_TOKENS, do=list_tokens, right=_RIGHT),
    Route(method="POST", path=_TOKENS, do=create_token, right=_RIGHT, status=201),
    Route(method="DELETE", path=_TOKENS + "/{name}", do=revoke_token, right=_RIGHT),
    Route(method="GET", path=_AUDIT, do=list_audit, right=_RIGHT),
    Streamed(method="GET", path=_AUDIT + "/export", do=export_audit, right=_RIGHT, query=AuditAbout, media="text/csv"),
)
