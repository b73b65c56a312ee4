"""A few kept connections to one HTTP server, for short requests and short answers: what dialing is made of.

Not here: what is asked and what an answer means (http.py). aiohttp's client does more than these need, and one request
of it costs a third of what a call costs dialerd in all; the web socket and what is asked once stay with it.

HTTP/1.1 (RFC 9112) with one request at a time on a connection; an answer has its length, comes in chunks (a proxy
before Asterisk), or ends with the connection.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

_HEAD_LIMIT, _BODY_LIMIT = 65_536, 64 * 2**20  # bytes; a list of ten thousand channels has 7 MB
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?\r\n")
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,12})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[ \t]*chunked[ \t]*\r\n", re.IGNORECASE)
_ENDS = re.compile(rb"\r\nconnection:[ \t]*close[ \t]*\r\n", re.IGNORECASE)
_PLAIN = re.compile(r"/[!-~]*\Z")
_SAFE = "/%:@!$&'()*+,;=-._~?"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


class NotConnected(Exception):
    """There was no connection to ask over: nothing was sent. Its cause says why."""


class Broken(Exception):
    """The connection broke, or what came over it is no HTTP. `unheard`: it was a kept one, and not a byte came back, as
    where the server was closing it at that moment."""

    def __init__(self, message: str, *, unheard: bool = False) -> None:
        super().__init__(message)
        self.unheard = unheard


class Wire:
    """At most `limit` connections; one that was idle for `keep_s` is not used again. `context`: TLS, by that.

    `headers`: lines that each request has. Use it on one event loop.
    """

    def __init__(
        self, url: str, *, headers: dict[str, str], context: ssl.SSLContext | None, limit: int, keep_s: float
    ) -> None:
        address = urlsplit(url)
        self._host = address.hostname or ""
        self._context = context if address.scheme == "https" else None
        self._port = address.port or (443 if address.scheme == "https" else 80)
        lines = {"Host": address.netloc.rpartition("@")[2], **headers}
        self._headers = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self._turns = asyncio.Semaphore(limit)
        self._keep_s = keep_s
        self._idle: list[_Connection] = []
        self._all: set[_Connection] = set()
        self._is_closed = False

    async def ask(self, method: str, target: str, body: bytes | None = None) -> Answer:
        """One request; `target` is a path with its query, `body` is JSON. Raises NotConnected and Broken.

        After a 409 its connection is closed: Asterisk (22.10 to HEAD) never resets errno, which each connection has one
        of, and after one 409 every originate that fails on this connection is a 409 as well.
        """
        target = target if _PLAIN.match(target) else quote(target, safe=_SAFE)
        content = "" if body is None else f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        if body is None and method == "POST":
            content = "Content-Length: 0\r\n"
        request = f"{method} {target} HTTP/1.1\r\n{self._headers}{content}\r\n".encode("latin-1", "replace")
        async with self._turns:
            connection = self._kept() or await self._connect()
            is_done = False
            try:
                answer = await connection.ask(request + body if body else request)
                is_done = answer.status != 409
            finally:
                if is_done and connection.may_be_kept and not self._is_closed:
                    self._idle.append(connection)
                else:  # whoever asked has gone, too: the answer is still to come
                    connection.end()
            return answer

    def _kept(self) -> _Connection | None:
        """The connection that was used last; where it has been idle too long, all have."""
        now = asyncio.get_running_loop().time()
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open and now - connection.used_at < self._keep_s:
                return connection
            connection.end()
        return None

    async def _connect(self) -> _Connection:
        if self._is_closed:
            raise NotConnected("the connection was closed")
        try:
            loop = asyncio.get_running_loop()
            _, connection = await loop.create_connection(
                lambda: _Connection(self._all), self._host, self._port, ssl=self._context
            )
        except (OSError, ValueError) as error:  # ValueError: a host name that is none
            raise NotConnected(str(error)) from error
        if self._is_closed:
            connection.end()
            raise NotConnected("the connection was closed")
        return connection

    def close(self) -> None:
        self._is_closed = True
        for each in list(self._all):
            each.end()


class _Connection(asyncio.Protocol):
    """One connection, with at most one request on its way. `used_at`: when its last answer came, by the loop's time."""

    def __init__(self, everyone: set[_Connection]) -> None:
        self._everyone = everyone
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self._received = bytearray()
        self._answered = 0
        self.used_at = 0.0
        self.may_be_kept = True

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    async def ask(self, request: bytes) -> Answer:
        loop = asyncio.get_running_loop()
        transport = self._transport
        if transport is None or transport.is_closing():
            raise self._broken("the connection was closed")
        self._answer = loop.create_future()
        transport.write(request)
        answer = await self._answer
        self._answered += 1
        self.used_at = loop.time()
        return answer

    def end(self) -> None:
        """At once: nothing is waited for."""
        if self._transport is not None:
            self._transport.abort()
        self._fail(Broken("the connection was closed"))

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._everyone.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._everyone.discard(self)
        self._transport = None
        self._fail(self._broken(str(exc) if exc else "the server closed the connection"))

    def eof_received(self) -> None:
        answer = _read(self._received, is_whole=True)
        if isinstance(answer, _Read):
            self.may_be_kept = False
            self._tell(answer)

    def data_received(self, data: bytes) -> None:
        if self._answer is None or self._answer.done():
            self.end()  # nobody has asked
            return
        self._received += data
        found = _read(self._received, is_whole=False)
        if isinstance(found, _Read):
            self.may_be_kept = found.may_be_kept
            self._tell(found)
        elif found is not None:
            self._fail(Broken(found))
            self.end()

    def _tell(self, found: _Read) -> None:
        self._received.clear()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(found.answer)

    def _fail(self, error: Broken) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    def _broken(self, reason: str) -> Broken:
        return Broken(reason, unheard=self._answered > 0 and not self._received)


