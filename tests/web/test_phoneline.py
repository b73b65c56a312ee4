"""The phone's line: what a browser says in SIP reaches Asterisk and back, for whoever is signed in and nobody else.

Not here: a real browser and a real Asterisk (tests/e2e).
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, WSMsgType, WSServerHandshakeError, web

from dialerd.domain.errors import StoreError
from dialerd.settings import Settings
from dialerd.web import phoneline, sockets
from tests.web.site import PASSWORD, Browser, Site, running

REGISTER = "REGISTER sip:pbx SIP/2.0\r\n\r\n"


@contextmanager
def asterisk(*, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """A WebSocket for SIP that says back what it hears; its address."""
    loop = asyncio.new_event_loop()
    ready, over, place = threading.Event(), asyncio.Event(), list[str]()

    async def hear(request: web.Request) -> web.WebSocketResponse:
        line = web.WebSocketResponse(protocols=("sip",))
        await line.prepare(request)
        async for message in line:
            if message.type is WSMsgType.TEXT and message.data == "BYE":
                break
            await (line.send_bytes if message.type is WSMsgType.BINARY else line.send_str)(message.data)
        return line

    async def serve() -> None:
        application = web.Application()
        application.router.add_get("/ws", hear)
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
        await site.start()
        place.append(f"{'wss' if tls else 'ws'}://127.0.0.1:{runner.addresses[0][1]}/ws")
        ready.set()
        await over.wait()
        await runner.cleanup()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(20)
    yield place[0]
    loop.call_soon_threadsafe(over.set)
    thread.join(20)
    loop.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with asterisk() as line, running(tmp_path, phone_line=line) as made:
        yield made


def said_on(browser: Browser, *messages: str | bytes, origin: str = "") -> list[object]:
    """What comes back for each, and the code that the line is closed with, where it is."""

    async def call() -> list[object]:
        headers = {"Cookie": browser.cookie} | ({"Origin": origin} if origin else {})
        async with (
            ClientSession() as session,
            asyncio.timeout(20),
            session.ws_connect(
                f"http://127.0.0.1:{browser.port}/api/phone", protocols=("sip",), headers=headers
            ) as line,
        ):
            assert line.protocol == "sip"
            heard: list[object] = []
            for message in messages:
                await (line.send_bytes(message) if isinstance(message, bytes) else line.send_str(message))
                answer = await line.receive()
                heard.append(line.close_code if answer.type is WSMsgType.CLOSE else answer.data)
            return heard

    return asyncio.run(call())


def refused(browser: Browser, **more: str) -> int:
    with pytest.raises(WSServerHandshakeError) as caught:
        said_on(browser, **more)
    return caught.value.status


@pytest.mark.parametrize("who", ["ann", "sue", "root"])
def test_what_a_phone_says_reaches_asterisk_and_what_that_says_the_phone(site: Site, who: str) -> None:
    browser = site.browser(who)
    assert said_on(browser, REGISTER, b"\x00\xff", "BYE") == [REGISTER, b"\x00\xff", 1001]
    assert browser.get("/api/session").document["phone_url"] == "/api/phone"


def test_nobody_signed_out_no_foreign_page_and_nothing_but_sip_gets_a_line(site: Site) -> None:
    assert refused(site.browser()) == 401
    assert refused(site.browser("ann"), origin="https://elsewhere.example.com") == 403
    assert site.browser("ann").get("/api/phone").status == 426


def test_a_user_has_a_few_lines_and_a_new_one_when_one_of_them_is_over(site: Site) -> None:
    browser, other = site.browser("ann"), site.browser("ben")

    async def call() -> None:
        async with ClientSession() as session, asyncio.timeout(20):
            address, headers = f"http://127.0.0.1:{browser.port}/api/phone", {"Cookie": browser.cookie}
            opened = [
                await session.ws_connect(address, protocols=("sip",), headers=headers) for _ in range(phoneline.LINES)
            ]
            with pytest.raises(WSServerHandshakeError) as caught:
                await session.ws_connect(address, protocols=("sip",), headers=headers)
            assert caught.value.status == 429
            assert await asyncio.to_thread(said_on, other, REGISTER) == [REGISTER], "others have their own"
            await opened[0].close()
            while True:  # it is over when both ends have said so
                try:
                    line = await session.ws_connect(address, protocols=("sip",), headers=headers)
                    break
                except WSServerHandshakeError as refusal:
                    assert refusal.status == 429
            await line.send_str(REGISTER)
            assert (await line.receive()).data == REGISTER
            for each in (line, *opened):
                await each.close()

    asyncio.run(call())


def test_a_line_ends_with_the_session(site: Site) -> None:
    browser = site.browser("ann")

    async def call() -> int | None:
        async with ClientSession() as session, asyncio.timeout(20):
            address = f"http://127.0.0.1:{browser.port}/api/phone"
            async with session.ws_connect(address, protocols=("sip",), headers={"Cookie": browser.cookie}) as line:
                await asyncio.to_thread(browser.ask, "DELETE", "/api/session")
                assert (await line.receive()).type is WSMsgType.CLOSE
                return line.close_code

    assert asyncio.run(call()) == 4401


def _after(
    site: Site, browser: Browser, change: Callable[[], object], *, then: timedelta, is_over: bool = False
) -> object:
    """What comes over a line that was open before a change, once it was looked at again and that time has passed."""

    async def call() -> object:
        async with ClientSession() as session, asyncio.timeout(20):
            address = f"http://127.0.0.1:{browser.port}/api/phone"
            async with session.ws_connect(address, protocols=("sip",), headers={"Cookie": browser.cookie}) as line:
                await asyncio.to_thread(change)
                for _ in range(5):  # each of these takes longer than a look
                    await line.send_str(REGISTER)
                    if (await line.receive()).type is WSMsgType.CLOSE:
                        return line.close_code
                    await asyncio.to_thread(browser.get, "/api/session")
                while True:
                    site.clock.pass_by(then)
                    try:
                        message = await line.receive(timeout=0.3)
                    except TimeoutError:
                        if is_over:  # it is once somebody has looked, and again when that time has passed
                            continue
                        return "it goes on"
                    if message.type is WSMsgType.CLOSE:
                        return line.close_code

    return asyncio.run(call())


_NEW = "another horse battery"


def test_a_line_goes_on_with_another_password_and_with_a_change_that_takes_nothing_away(site: Site) -> None:
    ann, sam, root = site.browser("ann"), site.browser("sam"), site.browser("root")

    def own_password() -> None:
        assert ann.post("/api/session/password", {"old": PASSWORD, "new": _NEW}).status == 204

    assert _after(site, ann, own_password, then=timedelta(minutes=20)) == "it goes on", "the new session is the line's"
    sam = site.browser("sam")

    def more_queues() -> None:
        assert root.ask("PATCH", "/api/users/sam", {"queues": ["sales", "support"]}).status == 200

    assert _after(site, sam, more_queues, then=timedelta(minutes=20)) == "it goes on"
    assert sam.get("/api/session").document["queues"] == ["sales", "support"], "nor does the session end"


def test_a_line_outlives_its_session_for_a_call_unless_its_user_lost_a_right(site: Site) -> None:
    ben = site.browser("ben")

    def change(what: dict[str, object]) -> None:
        assert site.browser("root").ask("PATCH", "/api/users/ben", what).status == 200

    assert _after(site, ben, lambda: change({"password": _NEW}), then=timedelta(minutes=10)) == "it goes on"
    ben.sign_in("ben", _NEW)
    assert _after(site, ben, lambda: change({"password": PASSWORD}), then=timedelta(minutes=16), is_over=True) == 4401
    ben = site.browser("ben")
    assert _after(site, ben, lambda: change({"is_disabled": True}), then=timedelta(0), is_over=True) == 4401


def test_a_store_that_cannot_be_read_for_a_moment_ends_no_line(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    browser, looks = site.browser("ann"), list[int]()
    failed, looked_at = threading.Event(), vars(sockets)["_standing"]

    def fails_once_more(*about: Any) -> Any:
        looks.append(1)
        if len(looks) == 1:
            raise StoreError("the database is locked", hint="")
        failed.set()
        return looked_at(*about)

    monkeypatch.setattr(sockets, "_standing", fails_once_more)

    async def call() -> object:
        async with ClientSession() as session, asyncio.timeout(20):
            address = f"http://127.0.0.1:{browser.port}/api/phone"
            async with session.ws_connect(address, protocols=("sip",), headers={"Cookie": browser.cookie}) as line:
                assert await asyncio.to_thread(failed.wait, 10), "it looks again"
                await line.send_str(REGISTER)
                return (await line.receive()).data

    assert asyncio.run(call()) == REGISTER


def test_without_asterisk_and_without_a_setting_it_is_said(site: Site, tmp_path: Path) -> None:
    with running(tmp_path / "none") as bare:
        browser = bare.browser("ann")
        assert refused(browser) == 404
        assert browser.get("/api/session").document["phone_url"] is None
    with running(tmp_path / "dead", phone_line="ws://127.0.0.1:9/ws") as dead:
        assert refused(dead.browser("ann")) == 502


def test_the_line_goes_to_the_asterisk_that_is_named() -> None:
    servers = [{"name": f"pbx{n}", "url": f"http://10.0.0.{n}:8088", "username": "d", "password": "p"} for n in (1, 2)]
    trunk = {
        "name": "carrier",
        "asterisk": ["pbx1"],
        "endpoint": "PJSIP/{number}@carrier",
        "max_channels": 1,
        "calls_per_second": 1.0,
        "caller_ids": ["+12125550100"],
    }
    given = {"asterisk": servers, "trunk": [trunk]}
    assert Settings.model_validate(given).phone_server is None
    named = Settings.model_validate({**given, "http": {"phone_at": "pbx2"}}).phone_server
    assert named is not None and named.url == "http://10.0.0.2:8088"
    with pytest.raises(ValueError, match=r"phone_at names 'pbx3', and no \[\[asterisk\]\]"):
        Settings.model_validate({**given, "http": {"phone_at": "pbx3"}})
