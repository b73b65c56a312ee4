"""Where a request becomes a call of a use case: who asks, may they, what is asked, and the answer's bytes.

Not here: what is asked for (resources), headers that every answer has (door.py).

Everything that takes time is done on the store's threads, serialising included: the loop that places calls only passes
bytes on. Reading routes are one hop; changing ones two, since nobody without a right may take the writer's time.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import tomli_w
from aiohttp import web
from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from dialerd.domain.errors import BadInputError, ChangedError, ForbiddenError, NotFoundError
from dialerd.domain.tomltext import Spoilt, table_of
from dialerd.domain.user import Denied, Person, may
from dialerd.ports import KeptAnswer, Unit
from dialerd.usecases import signin
from dialerd.usecases.signin import Credential, SignedIn
from dialerd.web.binding import BY_BODY, OPEN, Ask, Route, Streamed, Visit, live_fields
from dialerd.web.credentials import check_own, credential_of
from dialerd.web.door import Door
from dialerd.web.house import House
from dialerd.web.problems import Problem, of_validation
from dialerd.web.uploads import Uploads

MOST_BODY = 1024 * 1024
_BODY_S = 15.0
_HEAVY_AT_ONCE = 2
_KEPT = timedelta(hours=24)
_FORGOTTEN_AT_ONCE = 50
_LONGEST_KEY = 128
TOML = "application/toml"


@dataclass(frozen=True, slots=True)
class Answer:
    """`etag`: of what a GET shows; `is_live`: of a part of it, and the rest is another each time. `signed_in`: who has
    asked."""

    status: int
    body: bytes
    etag: str | None = None
    is_live: bool = False
    is_replayed: bool = False
    media: str = "application/json"
    signed_in: SignedIn | None = None


class Counter:
    """One for all routes."""

    def __init__(self, house: House, door: Door, uploads: Uploads) -> None:
        self._house = house
        self._uploads = uploads
        self._door = door
        self._heavy = asyncio.Semaphore(_HEAVY_AT_ONCE)

    def handler(self, route: Route | Streamed) -> Callable[[web.Request], Any]:
        return partial(self._serve, route) if isinstance(route, Route) else partial(self._visit, route)

    async def _serve(self, route: Route, request: web.Request) -> web.StreamResponse:
        credential = self._credential(route, request)
        asked = _Asked(route, self._house, credential, request)
        if route.writes or route.body is not None:
            await self._house.store.read(partial(asked.admitted, now=self._house.clock.now()))
        if route.body is not None:
            asked.body = await _read_body(route, request)
        if route.writes:
            answer = await self._house.store.write(partial(asked.change, now=self._house.clock.now()))
            self._house.poke()
        else:
            look = partial(asked.look, now=self._house.clock.now())
            if route.is_heavy:
                async with self._heavy:
                    answer = await self._house.store.read(look)
            else:
                answer = await self._house.store.read(look)
        self._touch(credential, answer.signed_in)
        return _response(answer, request)

    async def _visit(self, route: Streamed, request: web.Request) -> web.StreamResponse:
        credential = self._credential(route, request)
        asked = _Asked(route, self._house, credential, request)
        signed_in = None
        if route.right == OPEN:
            asked.check_query()
        else:
            signed_in = await self._house.store.read(partial(asked.admitted, now=self._house.clock.now()))
            self._touch(credential, signed_in)
        return await route.do(
            Visit(
                request=request,
                house=self._house,
                query=asked.query,
                credential=credential,
                signed_in=signed_in,
                equip=partial(self._door.equip, request),
                uploads=self._uploads,
                check_seen=lambda unit: asked.check_seen(unit, signed_in, self._house.clock.now()),
            )
        )

    def _credential(self, route: Route | Streamed, request: web.Request) -> Credential | None:
        credential = credential_of(request)
        is_cookie = credential is None or not credential.is_token
        if route.method != "GET" and is_cookie and getattr(route, "is_own", True):
            check_own(request)
        return credential

    def _touch(self, credential: Credential | None, signed_in: SignedIn | None) -> None:
        if credential is not None and signed_in is not None and signed_in.is_stale:
            now = self._house.clock.now()
            self._house.store.post(lambda unit: signin.touch(unit, credential, now))


class _Asked:
    """A request as its transaction sees it."""

    def __init__(
        self, route: Route | Streamed, house: House, credential: Credential | None, request: web.Request
    ) -> None:
        self._route = route
        self._house = house
        self._credential = credential
        self._path: Mapping[str, str] = dict(request.match_info)
        self._headers = {key.lower(): value for key, value in request.headers.items()}
        self.body: Any = None
        self.query: Any = None
        self._trouble: Problem | None = None
        try:
            self.query = _query(route.query, request)
        except Problem as trouble:
            self._trouble = trouble

    def check_query(self) -> None:
        """Raises Problem; not before it is known who asks, where that has to be known."""
        if self._trouble is not None:
            raise self._trouble

    def admitted(self, unit: Unit, now: datetime) -> SignedIn:
        """Whoever asks, if they may. Raises NotSignedInError, ForbiddenError, NotFoundError."""
        found = signin.identify(unit, self._credential, now)
        right = self._route.right
        assert right != OPEN, "asked only of routes with a right"
        # Whether something is there is told to nobody who has no right to such things at all.
        self._check(may(found.person, right, found.person.queues or ()))
        on = self._route.on(unit, self._path)
        if on is not BY_BODY:
            self._check(may(found.person, right, on))
        self.check_query()
        return found

    @staticmethod
    def _check(judged: object) -> None:
        if isinstance(judged, Denied):
            raise ForbiddenError(judged.reason, hint="ask an admin")

    def look(self, unit: Unit, now: datetime) -> Answer:
        route = self._of_unit()
        found = self.admitted(unit, now)
        value = route.do(self._ask(unit, found, now))
        body = self._dump(route, value)
        if live := live_fields(route.do):
            return Answer(route.status, body, _etag(_defined(value, live)), is_live=True, signed_in=found)
        if route.is_table and TOML in self._headers.get("accept", ""):
            return Answer(route.status, tomli_w.dumps(value).encode(), _etag(body), media=TOML, signed_in=found)
        return Answer(route.status, body, _etag(body), signed_in=found)

    def change(self, unit: Unit, now: datetime) -> Answer:
        route = self._of_unit()
        found = self.admitted(unit, now)
        key = self._headers.get("idempotency-key") if route.idempotent else None
        if key is not None:
            kept = self._kept(unit, found.person, key, now)
            if kept is not None:
                return Answer(kept.status, kept.body.encode(), is_replayed=True, signed_in=found)
        ask = self._ask(unit, found, now)
        self._hold_against_seen(ask)
        body = self._dump(route, route.do(ask))
        status = route.status if body or route.status == 204 else 204
        if key is not None:
            answer = KeptAnswer(request=self._digest(), status=status, body=body.decode())
            unit.answers.forget(now - _KEPT, size=_FORGOTTEN_AT_ONCE)
            unit.answers.put(found.person.actor, key, answer, now)
        return Answer(status, body, signed_in=found)

    def _of_unit(self) -> Route:
        assert isinstance(self._route, Route), "a streamed route has no transaction of its own"
        return self._route

    def _ask(self, unit: Unit, found: SignedIn, now: datetime) -> Ask[Any, Any]:
        return Ask(
            unit=unit,
            person=found.person,
            path=self._path,
            query=self.query,
            body=self.body,
            house=self._house,
            now=now,
        )

    @staticmethod
    def _dump(route: Route, value: Any) -> bytes:
        return b"" if route.answers is None else route.answers.dump_json(value)

    def check_seen(self, unit: Unit, found: SignedIn | None, now: datetime) -> None:
        """For a route with transactions of its own. Raises ChangedError."""
        if found is not None:
            self._hold_against_seen(self._ask(unit, found, now))

    def _hold_against_seen(self, ask: Ask[Any, Any]) -> None:
        """Raises ChangedError where If-Match or If-None-Match say that it is not to be done."""
        route = self._route
        seen, fresh = self._headers.get("if-match"), self._headers.get("if-none-match")
        if route.shows is None or (seen is None and fresh is None):
            return
        try:
            value, live = route.shows(ask), live_fields(route.shows)
            shown: bytes | None = _defined(value, live) if live else route.shown_as.dump_json(value)
        except NotFoundError:
            shown = None
        if fresh is not None and fresh.strip() == "*" and shown is not None:
            raise ChangedError("there is one of that name already", hint="choose another name, or edit that one")
        if seen is not None and (shown is None or not _names(seen, _etag(shown))):
            raise ChangedError("it has been changed since you looked at it", hint="look again, then change it")

    def _kept(self, unit: Unit, person: Person, key: str, now: datetime) -> KeptAnswer | None:
        if not 0 < len(key) <= _LONGEST_KEY or not key.isprintable():
            raise BadInputError("Idempotency-Key is no key", hint=f"use 1 to {_LONGEST_KEY} printable characters")
        kept = unit.answers.get(person.actor, key, since=now - _KEPT)
        if kept is not None and kept.request != self._digest():
            raise BadInputError(
                "Idempotency-Key was used for another request", hint="draw a new key for each thing that is made"
            )
        return kept

    def _digest(self) -> str:
        """Of all that was asked, whoever asks."""
        body = to_json(self.body).decode()
        query = None if self.query is None else self.query.model_dump_json()
        asked = json.dumps([self._route.method, self._route.path, dict(self._path), query, body])
        return hashlib.sha256(asked.encode()).hexdigest()


def _etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:24]}"'


def _defined(value: BaseModel, live: Collection[str]) -> bytes:
    return value.model_dump_json(exclude=set(live)).encode()


def _names(header: str, etag: str) -> bool:
    """Whether If-Match or If-None-Match names it. `W/` is what a proxy that packs answers puts before it."""
    given = [each.strip().removeprefix("W/") for each in header.split(",")]
    return "*" in given or etag in given


def _query(model: type[BaseModel] | None, request: web.Request) -> Any:
    given = request.query
    if model is None:
        if given:
            raise Problem(422, "bad_input", f"query.{next(iter(given))[:60]}: unknown key", "see /api/openapi.json")
        return None
    several = {name for name, found in model.model_fields.items() if "tuple" in str(found.annotation)}
    table: dict[str, Any] = {}
    for name in given:
        values = given.getall(name)
        if name not in several and len(values) > 1:
            raise Problem(422, "bad_input", f"query.{name[:60]}: is given twice", "give it once")
        table[name] = values if name in several else values[0]
    try:
        return model.model_validate(table)
    except ValidationError as error:
        raise of_validation(error, "query") from None


async def read_bytes(request: web.Request, *, most: int = MOST_BODY) -> bytes:
    """The whole body. Raises Problem where it is too long, or too slow to come."""
    found = bytearray()
    try:
        async with asyncio.timeout(_BODY_S):
            while chunk := await request.content.readany():
                found += chunk
                if len(found) > most:
                    raise Problem(413, "too_large", f"the body has more than {most} bytes", "send less at once")
    except TimeoutError:
        raise Problem(408, "timeout", f"the body was not there within {_BODY_S:g} s", "send it at once") from None
    return bytes(found)


async def _read_body(route: Route, request: web.Request) -> Any:
    text = await read_bytes(request)
    media = request.content_type
    if media == TOML and route.body_is is not None:
        return _read_toml(text)
    if media != "application/json":
        raise Problem(415, "unsupported_media", "the body is not JSON", "send Content-Type: application/json")
    assert route.reads is not None, "a route with a body"
    try:
        return route.reads.validate_json(text)
    except ValidationError as error:
        raise of_validation(error, "body") from None


def _read_toml(body: bytes) -> dict[str, Any]:
    try:
        found = table_of(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise Problem(422, "bad_input", "body: is not UTF-8 text", "send it as UTF-8") from None
    if isinstance(found, Spoilt):
        raise Problem(422, "bad_input", f"body: {found.in_place}", "correct that place")
    return found


def _response(answer: Answer, request: web.Request) -> web.Response:
    headers = {"Cache-Control": "no-store"}
    if answer.etag is not None:
        headers["ETag"] = answer.etag
        if not answer.is_live and _names(request.headers.get("If-None-Match", ""), answer.etag):
            return web.Response(status=304, headers=headers)
    if answer.is_replayed:
        headers["Idempotent-Replayed"] = "true"
    if answer.status == 204:
        return web.Response(status=204, headers=headers)
    return web.Response(status=answer.status, body=answer.body, content_type=answer.media, headers=headers)
