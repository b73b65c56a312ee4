"""Flows ask servers that are allowed, briefly, and believe only what can be read of the answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from dialerd.adapters.web import MOST_BYTES, AllowedWeb, answers_in, is_allowed
from dialerd.domain.flow.moves import Ask, Did, Undone

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def ask(url: str, *, method: str = "GET", timeout_s: float = 5.0, **send: str) -> Ask:
    answers = {"left": "account.left", "first": "names.0"}
    assert method in ("GET", "POST")
    return Ask(method=method, url=url, send=send, answers=answers, timeout_s=timeout_s)  # type: ignore[arg-type]


def asked_of(handler: Handler, make: Callable[[URL], Ask], *, allowed: bool = True) -> Did | Undone:
    async def main() -> Did | Undone:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", handler)
        async with TestServer(app, host="127.0.0.1") as server:
            hosts = [f"127.0.0.1:{server.port}"] if allowed else ["127.0.0.1", "127.0.0.1:1"]
            return await AllowedWeb(hosts).ask(make(server.make_url("/v1")))

    return asyncio.run(main())


GOOD = {"account": {"left": 12.5}, "names": ["Ann", "Bob"]}


async def good(_request: web.Request) -> web.Response:
    return web.json_response(GOOD)


def test_a_get_sends_its_values_as_a_query_and_a_post_as_json() -> None:
    seen: list[tuple[str, Mapping[str, str], object]] = []

    async def handler(request: web.Request) -> web.Response:
        body = await request.text()
        seen.append((request.method, dict(request.query), json.loads(body) if body else None))
        return web.json_response(GOOD)

    found = asked_of(handler, lambda url: ask(f"{url}?id=7", pin="1 2&x"))
    assert found == Did({"left": "12.5", "first": "Ann"})
    asked_of(handler, lambda url: ask(f"{url}?id=7", method="POST", pin="12"))
    assert seen == [("GET", {"id": "7", "pin": "1 2&x"}, None), ("POST", {"id": "7"}, {"pin": "12"})]


def test_nobody_is_asked_whom_the_settings_do_not_allow() -> None:
    async def never(_request: web.Request) -> web.Response:
        raise AssertionError("it was asked")

    found = asked_of(never, lambda url: ask(str(url)), allowed=False)
    assert found == Undone("[web] hosts does not allow 127.0.0.1")


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://crm.example.com/x", True),
        ("http://crm.example.com/x", True),
        ("https://CRM.example.com:443/x", True),
        ("https://crm.example.com:8443/x", False),
        ("https://crm.example.com@evil.example.com/x", False),
        ("https://user:pw@crm.example.com/x", False),
        ("https://crm.example.com.evil.example.com/", False),
        ("https://evil.example.com/crm.example.com", False),
        ("https://evil.example.com#@crm.example.com/", False),
        ("http://10.0.0.1:9000/", True),
        ("http://10.0.0.1/", False),
        ("ftp://crm.example.com/", False),
        ("/relative", False),
    ],
)
def test_a_host_is_allowed_by_its_whole_name_and_port(url: str, allowed: bool) -> None:
    assert is_allowed(URL(url, encoded=True), {"crm.example.com", "10.0.0.1:9000"}) is allowed


def test_a_redirect_is_not_followed() -> None:
    seen: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request.path)
        raise web.HTTPFound("/elsewhere")

    assert asked_of(handler, lambda url: ask(str(url))) == Undone("127.0.0.1 answered 302")
    assert seen == ["/v1"]


def test_a_slow_server_is_given_up_in_time() -> None:
    async def handler(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError("it is cancelled")

    assert asked_of(handler, lambda url: ask(str(url), timeout_s=0.2)) == Undone(
        "127.0.0.1 did not answer within 0.2 s"
    )


def test_an_answer_without_end_is_not_read_to_its_end() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(2 * MOST_BYTES // 1024):
            await response.write(b" " * 1024)
        return response

    assert asked_of(handler, lambda url: ask(str(url))) == Undone(f"127.0.0.1 answered more than {MOST_BYTES} bytes")


def test_a_server_that_is_not_there_is_no_error() -> None:
    found = asyncio.run(AllowedWeb(["127.0.0.1:9"]).ask(ask("http://127.0.0.1:9/x?pin=4711")))
    assert isinstance(found, Undone)
    assert "4711" not in found.reason


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"a": {"b": true}, "n": [1, {"c": "x"}]}', {"x": "true", "y": "x"}),
        (b'{"a": {"b": 3}, "n": [1, {"c": -0.5}]}', {"x": "3", "y": "-0.5"}),
        (b'{"a": {"b": null}, "n": [1, {"c": "x"}]}', None),
        (b'{"a": {"b": {}}, "n": [1, {"c": "x"}]}', None),
        (b'{"a": [], "n": []}', None),
        (b"[]", None),
        (b"not json", None),
        (b"[" * 100_000, None),
        (b"\xff", None),
    ],
)
def test_an_answer_is_a_text_at_its_path_or_none(body: bytes, found: dict[str, str] | None) -> None:
    outcome = answers_in(body, {"x": "a.b", "y": "n.1.c"})
    assert outcome == Did(found) if found is not None else isinstance(outcome, Undone)
