"""What is asked of an Asterisk, and how its answers are read: nothing dialed twice, no missing channel an error."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dialerd.adapters.ari import AriExchange
from dialerd.adapters.ari.soundlist import is_here
from dialerd.domain.call import events as ev
from dialerd.domain.call.commands import Record
from dialerd.domain.errors import ExchangeError
from dialerd.domain.recording import EndsOn
from dialerd.domain.sounds import Recorded
from dialerd.domain.words import AttemptId
from dialerd.ports import Done, Failed, Gone
from tests.adapters.ari.fake import FakeAri, Heard
from tests.adapters.ari.test_session import ID, PLAN, tell

OTHER = AttemptId("d" + "2" * 32)
UP = {"id": ID, "state": "Up", "dialplan": {"app_name": "Stasis", "app_data": "dialerd,answered"}}


def ask(story: Callable[[FakeAri, AriExchange], Awaitable[None]]) -> FakeAri:
    """Run a story on an exchange that is up."""

    async def once_up(fake: FakeAri, exchange: AriExchange, heard: Heard) -> None:
        await heard.until(lambda: heard.ups == 1)
        fake.connections.clear()
        await story(fake, exchange)

    return tell(once_up)


def test_what_is_asked_when_dialing() -> None:
    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        plan = replace(PLAN, max_ring_s=20.5, max_talk_s=300.0)
        assert await exchange.originate(plan) == ev.OriginateTaken()

    fake = ask(story)
    assert ("POST", f"/ari/channels/{ID}") in fake.asked
    assert fake.bodies == [
        {
            "endpoint": "PJSIP/+12125550100@carrier",
            "app": "dialerd",
            "appArgs": "answered",
            "callerId": "+12125550100",
            "timeout": 21,
            "variables": {"TIMEOUT(absolute)": "380"},  # counts from the originate on, ringing included
        }
    ]


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
        ([409, 500], ev.OriginateUnclear("Asterisk pbx1: scripted")),
        # the connection breaks with the request on its way (0): it may have been done
        ([0, 200], ev.OriginateTaken()),
        ([0, 404], ev.OriginateUnclear("Asterisk pbx1: the server closed the connection")),
    ],
)
def test_the_answer_to_an_originate_is_read_rightly(answers: list[int], expected: ev.CallEvent) -> None:
    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        fake.answers["POST", f"/channels/{ID}"] = answers[:1]
        fake.answers["GET", f"/channels/{ID}"] = answers[1:]
        assert await exchange.originate(PLAN) == expected

    fake = ask(story)
    posts = [path for method, path, _ in fake.connections if method == "POST"]
    assert posts == [f"/channels/{ID}"], "never asked for twice"


def test_the_connection_of_a_409_is_not_used_again() -> None:
    """Asterisk's errno stays with the connection: each later refusal on it would be a 409 that proves nothing."""

    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        plans = [replace(PLAN, attempt_id=AttemptId(f"d{number:032x}")) for number in range(30)]
        for plan in plans:  # more at once than the pool has connections, so that some wait for one to come free
            fake.answers["POST", f"/channels/{plan.attempt_id}"] = [409]
            fake.answers["GET", f"/channels/{plan.attempt_id}"] = [404]
        replies = await asyncio.gather(*[exchange.originate(plan) for plan in plans])
        assert all(isinstance(reply, ev.OriginateUnclear) for reply in replies)

    fake = ask(story)
    poisoned: set[int] = set()
    for method, path, port in fake.connections:
        assert port not in poisoned
        if method == "POST" and path.startswith("/channels/"):
            poisoned.add(port)
    assert len(poisoned) == 30


def test_a_request_that_could_not_be_sent_has_dialed_nobody() -> None:
    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        await fake.take_no_more()
        # Sent into a connection that was just cut: nobody knows.
        assert isinstance(await exchange.originate(PLAN), ev.OriginateUnclear)
        # No connection to send it into.
        reply = await exchange.originate(PLAN)
        assert isinstance(reply, ev.OriginateRefused)
        assert reply.trunk_down
        assert "cannot be reached" in reply.reason

    ask(story)


