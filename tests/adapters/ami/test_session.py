"""The connection to AMI against a server that says what Asterisk said: in, seen, lost, back, and who is pulled out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from dialerd.adapters.ami import AmiFound, AmiQueues, probe
from dialerd.adapters.clock import SystemClock
from dialerd.domain.appqueue import PersonTaken, QueueEvent, QueuesLost, QueuesSeen
from dialerd.domain.words import AttemptId
from dialerd.ports import Done, Failed, Gone
from dialerd.serversettings import AmiSettings
from dialerd.tasks import end, spawn
from tests.adapters.ami import texts

_LIMIT_S = 5.0


class Ami:
    """Answers each action by its name with a text; `{id}` in it is the action's own. An action without one: silence."""

    def __init__(self, **answers: str) -> None:
        self.answers = {"Login": texts.LOGIN, "QueueStatus": texts.STATUS, **answers}
        self.asked: list[dict[str, str]] = []
        self._writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        writer.write(texts.GREETING.encode())
        action: dict[str, str] = {}
        while line := (await reader.readline()).decode():
            key, _, value = line.strip().partition(": ")
            if key:
                action[key] = value
                continue
            self.asked.append(action)
            if text := self.answers.get(action["Action"]):
                self.say(text.replace("{id}", action["ActionID"]))
            action = {}

    def say(self, text: str) -> None:
        self._writers[-1].write(texts.crlf(text).encode())

    def hang_up(self) -> None:
        for writer in self._writers:
            writer.close()


class Heard:
    """Implements ports.QueueSink."""

    def __init__(self) -> None:
        self.events: list[QueueEvent] = []
        self._more = asyncio.Event()

    def on_queue_event(self, exchange: str, event: QueueEvent) -> None:
        assert exchange == "pbx1"
        self.events.append(event)
        self._more.set()

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(_LIMIT_S):
            while not is_so():
                self._more.clear()
                await self._more.wait()

    def of(self, kind: type[QueueEvent]) -> list[QueueEvent]:
        return [each for each in self.events if isinstance(each, kind)]


