"""The connection: alive only while proven so, every failure a clear sentence, the password in no URL."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from dialerd import log
from dialerd.adapters.ari import AriExchange, probe
from dialerd.adapters.ari.readiness import Readiness
from dialerd.domain.call import CallPlan
from dialerd.domain.call import events as ev
from dialerd.domain.words import AttemptId
from dialerd.ports import Turn
from dialerd.serversettings import AsteriskSettings
from tests.adapters.ari.fake import FakeAri, Heard, connected
from tests.adapters.ari.manualclock import ManualClock

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


def tell(
    story: Story,
    *,
    status: int = 200,
    version: str = "22.10.1",
    clock: ManualClock | None = None,
    turn: Turn | None = None,
) -> FakeAri:
    """Run a story against a fake ARI that is up, or answers with `status`."""
    fake = FakeAri()
    fake.status, fake.version = status, version

    async def main() -> None:
        async with connected(fake, clock, turn=turn) as (exchange, heard):
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


@pytest.mark.parametrize("status", [200, 401, 404, 503])
def test_the_password_is_in_no_line_of_the_log_whatever_asterisk_answers(
    status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    async def story(fake: FakeAri, exchange: AriExchange, heard: Heard) -> None:
        await heard.until(lambda: heard.ups == 1 or bool(heard.reasons))
        await exchange.originate(PLAN)

    log.configure(level="debug", form="json")
    try:
        fake = tell(story, status=status)
    finally:
        log.configure(level="error", form="text")
    said = capfd.readouterr()
    coded = base64.b64encode(b"dialerd:top-secret").decode()
    for text in (said.out + said.err, *(url for _, url in fake.asked)):
        assert "top-secret" not in text
        assert coded not in text
    assert "pbx1" in said.err + said.out, "it was logged at all"


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


def test_the_application_taken_by_another_is_not_fought_for() -> None:
    clock = ManualClock()

    async def story(fake: FakeAri, exchange: AriExchange, heard: Heard) -> None:
        await heard.until(lambda: heard.ups == 1)
        await fake.sockets[0].send_str(json.dumps({"type": "ApplicationReplaced", "application": "dialerd"}))
        await clock.until_asked(1, delay_s=30.0)
        clock.advance(29.9)
        assert not exchange.is_alive
        assert len(fake.sockets) == 1
        clock.advance(0.1)
        await heard.until(lambda: heard.ups == 2)

    tell(story, clock=clock)


def test_the_wait_between_tries_doubles_and_begins_anew_after_a_connection_that_lasted() -> None:
    clock = ManualClock()

    async def story(fake: FakeAri, exchange: AriExchange, heard: Heard) -> None:
        for tries, wait_s in enumerate((0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0), start=1):
            await clock.until_asked(tries)
            assert clock.slept[-1] == wait_s
            if tries == 7:
                fake.status = 200
            clock.advance(wait_s)
        await heard.until(lambda: heard.ups == 1)
        await clock.until_asked(8)  # the probe
        clock.slept.clear()
        clock.advance(1.0)
        await fake.sockets[-1].close()
        await clock.until_asked(1, delay_s=5.0)  # a connection that breaks at once is no reason to hurry
        clock.advance(5.0)
        await heard.until(lambda: heard.ups == 2)
        await clock.until_asked(1, delay_s=2.0)
        clock.advance(1.9)
        clock.advance(3.1)
        await fake.sockets[-1].close()
        await clock.until_asked(1, delay_s=0.2)

    tell(story, status=503, clock=clock)


def test_the_same_trouble_is_told_every_time_and_logged_once() -> None:
    clock = ManualClock()

    async def story(fake: FakeAri, exchange: AriExchange, heard: Heard) -> None:
        for tries in (1, 2, 3):
            await clock.until_asked(tries)
            clock.advance(5.0)
        await heard.until(lambda: len(heard.reasons) == 4)

    with capture_logs() as lines:
        tell(story, status=401, clock=clock)
    assert [line["action"] for line in lines] == ["asterisk_lost"]
    assert "top-secret" not in str(lines)


@pytest.mark.parametrize(
    ("path", "reply"),
    [
        ("/asterisk/info", [1]),
        ("/asterisk/info", {"system": 3}),
        ("/asterisk/modules/app_amd.so", "Running"),
        ("/asterisk/variable", []),
        ("/endpoints", {"message": "hm"}),
        ("/endpoints", [None]),
        ("/api-docs/resources.json", {}),
        ("/api-docs/asterisk.json", [1]),
    ],
)
def test_what_is_no_asterisk_is_a_reason_and_ends_no_daemon(path: str, reply: object) -> None:
    async def story(fake: FakeAri, exchange: AriExchange, heard: Heard) -> None:
        fake.replies[path] = reply
        await heard.until(lambda: bool(heard.reasons))
        assert "is this an Asterisk?" in heard.reasons[0]
        fake.replies.clear()
        await heard.until(lambda: heard.ups == 1)

    tell(story)


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2026-11-22T10:25:37.216+0100", datetime(2026, 11, 22, 9, 25, 37, 216_000, tzinfo=UTC)),
        ("soon", None),
        (None, None),
    ],
)
def test_doctor_reads_a_servers_clock(said: object, at: datetime | None) -> None:
    async def story(fake: FakeAri, exchange: AriExchange, heard: Heard) -> None:
        fake.replies |= {"/sounds": [], "/asterisk/ping": {"timestamp": said}}
        settings = AsteriskSettings(name="pbx1", url=fake.url, username="dialerd", password="secret")
        found = await probe(settings)
        assert isinstance(found, Readiness)
        assert found.clock_at == at

    tell(story)


def test_a_probe_that_fails_is_a_loss() -> None:
    clock = ManualClock()

    async def story(fake: FakeAri, exchange: AriExchange, heard: Heard) -> None:
        await heard.until(lambda: heard.ups == 1)
        await clock.until_asked(1)
        fake.status = 500
        clock.advance(2.0)
        await heard.until(lambda: bool(heard.reasons))
        assert not exchange.is_alive

    tell(story, clock=clock)


def test_what_an_admin_mends_is_seen_without_a_new_connection() -> None:
    clock = ManualClock()

    async def story(fake: FakeAri, exchange: AriExchange, heard: Heard) -> None:
        fake.replies["/asterisk/variable"] = {"value": ""}
        fake.replies["/endpoints"] = [{"technology": "PJSIP", "resource": "carrier", "state": "offline"}]
        await heard.until(lambda: heard.ups == 1)
        assert "is offline" in (exchange.trouble(endpoint=("PJSIP", "carrier"), amd=True) or "")
        fake.replies.clear()
        await clock.until_asked(1)
        clock.advance(2.0)
        await clock.until_asked(2)
        assert exchange.trouble(endpoint=("PJSIP", "carrier"), amd=False) is None
        assert "lacks dialerd's dialplan" in (exchange.trouble(endpoint=("PJSIP", "carrier"), amd=True) or "")
        for turn in range(3, 7):
            clock.advance(2.0)
            await clock.until_asked(turn)
        assert exchange.trouble(endpoint=("PJSIP", "carrier"), amd=True) is None
        assert heard.ups == 1

    tell(story, clock=clock)


class Doubt:
    """Implements ports.Turn: `is_proven` is set by the test; `defended` counts."""

    def __init__(self) -> None:
        self.is_proven = asyncio.Event()
        self.asked = asyncio.Event()
        self.defended = asyncio.Event()

    async def prove(self) -> None:
        self.asked.set()
        await self.is_proven.wait()

    async def defend(self) -> None:
        self.defended.set()


def test_a_daemon_that_cannot_prove_its_turn_takes_no_application_and_defends_the_one_that_is_taken() -> None:
    clock, doubt = ManualClock(), Doubt()

    async def story(fake: FakeAri, exchange: AriExchange, heard: Heard) -> None:
        await doubt.asked.wait()
        assert not fake.asked and not exchange.is_alive
        doubt.is_proven.set()
        await heard.until(lambda: heard.ups == 1)
        doubt.is_proven.clear()
        await fake.sockets[0].send_str(json.dumps({"type": "ApplicationReplaced", "application": "dialerd"}))
        await asyncio.wait_for(doubt.defended.wait(), 10)
        await clock.until_asked(1, delay_s=30.0)
        doubt.asked.clear()
        clock.advance(30.0)
        await asyncio.wait_for(doubt.asked.wait(), 10)
        assert len(fake.sockets) == 1, "it is not taken back"

    tell(story, clock=clock, turn=doubt)
