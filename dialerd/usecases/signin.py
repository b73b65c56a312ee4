"""Signing in and out, and whose session or token a request comes with.

Not here: the rules (domain/signin.py), cookies and headers (web/credentials.py). Signing in is two transactions: a
password takes too long to look at for one: `begin` counts the try, `finish` tells what came of it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from dialerd.domain import signin as rule
from dialerd.domain.errors import BadInputError, NotSignedInError, TryLaterError
from dialerd.domain.user import Person
from dialerd.domain.words import WantedState
from dialerd.ports import Unit, UserRow
from dialerd.usecases.agents import logout

_SIGN_IN = "sign in again"
_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Credential:
    """What a request comes with. `digest`: of the session's or token's secret."""

    digest: str
    is_token: bool = False


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`is_stale`: it is to be written down that the credential was used (`touch`)."""

    person: Person
    ends_at: datetime | None
    is_stale: bool


def digest_of(secret: str) -> str:
    """What is kept of a secret: it is drawn from 256 bits, so that a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def identify(unit: Unit, credential: Credential | None, now: datetime) -> SignedIn:
    """Who asks. Raises NotSignedInError."""
    if credential is None:
        raise NotSignedInError("nobody is signed in", hint="sign in, or send a token: Authorization: Bearer ...")
    return _of_token(unit, credential, now) if credential.is_token else _of_session(unit, credential, now)


def _of_session(unit: Unit, credential: Credential, now: datetime) -> SignedIn:
    row = unit.sessions.get(credential.digest)
    if row is None or row.user.is_disabled or rule.is_over(used_at=row.used_at, ends_at=row.ends_at, now=now):
        raise NotSignedInError("the session is over", hint=_SIGN_IN)
    person = person_of(row.user)
    return SignedIn(person, row.ends_at, now - row.used_at >= rule.TOUCHED_EVERY)


def _of_token(unit: Unit, credential: Credential, now: datetime) -> SignedIn:
    row = unit.tokens.get(credential.digest)
    if row is None or row.user.is_disabled or (row.expires_at is not None and now >= row.expires_at):
        raise NotSignedInError("the token is not good, or not any more", hint="ask an admin for another one")
    is_stale = row.used_at is None or now - row.used_at >= rule.TOUCHED_EVERY
    return SignedIn(person_of(row.user, f"token:{row.name}"), row.expires_at, is_stale)


def touch(unit: Unit, credential: Credential, now: datetime) -> None:
    (unit.tokens if credential.is_token else unit.sessions).touch(credential.digest, now)


def begin(unit: Unit, name: str, address: str, now: datetime) -> str | None:
    """Count a try to sign in; the hash to hold its password against, None: there is no such user.

    Raises TryLaterError where the user or the address has had too many.
    """
    keys = _keys(name, address)
    waits = [rule.wait_s(unit.sessions.failures(key), most, now) for key, most in keys]
    if wait_s := max(waits):
        raise TryLaterError("too many tries to sign in", wait_s=wait_s, hint=f"try again in {wait_s} s")
    unit.sessions.forget_failures(now - rule.WINDOW)
    for key, _ in keys:
        unit.sessions.set_failures(key, rule.one_more(unit.sessions.failures(key), now))
    user = unit.users.get(name[:_LONGEST_NAME])
    return None if user is None or user.is_disabled else user.password_hash


def finish(
    unit: Unit,
    name: str,
    address: str,
    *,
    seen_hash: str | None,
    is_right: bool,
    secret: str,
    before: Credential | None = None,
    now: datetime,
) -> SignedIn:
    """Make a session of the drawn `secret` where the password was right. Raises NotSignedInError.

    `seen_hash`: what the password was held against; another by now means that it has just been changed. `before`: the
    session that the browser had; it is over, whoever's it was.
    """
    user = unit.users.get(name[:_LONGEST_NAME])
    if not is_right or user is None or user.is_disabled or user.password_hash != seen_hash:
        raise NotSignedInError("name or password is wrong", hint="check both; an admin can set another password")
    _succeeded(unit, user.name, address)
    unit.sessions.forget(idle_since=now - rule.IDLE, now=now)
    if before is not None:
        unit.sessions.delete(before.digest)
    unit.users.signed_in(user.name, now)
    made = _open(unit, user, secret, now)
    unit.audit.add(actor=made.person.actor, action="signed_in", subject=user.name, detail={"from": address}, now=now)
    return made


def failed(unit: Unit, name: str, address: str, now: datetime) -> None:
    """Keep for the audit that somebody tried; how often is bounded by the limit on tries."""
    known = unit.users.get(name[:_LONGEST_NAME]) is not None
    subject = name if known else "an unknown user"  # a password typed into the wrong field must not be kept
    unit.audit.add(actor=f"address:{address}", action="sign_in_failed", subject=subject, detail={}, now=now)


def sign_out(unit: Unit, credential: Credential, person: Person, now: datetime) -> None:
    """The agent of whoever signs out everywhere is logged out, after its call: nobody is there to take another."""
    unit.sessions.delete(credential.digest)
    unit.audit.add(actor=person.actor, action="signed_out", subject=person.user, detail={}, now=now)
    agent = None if person.agent is None else unit.agents.get(person.agent)
    if agent is None or agent.wanted.state is WantedState.LOGGED_OUT:
        return
    if not unit.sessions.is_signed_in(person.user, idle_since=now - rule.IDLE, now=now):
        logout(unit, agent.name, actor=person.actor, now=now)


def password_failed(unit: Unit, person: Person, address: str, now: datetime) -> None:
    """Keep for the audit that somebody who was signed in gave a wrong old password."""
    detail = {"from": address}
    unit.audit.add(actor=person.actor, action="password_change_failed", subject=person.user, detail=detail, now=now)


def change_own_password(
    unit: Unit, person: Person, address: str, *, seen_hash: str | None, new_hash: str, secret: str, now: datetime
) -> SignedIn:
    """Another password; every session of the user ends, and one of the drawn `secret` begins. `seen_hash`: what the old
    one was held against; None: it was wrong, which counts as a try to sign in."""
    user = unit.users.get(person.user)
    if user is None or user.is_disabled or user.password_hash != seen_hash:
        raise BadInputError("the old password is wrong", hint="type the one that you signed in with")
    changed = unit.users.put(
        user.name,
        role=user.role,
        password_hash=new_hash,
        agent=user.agent,
        queues=user.queues,
        is_disabled=False,
        now=now,
    )
    _succeeded(unit, user.name, address)
    unit.sessions.delete_of(user.name)
    detail = {"password": "changed"}
    unit.audit.add(actor=person.actor, action="user_changed", subject=user.name, detail=detail, now=now)
    return _open(unit, changed, secret, now)


def _open(unit: Unit, user: UserRow, secret: str, now: datetime) -> SignedIn:
    ends_at = now + rule.ABSOLUTE
    unit.sessions.create(digest_of(secret), user, now=now, ends_at=ends_at)
    return SignedIn(person_of(user), ends_at, is_stale=False)


def _succeeded(unit: Unit, name: str, address: str) -> None:
    """What has succeeded was no failure: of the user no other either, of the address it alone."""
    (user, _), (place, _) = _keys(name, address)
    unit.sessions.set_failures(user, None)
    failures = unit.sessions.failures(place)
    if failures is not None:
        unit.sessions.set_failures(place, rule.Failures(max(0, failures.count - 1), failures.since))


def _keys(name: str, address: str) -> tuple[tuple[str, int], tuple[str, int]]:
    return (f"user:{name[:_LONGEST_NAME]}", rule.PER_USER), (f"address:{address}", rule.PER_ADDRESS)


def person_of(user: UserRow, actor: str = "") -> Person:
    """`actor`: empty: the user itself."""
    actor = actor or f"user:{user.name}"
    return Person(user=user.name, role=user.role, actor=actor, agent=user.agent, queues=user.queues)
