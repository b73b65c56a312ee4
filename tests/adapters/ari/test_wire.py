"""Short requests over kept connections: an answer is read however it comes, and none is taken for another's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialerd.adapters.ari.http import AriHttp, AriUnreachable
from dialerd.adapters.ari.wire import Answer, Broken, NotConnected, Wire, _Read, _read

_JSON = b'{"id": "x"}'
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n" + _JSON
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n"
    + _JSON[:4]
    + b"\r\n7;x=y\r\n"
    + _JSON[4:]
    + b"\r\n0\r\n\r\n"
)
EARLY = b"HTTP/1.1 100 Continue\r\n\r\n" + OK
LAST = b"HTTP/1.1 200 OK\r\nConnection: Close\r\ncontent-length: 11\r\n\r\n" + _JSON
OLD = b"HTTP/1.0 200 OK\r\nContent-Length: 11\r\n\r\n" + _JSON
NOTHING = b"HTTP/1.1 204 No Content\r\n\r\n"
TAKEN = b"HTTP/1.1 409 Conflict\r\nContent-Length: 11\r\n\r\n" + _JSON

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.mark.parametrize(
    ("came", "body", "kept"),
    [
        (OK, _JSON, True),
        (CHUNKED, _JSON, True),
        (EARLY, _JSON, True),
        (LAST, _JSON, False),
        (OLD, _JSON, False),
        (NOTHING, b"", True),
    ],
)
@given(st.data())
def test_an_answer_is_read_however_it_is_cut(came: bytes, body: bytes, kept: bool, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, len(came) - 1), max_size=5)))
    received, found = bytearray(), None
    for begin, end in zip([0, *cuts], [*cuts, len(came)], strict=True):
        if not isinstance(found, _Read):
            received += came[begin:end]
            found = _read(received, is_whole=False)
    assert isinstance(found, _Read)
    assert found.answer.body == body
    assert found.may_be_kept is kept


def test_a_connection_on_which_more_has_come_than_the_answer_is_not_kept() -> None:
    found = _read(bytearray(OK + b"HTTP"), is_whole=False)
    assert isinstance(found, _Read)
    assert not found.may_be_kept


@given(st.binary(max_size=300))
def test_what_is_no_answer_is_one_of_three_things(came: bytes) -> None:
    for start in (b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"):
        assert isinstance(_read(bytearray(start + came), is_whole=True), _Read | str | None)


@pytest.mark.parametrize(
    "came",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"x" * 70_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n",
    ],
)
def test_what_is_no_http_is_said_to_be_none(came: bytes) -> None:
    assert isinstance(_read(bytearray(came), is_whole=False), str)


def test_connections_are_kept_and_no_more_than_allowed_are_opened() -> None:
    async def use(wire: Wire, server: _Server) -> None:
        for _ in range(3):
            assert await wire.ask("GET", "/ari/x") == Answer(200, _JSON)
        assert server.opened == 1
        await asyncio.gather(*(wire.ask("POST", "/ari/x", b"{}") for _ in range(20)))
        assert server.opened == 2

    _run(_answers(OK), use)


@pytest.mark.parametrize("answer", [TAKEN, LAST, OLD])
def test_a_connection_is_not_used_again_after_that(answer: bytes) -> None:
    async def use(wire: Wire, server: _Server) -> None:
        for _ in range(2):
            assert (await wire.ask("GET", "/ari/x")).body == _JSON
        assert server.opened == 2

    _run(_answers(answer), use)


def test_one_that_was_idle_too_long_is_not_used() -> None:
    async def use(wire: Wire, server: _Server) -> None:
        for _ in range(2):
            await wire.ask("GET", "/ari/x")
        assert server.opened == 2

    _run(_answers(OK), use, keep_s=0.0)


def test_an_answer_that_nobody_waits_for_any_more_is_nobody_elses() -> None:
    asked, go = asyncio.Event(), asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if b"/slow" in head:
            asked.set()
            await go.wait()
            writer.write(OK.replace(_JSON, b'{"id": "y"}'))
        writer.write(OK)

    async def use(wire: Wire, server: _Server) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(None) as limit:
                slow = asyncio.gather(wire.ask("GET", "/slow"), _then(asked, lambda: limit.reschedule(0)))
                await slow
        go.set()
        assert await wire.ask("GET", "/ari/x") == Answer(200, _JSON)
        assert server.opened == 2

    _run(talk, use)


def test_a_server_that_closes_without_a_word_is_asked_again_unless_that_could_do_a_thing_twice() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await reader.readuntil(b"\r\n\r\n")  # the second on a connection is not answered

    async def use(wire: Wire, server: _Server) -> None:
        http = AriHttp(url=f"http://127.0.0.1:{server.port}", username="u", password="p")
        try:
            for _ in range(3):
                assert await http.call("GET", "/x") == {"id": "x"}
            with pytest.raises(AriUnreachable, match="closed the connection") as error:
                await http.call("POST", "/x")
            assert not error.value.unsent
        finally:
            await http.close()

    _run(talk, use)


def test_where_nobody_listens_nothing_was_sent() -> None:
    async def main() -> None:
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        for host in ("127.0.0.1", "localhost"):
            http = AriHttp(url=f"http://{host}:{port}", username="u", password="p")
            with pytest.raises(AriUnreachable) as error:
                await http.call("GET", "/x")
            assert error.value.unsent
            assert error.value.refused
            await http.close()

    asyncio.run(main())


def test_no_line_can_be_put_into_a_request() -> None:
    seen: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(OK)

    async def use(wire: Wire, _: _Server) -> None:
        await wire.ask("GET", "/a b\r\nX-Evil: 1\r\n\r\nGET /ä")

    _run(talk, use)
    assert seen[0].startswith(b"GET /a%20b%0D%0AX-Evil:%201%0D%0A%0D%0AGET%20/%C3%A4 HTTP/1.1\r\n")


def test_once_it_is_closed_nothing_is_asked() -> None:
    async def use(wire: Wire, server: _Server) -> None:
        hangs = asyncio.gather(wire.ask("GET", "/x"), return_exceptions=True)
        await server.came.wait()
        wire.close()
        (said,) = await hangs
        assert isinstance(said, Broken)
        with pytest.raises(NotConnected):
            await wire.ask("GET", "/x")

    async def talk(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    _run(talk, use)


async def _then(event: asyncio.Event, do: Callable[[], None]) -> None:
    await event.wait()
    do()


def _answers(answer: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            if head.startswith(b"POST"):
                await reader.readexactly(2)
            writer.write(answer)

    return talk


class _Server:
    """Counts its connections."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self.opened, self.port, self.came = 0, 0, asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        self.came.set()
        try:
            await self._talk(reader, writer)
        except (OSError, EOFError):
            pass
        finally:
            writer.close()


def _run(talk: Talk, use: Callable[[Wire, _Server], Awaitable[None]], *, keep_s: float = 60.0) -> None:
    async def main() -> None:
        known = _Server(talk)
        server = await asyncio.start_server(known.serve, "127.0.0.1", 0)
        known.port = server.sockets[0].getsockname()[1]
        wire = Wire(f"http://127.0.0.1:{known.port}", headers={}, context=None, limit=2, keep_s=keep_s)
        try:
            async with asyncio.timeout(60):
                await use(wire, known)
        finally:
            wire.close()
            server.close()
            await server.wait_closed()

    asyncio.run(main())
