"""What is heard of a simulated callee, and what breaks off when the call ends."""

from __future__ import annotations

from dataclasses import dataclass

from dialerd.domain.call import events as ev
from dialerd.domain.call.commands import Record
from dialerd.domain.recording import recording_name
from dialerd.domain.sounds import Recorded
from dialerd.ports import Done, Failed
from dialerd.simulate.callees import Behaviour
from tests.simulate.listener import Listener, listen


@dataclass(frozen=True)
class Talker:
    """Implements callees.Callees: everybody is like this."""

    like: Behaviour

    def behaviour(self, number: str) -> Behaviour:
        return self.like


def _watched(talks: tuple[tuple[float, float], ...], silence_s: float) -> list[tuple[float, ev.CallEvent]]:
    """What is told of a callee who talks so, watched from 1 s after the answer on; seconds since then."""

    async def play(listener: Listener) -> list[tuple[float, ev.CallEvent]]:
        attempt_id = await listener.call("40")
        await listener.clock.sleep(1)
        began = listener.clock.steady()
        assert await listener.exchange.watch(attempt_id, silence_s) == Done()
        await listener.clock.sleep(20)
        heard = [(at - began, event) for at, _, event in listener.heard]
        return [(round(at, 1), event) for at, event in heard if isinstance(event, ev.TalkBegan | ev.TalkEnded)]

    return [
        (at, ev.TalkEnded(round(event.duration_s, 1)) if isinstance(event, ev.TalkEnded) else event)
        for at, event in listen(play, callees=Talker(Behaviour(rings=False, talks=talks)))
    ]


def test_talk_is_told_when_it_begins_and_when_silence_has_lasted() -> None:
    assert _watched(((3.0, 5.0),), 1.0) == [(2.0, ev.TalkBegan()), (5.0, ev.TalkEnded(2.0))]


def test_a_pause_shorter_than_the_silence_is_none() -> None:
    talks = ((3.0, 4.0), (4.5, 5.0))
    assert _watched(talks, 1.0) == [(2.0, ev.TalkBegan()), (5.0, ev.TalkEnded(2.0))]
    assert [at for at, _ in _watched(talks, 0.2)] == [2.0, 3.2, 3.5, 4.2]


def test_who_talks_already_is_heard_from_that_moment_on() -> None:
    assert _watched(((0.0, 3.0),), 1.0) == [(0.0, ev.TalkBegan()), (3.0, ev.TalkEnded(2.0))]
    assert _watched(((0.0, 0.5),), 1.0) == []


def test_what_plays_and_what_waits_breaks_off_with_the_call() -> None:
    name = None

    async def play(listener: Listener) -> list[ev.CallEvent]:
        nonlocal name
        attempt_id = await listener.call("40")
        name = recording_name(attempt_id, "1")
        await listener.clock.sleep(1)
        await listener.exchange.play(attempt_id, "a", (Recorded("hello"),))
        await listener.exchange.start_recording(attempt_id, Record(name, 10.0))
        await listener.clock.sleep(1)
        listener.exchange.leave(attempt_id)
        await listener.clock.sleep(1)
        return listener.events(attempt_id)[2:]

    heard = listen(play)
    assert heard[:2] == [ev.HangupRequested(16), ev.PlaybackEnded("a", failed=True)]
    assert heard[2:] == [ev.RecordingEnded(str(name)), ev.Destroyed(16)]


def test_a_key_pressed_by_hand_is_told_while_the_call_is_up() -> None:
    async def play(listener: Listener) -> list[ev.CallEvent]:
        attempt_id = await listener.call("40")
        await listener.clock.sleep(1)
        listener.exchange.press(attempt_id, "5")
        await listener.exchange.hang_up(attempt_id)
        listener.exchange.press(attempt_id, "6")
        await listener.clock.sleep(1)
        return listener.events(attempt_id)[2:]

    assert listen(play) == [ev.Pressed("5"), ev.Destroyed(16)]


def test_a_recordings_name_is_used_once_whoever_asks() -> None:
    async def play(listener: Listener) -> list[object]:
        attempt_id = await listener.call("40")
        await listener.clock.sleep(1)
        wanted = Record(recording_name(attempt_id, "1"), 1.0)
        return [await listener.exchange.start_recording(attempt_id, wanted) for _ in range(2)]

    first, second = listen(play)
    assert first == Done()
    assert isinstance(second, Failed)
