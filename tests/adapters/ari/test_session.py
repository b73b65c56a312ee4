"""The connection: alive only while proven so, every failure a clear sentence, the password in no URL."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest

from dialerd.adapters.ari import AriExchange
from dialerd.domain.call import CallPlan
from dialerd.domain.call import events as ev
from dialerd.domain.words import AttemptId
from dialerd.ports import Done, Failed, Gone
from tests.adapters.ari.fake import FakeAri, Heard, connected

ID = AttemptId("d" + "1" * 32)
PLAN = CallPlan(
    attempt_id=ID,
    dial_string="PJSIP/+12125550100@carrier",
    caller_id="+12125550100",
    amd=True,
    max_ring_s=20,
    min_ring_s=15,
    play="hello",
)
Story = Callable[[FakeAri, AriExchange, Heard], Awaitable[None]]


def tell(story: Story, *, status: int = 200, version: str = "22.10.1") -> FakeAri:
    """Run a story against a fake ARI that is up, or answers with `status`."""
    fake = FakeAri()
    fake.status, fake.version = status, version

    async def main() -> None:
        async with connected(fake) as (exchange, heard):
            await story(fake, exchange, heard)

    asyncio.run(main())
    return fake


def test_events_arrive_and_the_password_is_in_no_url() -> None:
    async def story(fake: FakeAri, exchange: AriExchange, heard: Heard) -> None:
        await heard.until(lambda: heard.ups == 1)
        assert exchange.is_alive
        await fake.sockets[0].send_str("not json")
        await fake.sockets[0].send_str("[1, 2]")
        message = {"type": "ChannelDestroyed", "cause": 17, "tech_cause": 486, "channel": {"id": ID}}
        await fake.sockets[0].send_str(json.dumps(message))
        await heard.until(lambda: bool(heard.events))
        assert heard.events == [(ID, ev.Destroyed(17, 486))]

    fake = tell(story)
    assert all("top-secret" not in url and "api_key" not in url for _, url in fake.asked)
    assert all(header.startswith("Basic ") for header in fake.headers)


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "refuses user dialerd"), (403, "refuses user dialerd"), (404, "no ARI at"), (503, "not fully booted")],
)
def test_why_it_cannot_be_used_is_said_and_nothing_is_dialed(status: int, said: str) -> None:
    async def story(fake: FakeAri, exchange: AriExchange, heard: Heard) -> None:
        await heard.until(lambda: bool(heard.reasons))
        assert said in heard.reasons[0]
        assert "top-secret" not in heard.reasons[0]
        assert not exchange.is_alive
        assert said in (exchange.trouble(endpoint=("PJSIP", "carrier"), amd=True) or "")
        assert isinstance(await exchange.originate(PLAN), ev.OriginateRefused)

    fake = tell(story, status=status)
    assert not any(method == "POST" for method, _ in fake.asked)


def test_a_version_that_tells_endings_wrongly_is_refused() -> None:
    async def story(fake: FakeAri, exchange: AriExchange, heard: Heard) -> None:
        await heard.until(lambda: bool(heard.reasons))
        assert "22.4.0 is too old" in heard.reasons[0]

    tell(story, version="22.4.0")


def test_a_broken_stream_is_told_at_once_and_mended() -> None:
    async def story(fake: FakeAri, exchange: AriExchange, heard: Heard) -> None:
        await heard.until(lambda: heard.ups == 1)
        await fake.sockets[0].close()
        await heard.until(lambda: bool(heard.reasons))
        await heard.until(lambda: heard.ups == 2)
        assert exchange.is_alive

    fake = tell(story)
    filters = [url for method, url in fake.asked if method == "PUT"]
    assert len(filters) == 2, "the filter lives in Asterisk's memory and is set at every connect"


def test_another_client_on_our_application_ends_dialing() -> None:
    async def story(fake: FakeAri, exchange: AriExchange, heard: Heard) -> None:
        await heard.until(lambda: heard.ups == 1)
        await fake.sockets[0].send_str(json.dumps({"type": "ApplicationReplaced", "application": "dialerd"}))
        await heard.until(lambda: bool(heard.reasons))
        assert "is a second dialerd running?" in heard.reasons[0]
        assert not exchange.is_alive

    tell(story)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([200], ev.OriginateTaken()),
        ([400], ev.OriginateRefused("Asterisk pbx1: scripted", trunk_down=False)),
        ([404], ev.OriginateRefused("Asterisk pbx1: scripted", trunk_down=False)),
        ([500], ev.OriginateRefused("Asterisk pbx1: scripted", trunk_down=True)),
        ([503], ev.OriginateRefused("Asterisk pbx1: scripted", trunk_down=True)),
        # a 409 proves nothing: the channel is asked for
        ([409, 200], ev.OriginateTaken()),
        ([409, 404], ev.OriginateUnclear("Asterisk pbx1: scripted")),
    ],
)
def test_the_answer_to_an_originate_is_read_rightly(answers: list[int], expected: ev.CallEvent) -> None:
    async def story(fake: FakeAri, exchange: AriExchange, heard: Heard) -> None:
        await heard.until(lambda: heard.ups == 1)
        fake.answers["POST", f"/channels/{ID}"] = answers[:1]
        fake.answers["GET", f"/channels/{ID}"] = answers[1:]
        assert await exchange.originate(PLAN) == expected

    tell(story)


@pytest.mark.parametrize(("status", "expected"), [(204, Done), (404, Gone), (409, Failed), (500, Failed)])
def test_a_channel_that_is_gone_is_a_result_and_no_error(status: int, expected: type) -> None:
    async def story(fake: FakeAri, exchange: AriExchange, heard: Heard) -> None:
        await heard.until(lambda: heard.ups == 1)
        for method, path, ask in (
            ("DELETE", f"/channels/{ID}", exchange.hang_up(ID)),
            ("POST", f"/channels/{ID}/continue", exchange.detect(ID)),
            ("POST", f"/channels/{ID}/play/m1", exchange.play(ID, "m1", "hello")),
        ):
            fake.answers[method, path] = [status]
            assert isinstance(await ask, expected)

    tell(story)