@pytest.mark.parametrize(("status", "expected"), [(204, Done), (404, Gone), (409, Failed), (500, Failed)])
def test_a_channel_that_is_gone_is_a_result_and_no_error(status: int, expected: type) -> None:
    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        for method, path, asking in (
            ("DELETE", f"/channels/{ID}", exchange.hang_up(ID)),
            ("POST", f"/channels/{ID}/continue", exchange.detect(ID)),
            ("POST", f"/channels/{ID}/continue", exchange.hand_over(ID, "sales", "s")),
            ("POST", f"/channels/{ID}/play/m1", exchange.play(ID, "m1", (Recorded("hello"),))),
        ):
            fake.answers[method, path] = [status]
            assert isinstance(await asking, expected)

    fake = ask(story)
    assert {"media": ["sound:hello"]} in fake.bodies
    assert ("POST", f"/ari/channels/{ID}/continue?context=dialerd&extension=amd&priority=1") in fake.asked


@pytest.mark.parametrize(("status", "expected"), [(204, Done), (404, Done), (500, Failed)])
def test_what_is_over_already_can_be_stopped(status: int, expected: type) -> None:
    """A playback that has ended says nothing about the call."""

    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        for method, path, asking in (
            ("DELETE", "/playbacks/m1", exchange.stop_playing(ID, "m1")),
            ("POST", f"/recordings/live/dialerd/{ID}-1/stop", exchange.stop_recording(ID, f"dialerd/{ID}-1")),
        ):
            fake.answers[method, path] = [status]
            assert isinstance(await asking, expected)

    # a name's slash is no part of the path
    assert ("POST", f"/ari/recordings/live/dialerd%2F{ID}-1/stop") in ask(story).asked


@pytest.mark.parametrize(("status", "expected"), [(204, Done), (404, Gone), (500, Failed)])
def test_the_sound_of_a_recording_is_deleted(status: int, expected: type) -> None:
    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        fake.answers["DELETE", f"/recordings/stored/dialerd/{ID}-1"] = [status]
        assert isinstance(await exchange.delete_recording(f"dialerd/{ID}-1"), expected)

    assert ("DELETE", f"/ari/recordings/stored/dialerd%2F{ID}-1") in ask(story).asked


@pytest.mark.parametrize(("status", "expected"), [(201, Done), (404, Gone), (409, Failed), (500, Failed)])
def test_a_person_is_recorded_and_watched_as_was_asked(status: int, expected: type) -> None:
    wanted = Record(f"dialerd/{ID}-1", 29.2, silence_s=2.0, ends_on=EndsOn.ANY, beep=False)

    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        for path, asking in (
            ("record", exchange.start_recording(ID, wanted)),
            ("variable", exchange.watch(ID, 2.0)),
            ("variable", exchange.watch(ID, None)),
        ):
            fake.answers["POST", f"/channels/{ID}/{path}"] = [status]
            assert isinstance(await asking, expected)

    fake = ask(story)
    assert fake.bodies == [
        {
            "name": f"dialerd/{ID}-1",
            "format": "wav",
            "maxDurationSeconds": 30,
            "maxSilenceSeconds": 2,
            "ifExists": "fail",
            "beep": False,
            "terminateOn": "any",
        }
    ]
    assert [url.partition("?")[2] for _, url in fake.asked[-2:]] == [
        "variable=TALK_DETECT(set)&value=2000,256",
        "variable=TALK_DETECT(remove)&value=",
    ]


def test_a_command_whose_answer_is_lost_may_have_been_done() -> None:
    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        fake.answers["POST", f"/channels/{ID}/play/m1"] = [0]
        reply = await exchange.play(ID, "m1", (Recorded("hello"),))
        assert isinstance(reply, Failed)
        assert reply.is_unclear

    ask(story)


