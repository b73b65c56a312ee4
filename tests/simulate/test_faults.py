"""What goes wrong with the simulated exchange goes wrong as asked, and only that."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest

from dialerd.domain.call import events as ev
from dialerd.domain.errors import ExchangeError
from dialerd.domain.sounds import Recorded
from dialerd.ports import DialReply, Done, ExchangeDown, ExchangeUp, Failed, Gone
from dialerd.simulate.faults import Faults
from tests.simulate.listener import Listener, listen


def _ups_and_downs(listener: Listener) -> list[tuple[float, str]]:
    """But that nobody listens: what is down already is only explained by it."""
    told = [
        each for each in listener.exchange_heard if each[1] != ExchangeDown("the exchange is restarted", is_dead=True)
    ]
    return [(round(at, 1), type(event).__name__) for at, event in told]


# the event stream is cut


def test_events_in_a_gap_are_lost_and_the_calls_go_on() -> None:
    async def play(listener: Listener) -> tuple[list[ev.CallEvent], list[ev.CallEvent], object]:
        stays, leaves = await listener.call("40"), await listener.call("33")
        await listener.clock.sleep(1)
        listener.exchange.cut(5)
        await listener.clock.sleep(6)
        seen = await listener.exchange.look(stays, None)
        await listener.exchange.hang_up(stays)
        await listener.clock.sleep(1)
        return listener.events(stays), listener.events(leaves), seen

    stayed, left, seen = listen(play)
    assert stayed == [ev.PickedUp(), ev.Answered(), ev.Destroyed(16)]
    assert left == [ev.PickedUp(), ev.Answered()]
    assert seen == ev.ChannelSeen(ev.Place.ANSWERED)


def test_an_event_of_the_gap_does_not_come_late_after_it() -> None:
    async def play(listener: Listener) -> list[ev.CallEvent]:
        ids = [await listener.call("31") for _ in range(50)]
        await listener.clock.sleep(0.5)
        listener.exchange.cut(1)
        listener.exchange.line.faults = Faults(delay_event=1, delay_s=60)
        await listener.clock.sleep(120)
        return [event for attempt_id in ids for event in listener.events(attempt_id)]

    assert not any(isinstance(event, ev.HangupRequested | ev.Destroyed) for event in listen(play))


@pytest.mark.parametrize(("ending", "detects"), [("00", False), ("40", True)], ids=["answered", "judged"])
def test_a_call_that_needs_us_in_the_gap_is_hung_up_at_once(ending: str, detects: bool) -> None:
    async def play(listener: Listener) -> tuple[object, str, bool]:
        attempt_id = await listener.call(ending)
        await listener.clock.sleep(0.5)
        if detects:
            assert await listener.exchange.detect(attempt_id) == Done()
        listener.exchange.cut(5)
        await listener.clock.sleep(6)
        (call,) = listener.exchange.record
        return await listener.exchange.look(attempt_id, None), call.ending, call.answered_at is not None

    assert listen(play) == (Gone(), "no application", True)


def test_a_cut_is_told_at_once_and_its_end_when_it_is_over() -> None:
    async def play(listener: Listener) -> list[tuple[float, str]]:
        await listener.clock.sleep(1)
        listener.exchange.cut(5)
        assert not listener.exchange.is_alive
        assert listener.exchange.trouble(endpoint=("PJSIP", "carrier"), amd=True)
        await listener.clock.sleep(10)
        assert listener.exchange.trouble(endpoint=("PJSIP", "carrier"), amd=True) is None
        return _ups_and_downs(listener)

    assert listen(play) == [(0, "ExchangeUp"), (1, "ExchangeDown"), (6, "ExchangeUp")]


def test_while_it_is_down_nothing_is_dialed_and_no_command_is_done() -> None:
    async def play(listener: Listener) -> None:
        attempt_id = await listener.call("40")
        await listener.clock.sleep(1)
        listener.exchange.cut(5)
        refused = await listener.exchange.originate(listener.plan("40"))
        assert isinstance(refused, ev.OriginateRefused)
        assert refused.trunk_down
        exchange = listener.exchange
        for reply in (
            await exchange.detect(attempt_id),
            await exchange.play(attempt_id, "p", (Recorded("hello"),)),
            await exchange.hand_over(attempt_id, "ivr", "s"),
            await exchange.hang_up(attempt_id),
            await exchange.look(attempt_id, None),
        ):
            assert isinstance(reply, Failed)
        with pytest.raises(ExchangeError, match="not connected"):
            await exchange.channels()
        assert len(exchange.record) == 1

    listen(play)


# it is restarted


def test_a_restart_ends_every_call_and_tells_nobody() -> None:
    async def play(listener: Listener) -> tuple[list[ev.CallEvent], list[ev.CallEvent], list[str]]:
        ringing, up = await listener.call("03"), await listener.call("40")
        await listener.clock.sleep(1)
        listener.exchange.restart(5)
        await listener.clock.sleep(120)
        assert await listener.exchange.channels() == {}
        assert _ups_and_downs(listener) == [(0, "ExchangeUp"), (1.0, "ExchangeDown"), (6.0, "ExchangeUp")]
        return listener.events(ringing), listener.events(up), [call.ending for call in listener.exchange.record]

    ringing, up, endings = listen(play)
    assert ringing == [ev.Rang()]
    assert up == [ev.PickedUp(), ev.Answered()]
    assert endings == ["restart", "restart"]


def test_an_originate_during_a_restart_is_unclear() -> None:
    async def play(listener: Listener) -> ev.CallEvent:
        listener.clock.call_later(0.0005, lambda: listener.exchange.restart(5))
        return await listener.exchange.originate(listener.plan("03"))

    assert isinstance(listen(play), ev.OriginateUnclear)


@pytest.mark.parametrize(
    "outages",
    [
        [("cut", 0, 20), ("cut", 5, 5)],
        [("cut", 0, 10), ("restart", 5, 15)],
        [("restart", 0, 20), ("cut", 1, 1)],
        [("cut", 0, 20), ("cut", 0, 20)],
    ],
)
def test_of_overlapping_outages_the_one_that_ends_later_counts(outages: list[tuple[str, float, float]]) -> None:
    async def play(listener: Listener) -> list[tuple[float, str]]:
        began = {"cut": listener.exchange.cut, "restart": listener.exchange.restart}
        for kind, at_s, duration_s in outages:
            listener.clock.call_later(1 + at_s, partial(began[kind], duration_s))
        await listener.clock.sleep(100)
        return _ups_and_downs(listener)

    assert listen(play) == [(0, "ExchangeUp"), (1, "ExchangeDown"), (21, "ExchangeUp")]


def test_outages_one_after_the_other_are_told_one_by_one() -> None:
    async def play(listener: Listener) -> list[type]:
        for _ in range(3):
            listener.exchange.cut(2)
            await listener.clock.sleep(3)
        return [type(event) for _, event in listener.exchange_heard]

    assert listen(play) == [ExchangeUp, *[ExchangeDown, ExchangeUp] * 3]


def test_with_nobody_running_it_calls_go_on_and_whoever_answers_is_hung_up_on() -> None:
    async def play(listener: Listener) -> None:
        exchange = listener.exchange
        rings = await listener.call("03", max_ring_s=60)
        await listener.call("06")
        await listener.clock.sleep(1)
        await listener.stop()
        assert not exchange.is_alive
        await listener.clock.sleep(20)
        await listener.start()
        assert list(await exchange.channels()) == [rings]
        assert [call.ending for call in exchange.record] == ["", "no application"]
        assert [type(event) for _, event in listener.exchange_heard] == [ExchangeUp, ExchangeUp]

    listen(play)


# it refuses


def test_a_trunk_that_is_down_refuses_as_long_as_asked_and_dials_nothing() -> None:
    async def play(listener: Listener) -> list[DialReply]:
        listener.exchange.refuse_originates(10)
        listener.exchange.refuse_originates(3)
        replies = []
        for _ in range(3):
            replies.append(await listener.exchange.originate(listener.plan("03")))
            await listener.clock.sleep(6)
        assert len(listener.exchange.record) == 1
        assert [type(event) for _, event in listener.exchange_heard] == [ExchangeUp], "it is alive all the while"
        return replies

    first, second, third = listen(play)
    for refused in (first, second):
        assert isinstance(refused, ev.OriginateRefused)
        assert refused.trunk_down
    assert third == ev.OriginateTaken()


# probabilities


BUSY = [ev.HangupRequested(17, 486), ev.Destroyed(17, 486)]


def _play_busy(count: int, faults: Faults) -> tuple[list[list[ev.CallEvent]], Listener, Counter[str]]:
    async def play(listener: Listener) -> tuple[list[list[ev.CallEvent]], Listener, Counter[str]]:
        plans, replies = [listener.plan("02") for _ in range(count)], Counter[str]()
        for plan in plans:
            replies[type(await listener.exchange.originate(plan)).__name__] += 1
        await listener.clock.sleep(30)
        return [listener.events(plan.attempt_id) for plan in plans], listener, replies

    return listen(play, faults=faults)


def test_without_faults_every_event_comes_once_and_in_order() -> None:
    told, _, replies = _play_busy(100, Faults())
    assert told == [BUSY] * 100
    assert replies == {"OriginateTaken": 100}


def test_a_lost_reply_is_of_a_call_that_was_dialed() -> None:
    told, listener, replies = _play_busy(200, Faults(lose_reply=0.5))
    assert told == [BUSY] * 200
    assert len(listener.exchange.record) == 200
    assert 70 < replies["OriginateUnclear"] < 130


def test_a_command_without_a_reply_was_done_as_often_as_not() -> None:
    async def play(listener: Listener) -> Counter[tuple[bool, bool]]:
        seen = Counter[tuple[bool, bool]]()
        for _ in range(200):
            attempt_id = await listener.call("40")
            await listener.clock.sleep(1)
            reply = await listener.exchange.hang_up(attempt_id)
            assert reply == Done() or (isinstance(reply, Failed) and reply.is_unclear)
            await listener.clock.sleep(1)
            seen[reply == Done(), ev.Destroyed(16) in listener.events(attempt_id)] += 1
        return seen

    seen = listen(play, faults=Faults(lose_command=0.6))
    assert seen[True, False] == 0, "what is said to be done is done"
    assert 35 < seen[False, True] < 85
    assert 35 < seen[False, False] < 85


def test_lost_events_are_as_many_as_asked() -> None:
    assert _play_busy(50, Faults(lose_event=1))[0] == [[]] * 50
    some = sum(map(len, _play_busy(200, Faults(lose_event=0.5))[0]))
    assert 150 < some < 250


def test_a_doubled_event_comes_twice_and_no_more() -> None:
    assert _play_busy(50, Faults(double_event=1))[0] == [[each for each in BUSY for _ in range(2)]] * 50


def test_late_events_change_their_order_and_none_is_lost() -> None:
    told, listener, _ = _play_busy(200, Faults(delay_event=1, delay_s=5))
    assert all(set(events) == set(BUSY) and len(events) == 2 for events in told)
    assert 50 < sum(events != BUSY for events in told) < 150
    assert max(at for at, _, _ in listener.heard) < 200 * 0.003 + 0.01 + 5
