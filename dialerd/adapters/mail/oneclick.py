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
    """Listens while it is entered; `stop` is told whose person wants no more, and returns whether that is kept.

    Raises OSError where the place is taken.
    """

    def __init__(self, listen: str, stop: Callable[[AttemptId], Awaitable[bool]]) -> None:
        host, _, port = listen.rpartition(":")
        self._host, self._port = host.strip("[]"), int(port)
        self._stop = stop
        application = web.Application(client_max_size=_MOST)
        application.router.add_get("/{path:.*}", self._show)
        application.router.add_post("/{path:.*}", self._obey)
        self._runner = web.AppRunner(application, access_log=None)

    async def __aenter__(self) -> OneClick:
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except BaseException:
            await self._runner.cleanup()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

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