@pytest.mark.parametrize(
    ("channel", "playback", "playback_id", "expected"),
    [
        (UP, None, None, ev.ChannelSeen(ev.Place.ANSWERED)),
        (UP, 200, "m1", ev.ChannelSeen(ev.Place.ANSWERED, playing=True)),
        (UP, 404, "m1", ev.ChannelSeen(ev.Place.ANSWERED, playing=False)),
        (404, None, None, Gone()),
        (404, None, "m1", Gone()),
        (500, None, None, Failed("Asterisk pbx1: scripted")),
        (UP, 500, "m1", Failed("Asterisk pbx1: scripted")),
        (
            [1],
            None,
            None,
            Failed("Asterisk pbx1: a reply has not the shape of ARI's: is this an Asterisk?", is_unclear=True),
        ),
    ],
)
def test_a_look_tells_the_place_and_whether_our_message_plays(
    channel: Any, playback: int | None, playback_id: str | None, expected: object
) -> None:
    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        if isinstance(channel, int):
            fake.answers["GET", f"/channels/{ID}"] = [channel]
        else:
            fake.replies[f"/channels/{ID}"] = channel
        if playback is not None:
            fake.answers["GET", "/playbacks/m1"] = [playback]
        assert await exchange.look(ID, playback_id) == expected

    ask(story)


def test_only_our_channels_are_listed() -> None:
    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        fake.replies["/channels"] = [UP, UP | {"id": OTHER, "state": "Ringing"}, UP | {"id": "1795217773.0"}]
        assert await exchange.channels() == {
            ID: ev.ChannelSeen(ev.Place.ANSWERED),
            OTHER: ev.ChannelSeen(ev.Place.RINGING),
        }

    ask(story)


@pytest.mark.parametrize("reply", [{"message": "hm"}, [1, None]])
def test_a_list_of_channels_that_cannot_be_read_is_an_error_and_no_empty_list(reply: object) -> None:
    """An empty list would settle every open call."""

    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        fake.replies["/channels"] = reply
        with pytest.raises(ExchangeError, match="does not tell its channels"):
            await exchange.channels()

    ask(story)


def test_channels_that_cannot_be_asked_for_are_an_error() -> None:
    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        fake.status = 500
        with pytest.raises(ExchangeError, match="does not tell its channels"):
            await exchange.channels()

    ask(story)


def test_sounds_beside_the_folders_of_languages_are_known_where_asterisk_is_on_this_machine(tmp_path: Path) -> None:
    (tmp_path / "sounds/es").mkdir(parents=True)
    for name in ("mine.wav", "mine.gsm", "hello.ulaw", "v1.2.sln16", "notes.txt", ".wav", "es/hola.gsm"):
        (tmp_path / "sounds" / name).write_bytes(b"")
    index = [{"id": "hello", "formats": [{"language": "en", "format": "gsm"}]}]

    async def story(fake: FakeAri, exchange: AriExchange) -> None:
        fake.replies["/sounds"] = index
        for folder, beside in (
            (str(tmp_path), {"hello": ["en", ""], "mine": [""], "v1.2": [""]}),
            (str(tmp_path / "none"), {"hello": ["en"]}),
            ("", {"hello": ["en"]}),
        ):
            fake.replies["/asterisk/variable"] = {"value": folder}
            assert await exchange.sounds() == beside
        fake.answers["GET", "/asterisk/variable"] = [404]
        assert await exchange.sounds() == {"hello": ["en"]}
        fake.answers["GET", "/sounds"] = [404]
        assert await exchange.sounds() is None

    ask(story)


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8088", True),
        ("https://localhost:8089", True),
        ("http://[::1]:8088", True),
        ("http://pbx.example.com:8088", False),
        ("http://192.0.2.7:8088", False),
    ],
)
def test_only_on_this_machine_are_files_looked_at(url: str, here: bool) -> None:
    assert is_here(url) == here
