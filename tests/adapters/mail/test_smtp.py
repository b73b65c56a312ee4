"""Sending over SMTP, to another's server: taken, refused, let in, never in the clear where TLS is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import pytest
from aiosmtpd import smtp
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from dialerd.adapters.clock import SystemClock
from dialerd.adapters.mail import MailRoute
from dialerd.domain.errors import StoreError
from dialerd.domain.words import AttemptId
from dialerd.ports import (
    About,
    Message,
    MessageEvent,
    OptOutCame,
    Refused,
    RouteDown,
    RouteEvent,
    RouteUp,
    SendReply,
    Sent,
    Unclear,
)
from dialerd.routesettings import MailSettings
from dialerd.tasks import end, spawn
from tests.freeport import free_port

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
ID = AttemptId("d" + "1" * 32)


class Handler:
    """Takes everything but what `refusals` say for RCPT and DATA; hangs up on `hang_ups` after the data."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.rcpt = self.data = ""
        self.hang_ups = 0
        self.connections = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: smtp.SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: smtp.SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data:
            return self.data
        self.taken.append(envelope)
        if self.hang_ups:
            self.hang_ups -= 1
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return "250 OK"


class NoMailbox:
    async def position(self, route: str) -> tuple[int, int] | None:
        return None

    async def advance(self, route: str, uidvalidity: int, uid: int) -> None: ...


class World:
    def __init__(self, port: int, **settings: object) -> None:
        self.handler = Handler()
        given = {
            "name": "news",
            "host": "127.0.0.1",
            "port": port,
            "security": "none",
            "sender": "News <news@example.org>",
            "messages_per_second": 1000.0,
        }
        self.route = MailRoute(MailSettings.model_validate(given | settings), SystemClock(), NoMailbox())
        self.events: list[MessageEvent] = []
        self.route_events: list[RouteEvent] = []
        self.told = asyncio.Event()
        self.is_full = False

    async def on_message_event(self, route: str, event: MessageEvent) -> None:
        if self.is_full:
            raise StoreError("the disk is full")
        self.events.append(event)

    def on_route_event(self, route: str, event: RouteEvent) -> None:
        self.route_events.append(event)
        self.told.set()

    async def send(self) -> SendReply:
        return await self.route.send(
            Message(attempt_id=ID, recipient="ann@example.com", subject="Grüße", text=".dot\nhello")
        )


def play(what: Callable[[World], Awaitable[None]], *, accepts: str = "", **settings: object) -> None:
    """Run a story against a server that wants the password `accepts`; empty: none."""

    def authenticate(server: smtp.SMTP, session: Session, envelope: Envelope, how: str, data: object) -> AuthResult:
        is_right = isinstance(data, LoginPassword) and data.password == accepts.encode()
        return AuthResult(success=is_right, handled=is_right)

    async def main() -> None:
        world: World

        def serve() -> smtp.SMTP:
            world.handler.connections += 1
            return smtp.SMTP(
                world.handler,
                hostname="mail.example.org",
                authenticator=authenticate if accepts else None,
                auth_require_tls=False,
                auth_required=bool(accepts),
            )

        server = await asyncio.get_running_loop().create_server(serve, "127.0.0.1", 0)
        world = World(server.sockets[0].getsockname()[1], **settings)
        running = spawn("route", world.route.run(world))
        try:
            async with asyncio.timeout(20):
                await world.told.wait()
                await what(world)
        finally:
            await end(running)
            server.close()
            await server.wait_closed()

    asyncio.run(main())


def test_a_message_is_taken_with_the_address_that_its_bounces_come_to() -> None:
    async def what(world: World) -> None:
        assert await world.send() == Sent(ids=(f"<{ID}@example.org>",))
        assert await world.send() == Sent(ids=(f"<{ID}@example.org>",))
        first, _ = world.handler.taken
        assert (first.mail_from, first.rcpt_tos) == (f"news+r{ID}@example.org", ["ann@example.com"])
        assert isinstance(first.content, bytes)
        assert b"\r\n\r\n.dot\r\nhello" in first.content
        assert world.handler.connections == 1, "a connection is used again"

    play(what)


