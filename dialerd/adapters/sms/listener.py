"""A small HTTP server on this machine, for what a gateway tells: each path has one who reads its query.

Not here: what is told (gateway.py).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from enum import IntEnum
from functools import partial
from urllib.parse import parse_qsl

from aiohttp import web

_MOST = 65_536
_CHARSETS = ("UTF-16BE", "ISO-8859-1", "WINDOWS-1252")  # beside UTF-8


class Answer(IntEnum):
    """What the gateway is told: it brings again what is not DONE, where it can."""

    DONE = 200
    UNKNOWN = 400
    FORBIDDEN = 403
    LATER = 503


Reader = Callable[[Mapping[str, str]], Awaitable[Answer]]


def listener(paths: Mapping[str, Reader]) -> web.Application:
    """What listens; it is opened with `serving`."""
    application = web.Application(client_max_size=_MOST)
    for path, reader in paths.items():
        application.router.add_route("*", path, partial(_serve, reader))
    return application


async def _serve(reader: Reader, request: web.Request) -> web.Response:
    answer = await reader(_query(request.rel_url.raw_query_string))
    # Empty: Kannel sends what it is answered back to the phone.
    return web.Response(status=answer.value, text="")


def _query(raw: str) -> dict[str, str]:
    """The keys and values, in UTF-8; `text` in `charset`, since Kannel brings UCS-2 as it came."""
    octets = {key: value.encode("latin-1") for key, value in parse_qsl(raw, keep_blank_values=True, encoding="latin-1")}
    found = {key: value.decode("utf-8", "replace") for key, value in octets.items()}
    if found.get("charset", "").upper() in _CHARSETS and "text" in octets:
        found["text"] = octets["text"].decode(found["charset"], "replace")
    return found
