"""systemd's journal in its own protocol: each value of a line is a field that `journalctl FIELD=value` finds.

Not here: what is logged, and in which form (log.py). The protocol is one datagram of fields:
https://systemd.io/JOURNAL_NATIVE_PROTOCOL. Fields of dialerd's own begin with DIALERD_.
"""

from __future__ import annotations

import os
import re
import socket
import struct
import sys
from collections.abc import Mapping, MutableMapping
from functools import cache
from typing import Any

SOCKET = "/run/systemd/journal/socket"

_PRIORITIES = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}
_PLAIN = re.compile(r"[^A-Z0-9_]")
_LONGEST = 16_384  # bytes of one value: a datagram that is too long is lost as a whole


def is_connected(environ: Mapping[str, str], fileno: int) -> bool:
    """Whether what is written there goes to the journal: systemd says so by device and inode."""
    device, _, inode = environ.get("JOURNAL_STREAM", "").partition(":")
    try:
        found = os.fstat(fileno)
    except OSError:
        return False
    return (device, inode) == (str(found.st_dev), str(found.st_ino))


def encode(line: Mapping[str, Any]) -> bytes:
    """A line as structlog has it, as fields: `event` is the message, `level` its priority."""
    told = {
        "MESSAGE": line.get("event", ""),
        "PRIORITY": _PRIORITIES.get(str(line.get("level", "info")), 6),
        "SYSLOG_IDENTIFIER": "dialerd",
    }
    own = {
        f"DIALERD_{_PLAIN.sub('_', key.upper())}": value
        for key, value in line.items()
        if key not in ("event", "level", "timestamp") and value is not None
    }
    return b"".join(_field(name, str(value)) for name, value in {**told, **own}.items())


def _field(name: str, value: str) -> bytes:
    text = value.encode("utf-8", "backslashreplace")[:_LONGEST]
    if b"\n" not in text:
        return name.encode() + b"=" + text + b"\n"
    return name.encode() + b"\n" + struct.pack("<Q", len(text)) + text + b"\n"


class Journal:
    """What structlog writes to; a line that the journal does not take goes to standard error."""

    def __init__(self, address: str = SOCKET) -> None:
        self._address = address
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)

    def msg(self, line: bytes) -> None:
        try:
            self._door.sendto(line, self._address)
        except OSError:
            sys.stderr.buffer.write(line.replace(b"\n", b" ") + b"\n")

    debug = info = warning = error = critical = exception = log = msg

    def close(self) -> None:
        self._door.close()

    def __call__(self, *_: object) -> Journal:
        """As the factory of itself."""
        return self


@cache
def connected() -> Journal:
    """The process's own, which stays open."""
    return Journal()


def render(_logger: object, _name: str, line: MutableMapping[str, Any]) -> bytes:
    """The last processor."""
    return encode(line)
