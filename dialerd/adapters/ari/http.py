"""HTTP to one Asterisk, and its failures as two kinds: a status, or no answer at all.

Not here: what is asked (session.py, exchange.py), the connections of what is asked all the time (wire.py). aioari is
given this client in place of its own, which puts the password into every URL, waits 300 s for a reply, has no
heartbeat, and raises aiohttp's *server* exceptions.
"""

from __future__ import annotations

import asyncio
import errno
import json
import re
import ssl
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import aiohttp
from aioswagger11.http_client import HttpClient

from dialerd import tls
from dialerd.adapters.ari.wire import Answer, Broken, NotConnected, Wire
from dialerd.serversettings import AsteriskSettings

REPLY_S = 10.0
HEARTBEAT_S = 2.5
"""A ping this often, and half of it for the pong: a half-open socket is noticed within 3.75 s."""

_POOL = 18  # Asterisk counts sockets against `sessionlimit` and closes what is beyond it without a word
_SELDOM = 4  # of them for what is asked once: the event socket, aioari's reading of the API
_KEEP_S = 10.0  # Asterisk closes idle connections after 15 s: a request must never meet that moment
_ERRNO = re.compile(r"\[Errno ([0-9]+)\]")
_WS_CLOSE_S = 1.0  # a stuck Asterisk may not hold up the news that it is lost


class AriStatus(Exception):
    """Asterisk answered, with an error status. `text` is its own message."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"HTTP {status}: {text}")
        self.status = status
        self.text = text


class AriUnreachable(Exception):
    """No answer of ARI's: refused, cut, not in time, or nonsense. What was asked may have been done.

    `unsent`: it has not, for there was no connection to ask over; `refused`: nor anybody who listens there.
    """

    def __init__(self, message: str, *, unsent: bool = False, refused: bool = False) -> None:
        super().__init__(message)
        self.unsent = unsent
        self.refused = refused


class AriHttp(HttpClient):  # type: ignore[misc]  # aioswagger11 ships no types
    """Two pools of connections with the login in a header: one for what dialing asks, and aioari's. `context`: whom
    https trusts; None: as this machine does."""

    def __init__(self, *, url: str, username: str, password: str, context: ssl.SSLContext | None = None) -> None:
        self.url = f"{url}/ari"
        login = aiohttp.encode_basic_auth(username, password)
        headers = {"Authorization": login}
        self._session = aiohttp.ClientSession(
            headers=headers,
            connector=aiohttp.TCPConnector(limit=_SELDOM, keepalive_timeout=_KEEP_S, ssl=context or True),
            timeout=aiohttp.ClientTimeout(total=REPLY_S),
        )
        if context is None and url.startswith("https:"):
            context = ssl.create_default_context()
        self._wire = Wire(url, headers=headers, context=context, limit=_POOL, keep_s=_KEEP_S)
        self._base = urlsplit(self.url).path

    @classmethod
    def opener(cls, settings: AsteriskSettings) -> Callable[[], Self]:
        """What opens one to that server, each time it is called.

        Raises SettingsError where a file that the settings name cannot be read: it is read once, here.
        """
        context = tls.trusting(settings.ca_file) if settings.is_over_tls else None
        return partial(cls, url=settings.url, username=settings.username, password=settings.secret(), context=context)

    async def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: object = None,
    ) -> Any:
        """One ARI request; its JSON reply (None where there is none). Raises AriStatus and AriUnreachable."""
        if self._session.closed:
            raise AriUnreachable("the connection was closed", unsent=True)
        target = f"{self._base}{path}?{urlencode(params, safe=',()')}" if params else self._base + path
        content = None if body is None else json.dumps(body).encode()
        try:
            async with asyncio.timeout(REPLY_S):
                answer = await self._ask(method, target, content)
        except TimeoutError as error:
            raise AriUnreachable(f"no answer within {REPLY_S:g} s") from error
        except NotConnected as error:
            text = tls.trouble(error) or str(error)[:200]
            raise AriUnreachable(text, unsent=True, refused=_is_refused(error.__cause__)) from error
        except Broken as error:
            raise AriUnreachable(str(error)[:200]) from error
        text = answer.body.decode("utf-8", "replace")
        if answer.status >= 300:  # ARI redirects nobody
            raise AriStatus(answer.status, _message(text))
        try:
            return json.loads(text) if text else None
        except ValueError as error:
            raise AriUnreachable("the reply is not JSON: is this an Asterisk?") from error

    async def _ask(self, method: str, target: str, content: bytes | None) -> Answer:
        """Once more where a kept connection was closed before a byte came back, but what must not be done twice."""
        try:
            return await self._wire.ask(method, target, content)
        except Broken as error:
            if not error.unheard or method == "POST":
                raise
            return await self._wire.ask(method, target, content)

    # What aioari asks of its client, at the addresses of Asterisk's own description, which has http:// in each

    def _ours(self, url: str) -> str:
        """The same of the server and in the way of the settings: what stands in a description sends no password to
        anywhere else, and nothing that was to go over TLS without it."""
        return self.url + urlsplit(url).path.partition("/ari")[2]

    async def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        data: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> aiohttp.ClientResponse:
        try:
            response = await self._session.request(method, self._ours(url), params=params, data=data, headers=headers)
            text = await response.text()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _unreachable(error) from error
        if response.status >= 400:
            raise AriStatus(response.status, _message(text))
        return response

    async def ws_connect(self, url: str, params: Mapping[str, Any] | None = None) -> aiohttp.ClientWebSocketResponse:
        try:
            return await self._session.ws_connect(
                self._ours(url),
                params=params,
                heartbeat=HEARTBEAT_S,
                max_msg_size=0,
                timeout=aiohttp.ClientWSTimeout(ws_close=_WS_CLOSE_S),
            )
        except aiohttp.WSServerHandshakeError as error:
            raise AriStatus(error.status, error.message) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _unreachable(error) from error

    async def close(self) -> None:
        self._wire.close()
        await self._session.close()


def _message(text: str) -> str:
    """Asterisk's own words in an error reply, or that it was a page of something else."""
    try:
        table = json.loads(text)
    except ValueError:
        return "not an ARI reply"
    if isinstance(table, dict):
        return str(table.get("message") or table.get("error") or "")[:200]
    return ""


