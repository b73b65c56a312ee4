"""The two small sockets: the poke to a daemon, and the words to systemd."""

from __future__ import annotations

import asyncio
import socket
from contextlib import closing
from pathlib import Path

from dialerd.adapters import controlsocket
from dialerd.adapters.systemd import Systemd


def test_a_poke_is_heard_while_a_daemon_listens_and_said_not_to_be_otherwise(tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    assert not controlsocket.poke(database)

    async def main() -> None:
        heard = asyncio.Event()
        async with controlsocket.listening(database, heard.set):
            assert controlsocket.socket_path(database).stat().st_mode & 0o777 == 0o600, "for its own user only"
            assert controlsocket.poke(database)
            async with asyncio.timeout(5):
                await heard.wait()

    asyncio.run(main())
    assert not controlsocket.poke(database)


def test_a_socket_left_by_a_killed_daemon_does_not_stop_the_next_one(tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    left = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    left.bind(str(controlsocket.socket_path(database)))
    left.close()
    assert not controlsocket.poke(database)

    async def main() -> bool:
        async with controlsocket.listening(database, lambda: None):
            return controlsocket.poke(database)

    assert asyncio.run(main())


def test_a_path_too_long_for_a_socket_only_costs_the_poke(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 120)
    folder.mkdir()

    async def main() -> bool:
        async with controlsocket.listening(folder / "a.db", lambda: None):
            return controlsocket.poke(folder / "a.db")

    assert asyncio.run(main()) is False


def test_systemd_is_told_what_it_waits_for(tmp_path: Path) -> None:
    address = tmp_path / "notify"
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as ear:
        ear.bind(str(address))
        systemd = Systemd({"NOTIFY_SOCKET": str(address), "WATCHDOG_USEC": "30000000"})
        systemd.ready("dialing")
        systemd.alive()
        systemd.says("reloaded")
        systemd.stopping(90.5)
        assert [ear.recv(100).decode() for _ in range(4)] == [
            "READY=1\nSTATUS=dialing",
            "WATCHDOG=1",
            "STATUS=reloaded",
            "STOPPING=1\nEXTEND_TIMEOUT_USEC=90500000",
        ]
        assert systemd.watchdog_s == 30


def test_without_systemd_nothing_is_told_and_nothing_fails() -> None:
    systemd = Systemd({})
    systemd.ready("dialing")
    assert systemd.watchdog_s is None
    Systemd({"NOTIFY_SOCKET": "/nowhere/at/all"}).alive()
