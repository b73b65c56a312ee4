"""Live events: one WebSocket per page; what changes is looked for once, and told to everybody as the same bytes.

Not here: what is told (picture.py). Whoever reads too slowly is let go and begins again with a snapshot: nobody waits
for anybody, the dialing least of all. While nobody listens, nothing is looked for.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Annotated

from aiohttp import WSMsgType, web
from pydantic import Field

from dialerd.domain.errors import DialerdError, ForbiddenError
from dialerd.domain.user import Right
from dialerd.log import logger
from dialerd.ports import Unit
from dialerd.tasks import end, spawn
from dialerd.web.binding import Query, Streamed, Visit
from dialerd.web.credentials import check_origin
from dialerd.web.house import House
from dialerd.web.picture import Change, Picture, Queues, change_bytes, look, own_bytes, own_of, snapshot_bytes
from dialerd.web.problems import Problem
from dialerd.web.sockets import SIGNED_OUT, is_still_theirs

_log = logger(__name__)

LOOK_S = 0.5
_SHARE = 20  # of the time at most one part is spent looking
_WHOLE_EVERY = 8  # looks: campaigns that do not run are at most 4 s old
_KEPT = 200  # changes that a page that comes back can go on from
_BEHIND = 64  # messages that a socket may be behind
_SEND_S = 10.0
_ALIVE_S = 20.0
_MOST_HEARD = 1024  # bytes of a message to us: there is nothing to say
TOO_SLOW, GOING = 4408, 1001


class LiveAsked(Query):
    """`since`: the last number that was seen."""

    since: Annotated[int, Field(ge=0, lt=2**63)] | None = None


@dataclass(eq=False)
class _Ear:
    """One socket. `agent`: of whom it hears; None: of the floor, as far as `held_to` goes."""

    agent: str | None
    held_to: Queues | None
    behind: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(_BEHIND))
    is_slow: bool = False

    def tell(self, message: bytes) -> None:
        try:
            self.behind.put_nowait(message)
        except asyncio.QueueFull:
            self.is_slow = True


class Newsroom:
    """One per daemon. `look_s`: between two looks, for tests with no patience."""

    def __init__(self, house: House, *, look_s: float = LOOK_S) -> None:
        self._house = house
        self._look_s = look_s
        self._ears: set[_Ear] = set()
        self._picture: Picture | None = None
        self._changes: deque[tuple[int, Change]] = deque(maxlen=_KEPT)
        # Numbers go on after a restart: those of the daemon before are all smaller.
        self._seq = int(house.clock.now().timestamp() * 1000)
        self._looking: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()
        self._looks = 0

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
        socket = web.WebSocketResponse(heartbeat=30.0, max_msg_size=_MOST_HEARD, timeout=2.0)
        visit.equip(socket)
        await socket.prepare(visit.request)
        ear = _Ear(agent=None if is_supervisor else person.agent, held_to=person.queues)
        await self._begin(ear, visit.query.since)
        sending = spawn("live socket", self._send(socket, ear, visit))
        try:
            async for message in socket:  # nothing is said to us but that it is over
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    break
        finally:
            self._ears.discard(ear)
            await end(sending)
        return socket

    async def _begin(self, ear: _Ear, since: int | None) -> None:
        """What it has missed, or all of it; from then on it hears what everybody hears."""
        async with self._lock:
            if self._picture is None or not self._ears:
                await self._look(whole=True)
            assert self._picture is not None, "just looked at"
            if ear.agent is not None:
                name, now = ear.agent, self._house.clock.now()
                own = await self._house.store.read(lambda unit: own_of(unit, name, now))
                if own is not None:
                    ear.tell(own_bytes(own, self._seq, "snapshot"))
            elif since is not None and self._changes and self._changes[0][0] <= since + 1 and since <= self._seq:
                for seq, change in self._changes:
                    if seq > since and change.is_of_floor:
                        ear.tell(change_bytes(change, seq, ear.held_to))
            else:
                ear.tell(snapshot_bytes(self._picture, self._seq, ear.held_to))
            self._ears.add(ear)
        if self._looking is None or self._looking.done():
            self._looking = spawn("live events", self._watch())

    async def _watch(self) -> None:
        """Look and tell, until nobody listens any more."""
        while self._ears:
            began = self._house.clock.steady()
            try:
                async with self._lock:
                    await self._look(whole=self._looks % _WHOLE_EVERY == 0)
            except DialerdError as error:
                _log.warning(f"live events: {error}", action="live_failed")
            took_s = self._house.clock.steady() - began
            next_look = asyncio.Event()
            timer = self._house.clock.call_later(max(self._look_s, took_s * _SHARE), next_look.set)
            try:
                await next_look.wait()
            finally:
                timer.cancel()

    async def _look(self, *, whole: bool) -> None:
        self._looks += 1
        listening = {ear.agent for ear in self._ears if ear.agent is not None}
        held = {ear.held_to for ear in self._ears if ear.agent is None}
        seq = self._seq + 1
        job = partial(_look_and_write, before=self._picture, whole=whole, listening=listening, held=held, seq=seq)
        now = self._house.clock.now()
        self._picture, change, of_floor, of_agents = await self._house.store.read(lambda unit: job(unit, now))
        if not change.is_of_floor and not change.own:
            return
        self._seq = seq
        self._changes.append((seq, change))
        for ear in list(self._ears):
            message = of_floor.get(ear.held_to) if ear.agent is None else of_agents.get(ear.agent)
            if message is not None:
                ear.tell(message)

    async def _next(self, ear: _Ear, within_s: float) -> bytes | None:
        """What it is to be told next; None: the time is over, and the session is to be looked at."""
        if within_s <= 0.0:
            return None
        try:
            async with asyncio.timeout(within_s):
                return await ear.behind.get()
        except TimeoutError:
            return None

    async def _send(self, socket: web.WebSocketResponse, ear: _Ear, visit: Visit) -> None:
        """Until the socket is gone, too slow, or nobody's any more."""
        code, text = GOING, b""
        steady = self._house.clock.steady
        asked_at = steady()
        with suppress(ConnectionError, TimeoutError):
            while not ear.is_slow:
                message = await self._next(ear, asked_at + _ALIVE_S - steady())
                if message is None:  # by time, however much there is to tell
                    if not await is_still_theirs(visit):
                        code, text = SIGNED_OUT, b"the session is over"
                        break
                    asked_at, message = steady(), b'{"type":"alive","seq":%d}' % self._seq
                async with asyncio.timeout(_SEND_S):
                    await socket.send_str(message.decode())
        if ear.is_slow:
            code, text = TOO_SLOW, b"too slow"
        self._ears.discard(ear)
        with suppress(ConnectionError, TimeoutError):
            await socket.close(code=code, message=text)


_Written = tuple[Picture, Change, Mapping[Queues | None, bytes], Mapping[str, bytes]]


def _look_and_write(
    unit: Unit,
    now: datetime,
    *,
    before: Picture | None,
    whole: bool,
    listening: Collection[str],
    held: Collection[Queues | None],
    seq: int,
) -> _Written:
    """One look, and the bytes of it for each kind of listener: on the store's thread, not on the loop."""
    picture, change = look(unit, now, before, whole=whole, listening=listening)
    of_floor = {each: change_bytes(change, seq, each) for each in held} if change.is_of_floor else {}
    of_agents = {name: own_bytes(own, seq, "change") for name, own in change.own.items()}
    return picture, change, of_floor, of_agents


def routes(newsroom: Newsroom) -> tuple[Streamed, ...]:
    return (
        Streamed(
            method="GET", path="/api/live", do=newsroom.listen, right=Right.SELF, query=LiveAsked, media="text/plain"
        ),
    )