def _unreachable(error: BaseException) -> AriUnreachable:
    if isinstance(error, TimeoutError):
        return AriUnreachable(f"no answer within {REPLY_S:g} s")
    # A connector's error comes before the first byte is sent.
    unsent = isinstance(error, aiohttp.ClientConnectorError)
    refused = isinstance(error, aiohttp.ClientConnectorError) and error.os_error.errno == errno.ECONNREFUSED
    text = tls.trouble(error) or str(error)[:200] or type(error).__name__
    return AriUnreachable(text, unsent=unsent, refused=refused)


def _is_refused(error: BaseException | None) -> bool:
    """Whether nobody listens there, at none of the addresses of a name: asyncio tells of several in one text."""
    if not isinstance(error, OSError):
        return False
    numbers = [error.errno] if error.errno is not None else [int(each) for each in _ERRNO.findall(str(error))]
    return bool(numbers) and set(numbers) == {errno.ECONNREFUSED}


# The shape of a reply: what passes for Asterisk may be anything that listens there


def as_object(reply: object) -> dict[str, Any]:
    """A reply that must be one object. Raises AriUnreachable."""
    if not isinstance(reply, dict):
        raise AriUnreachable("a reply has not the shape of ARI's: is this an Asterisk?")
    return reply


def as_objects(reply: object) -> list[dict[str, Any]]:
    """A reply that must be a list of objects. Raises AriUnreachable."""
    if not isinstance(reply, list):
        raise AriUnreachable("a reply has not the shape of ARI's: is this an Asterisk?")
    return [as_object(each) for each in reply]
