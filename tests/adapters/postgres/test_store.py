"""The store on PostgreSQL keeps the promises of the one on a file, and outlives a server that is restarted."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from dialerd.adapters.postgres import Lease, PostgresStore
from dialerd.adapters.postgres.connection import Address, connect
from dialerd.domain.errors import StoreError
from dialerd.ports import Unit
from tests.adapters.postgres.server import Server
from tests.adapters.sqlite.stored import NOW, create_list, list_names

_TRIES = 600


def fails(_unit: Unit) -> None:
    raise ValueError("this job fails")


def test_a_failing_job_undoes_nobody_elses_work_in_the_same_commit(address: Address) -> None:
    async def main() -> None:
        store = PostgresStore.open(address)
        good = [store.write(partial(create_list, f"list{n}")) for n in range(20)]
        again = store.write(partial(create_list, "list0"))
        results = await asyncio.gather(*good[:10], store.write(fails), again, *good[10:], return_exceptions=True)
        assert [type(each) for each in results if isinstance(each, BaseException)] == [ValueError, StoreError]
        assert len(await store.read(list_names)) == 20
        await store.close()

    asyncio.run(main())


def test_a_reader_sees_what_was_answered_and_cannot_write(address: Address) -> None:
    async def main() -> None:
        store = PostgresStore.open(address)
        beside = store.beside(1)
        await store.write(partial(create_list, "one"))
        assert await store.read(list_names) == await beside.read(list_names) == ["one"]
        with pytest.raises(StoreError, match="read-only") as told:
            await store.read(partial(create_list, "two"))
        assert told.value.may_pass, "of a server that is to lead yet"
        assert await store.read(list_names) == ["one"]
        await beside.close()
        await store.close()

    asyncio.run(main())


def test_what_is_raised_in_a_unit_undoes_it(address: Address) -> None:
    with pytest.raises(ValueError, match="stop"), PostgresStore.unit(address, write=True) as unit:
        create_list("one", unit)
        raise ValueError("stop")
    with PostgresStore.unit(address, write=True) as unit:
        assert list_names(unit) == []
        create_list("two", unit)
    with PostgresStore.unit(address, write=False) as unit:
        assert list_names(unit) == ["two"]


def test_of_two_that_write_at_once_the_second_sees_what_the_first_has_done(address: Address) -> None:
    """Each adds one to what it has read: nothing is lost, though both read before they write."""

    async def main() -> None:
        stores = [PostgresStore.open(address) for _ in range(2)]

        def add(unit: Unit) -> None:
            create_list(f"list{len(list_names(unit)):03}", unit)

        await asyncio.gather(*(store.write(add) for _ in range(25) for store in stores))
        assert await stores[0].read(list_names) == [f"list{n:03}" for n in range(50)]
        for store in stores:
            await store.close()

    asyncio.run(main())


def test_a_server_that_is_restarted_is_used_again_and_notes_wait_for_it(own_server: Server) -> None:
    server, address = own_server, Address(own_server.create("restarted"))

    async def main() -> None:
        lease = Lease(address)
        assert lease.tried()
        store = PostgresStore.open(address, lease=lease)
        await store.write(partial(create_list, "before"))
        server.kill()
        store.post(partial(create_list, "noted"))
        with pytest.raises(StoreError) as told:
            await store.write(partial(create_list, "refused"))
        assert told.value.may_pass
        server.start()
        for _ in range(_TRIES):
            if await _names_or_nothing(store) == ["before", "noted"]:
                break
            await asyncio.sleep(0.05)
        assert await _names_or_nothing(store) == ["before", "noted"]
        other = Lease(address)
        assert not other.tried(), "the turn was taken up again with the connection"
        await store.close()
        for _ in range(_TRIES):  # PostgreSQL lets go of it as it sees that the connection has ended
            if other.tried():
                break
            await asyncio.sleep(0.05)
        assert other.connection() is not None
        other.close()

    asyncio.run(main())


async def _names_or_nothing(store: PostgresStore) -> list[str] | None:
    try:
        return await store.read(list_names)
    except StoreError:
        return None


def test_a_daemon_whose_turn_is_over_writes_nothing_any_more(address: Address) -> None:
    async def main() -> None:
        lost: list[bool] = []
        first, second = Lease(address), Lease(address)
        assert first.tried()
        first.on_lost = lambda: lost.append(True)
        assert not second.tried(), "one at a time"
        store = PostgresStore.open(address, lease=first)
        await store.write(partial(create_list, "mine"))
        killer = connect(address)
        killer.execute("SELECT pg_terminate_backend(CAST(? AS integer))", (first.connection().raw.info.backend_pid,))
        for _ in range(_TRIES):
            if second.tried():
                break
            await asyncio.sleep(0.05)
        for _ in range(3):  # the first finds the connection gone, the next ones the turn
            with pytest.raises(StoreError):
                await store.write(partial(create_list, "too late"))
        assert lost and await store.read(list_names) == ["mine"]
        await store.close()
        for each in (killer, first, second):
            each.close()

    asyncio.run(main())


def test_a_daemon_takes_its_turn_back_from_its_own_lost_connection(address: Address) -> None:
    """As where the network was cut: PostgreSQL still takes the old connection for alive, and its lock for held."""
    lost: list[bool] = []
    lease = Lease(address)
    lease.on_lost = lambda: lost.append(True)
    assert lease.tried()
    old = lease.connection()  # PostgreSQL's end stays open as long as this one does
    lease._held = None
    assert not lease.connection().is_closed
    other = Lease(address)
    assert not lost and not other.tried()
    other.close()
    old.close()
    lease.close()


def test_text_that_postgresql_cannot_keep_is_kept_with_a_mark_in_its_place(address: Address) -> None:
    with PostgresStore.unit(address, write=True) as unit:
        unit.audit.add(actor="a\x00b", action="x", subject="s", detail={"k": "c\x00d"}, now=NOW)
        (row,) = unit.audit.latest(limit=1)
    assert (row.actor, row.detail) == ("a\ufffdb", {"k": "c\ufffdd"})
