"""The gateway route against a gateway of Kannel's kind: what is asked of it, and what it may tell us."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from dialerd.adapters.clock import SystemClock
from dialerd.adapters.sms.gateway import GatewayRoute
from dialerd.domain.errors import StoreError
from dialerd.domain.words import AttemptId
from dialerd.ports import (
    About,
    Accepted,
    Delivered,
    Message,
    MessageEvent,
    Refused,
    ReplyCame,
    RouteEvent,
    RouteUp,
    SendReply,
    Sent,
    Unclear,
    Undelivered,
)
from dialerd.routesettings import GatewaySettings
from dialerd.tasks import end, spawn
from tests.freeport import free_port

ID = AttemptId("d" + "1" * 32)


class Gateway:
    """A sendsms that answers `status`, or hangs up on the next `hang_ups` messages after it took them."""

    def __init__(self) -> None:
        self.port = free_port()
        self.asked: list[dict[str, str]] = []
        self.posted: list[dict[str, str]] = []
        self.status, self.text = 202, "0: Accepted for delivery"
        self.hang_ups = 0
        self.was_asked = asyncio.Event()

    async def sendsms(self, request: web.Request) -> web.Response:
        self.asked.append(dict(request.query))
        self.was_asked.set()
        if self.hang_ups:
            self.hang_ups -= 1
            assert request.transport is not None
            request.transport.close()
        return web.Response(status=self.status, text=self.text)

    async def post(self, request: web.Request) -> web.Response:
        headers = {key: value for key, value in request.headers.items() if key.startswith(("X-", "Content-Type"))}
        self.posted.append({"address": request.query_string, "body": await request.text(), **headers})
        return web.Response(status=self.status, text=self.text)

    @asynccontextmanager
    async def up(self) -> AsyncIterator[None]:
        application = web.Application()
        application.router.add_get("/cgi-bin/sendsms", self.sendsms)
        application.router.add_post("/cgi-bin/sendsms", self.post)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        yield
        await runner.cleanup()


class World:
    def __init__(self, **settings: object) -> None:
        self.gateway = Gateway()
        self.listen = f"127.0.0.1:{free_port()}"
        given = {
            "name": "kannel",
            "kind": "gateway",
            "url": f"http://127.0.0.1:{self.gateway.port}/cgi-bin/sendsms",
            "username": "dialerd",
            "password": "hush",
            "sender": "+12125550100",
            "listen": self.listen,
            "report_secret": "shared secret",
            "messages_per_second": 1000.0,
        }
        self.route = GatewayRoute(GatewaySettings.model_validate(given | settings), SystemClock())
        self.events: list[MessageEvent] = []
        self.route_events: list[RouteEvent] = []
        self.is_full = False
        self.came_up = asyncio.Event()

    async def on_message_event(self, route: str, event: MessageEvent) -> None:
        if self.is_full:
            raise StoreError("the disk is full")
        self.events.append(event)

    def on_route_event(self, route: str, event: RouteEvent) -> None:
        self.route_events.append(event)
        if event == RouteUp():
            self.came_up.set()

    async def send(self, text: str = "hello") -> SendReply:
        return await self.route.send(Message(attempt_id=ID, recipient="+12125550199", text=text))

    async def tell(self, path: str, **query: str) -> tuple[int, str]:
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"http://{self.listen}{path}", params=query) as response,
        ):
            return response.status, await response.text()

    @property
    def sign(self) -> str:
        return self.gateway.asked[0]["dlr-url"].partition("sign=")[2].partition("&")[0]


def play(what: Callable[[World], Awaitable[None]], **settings: object) -> None:
    async def main() -> None:
        world = World(**settings)
        async with world.gateway.up():
            running = spawn("route", world.route.run(world))
            async with asyncio.timeout(20):
                await world.came_up.wait()
                await what(world)
            await end(running)

    asyncio.run(main())


def test_a_message_is_asked_for_as_sendsms_wants_it() -> None:
    async def what(world: World) -> None:
        assert await world.send("Grüße & 100 %") == Sent()
        assert await world.send("жук" * 30) == Sent(parts=2)
        first, second = world.gateway.asked
        report = first.pop("dlr-url")
        assert report.startswith(f"http://{world.listen}/report?attempt={ID}&sign=") and report.endswith("&state=%d")
        assert "shared" not in report
        assert first == {
            "username": "dialerd",
            "password": "hush",
            "from": "+12125550100",
            "to": "+12125550199",
            "text": "Grüße & 100 %",
            "charset": "UTF-8",
            "coding": "0",
            "dlr-mask": "27",
        }
        assert (second["coding"], second["text"]) == ("2", "жук" * 30)

    play(what)


def test_by_post_nothing_of_it_stands_in_an_address() -> None:
    async def what(world: World) -> None:
        assert await world.send("Grüße & 100 %") == Sent()
        (asked,) = world.gateway.posted
        assert asked.pop("X-Kannel-DLR-Url").endswith("&state=%d")
        assert asked == {
            "address": "",
            "body": "Grüße & 100 %",
            "Content-Type": "text/plain; charset=UTF-8",
            "X-Kannel-Username": "dialerd",
            "X-Kannel-Password": "hush",
            "X-Kannel-From": "+12125550100",
            "X-Kannel-To": "+12125550199",
            "X-Kannel-Coding": "0",
            "X-Kannel-DLR-Mask": "27",
        }

    play(what, method="post")


@pytest.mark.parametrize(
    ("status", "reply"),
    [(403, Refused), (400, Refused), (404, Refused), (200, Sent)],
)
def test_what_is_refused_is_said_with_the_gateways_words(status: int, reply: type) -> None:
    async def what(world: World) -> None:
        world.gateway.status, world.gateway.text = status, "Authorization failed\nfor sendsms"
        found = await world.send()
        assert isinstance(found, reply)
        if isinstance(found, Refused):
            assert found.reason == f"route kannel: {status} Authorization failed for sendsms"
            assert not found.is_route_down

    play(what)


def test_a_message_whose_answer_was_lost_is_repeated_and_counted() -> None:
    async def what(world: World) -> None:
        world.gateway.hang_ups = 1
        assert await world.send() == Sent(repeated=1)
        assert len(world.gateway.asked) == 2

    play(what)


def test_or_it_is_left_where_the_settings_say_so() -> None:
    async def what(world: World) -> None:
        world.gateway.hang_ups = 1
        assert isinstance(await world.send(), Unclear)
        assert len(world.gateway.asked) == 1

    play(what, when_unclear="leave")


def test_what_waits_while_the_gateway_is_busy_is_sent_once() -> None:
    async def what(world: World) -> None:
        world.gateway.status, world.gateway.text = 503, "Temporal failure, try again later."
        sending = spawn("send", world.send())
        await world.gateway.was_asked.wait()
        world.gateway.status = 202
        assert await sending == Sent()

    play(what)


@pytest.mark.parametrize(
    ("state", "event"), [("1", Delivered), ("2", Undelivered), ("16", Undelivered), ("8", Accepted), ("4", Accepted)]
)
def test_a_report_is_about_the_message_whose_address_it_has(state: str, event: type) -> None:
    async def what(world: World) -> None:
        await world.send()
        assert await world.tell("/report", attempt=ID, sign=world.sign, state=state) == (200, "")
        (found,) = world.events
        assert isinstance(found, event) and isinstance(found, Delivered | Undelivered | Accepted)
        assert found.about == About(attempt_id=ID)

    play(what)


def test_nobody_without_the_secret_tells_us_anything() -> None:
    async def what(world: World) -> None:
        await world.send()
        other = "d" + "2" * 32
        for attempt, sign in ((ID, ""), (ID, "0" * 32), (other, world.sign), ("x", world.sign), (ID, "ä")):
            status, _ = await world.tell("/report", attempt=attempt, sign=sign, state="1")
            assert status == 403
        for secret in ("", "shared", "shared secret "):
            status, _ = await world.tell("/text", secret=secret, text="stop", **{"from": "+12125550199"})
            assert status == 403
        assert (await world.tell("/report", attempt=ID, sign=world.sign, state="99"))[0] == 400
        assert (await world.tell("/text", secret="shared secret", text="stop"))[0] == 400
        assert (await world.tell("/"))[0] == 404
        assert world.events == []

    play(what)


def test_a_text_is_answered_only_when_it_is_stored_and_with_nothing_to_send_back() -> None:
    async def what(world: World) -> None:
        query = {"secret": "shared secret", "id": "77", "from": "+12125550199", "to": "+12125550100", "text": "Stop ж"}
        world.is_full = True
        assert await world.tell("/text", **query) == (503, "")
        world.is_full = False
        assert await world.tell("/text", **query) == (200, "")
        (found,) = world.events
        assert isinstance(found, ReplyCame)
        assert (found.id, found.sender, found.recipient, found.text) == (
            "77",
            "+12125550199",
            "+12125550100",
            "Stop ж",
        )

    play(what)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("charset=UTF-8&text=%D0%B6", "ж"),
        ("text=plain%2B%40", "plain+@"),
        ("charset=UTF-16BE&text=%046%D8%3D%DE%00", "ж😀"),  # half as it is, half in hex, as Kannel writes octets
        ("charset=nonsense&text=%FF", "\ufffd"),
    ],
)
def test_a_text_is_read_in_the_charset_it_comes_in(query: str, text: str) -> None:
    async def what(world: World) -> None:
        address = f"http://{world.listen}/text?secret=shared+secret&id=1&from=%2B1&{query}"
        async with aiohttp.ClientSession() as http, http.get(URL(address, encoded=True)) as response:
            assert response.status == 200
        (found,) = world.events
        assert isinstance(found, ReplyCame) and found.text == text

    play(what)


def test_what_is_taken_back_while_it_waits_is_never_sent_and_what_was_asked_for_is_known() -> None:
    async def what(world: World) -> None:
        world.gateway.status, world.gateway.text = 503, "Temporal failure, try again later."
        waiting = spawn("send", world.send())
        await world.gateway.was_asked.wait()
        world.route.take_back(ID)
        reply = await waiting
        assert isinstance(reply, Refused) and reply.is_taken_back
        world.gateway.status = 202
        world.gateway.was_asked.clear()
        sending = spawn("send", world.send())
        await world.gateway.was_asked.wait()
        world.route.take_back(ID)
        assert await sending == Sent()
        assert len(world.gateway.asked) == 2

    play(what)
