"""Clients that send by the drop, do not read, or send too much: they are let go, and the daemon keeps nothing of them.

Not here: those that never say what they want, and too many of them (test_api.py).
"""

from __future__ import annotations

import asyncio
import json
import select
import socket
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web

from dialerd.domain.agents import Wanted
from dialerd.domain.words import WantedState
from dialerd.ports import Unit
from dialerd.serving import Limits, serving
from dialerd.web import counter, live
from dialerd.web.resources import sentfiles
from tests.web.listener import Listener
from tests.web.site import NOW, Browser, Site, running


def _begin(browser: Browser, path: str, media: str, size: int) -> socket.socket:
    """A request whose head says that so much comes, and nothing of it yet."""
    made = socket.create_connection(("127.0.0.1", browser.port), timeout=30)
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{browser.port}",
        f"Content-Type: {media}",
        f"Content-Length: {size}",
        f"Cookie: {browser.cookie}",
        "X-Dialerd-Request: 1",
    ]
    made.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    return made


def _trickled(slow: socket.socket) -> tuple[int, str]:
    """A byte now and then, until there is an answer: its status and its code."""
    while not select.select([slow], [], [], 0.02)[0]:
        slow.sendall(b" ")
    head, _, body = slow.recv(65536).partition(b"\r\n\r\n")
    while not body.endswith(b"}"):
        body += slow.recv(65536)
    return int(head.split()[1]), json.loads(body)["code"]


def test_a_body_that_comes_by_the_drop_is_not_waited_for(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counter, "_BODY_S", 0.3)
    browser = site.browser("sue")
    for asker, path in ((browser, "/api/lists"), (site.browser(), "/api/session")):
        with _begin(asker, path, "application/json", 1_000_000) as slow:
            assert _trickled(slow) == (408, "timeout"), path
    assert browser.get("/api/campaigns").status == 200


@pytest.mark.parametrize("limit", ["_CHUNK_S", "_WHOLE_S"])
def test_a_file_that_comes_by_the_drop_or_not_at_all_is_not_waited_for_and_not_kept(
    site: Site, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(sentfiles, limit, 0.3)
    with _begin(site.browser("sue"), "/api/lists/leads/import", "text/csv", 1_000_000) as slow:
        if limit == "_CHUNK_S":
            select.select([slow], [], [], 30)
        assert _trickled(slow) == (408, "timeout")
    assert list(site.house.uploads.iterdir()) == []


def test_nobody_who_is_not_signed_in_can_have_a_file_received(site: Site) -> None:
    with _begin(site.browser(), "/api/lists/leads/import", "text/csv", 1_000_000) as slow:
        assert _trickled(slow) == (401, "unauthenticated")
    assert not site.house.uploads.exists()


def test_an_answer_that_is_not_read_is_not_kept_for_ever() -> None:
    async def play() -> None:
        ended = asyncio.Event()

        async def answer(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            try:
                while True:
                    await response.write(b"x" * 65536)
            finally:
                ended.set()

        application = web.Application()
        application.router.add_get("/", answer)
        async with serving(application, "127.0.0.1:0", limits=Limits(unread_s=0.5)) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            async with asyncio.timeout(60):  # the reader has stopped at its limit
                await ended.wait()
            assert await reader.read(4) == b"HTTP"
            writer.close()

    asyncio.run(play())


def test_a_live_socket_that_does_not_read_is_let_go_and_little_is_kept_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_SEND_S", 0.3)
    monkeypatch.setattr(live, "_LAST_S", 60.0)
    ears: list[live._Ear] = []
    begin = live.Newsroom._begin

    def noted(room: live.Newsroom, ear: live._Ear) -> None:
        ears.append(ear)
        begin(room, ear)

    monkeypatch.setattr(live.Newsroom, "_begin", noted)
    with (
        running(tmp_path) as site,
        Listener(site.browser("sue")) as reads,
        Listener(site.browser("root")) as sleeps,
    ):
        assert (reads.hear()["type"], sleeps.hear()["type"]) == ("snapshot", "snapshot")
        awake, asleep = ears
        most, turn = 0, 0
        while not asleep.is_slow:
            turn += 1
            site.do(partial(_say, reason=f"{turn} " + "x" * 1_000_000))
            assert reads.hear()["agents"][0]["wanted"]["reason"].startswith(str(turn))
            most = max(most, asleep.behind.qsize())
            assert turn < 200, "what nobody reads goes nowhere"
        assert most <= live._BEHIND
        assert not awake.is_slow, "whoever reads has not waited for the other"
        while sleeps.hear() is not None:
            pass
        assert sleeps.closed == 4408
        site.do(partial(_say, reason="after"))
        assert reads.hear()["agents"][0]["wanted"]["reason"] == "after"


def _say(unit: Unit, reason: str) -> None:
    unit.agents.set_wanted("ann", Wanted(state=WantedState.PAUSED, since=NOW, reason=reason))