@asynccontextmanager
async def watched(ami: Ami) -> AsyncIterator[tuple[AmiQueues, Heard]]:
    server = await asyncio.start_server(ami.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = AmiSettings(url=f"tcp://127.0.0.1:{port}", username="dialerd", password="top-secret")
    watch, heard = AmiQueues("pbx1", settings, SystemClock()), Heard()
    running = spawn("watch", watch.run(heard))
    try:
        yield watch, heard
    finally:
        await end(running)
        ami.hang_up()
        server.close()


def play(ami: Ami, story: Callable[[AmiQueues, Heard], Awaitable[None]]) -> None:
    async def main() -> None:
        async with watched(ami) as (watch, heard):
            await story(watch, heard)

    asyncio.run(main())


def test_everything_is_seen_at_once_and_events_follow_in_order() -> None:
    ami = Ami()

    async def story(_: AmiQueues, heard: Heard) -> None:
        await heard.until(lambda: bool(heard.of(QueuesSeen)))
        for text in (texts.JOINED, texts.LEFT, texts.TAKEN, "Event: Strange", texts.COMPLETE):
            ami.say(text)
        await heard.until(lambda: len(heard.events) >= 6)

    async def run(watch: AmiQueues, heard: Heard) -> None:
        await story(watch, heard)
        names = [type(each).__name__ for each in heard.events]
        assert names == ["QueuesSeen", "PersonJoined", "PersonJoined", "PersonLeft", "PersonTaken", "TalkOver"]
        assert heard.of(PersonTaken) == [PersonTaken("desk", texts.ANN, "PJSIP/agent1025", "Ann")]

    play(ami, run)
    assert ami.asked[0] == {
        "Action": "Login",
        "Username": "dialerd",
        "Secret": "top-secret",
        "Events": "agent",
        "ActionID": "dialerd-1",
    }


def test_a_connection_that_breaks_is_told_and_made_again() -> None:
    ami = Ami()

    async def story(_: AmiQueues, heard: Heard) -> None:
        await heard.until(lambda: bool(heard.of(QueuesSeen)))
        ami.hang_up()
        await heard.until(lambda: len(heard.of(QueuesSeen)) == 2)
        assert len(heard.of(QueuesLost)) == 1

    play(ami, story)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"Login": texts.REFUSED}, "user dialerd is refused: Authentication failed"),
        (
            {"QueueStatus": "Response: Error\nActionID: {id}\nMessage: Invalid/unknown command"},
            r"QueueStatus is refused: Invalid/unknown command \(is app_queue.so loaded\?\)",
        ),
    ],
)
def test_what_is_refused_is_lost_with_its_reason(answers: dict[str, str], reason: str) -> None:
    async def story(_: AmiQueues, heard: Heard) -> None:
        await heard.until(lambda: bool(heard.of(QueuesLost)))
        lost = heard.of(QueuesLost)[0]
        assert isinstance(lost, QueuesLost)
        assert re.search(reason, lost.reason), lost.reason
        assert "top-secret" not in lost.reason

    play(Ami(**answers), story)


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        (texts.REDIRECTED, Done()),
        (texts.NO_CHANNEL, Gone()),
        ("Response: Error\nActionID: {id}\nMessage: Permission denied", Failed("Permission denied")),
    ],
)
def test_who_waits_too_long_is_sent_back_by_the_channels_id(answer: str, reply: object) -> None:
    ami = Ami(Redirect=answer)

    async def story(watch: AmiQueues, heard: Heard) -> None:
        await heard.until(lambda: bool(heard.of(QueuesSeen)))
        assert await watch.pull_out(AttemptId(texts.BOB)) == reply

    play(ami, story)
    sent = next(each for each in ami.asked if each["Action"] == "Redirect")
    assert {**sent, "ActionID": ""} == {
        "Action": "Redirect",
        "Channel": texts.BOB,
        "Context": "dialerd",
        "Exten": "late",
        "Priority": "1",
        "ActionID": "",
    }


def test_nobody_can_be_sent_back_while_it_is_away() -> None:
    async def story(watch: AmiQueues, heard: Heard) -> None:
        await heard.until(lambda: bool(heard.of(QueuesLost)))
        reply = await watch.pull_out(AttemptId(texts.BOB))
        assert isinstance(reply, Failed)

    play(Ami(Login=texts.REFUSED), story)


def test_an_action_of_two_lines_is_never_sent() -> None:
    async def main() -> None:
        from dialerd.adapters.ami.wire import connect

        ami = Ami()
        server = await asyncio.start_server(ami.serve, "127.0.0.1", 0)
        wire = await connect("127.0.0.1", server.sockets[0].getsockname()[1], lambda message: None)
        with pytest.raises(ValueError, match="Channel of an AMI action"):
            wire.send({"Action": "Redirect", "Channel": "x\r\nAction: Command"})
        wire.close()
        ami.hang_up()
        server.close()

    asyncio.run(main())


def test_a_probe_tells_the_queues_and_whether_people_may_be_brought_back() -> None:
    async def ask(ami: Ami) -> AmiFound | str:
        server = await asyncio.start_server(ami.serve, "127.0.0.1", 0)
        url = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        found = await probe("pbx1", AmiSettings(url=url, username="dialerd", password="x"), SystemClock())
        ami.hang_up()
        server.close()
        return found

    denied = "Response: Error\nActionID: {id}\nMessage: Permission denied"
    desk = frozenset({"desk"})
    assert asyncio.run(ask(Ami(Redirect=texts.NO_CHANNEL))) == AmiFound(queues=desk, may_redirect=True)
    assert asyncio.run(ask(Ami(Redirect=denied))) == AmiFound(queues=desk, may_redirect=False)
    assert "user dialerd is refused" in str(asyncio.run(ask(Ami(Login=texts.REFUSED))))
