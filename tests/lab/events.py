"""A bare ARI client for the lab's own checks: requests and the event stream, on the standard library alone.

Not here: dialerd's client (dialerd/adapters/ari), which must not be the judge of the lab it is judged by.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Self
from urllib.parse import urlsplit


class Ari:
    """`url` without /ari. One `app` is registered while the object is open (a context manager).

    `hears_all`: it is told of everybody's channels and bridges.
    """

    def __init__(self, url: str, password: str, app: str, *, hears_all: bool = False) -> None:
        self._url, self._app = f"{url}/ari", f"{app}&subscribeAll=true" if hears_all else app
        self._secret = base64.b64encode(f"dialerd:{password}".encode()).decode()

    def __enter__(self) -> Self:
        where = urlsplit(self._url)
        self._socket = socket.create_connection((str(where.hostname), int(where.port or 80)), timeout=60)
        self._stream = self._socket.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(
            f"GET /ari/events?app={self._app} HTTP/1.1\r\nHost: {where.netloc}\r\n"
            f"Authorization: Basic {self._secret}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ari\r\n\r\n".encode()
        )
        status = self._stream.readline().decode().strip()
        while self._stream.readline().strip():
            pass
        if " 101 " not in f"{status} ":
            raise ConnectionError(f"no event stream: {status}")
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # so that nobody who reads in another thread keeps the stream from closing
            self._socket.shutdown(socket.SHUT_RDWR)
        self._stream.close()
        self._socket.close()

    def ask(self, method: str, path: str, **body: object) -> tuple[int, Any]:
        """Status and document of one request."""
        request = urllib.request.Request(
            f"{self._url}/{path}",
            method=method,
            data=json.dumps(body).encode() if body else None,
            headers={"Authorization": f"Basic {self._secret}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as reply:
                return reply.status, json.loads(reply.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read() or b"null")

    def events(self) -> Iterator[dict[str, Any]]:
        """What Asterisk tells, until the socket closes. It sends whole, unmasked text frames and asks for no pong."""
        while head := self._stream.read(2):
            size = head[1] & 127
            if size >= 126:
                size = int.from_bytes(self._stream.read(2 if size == 126 else 8), "big")
            data = self._stream.read(size)
            if head[0] & 15 == 1:
                yield json.loads(data)
