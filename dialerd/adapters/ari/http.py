"""HTTP to one Asterisk, and its failures as two kinds: a status, or no answer at all.

Not here: what is asked (session.py, exchange.py). aioari is given this client in place of its own, which puts the
password into every URL, waits 300 s for a reply, has no heartbeat, and raises aiohttp's *server* exceptions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import aiohttp
from aioswagger11.http_client import HttpClient

REPLY_S = 10.0
HEARTBEAT_S = 3.0
"""A ping this often, and half of it for the pong: a half-open socket is noticed within 4.5 s."""

_POOL = 20  # Asterisk counts sockets against `sessionlimit` and closes what is beyond it without a word
_KEEP_S = 10.0  # Asterisk closes idle connections after 15 s: a request must never meet that moment


class AriStatus(Exception):
    """Asterisk answered, with an error status. `text` is its own message."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"HTTP {status}: {text}")
        self.status = status
        self.text = text


class AriUnreachable(Exception):
    """No answer: refused, cut, or not in time. What was asked may have been done."""


class AriHttp(HttpClient):  # type: ignore[misc]  # aioswagger11 ships no types
    """One pool of connections with the login in a header."""

    def __init__(self, *, url: str, username: str, password: str) -> None:
        self.url = f"{url}/ari"
        login = aiohttp.encode_basic_auth(username, password)
        self._session = aiohttp.ClientSession(
            headers={"Authorization": login},
            connector=aiohttp.TCPConnector(limit=_POOL, keepalive_timeout=_KEEP_S),
            timeout=aiohttp.ClientTimeout(total=REPLY_S),
        )

    async def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: object = None,
        last: bool = False,
    ) -> Any:
        """One ARI request; its JSON reply (None where there is none). `last`: close the connection after it.

        Raises AriStatus and AriUnreachable.
        """
        headers = {"Connection": "close"} if last else None
        if self._session.closed:
            raise AriUnreachable("the connection was closed")
        try:
            async with self._session.request(
                method, self.url + path, params=params, json=body, headers=headers
            ) as response:
                text = await response.text()
                if response.status >= 400:
                    raise AriStatus(response.status, _message(text))
                return json.loads(text) if text else None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise AriUnreachable(_said(error)) from error
        except ValueError as error:
            raise AriUnreachable("the reply is not JSON: is this an Asterisk?") from error

    # What aioari asks of its client

    async def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        data: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> aiohttp.ClientResponse:
        try:
            response = await self._session.request(method, url, params=params, data=data, headers=headers)
            text = await response.text()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise AriUnreachable(_said(error)) from error
        if response.status >= 400:
            raise AriStatus(response.status, _message(text))
        return response

    async def ws_connect(self, url: str, params: Mapping[str, Any] | None = None) -> aiohttp.ClientWebSocketResponse:
        try:
            return await self._session.ws_connect(url, params=params, heartbeat=HEARTBEAT_S, max_msg_size=0)
        except aiohttp.WSServerHandshakeError as error:
            raise AriStatus(error.status, error.message) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise AriUnreachable(_said(error)) from error

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


def _said(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {REPLY_S:g} s"
    return str(error)[:200] or type(error).__name__
