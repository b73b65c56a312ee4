"""A daemon that the network cuts off from PostgreSQL, silently, while another gets its turn: it takes nothing more."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest

from dialerd.adapters.clock import SystemClock
from dialerd.adapters.postgres import Lease, PostgresStore, ProvenTurn
from dialerd.adapters.postgres.connection import Address
from dialerd.domain.errors import StoreError
from tests.adapters.postgres.server import Server
from tests.adapters.sqlite.stored import create_list, list_names

_SOCKET = ".s.PGSQL.5432"
_TRIES = 600


class Network:
    """Between a daemon and PostgreSQL. While it is cut nothing comes through either way, and the daemon hears nothing
    of that; PostgreSQL takes its connections for gone, as it does some seconds after a machine has fallen silent."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder = folder
        self._there = str(server.folder / _SOCKET)
        self._is_open = asyncio.Event()
        self._is_open.set()
        self._ours: list[asyncio.StreamWriter] = []
        self._theirs: list[asyncio.StreamWriter] = []

    async def open(self) -> asyncio.AbstractServer:
        return await asyncio.start_unix_server(self._carry, self.folder / _SOCKET)

    def cut(self) -> None:
        self._is_open.clear()
        for each in self._theirs:
            each.close()

    def mend(self) -> None:
        """What was up before is found broken."""
        for each in self._ours:
            each.close()
        self._is_open.set()

    async def close(self) -> None:
        for each in (*self._ours, *self._theirs):
            each.close()
        await asyncio.gather(*(each.wait_closed() for each in (*self._ours, *self._theirs)), return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ours.append(writer)
        await self._is_open.wait()
        with suppress(OSError):
            far_reader, far_writer = await asyncio.open_unix_connection(self._there)
            self._theirs.append(far_writer)
            await asyncio.gather(self._pass_on(reader, far_writer), self._pass_on(far_reader, writer))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while self._is_open.is_set() and (read := await reader.read(65536)):
                await self._is_open.wait()
                writer.write(read)
                await writer.drain()
        if self._is_open.is_set():
            writer.close()


def test_a_daemon_that_was_cut_off_leaves_what_it_had_to_its_successor(
    server: Server, address: Address, tmp_path: Path
) -> None:
    name = address.url.partition("@/")[2].partition("?")[0]
    cut_off = Address(f"postgresql://dialerd@/{name}?host={quote(str(tmp_path))}")

    async def main() -> None:
        network, left = Network(tmp_path, server), []
        door = await network.open()
        first, second = Lease(cut_off), Lease(address)
        assert await asyncio.to_thread(first.tried)
        store = await asyncio.to_thread(partial(PostgresStore.open, cut_off, lease=first))
        turn = ProvenTurn(store, SystemClock(), lambda: left.append("ended"), limit_s=0.5)
        await asyncio.wait_for(turn.prove(), 60)
        assert not second.tried(), "its turn stands"
        network.cut()
        for _ in range(_TRIES):
            if second.tried():
                break
            await asyncio.sleep(0.02)
        await turn.defend()
        assert left == ["ended"], "another has its Asterisk"
        proof = asyncio.create_task(turn.prove())
        first.on_lost = lambda: left.append("succeeded")
        network.mend()
        while "succeeded" not in left:
            with pytest.raises(StoreError):
                await asyncio.wait_for(store.write(partial(create_list, "too late")), 60)
        assert not proof.done(), "nor does it take the Asterisk back"
        proof.cancel()
        with PostgresStore.unit(address, write=False) as unit:
            assert list_names(unit) == []
        await store.close()
        first.close()
        second.close()
        door.close()
        await network.close()

    asyncio.run(main())
