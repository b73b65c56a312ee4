"""A small ARI on aiohttp whose answers a test writes: for what a real Asterisk cannot be asked to do.

Not here: how the real one behaves (tests/contracts, tests/asterisk).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from dialerd.adapters.ari import AriExchange
from dialerd.adapters.clock import SystemClock
from dialerd.domain.call.events import CallEvent
from dialerd.domain.caller import CallerEvent
from dialerd.domain.leg import LegEvent
from dialerd.domain.words import AttemptId, CallerId, LegId
from dialerd.ports import Clock, ExchangeDown, ExchangeEvent, ExchangeUp, Turn
from dialerd.serversettings import AsteriskSettings
from dialerd.tasks import end, spawn

_LIST = {"apis": [{"path": f"/api-docs/{name}.{{format}}", "description": name} for name in ("asterisk", "events")]}


def _operation(path: str, nickname: str, *, params: tuple[tuple[str, str], ...] = (), websocket: bool = False) -> Any:
    kinds = [{"name": name, "paramType": kind, "required": True, "dataType": "string"} for name, kind in params]
    operation: dict[str, Any] = {
        "httpMethod": "GET",
        "nickname": nickname,
        "parameters": kinds,
        "responseClass": "void",
    }
    if websocket:
        operation |= {"upgrade": "websocket", "websocketProtocol": "ari"}
    return {"path": path, "description": nickname, "operations": [operation]}


_DECLARED = {
    "asterisk": [
        _operation("/asterisk/info", "getInfo"),
        _operation("/asterisk/modules/{moduleName}", "getModule", params=(("moduleName", "path"),)),
        _operation("/asterisk/variable", "getGlobalVar", params=(("variable", "query"),)),
    ],
    "events": [_operation("/events", "eventWebsocket", params=(("app", "query"),), websocket=True)],
}


class Door:
    """Where a request waits until a test opens it."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()


class FakeAri:
    """`status` answers every request with that error; `answers` scripts single ones by method and path.

    `replies` puts other JSON in place of what a path is known to say; a scripted status 0 breaks the connection off.
    `doors`: paths at which a request waits. `bodies`: of every POST that had one. `connections`: method, path and the
    client's port of every request, in order.
    """

    def __init__(self) -> None:
        self.status = 200
        self.version = "22.10.1"
        self.answers: dict[tuple[str, str], list[int]] = {}
        self.asked: list[tuple[str, str]] = []
        self.headers: list[str] = []
        self.sockets: list[web.WebSocketResponse] = []
        self.replies: dict[str, object] = {}
        self.doors: dict[str, Door] = {}
        self.bodies: list[object] = []
        self.connections: list[tuple[str, str, int]] = []
        self._site: web.TCPSite | None = None
        self._transports: set[asyncio.Transport] = set()
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix("/ari")
        self.asked.append((request.method, str(request.rel_url)))
        self.headers.append(request.headers.get("Authorization", ""))
        assert request.transport is not None
        if path == "/events":
            self._transports.discard(request.transport)
        else:
            self._transports.add(request.transport)
        self.connections.append((request.method, path, request.transport.get_extra_info("peername")[1]))
        if request.method == "POST" and request.can_read_body:
            self.bodies.append(await request.json())
        if (door := self.doors.get(path)) is not None:
            door.reached.set()
            await door.opened.wait()
        if self.status != 200:
            return web.json_response({"message": "scripted"}, status=self.status)
        scripted = self.answers.get((request.method, path))
        if scripted:
            status = scripted.pop(0)
            if status == 0:
                request.transport.abort()
                return web.Response()
            return web.json_response({"message": "scripted"} if status >= 400 else _CHANNEL, status=status)
        if path == "/events":
            return await self._events(request)
        return web.json_response(self.replies.get(path, self._known(path)))

    async def open(self, runner: web.AppRunner, context: ssl.SSLContext | None = None) -> None:
        """Listen on a free port. Over TLS too its description says http://, as Asterisk's does."""
        await runner.setup()
        self._site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
        await self._site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def take_no_more(self) -> None:
        """Listen no more and break every connection but the event stream."""
        assert self._site is not None
        await self._site.stop()
        for transport in self._transports:
            transport.abort()

    async def _events(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        async for _ in socket:
            pass
        return socket

    def _known(self, path: str) -> object:
        if path.startswith("/api-docs/resources"):
            return {"apiVersion": "8.0.0", "swaggerVersion": "1.1", "basePath": self.url + "/ari", **_LIST}
        if path.startswith("/api-docs/"):
            name = path.removeprefix("/api-docs/").removesuffix(".json")
            return {
                "apiVersion": "8.0.0",
                "swaggerVersion": "1.1",
                "basePath": self.url + "/ari",
                "resourcePath": f"/api-docs/{name}.{{format}}",
                "apis": _DECLARED[name],
                "models": {},
            }
        known: dict[str, object] = {
            "/asterisk/info": {"system": {"version": self.version}, "status": {"startup_time": "x"}},
            "/asterisk/modules/app_amd.so": {"status": "Running"},
            "/asterisk/variable": {"value": "2000"},
            "/endpoints": [{"technology": "PJSIP", "resource": "carrier", "state": "online"}],
            "/channels": [],
            "/bridges": [],
        }
        return known.get(path, {})


_CHANNEL = {"id": "x", "state": "Down"}


class Heard:
    """An ExchangeSink that writes down, and can be waited on."""

    def __init__(self) -> None:
        self.events: list[tuple[AttemptId, CallEvent]] = []
        self.leg_events: list[tuple[LegId, LegEvent]] = []
        self.caller_events: list[tuple[CallerId, CallerEvent]] = []
        self.states: list[ExchangeEvent] = []
        self._moved = asyncio.Event()

    def on_call_event(self, exchange: str, attempt_id: AttemptId, event: CallEvent) -> None:
        self.events.append((attempt_id, event))
        self._moved.set()

    def on_caller_event(self, exchange: str, caller_id: CallerId, event: CallerEvent) -> None:
        self.caller_events.append((caller_id, event))
        self._moved.set()

    def on_leg_event(self, exchange: str, leg_id: LegId, event: LegEvent) -> None:
        self.leg_events.append((leg_id, event))
        self._moved.set()

    def on_exchange_event(self, exchange: str, event: ExchangeEvent) -> None:
        self.states.append(event)
        self._moved.set()

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not is_so():
                self._moved.clear()
                await self._moved.wait()

    @property
    def ups(self) -> int:
        return sum(isinstance(state, ExchangeUp) for state in self.states)

    @property
    def reasons(self) -> list[str]:
        return [state.reason for state in self.states if isinstance(state, ExchangeDown)]


@asynccontextmanager
async def connected(
    fake: FakeAri,
    clock: Clock | None = None,
    *,
    context: ssl.SSLContext | None = None,
    keys: Mapping[str, object] | None = None,
    turn: Turn | None = None,
) -> AsyncIterator[tuple[AriExchange, Heard]]:
    """The exchange running against the fake, which speaks TLS by `context`; nothing is waited for. `keys`: settings."""
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", fake.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await fake.open(runner, context)
    url = fake.url if context is None else fake.url.replace("http://127.0.0.1", "https://localhost")
    given = {"name": "pbx1", "url": url, "username": "dialerd", "password": "top-secret", **(keys or {})}
    exchange, heard = AriExchange(AsteriskSettings.model_validate(given), clock or SystemClock(), turn), Heard()
    running = spawn("exchange", exchange.run(heard))
    try:
        yield exchange, heard
    finally:
        await end(running)
        await runner.cleanup()
