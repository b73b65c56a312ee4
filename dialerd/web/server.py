"""The API as one server: the routes, the door before them, and the address where it listens.

Not here: what a route does (resources), being put together (bootstrap.py).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.typedefs import Handler

from dialerd.log import logger
from dialerd.serving import Limits, serving
from dialerd.web import phoneline
from dialerd.web.binding import OPEN, Route, Streamed, Visit, check_routes
from dialerd.web.counter import MOST_BODY, Counter
from dialerd.web.door import Door
from dialerd.web.house import House
from dialerd.web.live import LOOK_S, Newsroom
from dialerd.web.live import routes as live_routes
from dialerd.web.openapi import document
from dialerd.web.pages import Pages
from dialerd.web.resources import ROUTES
from dialerd.web.uploads import Uploads
from dialerd.web.watching import Watching

_log = logger(__name__)


class ApiServer:
    """One per daemon. `limits` of connections, and how often sockets are looked at: for tests with no patience."""

    def __init__(
        self,
        house: House,
        *,
        routes: Sequence[Route | Streamed] = ROUTES,
        limits: Limits | None = None,
        look_s: float = LOOK_S,
        line_look_s: float = phoneline.LOOK_S,
    ) -> None:
        self._house = house
        self._limits = limits
        self._uploads = Uploads(house.uploads)
        self._newsroom = Newsroom(house, look_s=look_s)
        sockets = (*live_routes(self._newsroom), *phoneline.routes(line_look_s))
        self._routes = (*routes, *sockets, *_own_routes((*routes, *sockets)))
        check_routes(self._routes)
        self.port = 0

    @property
    def application(self) -> web.Application:
        door = Door(self._house.http)

        @web.middleware
        async def pass_door(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await door.pass_through(request, handler)

        made = web.Application(middlewares=[pass_door], client_max_size=MOST_BODY)
        counter = Counter(self._house, door, self._uploads)
        for each in self._routes:
            made.router.add_route(each.method, each.path, counter.handler(each))
        Watching(self._house).add_to(made)
        Pages(connect=self._house.http.phone_origin).add_to(made)  # last: it answers whatever is left
        return made

    async def close(self) -> None:
        await self._newsroom.close()
        await self._uploads.close()
        await self._house.store.close()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """While the context lasts. Where the place is taken there is no API, and the log says so: calls go first."""
        http = self._house.http
        await asyncio.to_thread(self._uploads.forget_old)
        try:
            async with serving(self.application, http.listen, tls=self._house.tls, limits=self._limits) as port:
                self.port = port
                _log.info(f"the API listens at {http.listen}", action="api_ready")
                yield
        except OSError as error:
            if self.port:
                raise
            _log.error(
                f"no API and no pages: [http] listen {http.listen} cannot be used: {error.strerror or error}",
                action="api_failed",
            )
            yield


def _own_routes(routes: Sequence[Route | Streamed]) -> tuple[Streamed, ...]:
    """The document of the routes, and whether anybody is there."""

    async def openapi(_visit: Visit) -> web.StreamResponse:
        """This document."""
        return web.Response(body=text, content_type="application/json")

    async def health(_visit: Visit) -> web.StreamResponse:
        """Whether dialerd is there."""
        return web.json_response({"status": "ok"})

    own = (
        Streamed(method="GET", path="/api/openapi.json", do=openapi, right=OPEN, gives=dict[str, object]),
        Streamed(method="GET", path="/api/health", do=health, right=OPEN, gives=dict[str, str]),
    )
    text = json.dumps(document([*routes, *own]), ensure_ascii=False).encode()
    return own
