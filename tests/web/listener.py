"""The other side of a live socket, as plain as it can be: a handshake and unmasked text frames read one by one."""

from __future__ import annotations

import base64
import json
import os
import socket
from typing import Any

from tests.web.site import Browser


class Listener:
    """Hears what one user's page hears. `status`: of the handshake; `closed`: the code that the server closed with."""

    def __init__(self, browser: Browser, path: str = "/api/live", **headers: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", browser.port), timeout=20)
        sent = {
            "Host": f"127.0.0.1:{browser.port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            "Cookie": browser.cookie,
            **headers,
        }
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
        self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self._stream = self._socket.makefile("rb")
        self.status = int(self._stream.readline().split()[1])
        while self._stream.readline() not in (b"\r\n", b""):
            pass
        self.closed: int | None = None

    def hear(self) -> Any:
        """The next message; None: the server has closed."""
        while True:
            head = self._stream.read(2)
            if len(head) < 2:
                return None
            size = head[1] & 0x7F
            if size >= 126:
                size = int.from_bytes(self._stream.read(2 if size == 126 else 8), "big")
            body, kind = self._stream.read(size), head[0] & 0x0F
            if kind == 8:
                self.closed = int.from_bytes(body[:2], "big")
                return None
            if kind == 1:
                return json.loads(body)

    def close(self) -> None:
        self._stream.close()
        self._socket.close()

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