@pytest.mark.parametrize(
    ("where", "answer", "is_lasting", "is_route_down"),
    [
        ("rcpt", "550 5.1.1 no such user", True, False),
        ("rcpt", "450 4.2.1 come later", False, False),
        ("data", "554 5.7.1 spam", False, False),
        ("data", "421 4.3.2 going down", False, True),
    ],
)
def test_a_refusal_says_whether_another_try_is_worth_it(
    where: str, answer: str, is_lasting: bool, is_route_down: bool
) -> None:
    async def what(world: World) -> None:
        setattr(world.handler, where, answer)
        sending = spawn("send", world.send())
        if is_route_down:  # it waits, and is sent when the server is back
            while len(world.route_events) < 2:
                world.told.clear()
                await world.told.wait()
            world.handler.data = ""
            assert await sending == Sent(ids=(f"<{ID}@example.org>",))
            return
        reply = await sending
        assert isinstance(reply, Refused) and answer[:3] in reply.reason
        assert reply.is_lasting is is_lasting
        setattr(world.handler, where, "")
        assert isinstance(await world.send(), Sent)

    play(what)


def test_a_message_whose_answer_was_lost_is_repeated_and_counted() -> None:
    async def what(world: World) -> None:
        world.handler.hang_ups = 1
        assert await world.send() == Sent(ids=(f"<{ID}@example.org>",), repeated=1)
        assert len(world.handler.taken) == 2

    play(what)


def test_or_it_is_left_where_the_settings_say_so() -> None:
    async def what(world: World) -> None:
        world.handler.hang_ups = 1
        assert isinstance(await world.send(), Unclear)
        assert len(world.handler.taken) == 1

    play(what, when_unclear="leave")


def test_the_right_password_lets_us_in() -> None:
    async def what(world: World) -> None:
        assert world.route_events == [RouteUp()]
        assert isinstance(await world.send(), Sent)

    play(what, accepts="open sesame", username="dialerd", password="open sesame")


def test_a_wrong_password_is_said_and_not_shown() -> None:
    async def what(world: World) -> None:
        (event,) = world.route_events
        assert isinstance(event, RouteDown) and "does not let us in: 535" in event.reason
        assert "sesame" not in event.reason and not world.route.is_up

    play(what, accepts="other", username="dialerd", password="open sesame")


def test_where_tls_is_asked_for_nothing_is_sent_in_the_clear() -> None:
    async def what(world: World) -> None:
        (event,) = world.route_events
        assert isinstance(event, RouteDown) and "STARTTLS" in event.reason
        assert world.handler.taken == []

    play(what, security="starttls", username="dialerd", password="open sesame")


def test_an_address_that_is_none_is_refused_before_it_is_sent() -> None:
    async def what(world: World) -> None:
        reply = await world.route.send(Message(attempt_id=ID, recipient="a@b\r\nDATA", subject="s", text="t"))
        assert isinstance(reply, Refused) and reply.is_lasting
        assert world.handler.taken == []

    play(what)


def test_one_click_opts_out_by_post_only_and_only_when_it_is_stored() -> None:
    port = free_port()

    async def what(world: World) -> None:
        async def ask(method: str, path: str) -> int:
            data = {"List-Unsubscribe": "One-Click"} if method == "POST" else None
            async with (
                aiohttp.ClientSession() as http,
                http.request(method, f"http://127.0.0.1:{port}{path}", data=data) as response,
            ):
                return response.status

        assert await ask("GET", f"/u/{ID}") == 200
        assert await ask("POST", "/u/d123") == 404
        assert await ask("GET", "/") == 404
        world.is_full = True
        assert await ask("POST", f"/u/{ID}") == 503
        assert world.events == []
        world.is_full = False
        assert await ask("POST", f"/u/{ID}") == 200
        (event,) = world.events
        assert isinstance(event, OptOutCame) and event.about == About(attempt_id=ID)

    play(what, unsubscribe_url="https://example.org/u/{token}", unsubscribe_listen=f"127.0.0.1:{port}")


def test_what_is_taken_back_while_it_waits_is_never_sent() -> None:
    async def what(world: World) -> None:
        assert isinstance(await world.send(), Sent)
        waiting = spawn("send", world.send())
        await asyncio.wait([waiting], timeout=0.01)
        world.route.take_back(ID)
        reply = await waiting
        assert isinstance(reply, Refused) and reply.is_taken_back
        assert len(world.handler.taken) == 1

    play(what, messages_per_second=0.1)
