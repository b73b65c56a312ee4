"""WebSockets that are spoken to as no browser does: each is ended or goes on, nothing is logged, all else goes on.

Not here: who may open one (test_live.py, test_phoneline.py), those who do not read (test_slowclients.py).
"""

from __future__ import annotations

import atexit
import base64
import functools
import json
import logging
import random
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.web.site import Browser, Site, running
from tests.web.test_phoneline import asterisk

_CASES = 60
_PATHS = ("/api/live", "/api/phone")
_PATIENCE_S = 60.0


def one_case(dice: random.Random) -> str:
    """A drawn conversation with either socket; in a word what became of it. Raises where the daemon minded."""
    site, browser = _house()
    with _no_trouble(), socket.create_connection(("127.0.0.1", site.port), timeout=_PATIENCE_S) as line:
        line.sendall(_opening(dice, browser))
        status = _status(line)
        if status == 101:
            _talk(dice, line)
    assert status < 500, f"answered {status}"
    assert browser.get("/api/session").status == 200
    return {101: "talked", 0: "hung up on"}.get(status, str(status))


@functools.cache
def _house() -> tuple[Site, Browser]:
    """One for all cases, until the process ends: what one leaves behind would show in a later one."""
    stack = ExitStack()
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    line = stack.enter_context(asterisk())
    site = stack.enter_context(running(Path(folder), phone_line=line))
    atexit.register(stack.close)
    return site, site.browser("sue")


@contextmanager
def _no_trouble() -> Iterator[None]:
    """Raises AssertionError where anything was logged as an error, by us or by what serves."""
    heard: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.getMessage())

    ear, root = Ear(logging.ERROR), logging.getLogger()
    root.addHandler(ear)
    try:
        with capture_logs() as lines:
            yield
    finally:
        root.removeHandler(ear)
    heard += [str(line["event"]) for line in lines if line["log_level"] in ("error", "critical")]
    assert not heard, heard


def _opening(dice: random.Random, browser: Browser) -> bytes:
    """The request that asks for a socket; one in four is spoilt."""
    path = dice.choice(_PATHS)
    since = dice.choice(["", "0", "1", "-1", "x", str(2**63), "9" * 300, "%00", "1&since=2"])
    key = base64.b64encode(dice.randbytes(16)).decode()
    lines = {
        "Host": f"127.0.0.1:{browser.port}",
        "Cookie": browser.cookie,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Protocol": "sip",
    }
    if dice.random() < 0.25:
        name = dice.choice(sorted(lines))
        lines[name] = dice.choice(["", "x", "\x7f", "é", "a" * 9000, "sip, sip", "chat", "12", "websocket, h2c"])
    if dice.random() < 0.2:
        lines["Sec-WebSocket-Extensions"] = dice.choice(
            ["permessage-deflate", "permessage-deflate; x=1", ";;;", "a" * 99]
        )
    query = f"?since={since}" if since and path == "/api/live" else ""
    head = [f"GET {path}{query} HTTP/1.1", *(f"{name}: {value}" for name, value in lines.items())]
    return ("\r\n".join(head) + "\r\n\r\n").encode("utf-8")


def _status(line: socket.socket) -> int:
    """Of the answer; 0: hung up on."""
    head = b""
    while b"\r\n" not in head:
        try:
            got = line.recv(4096)
        except ConnectionError:
            return 0
        if not got:
            return 0
        head += got
    return int(head.split()[1])


def _talk(dice: random.Random, line: socket.socket) -> None:
    """Frames, good and bad, then hanging up in one of several ways."""
    try:
        for _ in range(dice.randrange(6)):
            line.sendall(_frame(dice))
        if dice.random() < 0.5:
            line.shutdown(socket.SHUT_WR)
            while line.recv(65536):
                pass
    except TimeoutError:
        raise AssertionError(f"the socket was neither served nor ended in {_PATIENCE_S:.0f} s") from None
    except OSError:
        return  # hung up on


def _frame(dice: random.Random) -> bytes:
    """RFC 6455 section 5.2, with any bit as it must not be."""
    if dice.random() < 0.1:
        return dice.randbytes(dice.randrange(1, 200))
    payload = dice.choice(
        [
            b"",
            b"REGISTER sip:pbx SIP/2.0\r\nFrom: \x00\r\n\r\n",
            json.dumps({"since": "x"}).encode(),
            b"\xff\xfe\x80",
            dice.randbytes(dice.randrange(1, 300)),
            b"x" * dice.choice([125, 126, 1024, 1025, 65535, 65536, 70000]),
        ]
    )
    opcode = dice.choice([0, 1, 1, 1, 2, 2, 3, 7, 8, 9, 10, 11, 15])
    first = opcode | dice.choice([0x80, 0x80, 0x80, 0, 0xC0, 0xF0])
    is_masked = dice.random() < 0.9
    size = len(payload) if dice.random() < 0.9 else dice.choice([0, 1, 2**31, 2**63, 2**64 - 1])
    flag = 0x80 if is_masked else 0
    if size < 126:
        head = bytes([first, flag | size])
    elif size < 65536:
        head = bytes([first, flag | 126]) + size.to_bytes(2, "big")
    else:
        head = bytes([first, flag | 127]) + size.to_bytes(8, "big")
    if not is_masked:
        return head + payload
    mask = dice.randbytes(4)
    return head + mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))


# 116, 307, 369: keys that are no base64, which were answered with a 500.
@pytest.mark.parametrize("seed", [*range(_CASES), 116, 307, 369])
def test_no_conversation_on_a_socket_is_an_error_of_the_daemon(seed: int) -> None:
    assert one_case(random.Random(seed))
