"""Live events: one WebSocket per page; what changes is looked for once, and told to everybody as the same bytes.

Not here: what is told (picture.py). Whoever reads too slowly is let go and begins again with a snapshot: nobody waits
for anybody, the dialing least of all. While nobody listens, nothing is looked for.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Annotated

from aiohttp import WSMsgType, web
from pydantic import Field

from dialerd.domain.errors import DialerdError, ForbiddenError
from dialerd.domain.user import Person, Right
from dialerd.log import logger
from dialerd.ports import Unit
from dialerd.tasks import end, spawn
from dialerd.usecases import signin
from dialerd.usecases.signin import Credential, SignedIn
from dialerd.web.binding import Query, Streamed, Visit
from dialerd.web.credentials import check_origin
from dialerd.web.house import House
from dialerd.web.picture import (
    Change,
    Picture,
    Queues,
    change_bytes,
    head_bytes,
    look,
    own_bytes,
    snapshot_bytes,
    with_own,
)
from dialerd.web.problems import Problem
from dialerd.web.sockets import SIGNED_OUT, is_same, open_for

_log = logger(__name__)

LOOK_S = 0.5
_SHARE = 20  # of the time at most one part is spent looking
_LATEST_S = 2.0  # between two looks, however long one takes: on a machine that is short of time they take long
_WHOLE_EVERY = 8  # looks: campaigns that do not run are at most 4 s old
_KEPT = 48  # changes that a page that comes back can go on from
_BEHIND = 64  # messages that a socket may be behind; more than are kept
_SEND_S = 10.0
_ALIVE_S = 20.0  # between two looks whether a session goes on, which the socket is told of
_LAST_S = 5.0  # that somebody who is let go has to read that
_MOST_HEARD = 1024  # bytes of a message to us: there is nothing to say
TOO_SLOW, GOING = 4408, 1001


class LiveAsked(Query):
    """`since`: the last number that was seen."""

    since: Annotated[int, Field(ge=0, lt=2**63)] | None = None


@dataclass(eq=False)
class _Ear:
    """One socket. `agent`: whose own calls it hears of; `hears_floor`: of the floor, too, as far as `held_to` goes.
    `since`: the last number that it has seen; `is_fresh`: it has not been told anything yet. `asked_at`: by the steady
    clock, when it was last known that the session goes on. `behind`: what it is to be told; None: the session is
    over."""

    visit: Visit
    agent: str | None
    hears_floor: bool
    held_to: Queues | None
    since: int | None
    asked_at: float
    is_fresh: bool = True
    behind: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(_BEHIND))
    is_slow: bool = False

    def tell(self, message: bytes | None) -> None:
        try:
            self.behind.put_nowait(message)
        except asyncio.QueueFull:
            self.is_slow = True


@dataclass(frozen=True, slots=True)
class _Told:
    """A change of the floor, and its bytes by what supervisors are held to."""

    seq: int
    change: Change
    floor: dict[Queues | None, bytes]

    def to(self, ear: _Ear) -> bytes:
        if ear.held_to not in self.floor:  # nobody who is held to these has listened then
            self.floor[ear.held_to] = change_bytes(self.change, self.seq, ear.held_to)
        return self.floor[ear.held_to]


@dataclass(frozen=True, slots=True)
class _Written:
    """One look, and its bytes for each kind of listener. `seq`: its number, that of the look before where all is as it
    was; `own` and `whole_own` by agent, what one is told of itself; `whole_floor`: snapshots, for those who begin to
    listen. `sessions`: of those that were asked about."""

    seq: int
    picture: Picture
    told: _Told | None
    own: Mapping[str, bytes]
    whole_floor: Mapping[Queues | None, bytes]
    whole_own: Mapping[str, bytes]
    sessions: Sequence[SignedIn | None]


class Newsroom:
    """One per daemon. `look_s`: between two looks, for tests with no patience."""

    def __init__(self, house: House, *, look_s: float = LOOK_S) -> None:
        self._house = house
        self._look_s = look_s
        self._ears: set[_Ear] = set()
        self._picture: Picture | None = None
        self._changes: deque[_Told] = deque(maxlen=_KEPT)
        # Numbers go on after a restart: those of the daemon before are all smaller.
        self._seq = int(house.clock.now().timestamp() * 1000)
        self._looking: asyncio.Task[None] | None = None
        self._somebody_came = asyncio.Event()

    async def close(self) -> None:
        if self._looking is not None:
            await end(self._looking)

    async def listen(self, visit: Visit) -> web.StreamResponse:
        """What goes on, as it happens: a snapshot, then changes with rising numbers."""
        check_origin(visit.request)
        person = visit.person
        is_supervisor = Right.SEE in person.rights
        if not is_supervisor and person.agent is None:
            raise ForbiddenError(f"user {person.user} has nothing to listen to", hint="ask an admin")
        if visit.request.headers.get("Upgrade", "").lower() != "websocket":
            raise Problem(426, "upgrade_required", "this is a WebSocket", "connect to it as one")
        # Not compressed: that would be done for each socket anew, on the loop that places calls.
        socket = web.WebSocketResponse(heartbeat=30.0, max_msg_size=_MOST_HEARD, timeout=_LAST_S, compress=False)
        await open_for(visit, socket)
        ear = _Ear(visit, person.agent, is_supervisor, person.queues, visit.query.since, self._house.clock.steady())
        self._begin(ear)
        sending = spawn("live socket", self._send(socket, ear))
        try:
            async for message in socket:  # nothing is said to us but that it is over
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    break
        finally:
            self._ears.discard(ear)
            await end(sending)
        return socket

    def _begin(self, ear: _Ear) -> None:
        """It is told at the next look, which is soon: what all who come meanwhile are told is read at once."""
        self._ears.add(ear)
        self._somebody_came.set()
        if self._looking is None or self._looking.done():
            self._looking = spawn("live events", self._watch())

    async def _watch(self) -> None:
        """Look and tell, until nobody listens any more."""
        steady, looks, trouble = self._house.clock.steady, 0, ""
        while self._ears:
            self._somebody_came.clear()
            began = steady()
            try:
                await self._look(whole=looks % _WHOLE_EVERY == 0)
                looks, trouble = looks + 1, ""
            except Exception as error:  # noqa: BLE001  # whatever one look meets, the next one is looked
                if trouble != (trouble := f"{type(error).__name__}: {error}"):  # told once, not at every look
                    cause = None if isinstance(error, DialerdError) else error
                    _log.warning(f"live events: {trouble}", action="live_failed", exc_info=cause)
            took_s = steady() - began
            await self._rest(min(took_s, _LATEST_S))  # however many come: half of the time at most is spent looking
            await self._rest(max(self._look_s, min(took_s * _SHARE, _LATEST_S)), or_until=self._somebody_came)

    async def _rest(self, for_s: float, *, or_until: asyncio.Event | None = None) -> None:
        is_over = or_until or asyncio.Event()
        timer = self._house.clock.call_later(for_s, is_over.set)
        try:
            await is_over.wait()
        finally:
            timer.cancel()

    async def _look(self, *, whole: bool) -> None:
        ears, asked_at = list(self._ears), self._house.clock.steady()
        due = [ear for ear in ears if asked_at >= ear.asked_at + _ALIVE_S]
        fresh = [ear for ear in ears if ear.is_fresh]
        missed = {ear: self._missed(ear) for ear in fresh if ear.hears_floor}
        asked_of = {ear: self._credential(ear) for ear in due}
        job = partial(
            _look_and_write,
            before=self._picture,
            whole=whole,
            listening={ear.agent for ear in ears if ear.agent is not None},
            held={ear.held_to for ear in ears if ear.hears_floor},
            fresh={ear.agent for ear in fresh if ear.agent is not None},
            fresh_held={ear.held_to for ear, changes in missed.items() if changes is None},
            sessions=[(asked_of[ear], ear.visit.person) for ear in due],
            seq=self._seq,
        )
        now = self._house.clock.now()
        written = await self._house.store.read(lambda unit: job(unit, now))
        self._picture, self._seq = written.picture, written.seq
        if written.told is not None:
            self._changes.append(written.told)
        for ear in ears:
            messages = tuple(_for(ear, written, missed.get(ear, ())))
            for message in messages or ((self._alive(),) if ear.is_fresh else ()):
                ear.tell(message)
            ear.is_fresh = False
        for ear, session in zip(due, written.sessions, strict=True):
            credential = self._credential(ear)
            if session is None and credential is not None and credential != asked_of[ear]:
                continue  # it has become another one during this look: the next one asks about that
            ear.asked_at = asked_at
            ear.tell(None if session is None else self._alive())
            if session is not None and session.is_stale and credential is not None:
                self._house.store.post(partial(_touch, credential=credential, now=now))

    def _credential(self, ear: _Ear) -> Credential | None:
        """What the session has become that it was opened with."""
        return self._house.successors.latest(ear.visit.credential)

    def _alive(self) -> bytes:
        """That the socket is well, where there is nothing else to tell."""
        return b'{"type":"alive","seq":%d}' % self._seq

    def _missed(self, ear: _Ear) -> Sequence[_Told] | None:
        """Since the last that it has seen; None: that is not known any more, and it needs the whole."""
        if ear.agent is not None:
            return None  # what it has missed of its own is not kept
        if ear.since is None or ear.since > self._seq or (self._changes and ear.since < self._changes[0].seq - 1):
            return None
        if not self._changes and ear.since < self._seq:
            return None
        return [each for each in self._changes if each.seq > ear.since]

    async def _send(self, socket: web.WebSocketResponse, ear: _Ear) -> None:
        """Until the socket is gone, too slow, or nobody's any more."""
        code, text = GOING, b""
        try:
            while not ear.is_slow:
                message = await ear.behind.get()
                if message is None:
                    code, text = SIGNED_OUT, b"the session is over"
                    break
                async with asyncio.timeout(_SEND_S):
                    await socket.send_frame(message, WSMsgType.TEXT)
        except TimeoutError:
            ear.is_slow = True
        except ConnectionError:
            pass  # it has gone
        if ear.is_slow:
            code, text = TOO_SLOW, b"too slow"
        self._ears.discard(ear)
        with suppress(ConnectionError, TimeoutError):
            await socket.close(code=code, message=text, drain=False)


