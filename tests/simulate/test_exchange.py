"""A call on the simulated exchange: what comes of each ending, to the letter, and what its record says of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from dialerd.domain.call import events as ev
from dialerd.domain.sounds import Recorded
from dialerd.domain.words import AttemptId
from dialerd.ports import Done, Gone
from dialerd.simulate.callees import BY_ENDING
from dialerd.simulate.premises import Premises
from dialerd.simulate.record import SimulatedCall
from dialerd.tasks import spawn
from tests.simulate.listener import START, Listener, listen

_UP: list[ev.CallEvent] = [ev.PickedUp(), ev.Answered()]
_LONG = ("MACHINE", "LONGGREETING-2200-2200")
_WORDS = ("MACHINE", "MAXWORDS-5-4")


def _refused(cause: int, sip_code: int) -> list[ev.CallEvent]:
    return [ev.HangupRequested(cause, sip_code), ev.Destroyed(cause, sip_code)]


def _left(status: str, why: str, *, rings: bool = False, cause: int | None = 16) -> list[ev.CallEvent]:
    """Answered, judged, and left alone until the callee hangs up."""
    ringing: list[ev.CallEvent] = [ev.Rang()] if rings else []
    return [*ringing, *_UP, ev.AmdHeard(status, why), ev.HangupRequested(cause), ev.Destroyed(cause or 0)]


def _left_early(cause: int | None) -> list[ev.CallEvent]:
    return [*_UP, ev.HangupRequested(cause), ev.Destroyed(cause or 0)]


_PERSON = _left("HUMAN", "HUMAN-700-700")


def _pressed(digit: str) -> list[ev.CallEvent]:
    return [*_PERSON[:-2], ev.Pressed(digit), *_PERSON[-2:]]


SEQUENCES: dict[str, list[ev.CallEvent]] = {
    "00": _left("HUMAN", "HUMAN-700-700", rings=True),
    "01": _left(*_WORDS, rings=True),
    "02": _refused(17, 486),
    "03": [ev.Rang(), ev.Destroyed(19, 480)],
    "04": _refused(34, 503),
    "05": _refused(1, 404),
    "06": _left("HUMAN", "HUMAN-700-700", rings=True),
    "07": [ev.Rang(), *_refused(19, 480)],
    "08": [ev.Rang(), *_refused(1, 404)],
    "09": _left("MACHINE", "INITIALSILENCE-2000-2000"),
    "10": _left("HUMAN", "HUMAN-700-700", cause=None),
    "11": _left_early(16),
    "12": _pressed("1"),
    "13": _pressed("9"),
    "14": _left(*_LONG),
    "15": _refused(21, 403),
    "16": _refused(19, 480),
    "17": _left(*_LONG),
    "18": _left(*_LONG),
    "19": _left("NOTSURE", "TOOLONG-5000"),
    "20": _left("HUMAN", "HUMAN-700-700", rings=True),
    "21": _left(*_WORDS),
    "22": _refused(21, 603),
    "23": _refused(127, 608),
    "24": _refused(127, 607),
    "25": _refused(27, 502),
    "26": [*_PERSON[:-2], ev.Pressed("2"), ev.HangupRequested(None), ev.Destroyed(0)],
    "27": [*_PERSON[:-2], *(ev.Pressed(key) for key in "4711#"), *_PERSON[-2:]],
    "31": _left_early(None),  # before AMD can tell
    **{f"3{n}": _left("HUMAN", "HUMAN-700-700", cause=None) for n in range(2, 10)},
    "40": _PERSON,
    "50": [*_UP, ev.AmdHeard("HUMAN", "HUMAN-700-700")],  # stays
    "51": _left_early(None),
    **{f"5{n}": _left("HUMAN", "HUMAN-700-700", cause=None) for n in range(2, 10)},
    **dict.fromkeys(("60", "61", "62", "63", "65", "66"), _left(*_WORDS, rings=True)),
    "77": _refused(1, 404),  # in no plan
}


def test_every_ending_of_the_plan_has_its_sequence() -> None:
    assert set(BY_ENDING) | {"77"} == set(SEQUENCES)


@pytest.mark.parametrize("ending", SEQUENCES)
def test_an_ending_comes_to_its_sequence_of_events(ending: str) -> None:
    async def play(listener: Listener) -> list[ev.CallEvent]:
        def detect(attempt_id: AttemptId, event: ev.CallEvent) -> None:
            if isinstance(event, ev.Answered):
                spawn("detect", listener.exchange.detect(attempt_id))

        listener.on_event = detect
        attempt_id = await listener.call(ending)
        await listener.clock.sleep(120)
        return listener.events(attempt_id)

    assert listen(play) == SEQUENCES[ending]


def test_the_record_says_when_and_how_each_call_ended() -> None:
    async def play(listener: Listener) -> list[SimulatedCall]:
        for ending in ("00", "03", "02"):
            await listener.call(ending, max_ring_s=5)
        ended_by_us = await listener.call("40")
        handed = await listener.call("40")
        await listener.clock.sleep(1)
        await listener.exchange.hang_up(ended_by_us)
        await listener.exchange.hand_over(handed, "ivr", "s")
        await listener.clock.sleep(120)
        return listener.exchange.record

    record = listen(play, premises=Premises(context_s=7))
    assert [call.ending for call in record] == ["callee", "timeout", "callee", "dialer", "dialplan"]
    lasted = [round((call.ended_at - call.invited_at).total_seconds(), 1) for call in record if call.ended_at]
    assert lasted == [47.8, 5.0, 0.0, 1.0, 8.0]
    assert [call.answered_at is not None for call in record] == [True, False, False, True, True]
    assert all(call.number.startswith("+1212660") for call in record)


def test_a_call_that_goes_on_has_no_end_in_the_record() -> None:
    async def play(listener: Listener) -> list[SimulatedCall]:
        await listener.call("00")
        await listener.clock.sleep(10)
        return listener.exchange.record

    (call,) = listen(play)
    assert (call.ended_at, call.ending) == (None, "")
    assert call.answered_at is not None
    assert timedelta(seconds=1) < call.answered_at - START < timedelta(seconds=1.1)


def test_a_call_is_answered_or_times_out_and_never_both() -> None:
    async def play(listener: Listener) -> list[str]:
        for tenths in range(5, 20):
            await listener.call("00", max_ring_s=tenths / 10)
        await listener.clock.sleep(120)
        return [f"{call.ending} {call.answered_at is not None}" for call in listener.exchange.record]

    assert set(listen(play)) == {"timeout False", "callee True"}


def test_a_sound_takes_its_own_time_and_the_next_one_waits_for_it() -> None:
    async def play(listener: Listener) -> list[tuple[float, ev.CallEvent]]:
        attempt_id = await listener.call("40")
        await listener.clock.sleep(1)
        for playback_id, sound in (("a", "long"), ("b", "other"), ("c", "not there")):
            assert await listener.exchange.play(attempt_id, playback_id, (Recorded(sound),)) == Done()
        await listener.clock.sleep(20)
        return [(round(at, 1), event) for at, _, event in listener.heard if isinstance(event, ev.PlaybackEnded)]

    premises = Premises(sounds={"long": 6.0, "not there": None}, sound_s=2.0)
    assert listen(play, premises=premises) == [
        (7.0, ev.PlaybackEnded("a")),
        (9.0, ev.PlaybackEnded("b")),
        (9.0, ev.PlaybackEnded("c", failed=True)),
    ]


def test_only_a_look_that_asks_for_a_playback_hears_of_it() -> None:
    async def play(listener: Listener) -> list[object]:
        attempt_id = await listener.call("40")
        await listener.clock.sleep(1)
        await listener.exchange.play(attempt_id, "a", (Recorded("hello"),))
        looks = [await listener.exchange.look(attempt_id, each) for each in ("a", "b", None)]
        return [*looks, (await listener.exchange.channels())[attempt_id]]

    place = ev.Place.ANSWERED
    assert listen(play) == [ev.ChannelSeen(place, playing=each) for each in (True, False, None, None)]


def test_nothing_comes_after_destroyed_and_the_channel_is_gone_for_every_command() -> None:
    async def play(listener: Listener) -> tuple[list[ev.CallEvent], list[object]]:
        attempt_id = await listener.call("40")
        await listener.clock.sleep(1)
        await listener.exchange.play(attempt_id, "a", (Recorded("hello"),))
        await listener.exchange.hang_up(attempt_id)
        replies: list[object] = [
            await listener.exchange.hang_up(attempt_id),
            await listener.exchange.detect(attempt_id),
        ]
        await listener.clock.sleep(120)
        replies.append(await listener.exchange.look(attempt_id, None))
        assert await listener.exchange.channels() == {}
        return listener.events(attempt_id), replies

    events, replies = listen(play)
    assert events == [*_UP, ev.PlaybackEnded("a", failed=True), ev.Destroyed(16)]
    assert replies == [Gone()] * 3


def test_hang_ups_at_the_same_moment_end_a_call_once() -> None:
    async def play(listener: Listener) -> list[tuple[set[type], list[ev.CallEvent]]]:
        ended = []
        for _ in range(20):
            attempt_id = await listener.call("40")
            await listener.clock.sleep(1)
            replies = await asyncio.gather(*(listener.exchange.hang_up(attempt_id) for _ in range(5)))
            await listener.clock.sleep(1)
            assert replies.count(Done()) == 1
            ended.append(({type(each) for each in replies}, listener.events(attempt_id)))
        return ended

    assert listen(play) == [({Done, Gone}, [*_UP, ev.Destroyed(16)])] * 20


def test_a_second_originate_of_a_living_call_dials_nobody() -> None:
    async def play(listener: Listener) -> list[SimulatedCall]:
        plan = listener.plan("03")
        for _ in range(3):
            assert await listener.exchange.originate(plan) == ev.OriginateTaken()
        return listener.exchange.record

    assert len(listen(play)) == 1


def test_a_first_event_and_the_reply_of_the_originate_come_in_either_order() -> None:
    async def play(listener: Listener) -> set[bool]:
        orders = set()
        for _ in range(50):
            attempt_id = await listener.call("03")
            orders.add(ev.Rang() in listener.events(attempt_id))
        return orders

    assert listen(play) == {True, False}


def test_the_same_seed_gives_the_same_moments_and_another_seed_others() -> None:
    async def play(listener: Listener) -> list[object]:
        for ending in SEQUENCES:
            await listener.call(ending)
        await listener.clock.sleep(120)
        return list(listener.heard)

    assert listen(play, seed=3) == listen(play, seed=3)
    assert listen(play, seed=3) != listen(play, seed=4)
