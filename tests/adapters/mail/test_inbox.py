"""The mailbox: each e-mail is told once, in order, whatever breaks in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from structlog.testing import capture_logs

from dialerd.adapters.clock import SystemClock
from dialerd.adapters.mail.imap import Found, MailboxLostError
from dialerd.adapters.mail.inbox import Inbox
from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.errors import StoreError
from dialerd.ports import MessageEvent, ReplyCame, RouteEvent
from dialerd.routesettings import ImapSettings
from dialerd.tasks import end, spawn
from dialerd.usecases.mailbox import StoredMailbox

SETTINGS = ImapSettings(host="127.0.0.1", security="none", username="u", password="p", poll_s=1)


class Mailserver:
    """A folder: `mails` by UID. `deaf`: so many looks fail; `tells`: so many waits end with a new e-mail."""

    def __init__(self) -> None:
        self.uidvalidity = 7
        self.mails: dict[int, bytes] = {}
        self.deaf = 0
        self.looks = self.connections = self.closed = self.tells = 0

    def connect(self) -> Mailserver:
        self.connections += 1
        return self

    def wait(self) -> bool:
        if not self.tells:
            return False
        self.tells -= 1
        self.put(f"told {self.tells}")
        return True

    def close(self) -> None:
        self.closed += 1

    def put(self, *texts: str) -> None:
        for text in texts:
            uid = max(self.mails, default=0) + 1
            self.mails[uid] = f"From: ann@example.com\r\nMessage-ID: <{text}@x>\r\n\r\n{text}".encode()

    def look(self, position: tuple[int, int] | None, since: datetime) -> Found:
        self.looks += 1
        if self.deaf:
            self.deaf -= 1
            raise MailboxLostError("Connection refused")
        newest = max(self.mails, default=0)
        if position is None:
            return Found(uidvalidity=self.uidvalidity, last=newest)
        last = position[1] if position[0] == self.uidvalidity else 0
        behind = tuple((uid, octets) for uid, octets in sorted(self.mails.items()) if uid > last)
        return Found(uidvalidity=self.uidvalidity, last=newest, mails=behind[:50])


class QuickClock(SystemClock):
    async def sleep(self, delay_s: float) -> None:
        await super().sleep(0.001)


class World:
    def __init__(self) -> None:
        self.server = Mailserver()
        self.store = SqliteStore.in_memory()
        self.told: list[str] = []
        self.connections: list[int] = []  # as each was told
        self.trouble = 0
        self.dies_at = ""

    async def on_message_event(self, route: str, event: MessageEvent) -> None:
        assert isinstance(event, ReplyCame)
        if self.trouble:
            self.trouble -= 1
            raise StoreError("the disk is full")
        self.told.append(event.text)
        self.connections.append(self.server.connections)
        if event.text == self.dies_at:
            self.dies_at = ""
            raise asyncio.CancelledError

    def on_route_event(self, route: str, event: RouteEvent) -> None: ...

    async def read_until(self, is_done: Callable[[], bool]) -> None:
        """A daemon's life: it begins, reads, and is killed when that is so, or when it dies by itself."""
        inbox = Inbox("news", SETTINGS, QuickClock(), StoredMailbox(self.store), connect=self.server.connect)
        running = spawn("inbox", inbox.run(self))
        async with asyncio.timeout(10):
            while not is_done() and not running.done():
                await QuickClock().sleep(0)
        await end(running)

    async def begin(self) -> None:
        """A first look: what lay there before is not told."""
        self.server.put("old")
        await self.read_until(lambda: self.server.looks >= 2)


def test_what_lay_there_before_is_left_alone_and_what_comes_is_told_in_order() -> None:
    async def main() -> None:
        world = World()
        await world.begin()
        world.server.put("one", "two", *(str(number) for number in range(120)))
        await world.read_until(lambda: len(world.told) >= 122)
        assert world.told == ["one", "two", *(str(number) for number in range(120))]
        looks = world.server.looks
        await world.read_until(lambda: world.server.looks > looks + 2)
        assert len(world.told) == 122

    asyncio.run(main())


def test_a_daemon_that_dies_in_between_tells_again_only_what_it_was_at() -> None:
    async def main() -> None:
        world = World()
        await world.begin()
        world.server.put("one", "two", "three")
        world.dies_at = "two"
        await world.read_until(lambda: False)
        await world.read_until(lambda: len(world.told) >= 4)
        assert world.told == ["one", "two", "two", "three"], "the desk knows two by its name"

    asyncio.run(main())


def test_what_cannot_be_stored_is_told_again_and_nothing_overtakes_it() -> None:
    async def main() -> None:
        world = World()
        await world.begin()
        world.server.put("one", "two")
        world.trouble = 3
        await world.read_until(lambda: len(world.told) >= 2)
        assert world.told == ["one", "two"]

    asyncio.run(main())


def test_a_server_that_is_away_is_said_once_and_asked_again() -> None:
    async def main() -> None:
        world = World()
        await world.begin()
        world.server.put("one")
        world.server.deaf = 3
        await world.read_until(lambda: bool(world.told))
        assert world.told == ["one"]

    with capture_logs() as logs:
        asyncio.run(main())
    said = [row["event"] for row in logs if row["log_level"] == "error"]
    assert len(said) == 1 and "Connection refused" in said[0]


def test_an_email_that_nobody_can_read_keeps_none_behind_it_back() -> None:
    async def main() -> None:
        world = World()
        await world.begin()
        world.server.mails[2] = b"\xff\x00\r\n\r\n"
        world.server.put("after")
        await world.read_until(lambda: bool(world.told))
        assert world.told == ["after"]

    asyncio.run(main())


def test_a_folder_that_was_made_anew_is_read_from_its_beginning() -> None:
    async def main() -> None:
        world = World()
        await world.begin()
        world.server.put("one")
        await world.read_until(lambda: bool(world.told))
        world.server.uidvalidity, world.server.mails = 8, {}
        world.server.put("one", "two")
        await world.read_until(lambda: len(world.told) >= 3)
        assert world.told == ["one", "one", "two"], "the desk knows one by its name"

    asyncio.run(main())


def test_the_position_is_in_the_database() -> None:
    async def main() -> None:
        world = World()
        await world.begin()
        world.server.put("hello")
        await world.read_until(lambda: bool(world.told))
        await world.read_until(lambda: True)
        assert await StoredMailbox(world.store).position("news") == (7, 2)

    asyncio.run(main())


def test_a_server_that_tells_of_what_comes_is_listened_to_over_one_connection_and_another_is_asked_anew() -> None:
    async def main() -> None:
        world = World()
        await world.begin()
        world.server.connections = world.server.closed = 0
        world.server.tells = 3
        world.server.put("first")
        await world.read_until(lambda: len(world.told) >= 4)
        assert world.told == ["first", "told 2", "told 1", "told 0"]
        assert world.connections[-1] <= 2, "one for all of them, and one that it is asked anew over"
        async with asyncio.timeout(10):  # a thread closes it, whoever is ended meanwhile
            while world.server.closed < world.server.connections:
                await QuickClock().sleep(0)
        assert world.server.closed == world.server.connections, "none is left open"

    asyncio.run(main())
