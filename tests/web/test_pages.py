"""The built pages over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import ClientSession, web
from yarl import URL

from dialerd.serving import serving
from dialerd.web.pages import NOT_BUILT, Pages
from tests.freeport import free_port

Asked = Callable[[ClientSession], Awaitable[None]]


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>dialerd</title>" + "<p>page</p>" * 50)
    (tmp_path / "assets" / "index-1a2b.js").write_text("export const page = 1;\n" * 50)
    (tmp_path.parent / "secret.txt").write_text("secret")
    return tmp_path


def _with(pages: Pages, asked: Asked) -> None:
    async def run() -> None:
        application = web.Application()
        pages.add_to(application)
        place = f"127.0.0.1:{free_port()}"
        async with serving(application, place), ClientSession(f"http://{place}") as session:
            await asked(session)

    asyncio.run(run())


def test_every_address_of_a_page_gives_the_index_which_is_asked_for_anew_each_time(built: Path) -> None:
    async def asked(session: ClientSession) -> None:
        for path in ("/", "/campaigns", "/campaigns/spring/edit", "/apiary"):
            answer = await session.get(path)
            assert (answer.status, answer.content_type) == (200, "text/html"), path
            assert answer.headers["Cache-Control"] == "no-cache"
            again = await session.get(path, headers={"If-None-Match": answer.headers["ETag"]})
            assert again.status == 304

    _with(Pages(built), asked)


def test_a_hashed_file_is_kept_for_good_and_packed_where_the_browser_takes_that(built: Path) -> None:
    async def asked(session: ClientSession) -> None:
        answer = await session.get("/assets/index-1a2b.js")
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Encoding"] == "gzip"
        assert (await answer.text()).startswith("export const page")
        plain = await session.get("/assets/index-1a2b.js", headers={"Accept-Encoding": "identity"})
        assert "Content-Encoding" not in plain.headers
        assert plain.content_type in ("text/javascript", "application/javascript")

    _with(Pages(built), asked)


@pytest.mark.parametrize(
    "path",
    ["/assets/none.js", "/assets/../secret.txt", "/assets/%2e%2e/%2e%2e/secret.txt", "/api/campaigns", "/api"],
)
def test_what_is_no_page_and_no_built_file_is_not_found(built: Path, path: str) -> None:
    async def asked(session: ClientSession) -> None:
        answer = await session.get(URL(path, encoded=True))
        assert "secret" not in await answer.text()
        # A client makes "/assets/.." the page "/secret.txt" by itself.
        assert answer.status == (200 if path.startswith("/assets/..") else 404)

    _with(Pages(built), asked)


def test_pages_run_no_inline_script_and_nothing_of_anybody_else(built: Path) -> None:
    async def asked(session: ClientSession) -> None:
        rules = (await session.get("/")).headers["Content-Security-Policy"].split("; ")
        assert "default-src 'none'" in rules
        assert "script-src 'self'" in rules
        assert "style-src 'self'" in rules
        assert "frame-ancestors 'none'" in rules
        assert "connect-src 'self' wss://pbx1.example:8089" in rules
        assert not any("unsafe" in each for each in rules)

    _with(Pages(built, connect=["wss://pbx1.example:8089"]), asked)


def test_pages_that_are_not_built_say_how_to_build_them(tmp_path: Path) -> None:
    async def asked(session: ClientSession) -> None:
        answer = await session.get("/campaigns")
        assert answer.status == 503
        assert (await answer.text()).strip() == NOT_BUILT

    _with(Pages(tmp_path / "dist"), asked)
