"""What an admin can ask of users, and anybody of the own password.

Not here: signing in (signin.py), tokens (tokens.py), who may ask (domain/user.py). Passwords come here hashed: that
takes too long for a transaction. Whatever takes something from a user ends the user's sessions.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dialerd.domain.errors import AlreadyExistsError, BadInputError, IllegalActionError, NotFoundError
from dialerd.domain.user import USER_NAME, Role, keeps, password_trouble
from dialerd.ports import Unit, UserRow
from dialerd.usecases.agents import get_agent
from dialerd.usecases.queues import get_queue
from dialerd.usecases.signin import person_of


def check_password(password: str, *, user: str) -> str:
    """Raises BadInputError for one that is too weak; never repeats it."""
    if trouble := password_trouble(password, user=user):
        raise BadInputError(f"the password {trouble}", hint="use a longer one, like a few words in a row")
    return password


def get_user(unit: Unit, name: str) -> UserRow:
    row = unit.users.get(name)
    if row is None:
        raise NotFoundError(f"there is no user {name[:64]}", hint="see dialerd user list")
    return row


def list_users(unit: Unit) -> list[UserRow]:
    return unit.users.all()


def create_user(
    unit: Unit,
    name: str,
    *,
    role: Role,
    password_hash: str,
    agent: str | None,
    queues: Collection[str] | None,
    actor: str,
    now: datetime,
) -> UserRow:
    """A user who can sign in. `agent`: whose calls it takes; `queues`: those that a supervisor is held to."""
    if not USER_NAME.match(name):
        raise BadInputError(
            f"{name[:64]!r} is no name for a user",
            hint="1 to 64 of a-z, 0-9, - _ . @ that begin with a letter or digit",
        )
    if unit.users.get(name) is not None:
        raise AlreadyExistsError(f"there is a user {name} already", hint="choose another name, or change that one")
    held_to = None if queues is None else frozenset(queues)
    _check_role(name, role=role, agent=agent, queues=held_to)
    _check_known(unit, name, agent=agent, queues=held_to or frozenset())
    row = unit.users.put(
        name, role=role, password_hash=password_hash, agent=agent, queues=held_to, is_disabled=False, now=now
    )
    detail = {"after": _facts(row)}
    unit.audit.add(actor=actor, action="user_created", subject=name, detail=detail, now=now)
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be another; None: as it is. `agent` and `queues` are cleared by an empty one (`clears_queues`: of all
    queues again)."""

    role: Role | None = None
    agent: str | None = None
    queues: Collection[str] | None = None
    clears_queues: bool = False
    is_disabled: bool | None = None
    password_hash: str | None = None


def change_user(unit: Unit, name: str, change: Change, *, actor: str, now: datetime) -> UserRow:
    """Obeyed from the next request on. The user's sessions are over where it has another password or may less.

    Only what is given is looked at: a user of a queue or an agent that is not there any more can be disabled.
    """
    row = get_user(unit, name)
    role = row.role if change.role is None else change.role
    agent = row.agent if change.agent is None else change.agent or None
    queues = row.queues if change.queues is None else frozenset(change.queues)
    queues = None if change.clears_queues else queues
    is_disabled = row.is_disabled if change.is_disabled is None else change.is_disabled
    if (role, agent, queues) != (row.role, row.agent, row.queues):
        _check_role(name, role=role, agent=agent, queues=queues)
    _check_known(
        unit,
        name,
        agent=agent if agent != row.agent else None,
        queues=(queues or frozenset()) - (row.queues or frozenset()),
    )
    if row.role is Role.ADMIN and (role is not Role.ADMIN or is_disabled):
        _check_other_admin(unit, name)
    changed = unit.users.put(
        name,
        role=role,
        password_hash=change.password_hash or row.password_hash,
        agent=agent,
        queues=queues,
        is_disabled=is_disabled,
        now=now,
    )
    if changed == row:
        return row
    if change.password_hash or is_disabled or not keeps(person_of(row), person_of(changed)):
        unit.sessions.delete_of(name)
    before, after = _facts(row), _facts(changed)
    differs = {key for key in before if before[key] != after[key]}
    detail: dict[str, Any] = {
        "before": {key: before[key] for key in sorted(differs)},
        "after": {key: after[key] for key in sorted(differs)},
    }
    if change.password_hash:
        detail["password"] = "changed"
    unit.audit.add(actor=actor, action="user_changed", subject=name, detail=detail, now=now)
    return changed


def delete_user(unit: Unit, name: str, *, actor: str, now: datetime) -> None:
    """With its sessions, tokens and saved views, those that it shared included: a later user of that name gets none of
    them. What it did stays in the audit log."""
    row = get_user(unit, name)
    if row.role is Role.ADMIN:
        _check_other_admin(unit, name)
    views = unit.views.delete_all(name)
    unit.users.delete(name)
    detail = {"before": _facts(row), **({"views": views} if views else {})}
    unit.audit.add(actor=actor, action="user_deleted", subject=name, detail=detail, now=now)


def _check_other_admin(unit: Unit, name: str) -> None:
    others = [each for each in unit.users.all() if each.role is Role.ADMIN and not each.is_disabled]
    if not [each for each in others if each.name != name]:
        raise IllegalActionError(f"user {name} is the only admin", hint="make another user an admin first")


def _check_role(name: str, *, role: Role, agent: str | None, queues: frozenset[str] | None) -> None:
    if role is Role.AGENT and agent is None:
        raise BadInputError(f"user {name} of role agent has no agent", hint="say whose calls it takes")
    if queues is not None and role is not Role.SUPERVISOR:
        raise BadInputError(f"user {name} of role {role} cannot be held to queues", hint="only supervisors can")


def _check_known(unit: Unit, name: str, *, agent: str | None, queues: frozenset[str]) -> None:
    """What a user is given anew."""
    if agent is not None:
        get_agent(unit, agent)
        other = next((each for each in unit.users.all() if each.agent == agent and each.name != name), None)
        if other is not None:
            raise IllegalActionError(f"agent {agent} is linked to user {other.name}", hint="an agent has one user")
    for queue in sorted(queues):
        get_queue(unit, queue)


def _facts(row: UserRow) -> Mapping[str, Any]:
    """What the audit log tells of a user: no hash."""
    return {
        "role": str(row.role),
        "agent": row.agent,
        "queues": None if row.queues is None else sorted(row.queues),
        "is_disabled": row.is_disabled,
    }
