"""A hook from connection to answer: told in order, the status last, within its time, whatever the other side does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from dialerd.adapters.clock import SystemClock
from dialerd.adapters.sqlite import SqliteStore
from dialerd.agi import AgiServer, hooks
from dialerd.agi.server import Limits
from dialerd.ports import Store, Unit
from tests.agi.test_request import SAID

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
CHECK = SAID.replace("agi_arg_2: spring\n", "")
ADD = CHECK.replace("dnc-check", "dnc-add")


class Slow:
    """A store that never answers."""

    async def read(self, job: Callable[[Unit], Any]) -> Any:
        await asyncio.Event().wait()

    write = read


class Broken:
    """A store whose answer is a defect."""

    async def read(self, job: Callable[[Unit], Any]) -> Any:
        raise ZeroDivisionError

    write = read


class Channel:
    """Asterisk's side of one connection. `set` holds the variables in the order in which they were set."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.set: dict[str, str] = {}

    async def run(self, said: str, *, before: bytes = b"", reply: bytes = b"200 result=1\n") -> dict[str, str]:
        self.writer.write(said.encode() + b"\n")
        while line := await self.reader.readline():
            name, _, value = line.decode().removeprefix("SET VARIABLE ").partition(" ")
            self.set[name] = value.strip().strip('"')
            self.writer.write(before + reply)
        self.writer.close()
        return self.set


Open = Callable[[], Awaitable[Channel]]


def play(story: Callable[[Open, list[str]], Awaitable[None]], store: Store | None = None, **limits: Any) -> None:
    async def main() -> None:
        kept, pokes = store or SqliteStore.in_memory(), list[str]()
        setting = hooks.Setting(region="US")
        made = AgiServer("127.0.0.1:0", kept, SystemClock(), setting, lambda: pokes.append("poke"), Limits(**limits))
        opened: list[Channel] = []

        async def connect() -> Channel:
            opened.append(Channel(*await asyncio.open_connection("127.0.0.1", made.port)))
            return opened[-1]

        async with made.listening():
            await story(connect, pokes)
            for each in opened:
                each.writer.close()
        if isinstance(kept, SqliteStore):
            await kept.close()

    asyncio.run(main())


def test_a_hook_is_done_and_told_and_the_engine_looks_after_one_that_writes() -> None:
    async def story(connect: Open, pokes: list[str]) -> None:
        told = await (await connect()).run(CHECK)
        assert told == {"DIALERD_DNC": "no", "DIALERD_LIST": "", "DIALERD_STATUS": "OK"}
        assert pokes == []
        assert await (await connect()).run(ADD) == {"DIALERD_LIST": "global", "DIALERD_STATUS": "OK"}
        assert pokes == ["poke"]
        assert (await (await connect()).run(CHECK))["DIALERD_DNC"] == "yes"
        assert list(told)[-1] == "DIALERD_STATUS"

    play(story)


@pytest.mark.parametrize(
    ("said", "status", "reason"),
    [
        (CHECK.replace("dnc-check", "dnc-forget"), "BADINPUT", "there is no hook dnc-forget"),
        (CHECK.replace("agi_language: en", "EXEC System id"), "BADINPUT", "a line that Asterisk does not write"),
        (SAID, "NOTFOUND", "there is no do-not-call list spring"),
        (CHECK.replace("+12126600001", "12"), "BADINPUT", "'12' "),
        (SAID.replace("dnc-check", "who-called"), "NOTFOUND", "that number was not called"),
    ],
)
def test_what_is_refused_changes_nothing_and_says_why(said: str, status: str, reason: str) -> None:
    async def story(connect: Open, pokes: list[str]) -> None:
        told = await (await connect()).run(said)
        assert told["DIALERD_STATUS"] == status
        assert told["DIALERD_REASON"].startswith(reason)
        assert pokes == []

    play(story)


def test_a_channel_that_hangs_up_in_between_is_told_the_rest() -> None:
    async def story(connect: Open, _: list[str]) -> None:
        told = await (await connect()).run(CHECK, before=b"HANGUP\n")
        assert told["DIALERD_STATUS"] == "OK"

    play(story)


def test_who_refuses_a_variable_is_told_no_more() -> None:
    async def story(connect: Open, _: list[str]) -> None:
        told = await (await connect()).run(CHECK, reply=b"511 Command Not Permitted on a dead channel\n")
        assert list(told) == ["DIALERD_DNC"]

    play(story)


def test_without_an_answer_from_the_database_it_is_slow() -> None:
    async def story(connect: Open, pokes: list[str]) -> None:
        assert await (await connect()).run(CHECK) == {"DIALERD_STATUS": "SLOW"}
        assert pokes == []

    play(story, Slow(), work_s=0.05)  # type: ignore[arg-type]  # two of its verbs are all that a hook uses


def test_a_defect_is_said_and_ends_nothing() -> None:
    async def story(connect: Open, _: list[str]) -> None:
        for _try in range(2):
            told = await (await connect()).run(CHECK)
            assert told == {"DIALERD_REASON": "see the log of dialerd", "DIALERD_STATUS": "FAILED"}

    play(story, Broken())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "sent",
    [
        b"",  # nothing, then its end
        b"agi_network: yes\n",  # half of it
        b"x" * 70_000,  # one line without an end
        b"agi_language: en\n" * 500,
        b"\x00\xff" * 3000 + b"\n\n",
    ],
)
def test_who_says_something_else_is_hung_up_on_and_the_next_is_served(sent: bytes) -> None:
    async def story(connect: Open, _: list[str]) -> None:
        channel = await connect()
        channel.writer.write(sent)
        if channel.writer.can_write_eof():
            channel.writer.write_eof()
        with suppress(ConnectionError):
            assert b"OK" not in await channel.reader.read()
        channel.writer.close()
        assert (await (await connect()).run(CHECK))["DIALERD_STATUS"] == "OK"

    play(story)


def test_who_says_nothing_at_all_is_hung_up_on_after_its_time() -> None:
    async def story(connect: Open, _: list[str]) -> None:
        channel = await connect()
        assert await channel.reader.read() == b""
        channel.writer.close()

    play(story, whole_s=0.05)


def test_more_than_so_many_at_once_are_not_heard() -> None:
    async def story(connect: Open, _: list[str]) -> None:
        waiting = [await connect() for _ in range(2)]
        assert await (await connect()).reader.read() == b""
        for channel in waiting:
            assert (await channel.run(CHECK))["DIALERD_STATUS"] == "OK"
        assert (await (await connect()).run(CHECK))["DIALERD_STATUS"] == "OK"

    play(story, at_once=2)


def test_a_port_that_is_taken_leaves_the_daemon_without_hooks_and_alive() -> None:
    async def main() -> None:
        taken = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
        port = taken.sockets[0].getsockname()[1]
        store = SqliteStore.in_memory()
        made = AgiServer(f"127.0.0.1:{port}", store, SystemClock(), hooks.Setting(region="US"), lambda: None)
        async with made.listening():
            pass
        taken.close()
        await store.close()

    asyncio.run(main())


def test_two_at_once_do_not_wait_for_each_other() -> None:
    async def story(connect: Open, _: list[str]) -> None:
        idle = await connect()
        assert (await (await connect()).run(CHECK))["DIALERD_STATUS"] == "OK"
        idle.writer.close()

    play(story)
