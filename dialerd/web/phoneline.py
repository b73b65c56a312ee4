"""The line of the phone in the browser: its SIP comes to the pages' own address and goes on to Asterisk's WebSocket.

So a browser needs one address and one certificate, whoever is not signed in cannot even ask Asterisk for a phone, and
Asterisk's HTTP server, which ARI is served by too, stays where only dialerd reaches it.
Not here: speech, which goes between browser and Asterisk (DTLS-SRTP); the phone's password, which Asterisk asks.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from aiohttp import WSMsgType, web

from dialerd import tls
from dialerd.domain.user import Right
from dialerd.log import logger
from dialerd.tasks import end, spawn
from dialerd.web.binding import Streamed, Visit
from dialerd.web.credentials import check_origin
from dialerd.web.house import PhoneLine
from dialerd.web.problems import Problem
from dialerd.web.sockets import SIGNED_OUT, Standing, open_for, standing_of

_log = logger(__name__)

PATH = "/api/phone"
_PROTOCOL = "sip"  # RFC 7118
_CONNECT_S = 10.0
_PING_S = 30.0
LOOK_S = 20.0  # between two looks whether the session goes on
GRACE_S = 15 * 60.0  # that a line lives on after its session: longer than most calls
_MOST = 65536  # bytes of a SIP message
LINES = 4  # of one user at once: the one in use, and those of pages that are gone but not yet known to be

_Socket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


class _Lines:
    """How many each user has open."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    @contextmanager
    def one_of(self, user: str) -> Iterator[None]:
        """Raises Problem where there is one too many."""
        if self._open[user] >= LINES:
            raise Problem(
                429, "too_many", f"{LINES} phones of user {user} are open already", "close the console in other windows"
            )
        self._open[user] += 1
        try:
            yield
        finally:
            self._open[user] -= 1
            if not self._open[user]:
                del self._open[user]


async def _pass_on(look_s: float, lines: _Lines, visit: Visit) -> web.StreamResponse:
    request, line = visit.request, visit.house.phone_line
    check_origin(request)
    if line is None:
        raise Problem(404, "not_found", "no phone in the browser is set up here", "see [http] phone_at in the settings")
    wanted = [each.strip() for each in request.headers.get("Sec-WebSocket-Protocol", "").split(",")]
    if request.headers.get("Upgrade", "").lower() != "websocket" or _PROTOCOL not in wanted:
        raise Problem(426, "upgrade_required", "this is a WebSocket for SIP", "connect to it as one, protocol sip")
    with lines.one_of(visit.person.user):
        return await _connected(look_s, line, visit)


async def _connected(look_s: float, line: PhoneLine, visit: Visit) -> web.StreamResponse:
    async with aiohttp.ClientSession() as session:
        try:
            async with asyncio.timeout(_CONNECT_S):
                far = await session.ws_connect(
                    line.url, protocols=(_PROTOCOL,), heartbeat=_PING_S, max_msg_size=_MOST, ssl=line.tls or True
                )
        except (aiohttp.ClientError, OSError) as error:
            _log.warning(
                f"a phone in a browser does not reach Asterisk: {tls.trouble(error) or error}",
                action="phone_line_failed",
            )
            raise Problem(502, "unavailable", "Asterisk takes no phones in browsers now", "see the log") from None
        near = web.WebSocketResponse(
            protocols=(_PROTOCOL,), heartbeat=_PING_S, max_msg_size=_MOST, timeout=2.0, compress=False
        )
        await open_for(visit, near)
        parts = [
            spawn("phone line to Asterisk", _pump(near, far)),
            spawn("phone line to the browser", _pump(far, near)),
            spawn("phone line's session", _until_signed_out(visit, look_s)),
        ]
        try:
            await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        finally:
            is_over = parts[-1].done()
            for part in parts:
                await end(part)
            await far.close()
            await near.close(code=SIGNED_OUT if is_over else aiohttp.WSCloseCode.GOING_AWAY)
    return near


async def _pump(source: _Socket, target: _Socket) -> None:
    """Until either is gone."""
    try:
        async for message in source:
            if message.type is WSMsgType.TEXT:
                await target.send_str(message.data)
            elif message.type is WSMsgType.BINARY:
                await target.send_bytes(message.data)
    except (ConnectionError, aiohttp.ClientError):
        return


async def _until_signed_out(visit: Visit, look_s: float) -> None:
    """Or for a while longer where nobody has signed out: the end of a shift, or another password that an admin has
    given, must not cut a call that is up, of which we know nothing here."""
    clock, looked, over_at = visit.house.clock, asyncio.Event(), None
    while (standing := await standing_of(visit)) is not Standing.GONE:
        if standing is Standing.GOOD:
            over_at = None
        elif over_at is None:
            over_at = clock.steady()
        elif clock.steady() - over_at >= GRACE_S:
            return
        looked.clear()
        timer = clock.call_later(look_s, looked.set)
        try:
            await looked.wait()
        finally:
            timer.cancel()


def routes(look_s: float = LOOK_S) -> tuple[Streamed, ...]:
    """`look_s`: between two looks whether whoever has a line is still signed in."""

    lines = _Lines()

    async def pass_on(visit: Visit) -> web.StreamResponse:
        """The line of the phone in the browser: SIP over WebSocket (RFC 7118), passed on to Asterisk."""
        return await _pass_on(look_s, lines, visit)

    return (Streamed(method="GET", path=PATH, do=pass_on, right=Right.SELF, media="text/plain"),)
