"""Signing in and out, who is signed in, and the own password.

Not here: whose session it is (usecases/signin.py), other users (users.py).

Passwords are looked at on a thread of their own, one at a time: however many sign in, the calls go on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Annotated, TypeVar

from aiohttp import web
from pydantic import Field, TypeAdapter, ValidationError

from dialerd.domain.errors import NotSignedInError
from dialerd.domain.user import MOST_PASSWORD, Right
from dialerd.usecases import signin, users
from dialerd.usecases.signin import Credential, SignedIn
from dialerd.web import phoneline
from dialerd.web.binding import OPEN, Model, Route, Streamed, Visit
from dialerd.web.counter import read_bytes
from dialerd.web.credentials import address_of, clear_cookie, is_secure, set_cookie
from dialerd.web.problems import Problem, of_validation

T = TypeVar("T")
M = TypeVar("M", bound=Model)

_MOST_BODY = 4096
_WAITING = 40  # sign-ins that wait for their turn: a second of them
_thread = ThreadPoolExecutor(1, thread_name_prefix="passwords")
_waiting = 0

Password = Annotated[str, Field(min_length=1, max_length=MOST_PASSWORD)]


class SignIn(Model):
    name: Annotated[str, Field(min_length=1, max_length=64)]
    password: Password


class NewPassword(Model):
    old: Password
    new: Password


class IceShown(Model):
    """As browsers take it."""

    urls: str
    username: str
    credential: str


class SessionShown(Model):
    """`queues`: those that the user is held to; null: all. `agent`: whose calls the user takes. `phone_url`: where the
    phone in the browser finds Asterisk; a path is one of this server. `ice_servers`: by which it gets through
    firewalls; only for who takes calls."""

    user: str
    role: str
    agent: str | None
    queues: list[str] | None
    rights: list[str]
    expires_at: datetime | None
    phone_url: str | None
    ice_servers: list[IceShown]


_SHOWN = TypeAdapter(SessionShown)


async def sign_in(visit: Visit) -> web.StreamResponse:
    """Sign in with name and password; the answer sets the cookie of a new session."""
    wish = await read_model(visit, SignIn)
    house = visit.house
    address = address_of(visit.request, house.http.trusted_proxies)
    began_at = house.clock.now()
    seen_hash = await house.store.write(lambda unit: signin.begin(unit, wish.name, address, began_at))
    is_right = await _slow(lambda: house.passwords.verify(seen_hash, wish.password))
    secret, now = house.draw_secret(), house.clock.now()
    before = visit.credential
    try:
        made = await house.store.write(
            lambda unit: signin.finish(
                unit,
                wish.name,
                address,
                seen_hash=seen_hash,
                is_right=is_right,
                secret=secret,
                before=None if before is None or before.is_token else before,
                now=now,
            )
        )
    except NotSignedInError:
        await house.store.write(lambda unit: signin.failed(unit, wish.name, address, now))
        raise
    if before is not None and not before.is_token:
        goes_on = visit.house.successors.goes_on_as
        goes_on(before, Credential(signin.digest_of(secret)))  # of another user: what was open for the first one ends
    response = _told(visit, made)
    set_cookie(response, secret, is_secure=is_secure(visit.request, house.http.trusted_proxies))
    return response


async def who_is_signed_in(visit: Visit) -> web.StreamResponse:
    """Who asks, and what they may do."""
    assert visit.signed_in is not None, "asked on a route with a right"
    return _told(visit, visit.signed_in)


async def sign_out(visit: Visit) -> web.StreamResponse:
    """End the session, and have the user's agent logged out after its call, unless another is open. A
    token stays good until it is revoked."""
    credential, person, now = visit.credential, visit.person, visit.house.clock.now()
    assert credential is not None, "asked on a route with a right"
    if not credential.is_token:
        await visit.house.store.write(lambda unit: signin.sign_out(unit, credential, person, now))
        visit.house.successors.is_ended(credential)
        visit.house.poke()
    response = web.Response(status=204)
    clear_cookie(response, is_secure=is_secure(visit.request, visit.house.http.trusted_proxies))
    return response


async def change_password(visit: Visit) -> web.StreamResponse:
    """Change the own password: every session of the user ends, and this one goes on as a new one."""
    wish = await read_model(visit, NewPassword)
    house, person = visit.house, visit.person
    if visit.credential is None or visit.credential.is_token:
        raise Problem(403, "forbidden", "a token cannot change a password", "sign in to do that")
    users.check_password(wish.new, user=person.user)
    address, began_at = address_of(visit.request, house.http.trusted_proxies), house.clock.now()
    seen_hash = await house.store.write(lambda unit: signin.begin(unit, person.user, address, began_at))
    is_right = await _slow(lambda: house.passwords.verify(seen_hash, wish.old))
    new_hash = await _slow(lambda: house.passwords.hash(wish.new))
    secret, now = house.draw_secret(), house.clock.now()
    if not is_right:
        await house.store.write(lambda unit: signin.password_failed(unit, person, address, now))
    await house.store.write(
        lambda unit: signin.change_own_password(
            unit,
            person,
            address,
            seen_hash=seen_hash if is_right else None,
            new_hash=new_hash,
            secret=secret,
            now=now,
        )
    )
    house.successors.goes_on_as(visit.credential, Credential(signin.digest_of(secret)))
    response = web.Response(status=204)
    set_cookie(response, secret, is_secure=is_secure(visit.request, house.http.trusted_proxies))
    return response


async def hashed(visit: Visit, password: str, *, user: str) -> str:
    """What a password that an admin gives hashes to. Raises BadInputError for one that is too weak."""
    users.check_password(password, user=user)
    return await _slow(lambda: visit.house.passwords.hash(password))


async def _slow(work: Callable[[], T]) -> T:
    global _waiting
    if _waiting >= _WAITING:
        raise Problem(503, "unavailable", "too many sign in at this moment", "try again in a few seconds")
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_thread, work)
    finally:
        _waiting -= 1


async def read_model(visit: Visit, model: type[M]) -> M:
    """The body of a streamed route. Raises Problem."""
    if visit.request.content_type != "application/json":
        raise Problem(415, "unsupported_media", "the body is not JSON", "send Content-Type: application/json")
    text = await read_bytes(visit.request, most=_MOST_BODY)
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        raise of_validation(error, "body") from None


def _told(visit: Visit, found: SignedIn) -> web.Response:
    person = found.person
    shown = SessionShown(
        user=person.user,
        role=str(person.role),
        agent=person.agent,
        queues=None if person.queues is None else sorted(person.queues),
        rights=sorted(str(each) for each in person.rights),
        expires_at=found.ends_at,
        phone_url=visit.house.http.phone_url if visit.house.phone_line is None else phoneline.PATH,
        ice_servers=[
            IceShown(urls=each.url, username=each.user, credential=each.password)
            for each in (visit.house.http.ice_servers if person.agent else ())
        ],
    )
    return web.Response(body=_SHOWN.dump_json(shown), content_type="application/json")


_PATH = "/api/session"

ROUTES: tuple[Route | Streamed, ...] = (
    Streamed(method="POST", path=_PATH, do=sign_in, right=OPEN, takes=SignIn, gives=SessionShown),
    Streamed(method="GET", path=_PATH, do=who_is_signed_in, right=Right.SELF, gives=SessionShown),
    Streamed(method="DELETE", path=_PATH, do=sign_out, right=Right.SELF, status=204),
    Streamed(
        method="POST",
        path=f"{_PATH}/password",
        do=change_password,
        right=Right.SELF,
        status=204,
        takes=NewPassword,
    ),
)
