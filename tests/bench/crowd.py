"""The far sides of many live sockets in a process of their own: they listen as browsers do, and count what they hear.

Not here: what they listen to (dialerd/web/live.py), what that costs the daemon (scripts/bench api). Run by itself:
reads one JSON line (`port`, `cookies`) from its input, says `open` when each has heard its first message, and when its
input ends says what was heard, as JSON. They offer compression as browsers do, but leave frames as they are: what
opening them costs is the browsers' affair, and they are other machines.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
from collections import Counter
from collections.abc import Callable

_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10


class Listener(asyncio.Protocol):
    """One socket. `heard`: frames by their first byte's kind; `closed`: the code that the server closed with."""

    def __init__(self, port: int, cookie: str, on_first: Callable[[], None]) -> None:
        self._port, self._cookie, self._on_first = port, cookie, on_first
        self._kept = bytearray()
        self._is_open = False
        self.status = 0
        self.heard: Counter[int] = Counter()
        self.size = 0
        self.closed: int | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        lines = (
            "GET /api/live HTTP/1.1",
            f"Host: 127.0.0.1:{self._port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
            f"Cookie: dialerd_session={self._cookie}",
        )
        transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    def data_received(self, data: bytes) -> None:
        self.size += len(data)
        self._kept += data
        if not self._is_open:
            head, found, rest = self._kept.partition(b"\r\n\r\n")
            if not found:
                return
            self.status, self._is_open, self._kept = int(head.split()[1]), True, rest
        while (whole := self._frame_size()) is not None and len(self._kept) >= whole:
            self._take(self._kept[0] & 0x0F, bytes(self._kept[:whole]))
            del self._kept[:whole]

    def _frame_size(self) -> int | None:
        if len(self._kept) < 2:
            return None
        size = self._kept[1] & 0x7F
        if size < 126:
            return 2 + size
        wide = 2 if size == 126 else 8
        return None if len(self._kept) < 2 + wide else 2 + wide + int.from_bytes(self._kept[2 : 2 + wide], "big")

    def _take(self, kind: int, frame: bytes) -> None:
        self.heard[kind] += 1
        if kind == _PING:
            body = frame[2:]
            self._transport.write(bytes((0x80 | _PONG, 0x80 | len(body), 0, 0, 0, 0)) + body)
        elif kind == _CLOSE:
            self.closed = int.from_bytes(frame[2:4], "big")
            self._transport.close()
        elif self.heard[kind] == 1:
            self._on_first()

    def leave(self) -> None:
        self._transport.write(bytes((0x80 | _CLOSE, 0x82, 0, 0, 0, 0)) + (1000).to_bytes(2, "big"))
        self._transport.close()


async def listen(port: int, cookies: list[str]) -> dict[str, object]:
    """All of them, until the input ends."""
    loop = asyncio.get_running_loop()
    left, all_heard = set(range(len(cookies))), asyncio.Event()

    def first(index: int) -> None:
        left.discard(index)
        if not left:
            all_heard.set()

    listeners = []
    for index, cookie in enumerate(cookies):

        def made(index: int = index, cookie: str = cookie) -> Listener:
            return Listener(port, cookie, lambda: first(index))

        _, listener = await loop.create_connection(made, "127.0.0.1", port)
        listeners.append(listener)
    async with asyncio.timeout(120):
        await all_heard.wait()
    before = _counts(listeners)
    print("open", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    after = _counts(listeners)
    for each in listeners:
        each.leave()
    return {
        "sockets": len(listeners),
        "refused": sum(each.status != 101 for each in listeners),
        "closed": Counter(str(each.closed) for each in listeners if each.closed is not None),
        **{name: after[name] - before[name] for name in after},
    }


def _counts(listeners: list[Listener]) -> dict[str, float]:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "messages": sum(each.heard[_TEXT] for each in listeners),
        "bytes": sum(each.size for each in listeners),
        "cpu_s": usage.ru_utime + usage.ru_stime,
    }


def main() -> None:
    given = json.loads(sys.stdin.readline())
    os.nice(5)  # they are other machines: where the processor is short, it is they who wait
    print(json.dumps(asyncio.run(listen(given["port"], given["cookies"]))), flush=True)


if __name__ == "__main__":
    main()
