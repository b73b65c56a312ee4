"""The control socket beside the database: a poke over it makes the daemon look at the store at once.

Not here: any command or data. The store says what should be; a lost poke only delays the look.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path


def socket_path(database: Path) -> Path:
    return database.with_name(database.name + ".sock")


class _Door(asyncio.DatagramProtocol):
    def __init__(self, on_poke: Callable[[], None]) -> None:
        self._on_poke = on_poke

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._on_poke()


@contextlib.asynccontextmanager
async def listening(database: Path, on_poke: Callable[[], None]) -> AsyncIterator[None]:
    """Take pokes while the context lasts. The caller holds the database's lock, so a socket left there is dead."""
    path = socket_path(database)
    path.unlink(missing_ok=True)
    door = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    try:
        door.bind(str(path))
        path.chmod(0o600)
    except OSError:
        # A path of more than 107 bytes cannot be bound; the daemon then looks by itself every few seconds.
        door.close()
        yield
        return
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: _Door(on_poke), sock=door)
    try:
        yield
    finally:
        transport.close()
        path.unlink(missing_ok=True)


def poke(database: Path) -> bool:
    """Tell the daemon of this database to look; False: none is listening."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as door:
        try:
            door.sendto(b"poke", str(socket_path(database)))
        except OSError:
            return False
    return True
