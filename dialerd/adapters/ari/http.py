"""HTTP to one Asterisk, and its failures as two kinds: a status, or no answer at all.

Not here: what is asked (session.py, exchange.py). aioari is given this client in place of its own, which puts the
password into every URL, waits 300 s for a reply, has no heartbeat, and raises aiohttp's *server* exceptions.
"""

from __future__ import annotations

import errno
import json
import ssl
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Self
from urllib.parse import urlsplit

import aiohttp
from aiohttp.connector import Connection
from aioswagger11.http_client import HttpClient

from dialerd import tls
from dialerd.serversettings import AsteriskSettings

REPLY_S = 10.0
HEARTBEAT_S = 2.5
"""A ping this often, and half of it for the pong: a half-open socket is noticed within 3.75 s."""

_POOL = 20  # Asterisk counts sockets against `sessionlimit` and closes what is beyond it without a word
_KEEP_S = 10.0  # Asterisk closes idle connections after 15 s: a request must never meet that moment
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


class _Reply(aiohttp.ClientResponse):
    """A reply after which the connection is closed if it was a 409.

    Asterisk (22.10 to HEAD) never resets errno, which each connection has one of: after one 409 every originate that
    fails on this connection is a 409 as well. Only here is it known which connection that was: aiohttp gives it back
    to the pool while it reads a short reply, and whoever waits for one could have it before `call` sees the status.
    """

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        transport = connection.transport
        await super().start(connection)
        if self.status == 409 and transport is not None:
            self.content.on_eof(transport.close)
        return self


class AriHttp(HttpClient):  # type: ignore[misc]  # aioswagger11 ships no types
    """One pool of connections with the login in a header. `context`: whom https trusts; None: as this machine does."""

    def __init__(self, *, url: str, username: str, password: str, context: ssl.SSLContext | None = None) -> None:
        self.url = f"{url}/ari"
        login = aiohttp.encode_basic_auth(username, password)
        self._session = aiohttp.ClientSession(
            headers={"Authorization": login},
            connector=aiohttp.TCPConnector(limit=_POOL, keepalive_timeout=_KEEP_S, ssl=context or True),
            timeout=aiohttp.ClientTimeout(total=REPLY_S),
            response_class=_Reply,
        )

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
        try:
            async with self._session.request(method, self.url + path, params=params, json=body) as response:
                text = await response.text()
                if response.status >= 400:
                    raise AriStatus(response.status, _message(text))
                return json.loads(text) if text else None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _unreachable(error) from error
        except ValueError as error:
            raise AriUnreachable("the reply is not JSON: is this an Asterisk?") from error

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
