"""TLS to Asterisk, by ARI and by AMI: who is trusted is talked to, who is not hears no password, and why is said."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from dialerd.adapters.ami import AmiQueues
from dialerd.adapters.clock import SystemClock
from dialerd.domain.appqueue import QueuesLost, QueuesSeen
from dialerd.serversettings import AmiSettings
from dialerd.tasks import end, spawn
from tests.adapters.ami.test_session import Ami
from tests.adapters.ami.test_session import Heard as HeardAmi
from tests.adapters.ari.fake import FakeAri, connected
from tests.adapters.authority import Authority

Outcome = tuple[str, bool]
"""Why it cannot be used (empty: it is used), and whether the other side has heard anything."""


async def by_ari(context: ssl.SSLContext | None, url: str | None, **keys: object) -> Outcome:
    fake = FakeAri()
    place = {} if url is None else {"url": url}
    async with connected(fake, context=context, keys=keys | place) as (_, heard):
        await heard.until(lambda: heard.ups == 1 or bool(heard.reasons))
        return "".join(heard.reasons[:1]), bool(fake.asked)


async def by_ami(context: ssl.SSLContext | None, url: str | None, **keys: object) -> Outcome:
    ami, heard = Ami(), HeardAmi()
    server = await asyncio.start_server(ami.serve, "127.0.0.1", 0, ssl=context)
    there = f"tls://localhost:{server.sockets[0].getsockname()[1]}"
    given = {"url": url or there, "username": "dialerd", "password": "top-secret"} | keys
    watch = AmiQueues("pbx1", AmiSettings.model_validate(given), SystemClock())
    running = spawn("watch", watch.run(heard))
    await heard.until(lambda: bool(heard.events))
    await end(running)
    ami.hang_up()
    server.close()
    first = heard.events[0]
    assert isinstance(first, QueuesSeen | QueuesLost)
    return first.reason if isinstance(first, QueuesLost) else "", bool(ami.asked)


WAYS: dict[str, Callable[..., Coroutine[Any, Any, Outcome]]] = {"ari": by_ari, "ami": by_ami}


@pytest.mark.parametrize("way", WAYS)
def test_who_is_trusted_by_the_servers_own_authority_is_talked_to_and_only_over_tls(way: str, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    assert asyncio.run(WAYS[way](authority.server("localhost"), None, ca_file=authority.file)) == ("", True)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("name", "trusts", "said"),
    [
        ("localhost", "the machine's", "unable to get local issuer certificate"),
        ("localhost", "another", "its certificate is not trusted"),
        ("elsewhere.example.org", "its own", "Hostname mismatch, certificate is not valid for 'localhost'"),
    ],
)
def test_who_is_not_trusted_hears_nothing_and_why_is_said(
    way: str, name: str, trusts: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "another").mkdir()
    authority, another = Authority(tmp_path), Authority(tmp_path / "another")
    ca_file = {"the machine's": None, "another": another.file, "its own": authority.file}[trusts]
    reason, has_heard = asyncio.run(WAYS[way](authority.server(name), None, ca_file=ca_file))
    assert "its certificate is not trusted" in reason and "ca_file" in reason and said in reason
    assert not has_heard and "top-secret" not in reason


@pytest.mark.parametrize("way", WAYS)
def test_a_port_without_tls_is_told_apart(way: str) -> None:
    async def main() -> str:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"Asterisk Call Manager/11.0.0\r\n")
            writer.close()

        async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            return (await WAYS[way](None, f"{'https' if way == 'ari' else 'tls'}://localhost:{port}"))[0]

    assert "there is no TLS with it" in asyncio.run(main())


def test_a_port_with_tls_that_is_asked_without_is_told_too() -> None:
    async def main() -> str:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.close()

        async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
            return (await by_ari(None, f"http://localhost:{server.sockets[0].getsockname()[1]}"))[0]

    assert "is TLS spoken there" in asyncio.run(main())
