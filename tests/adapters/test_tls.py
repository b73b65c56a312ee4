"""TLS on every way out: who is trusted is talked to, who is not hears nothing, and why is said in plain words."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
import smpp34
from aiohttp import web
from aiosmtpd import smtp

from dialerd.adapters.clock import SystemClock
from dialerd.adapters.mail import MailRoute
from dialerd.adapters.sms import sms_route
from dialerd.domain.errors import SettingsError
from dialerd.domain.words import AttemptId
from dialerd.ports import Message, MessageEvent, MessageRoute, RouteDown, RouteEvent, RouteUp, Sent
from dialerd.routesettings import GatewaySettings, MailSettings, SmppSettings
from dialerd.tasks import end, spawn
from dialerd.tls import trusting
from tests.adapters.authority import Authority
from tests.adapters.mail.test_smtp import Handler, NoMailbox
from tests.adapters.sms.smsc import MemoryPieces
from tests.freeport import free_port

ID = AttemptId("d" + "1" * 32)


class Side:
    """The other side. `heard`: what it was told after the handshake."""

    def __init__(self) -> None:
        self.port = free_port()
        self.heard: list[str] = []


@asynccontextmanager
async def smtp_side(side: Side, context: ssl.SSLContext, *, is_implicit: bool) -> AsyncIterator[None]:
    class Heard(Handler):
        async def handle_DATA(self, server: smtp.SMTP, session: smtp.Session, envelope: smtp.Envelope) -> str:  # noqa: N802 - aiosmtpd's name
            side.heard.append("over TLS" if session.ssl is not None or is_implicit else "in the clear")
            return "250 OK"

    def serve() -> smtp.SMTP:
        if is_implicit:
            return smtp.SMTP(Heard(), hostname="mail")
        return smtp.SMTP(Heard(), hostname="mail", tls_context=context, require_starttls=True)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(serve, "127.0.0.1", side.port, ssl=context if is_implicit else None)
    yield
    server.close()


@asynccontextmanager
async def gateway_side(side: Side, context: ssl.SSLContext) -> AsyncIterator[None]:
    async def sendsms(request: web.Request) -> web.Response:
        side.heard.append(request.scheme)
        return web.Response(status=202, text="0: Accepted for delivery")

    application = web.Application()
    application.router.add_get("/sendsms", sendsms)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", side.port, ssl_context=context).start()
    yield
    await runner.cleanup()


@asynccontextmanager
async def smpp_side(side: Side, context: ssl.SSLContext) -> AsyncIterator[None]:
    """smpp34's server behind a door with TLS."""
    port = free_port()
    server = smpp34.Server("127.0.0.1", port, system_id="smsc")
    await server.start()

    async def answer() -> None:
        while True:
            event = await server.next()
            if isinstance(event, smpp34.SubmitSmEvent):
                side.heard.append(event.short_message.decode())
                event.accept("id1")

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while octets := await reader.read(65536):
            writer.write(octets)
        writer.close()

    async def door(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(carry(reader, inner_writer), carry(inner_reader, writer), return_exceptions=True)

    answering = spawn("smsc", answer())
    listening = await asyncio.start_server(door, "127.0.0.1", side.port, ssl=context)
    yield
    listening.close()
    await end(answering)
    await server.stop()


SIDES: dict[str, Callable[[Side, ssl.SSLContext], AbstractAsyncContextManager[None]]] = {
    "smtp with STARTTLS": partial(smtp_side, is_implicit=False),
    "smtp with TLS": partial(smtp_side, is_implicit=True),
    "smpp": smpp_side,
    "gateway": gateway_side,
}


def route(kind: str, port: int, **keys: object) -> MessageRoute:
    given = {"name": "out", "host": "localhost", "port": port, "sender": "+12125550100", "password": "hush"} | keys
    if kind == "smpp":
        smpp = {"kind": "smpp", "system_id": "dialerd"}
        return sms_route(SmppSettings.model_validate(given | smpp), SystemClock(), MemoryPieces())
    if kind == "gateway":
        del given["host"], given["port"]
        address = {"url": f"https://localhost:{port}/sendsms", "username": "dialerd", "report_secret": "secret"}
        listen = {"kind": "gateway", "listen": f"127.0.0.1:{free_port()}"}
        return sms_route(GatewaySettings.model_validate(given | address | listen), SystemClock(), MemoryPieces())
    mail = {"sender": "news@example.org", "security": "tls" if kind == "smtp with TLS" else "starttls"}
    return MailRoute(MailSettings.model_validate(given | mail), SystemClock(), NoMailbox())


class Sink:
    def __init__(self) -> None:
        self.told: asyncio.Queue[RouteEvent] = asyncio.Queue()

    async def on_message_event(self, route: str, event: MessageEvent) -> None: ...

    def on_route_event(self, route: str, event: RouteEvent) -> None:
        self.told.put_nowait(event)


async def try_it(kind: str, context: ssl.SSLContext, **keys: object) -> tuple[RouteEvent, list[str]]:
    """What the route says of the other side first, and what that heard once a message was sent."""
    side, sink = Side(), Sink()
    to = "ann@example.com" if kind.startswith("smtp") else "+12125550199"
    async with SIDES[kind](side, context):
        made = route(kind, side.port, **keys)
        running = spawn("route", made.run(sink))
        async with asyncio.timeout(20):
            event = await sink.told.get()
            if event == RouteUp():
                assert isinstance(await made.send(Message(attempt_id=ID, recipient=to, text="hello")), Sent)
        await end(running)
    return event, side.heard


@pytest.mark.parametrize("kind", SIDES)
def test_who_is_trusted_by_the_routes_own_authority_is_talked_to_and_only_over_tls(kind: str, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    event, heard = asyncio.run(try_it(kind, authority.server("localhost"), ca_file=authority.file))
    assert event == RouteUp()
    assert heard == [{"smpp": "hello", "gateway": "https"}.get(kind, "over TLS")]


@pytest.mark.parametrize("kind", SIDES)
@pytest.mark.parametrize(
    ("name", "trusts", "said"),
    [
        ("localhost", "the machine's", "unable to get local issuer certificate"),
        ("localhost", "another", "certificate verify failed"),
        ("elsewhere.example.org", "its own", "Hostname mismatch, certificate is not valid for 'localhost'"),
    ],
)
def test_who_is_not_trusted_hears_nothing_and_why_is_said(
    kind: str, name: str, trusts: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "another").mkdir()
    authority, another = Authority(tmp_path), Authority(tmp_path / "another")
    ca_file = {"the machine's": None, "another": another.file, "its own": authority.file}[trusts]
    event, heard = asyncio.run(try_it(kind, authority.server(name), ca_file=ca_file))
    assert isinstance(event, RouteDown)
    assert "its certificate is not trusted" in event.reason and "ca_file" in event.reason
    if trusts != "another":
        assert said in event.reason
    assert heard == []


@pytest.mark.parametrize("kind", ["smtp with TLS", "smpp", "gateway"])
def test_a_server_that_speaks_no_tls_is_told_apart(kind: str, tmp_path: Path) -> None:
    async def main() -> RouteEvent:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 mail.example.org ESMTP\r\n")
            writer.close()

        sink = Sink()
        async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
            running = spawn("route", route(kind, server.sockets[0].getsockname()[1]).run(sink))
            async with asyncio.timeout(20):
                event = await sink.told.get()
            await end(running)
        return event

    event = asyncio.run(main())
    assert isinstance(event, RouteDown) and "there is no TLS with it" in event.reason


@pytest.mark.parametrize(("content", "said"), [(None, "No such file"), ("hello", "no certificate in it")])
def test_an_authority_that_cannot_be_read_is_named(content: str | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SettingsError, match=f"ca.pem cannot be used: .*{said}"):
        trusting(path)
