"""One click to unsubscribe (RFC 8058): the POST that a mail reader sends to the address in List-Unsubscribe.

Not here: TLS, which the admin's own web server in front of it has. The address holds the attempt's id, 80 bits of which
are drawn: who has it was sent the message. A GET changes nothing: readers and scanners look at links by themselves.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from dialerd.domain.words import ATTEMPT_ID, AttemptId

_MOST = 4096
_FORM = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Unsubscribe</title></head><body>
<form method="post"><button>Unsubscribe</button></form></body></html>
"""


class OneClick:
    """`stop` is told whose person wants no more, and returns whether that is kept; `serving` opens `application`."""

    def __init__(self, stop: Callable[[AttemptId], Awaitable[bool]]) -> None:
        self._stop = stop
        self.application = web.Application(client_max_size=_MOST)
        self.application.router.add_get("/{path:.*}", self._show)
        self.application.router.add_post("/{path:.*}", self._obey)

    async def _show(self, request: web.Request) -> web.Response:
        return web.Response(text=_FORM, content_type="text/html") if _token(request) else web.Response(status=404)

    async def _obey(self, request: web.Request) -> web.Response:
        if (attempt_id := _token(request)) is None:
            return web.Response(status=404)
        is_kept = await self._stop(attempt_id)
        return web.Response(text="You will not be written to again.") if is_kept else web.Response(status=503)


def _token(request: web.Request) -> AttemptId | None:
    """The last piece of the path, wherever the admin's server puts us."""
    token = request.match_info["path"].rpartition("/")[2]
    return AttemptId(token) if ATTEMPT_ID.match(token) else None
