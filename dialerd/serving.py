"""An HTTP server for as long as it is needed: opened at a place, closed whatever happens; slow clients are let go.

Not here: what it answers (who asks for it, dialerd/web).
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler
from aiohttp.web_protocol import RequestHandler

_log = logging.getLogger(__name__)
_CLOSING_S = 2.0
_ACCEPTED_S = 0.01


def _is_ours(record: logging.LogRecord) -> bool:
    """A request that cannot be read is its sender's trouble. aiohttp logs it with what it read, which may be a secret,
    and anybody who reaches the port could fill the log with it."""
    return record.exc_info is None or not isinstance(record.exc_info[1], HttpProcessingError)


_log.addFilter(_is_ours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`first_request_s`: until a new connection has sent the head of a request. `keepalive_s`: until the next one.
    `unread_s`: that an answer may lie unread. `connections`: more are closed at once."""

    first_request_s: float = 10.0
    keepalive_s: float = 60.0
    unread_s: float = 60.0
    connections: int = 2000


@asynccontextmanager
async def serving(
    application: web.Application, listen: str, *, tls: ssl.SSLContext | None = None, limits: Limits | None = None
) -> AsyncIterator[int]:
    """Serve at `listen`, like 127.0.0.1:80 or [::1]:80, while entered, and tell the port. Raises OSError where the
    place is taken."""
    host, _, port = listen.rpartition(":")
    most = limits or Limits()
    runner = web.AppRunner(
        application,
        access_log=None,
        logger=_log,
        keepalive_timeout=most.keepalive_s,
        shutdown_timeout=_CLOSING_S,
    )
    unheard: set[RequestHandler] = set()

    @web.middleware
    async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
        unheard.discard(request.protocol)
        return await handler(request)

    application.middlewares.insert(0, note)
    await runner.setup()
    assert runner.server is not None, "made by setup"
    made = runner.server
    loop = asyncio.get_running_loop()

    def connection() -> RequestHandler:
        handler: RequestHandler = made()

        def check() -> None:
            if handler in unheard:
                unheard.discard(handler)
                handler.force_close()

        def check_room() -> None:
            if len(made.connections) > most.connections:
                handler.force_close()

        # aiohttp has no limit of its own on how long the first request may take to come, nor on their number.
        unheard.add(handler)
        loop.call_later(_ACCEPTED_S, check_room)
        loop.call_later(most.first_request_s, check)
        return handler

    try:
        server = await loop.create_server(connection, host.strip("[]"), int(port), ssl=tls)
        for each in server.sockets:
            # What is not read would be kept for as long as the other side is there: a close waits for it, too. Its
            # connections have it from the socket that listens (tcp(7)).
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(most.unread_s * 1000))
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
    finally:
        await runner.cleanup()
