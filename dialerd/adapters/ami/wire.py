"""One AMI connection: actions out, messages in, both in order. pyst2 lives here only.

Not here: what is asked and what an event means (session.py, translate.py).

Of pyst2 0.5.1 this takes the framing and the reading of messages. Left out is what waits without a limit or is matched
to nothing: its three threads, its queue of replies, its connect without a timeout, its close that wants a reply first.
"""

from __future__ import annotations

import asyncio
import queue
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from asterisk import manager

CONNECT_S = 5.0
SILENT_S = 15.0
"""Longer than any pause of a connection that is asked something every few seconds."""


@dataclass(frozen=True, slots=True)
class Message:
    """A reply or an event. `data`: what follows the headers, as the answer to QueueStatus has its list."""

    headers: Mapping[str, str]
    data: str = ""

    def get(self, header: str) -> str:
        """Empty: it has none of that name."""
        return self.headers.get(header, "")


async def connect(
    host: str, port: int, on_message: Callable[[Message | None], None], *, context: ssl.SSLContext | None = None
) -> Wire:
    """A connection whose messages are told from now on, in the running loop; None: it has ended. `context`: over TLS,
    with a server that is called `host`. Raises OSError."""
    loop = asyncio.get_running_loop()
    lines = _Lines()
    async with asyncio.timeout(CONNECT_S):
        transport, _ = await loop.create_connection(lambda: lines, host, port, ssl=context)

    def deliver(message: Message | None) -> None:
        loop.call_soon_threadsafe(on_message, message)

    wire = Wire(transport, lines, deliver)
    wire.begin()
    return wire


class _Lines(asyncio.Protocol):
    """What has come, as lines: put in by the loop, taken by pyst2's reader in its thread.

    The loop has the socket, since OpenSSL lets no two threads use one connection, and pyst2 reads in a thread.
    """

    def __init__(self) -> None:
        self._come: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        *whole, self._rest = (self._rest + data).split(b"\n")
        for line in whole:
            self._come.put(line + b"\n")

    def connection_lost(self, exc: Exception | None) -> None:
        self._come.put(b"")

    def __iter__(self) -> Iterator[bytes]:
        """Until it has ended. Raises OSError where nothing comes for too long."""
        while True:
            try:
                line = self._come.get(timeout=SILENT_S)
            except queue.Empty:
                raise TimeoutError(f"nothing came for {SILENT_S:g} s") from None
            if not line:
                return
            yield line

    def close(self) -> None:
        """Asked by pyst2 at the end, in its thread; the loop closes the connection."""


class Wire(manager.Manager):  # type: ignore[misc]  # pyst2 ships no types
    """`deliver` is called in a thread of its own, for each message and once with None at the end."""

    def __init__(
        self, transport: asyncio.WriteTransport, lines: _Lines, deliver: Callable[[Message | None], None]
    ) -> None:
        # Not pyst2's own __init__: it makes threads, by calls that Python is about to drop. This is what reading needs.
        self.title: str | None = None
        self._transport = transport
        self._sock = lines
        self._message_queue = _Inbox(deliver)
        self._connected = _Flag()
        self._running = _Flag()
        self._reader = threading.Thread(target=self._receive_data, name="AMI", daemon=True)

    def begin(self) -> None:
        self._reader.start()

    def send(self, action: Mapping[str, str]) -> None:
        """Raises ConnectionResetError where the connection is lost, ValueError for a value that would be a second
        line."""
        if wrong := [key for key, value in action.items() if not (key + value).isprintable()]:
            raise ValueError(f"{wrong[0]} of an AMI action is not one line of text")
        if self._transport.is_closing():
            raise ConnectionResetError("the connection was closed")
        text = "".join(f"{key}: {value}\r\n" for key, value in action.items())
        self._transport.write(text.encode() + b"\r\n")

    def close(self) -> None:
        """End it now; the reader sees the end by itself."""
        self._running.clear()
        self._transport.abort()


class _Flag:
    """What pyst2 asks of a threading.Event, by the name that Python has given up."""

    def __init__(self) -> None:
        self._is_set = True

    def isSet(self) -> bool:  # noqa: N802
        return self._is_set

    def clear(self) -> None:
        self._is_set = False


class _Inbox:
    """Stands where pyst2 has a queue between two of its threads."""

    def __init__(self, deliver: Callable[[Message | None], None]) -> None:
        self._deliver = deliver
        self._is_over = False

    def put(self, lines: list[str] | None) -> None:
        if self._is_over:
            return
        self._is_over = not lines
        with suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._deliver(None if not lines else read(lines))


def read(lines: Iterable[str]) -> Message:
    """One message. pyst2 stumbles over ChanVariable (`has_key`), which an admin's `channelvars` adds to events."""
    found = manager.ManagerMsg([line for line in lines if not line.startswith("ChanVariable")])
    return Message({str(key): str(value) for key, value in found.headers.items()}, str(found.data))