def _for(ear: _Ear, written: _Written, missed: Sequence[_Told] | None) -> Iterator[bytes]:
    """What a look has for one of those who listen; `missed`: before it."""
    own = (written.whole_own if ear.is_fresh else written.own).get(ear.agent or "")
    floor = None
    if ear.hears_floor and missed is None:
        floor = written.whole_floor[ear.held_to]
    elif ear.hears_floor:
        for each in missed or ():
            yield each.to(ear)
        if written.told is not None:
            floor = written.told.to(ear)
    if own is not None:
        yield with_own(floor or head_bytes("snapshot" if ear.is_fresh else "change", written.seq), own)
    elif floor is not None:
        yield floor


def _look_and_write(
    unit: Unit,
    now: datetime,
    *,
    before: Picture | None,
    whole: bool,
    listening: Collection[str],
    held: Collection[Queues | None],
    fresh: Collection[str],
    fresh_held: Collection[Queues | None],
    sessions: Sequence[tuple[Credential | None, Person]],
    seq: int,
) -> _Written:
    """On the store's thread, not on the loop; `seq`: the last number that was told."""
    picture, change, seen_first = look(unit, now, before, whole=whole, listening=listening, fresh=fresh)
    number = seq + 1 if change.is_of_floor or change.own else seq
    told = None
    if change.is_of_floor:
        told = _Told(number, change, {each: change_bytes(change, number, each) for each in held})
    return _Written(
        number,
        picture,
        told,
        own={name: own_bytes(own) for name, own in change.own.items()},
        whole_floor={each: snapshot_bytes(picture, number, each) for each in fresh_held},
        whole_own={name: own_bytes(own) for name, own in seen_first.items()},
        sessions=[is_same(unit, credential, person, now) for credential, person in sessions],
    )


def _touch(unit: Unit, *, credential: Credential, now: datetime) -> None:
    signin.touch(unit, credential, now)


def routes(newsroom: Newsroom) -> tuple[Streamed, ...]:
    return (
        Streamed(
            method="GET", path="/api/live", do=newsroom.listen, right=Right.SELF, query=LiveAsked, media="text/plain"
        ),
    )
