"""Web requests of flows, to servers that the settings allow and no others. Implements ports.flows.Web.

Not here: what is asked and what an answer leads to (domain/flow). What is sent may be secret: it stands in no reason.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

import aiohttp
from yarl import URL

from dialerd.domain.flow.moves import Ask, Did, Undone

MOST_BYTES = 64 * 1024
"""Longest answer that is read, unpacked."""

_CHUNK = 8192


class AllowedWeb:
    """`hosts`: names that may be asked, each alone (the scheme's own port) or as NAME:PORT."""

    def __init__(self, hosts: Collection[str]) -> None:
        self._hosts = frozenset(host.casefold() for host in hosts)

    async def ask(self, asked: Ask) -> Did | Undone:
        """Ask once; redirects are not followed. Every answer that was asked for, or why there is none; never raises."""
        try:
            url = URL(asked.url, encoded=True)
        except ValueError:
            return Undone("the address is none")
        if not is_allowed(url, self._hosts):
            return Undone(f"[web] hosts does not allow {(url.host or '?')[:100]}")
        try:
            async with aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=asked.timeout_s), cookie_jar=aiohttp.DummyCookieJar()
            ) as session:
                return await _asked(session, url, asked)
        except TimeoutError:
            return Undone(f"{url.host} did not answer within {asked.timeout_s:g} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Undone(f"{url.host} could not be asked: {type(error).__name__}")


def is_allowed(url: URL, hosts: Collection[str]) -> bool:
    """Whether the address names an allowed server, and nobody to sign in as."""
    if url.scheme not in ("http", "https") or not url.host or url.user is not None or url.password is not None:
        return False
    host = url.host.casefold()
    return f"{host}:{url.port}" in hosts or (url.is_default_port() and host in hosts)


async def _asked(session: aiohttp.ClientSession, url: URL, asked: Ask) -> Did | Undone:
    how: dict[str, Any] = {"json": dict(asked.send)} if asked.method == "POST" else {}
    if asked.method == "GET" and asked.send:
        url = url.extend_query(dict(asked.send))
    async with session.request(asked.method, url, allow_redirects=False, **how) as reply:
        if not 200 <= reply.status < 300:
            return Undone(f"{url.host} answered {reply.status}")
        if not asked.answers:
            return Did()
        body = bytearray()
        async for chunk in reply.content.iter_chunked(_CHUNK):
            body += chunk
            if len(body) > MOST_BYTES:
                return Undone(f"{url.host} answered more than {MOST_BYTES} bytes")
    return answers_in(bytes(body), asked.answers)


def answers_in(body: bytes, wanted: Mapping[str, str]) -> Did | Undone:
    """The wanted values of a JSON text, each by its path of names and places, as text."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return Undone("the answer is not JSON")
    found = {name: _at(document, path.split(".")) for name, path in wanted.items()}
    if missing := sorted(name for name, value in found.items() if value is None):
        return Undone(f"the answer has no value for {', '.join(missing)}")
    return Did({name: value for name, value in found.items() if value is not None})


def _at(value: Any, path: list[str]) -> str | None:
    for step in path:
        match value:
            case dict():
                value = value.get(step)
            case list() if step.isascii() and step.isdigit() and len(step) < 6 and int(step) < len(value):
                value = value[int(step)]
            case _:
                return None
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | float():
            return json.dumps(value)
    return None