@dataclass(frozen=True, slots=True)
class _Read:
    answer: Answer
    may_be_kept: bool


def _read(received: bytearray, *, is_whole: bool) -> _Read | str | None:
    """The answer that has come; None: not all of it yet; a text: why it will never be one. `is_whole`: that was all."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return "the head of an answer has no end" if len(received) > _HEAD_LIMIT else None
    head = bytes(received[: end + 2])
    status = _STATUS.match(head)
    if status is None:
        return "the answer is not HTTP"
    code = int(status[1])
    if code < 200:  # nothing was asked for by it; the answer follows
        del received[: end + 4]
        return _read(received, is_whole=is_whole)
    start, may_be_kept = end + 4, head.startswith(b"HTTP/1.1") and _ENDS.search(head) is None
    if code in (204, 304):
        body: bytes | str | None = b""
        may_be_kept = may_be_kept and len(received) == start
    elif _CHUNKED.search(head):
        body = _unchunked(received, start)
    elif (length := _LENGTH.search(head)) is not None:
        whole = start + int(length[1])
        if int(length[1]) > _BODY_LIMIT:
            return "the answer is too long"
        body = bytes(received[start:whole]) if len(received) >= whole else None
        may_be_kept = may_be_kept and len(received) == whole
    else:  # it ends with the connection
        body, may_be_kept = bytes(received[start:]) if is_whole else None, False
        if len(received) > _BODY_LIMIT:
            return "the answer is too long"
    if body is None or isinstance(body, str):
        return body
    return _Read(Answer(code, body), may_be_kept)


def _unchunked(received: bytearray, start: int) -> bytes | str | None:
    """The body that came in chunks; see `_read`."""
    body = bytearray()
    while True:
        line_end = received.find(b"\r\n", start)
        if line_end < 0:
            return None
        try:
            size = int(bytes(received[start:line_end]).partition(b";")[0].strip() or b"x", 16)
        except ValueError:
            return "the answer's chunks have no length"
        if not 0 <= size <= _BODY_LIMIT - len(body):
            return "the answer is too long"
        chunk = line_end + 2
        if size == 0:  # trailers, then an empty line
            return bytes(body) if received.find(b"\r\n", chunk) >= 0 and received.endswith(b"\r\n") else None
        if len(received) < chunk + size + 2:
            return None
        body += received[chunk : chunk + size]
        start = chunk + size + 2
