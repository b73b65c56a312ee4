"""Agents on the simulated exchange: who hangs up when, what stays, and what a restart takes.

Not here: events and replies one by one, which are held to the real exchange's by tests/contracts.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dialerd.domain.call import events as ev
from dialerd.domain.leg import LegAnswered, LegGone, LegPlace, LegSeen, bridge_of, orphans
from dialerd.domain.words import AttemptId, LegId
from dialerd.ports import Done, Failed, Gone
from dialerd.simulate.callees import BY_ENDING, Behaviour
from dialerd.simulate.faults import Faults
from dialerd.simulate.phones import Phone
from tests.simulate.listener import Listener, listen

TALKATIVE = replace(BY_ENDING["40"], talk_s=20.0, alone_s=4.0)


class Talkers:
    """Everybody answers at once, talks for 20 s with an agent, and waits 4 s for one who is gone."""

    def behaviour(self, number: str) -> Behaviour:
        return TALKATIVE


async def pair(listener: Listener, phone: str = "PJSIP/agent1001") -> tuple[LegId, AttemptId]:
    """An agent and a person, both up and connected a second after the person's answer."""
    leg_id = listener.dice.leg_id()
    assert await listener.exchange.dial_leg(leg_id, phone, caller_id="", ring_s=20) == ev.OriginateTaken()
    attempt_id = await listener.call("40")
    await listener.clock.sleep(1)
    assert await listener.exchange.connect(leg_id, attempt_id) == Done()
    return leg_id, attempt_id


def lasted(listener: Listener) -> float:
    """Seconds from the answer of the last call to its end."""
    call = listener.exchange.record[-1]
    assert call.answered_at is not None and call.ended_at is not None
    return round((call.ended_at - call.answered_at).total_seconds(), 1)


def test_a_person_talks_for_its_time_hangs_up_and_leaves_the_agent_in_the_bridge() -> None:
    async def play(listener: Listener) -> None:
        leg_id, attempt_id = await pair(listener)
        seen = LegSeen(LegPlace.BRIDGED, bridge_of(attempt_id), attempt_id)
        assert await listener.exchange.legs() == {leg_id: seen}
        await listener.clock.sleep(60)
        assert lasted(listener) == 21.0
        assert listener.exchange.record[-1].ending == "callee"
        assert await listener.exchange.legs() == {leg_id: replace(seen, attempt_id=None)}
        assert await listener.exchange.end_bridge(attempt_id) == Done()
        assert await listener.exchange.hold(leg_id, "default") == Done()
        assert await listener.exchange.legs() == {leg_id: LegSeen(LegPlace.WAITING)}
        assert listener.exchange.music_of(leg_id) == "default"

    listen(play, callees=Talkers())


def test_a_person_that_nobody_talks_with_stays_as_long_as_it_would() -> None:
    async def play(listener: Listener) -> None:
        await listener.call("40")
        await listener.clock.sleep(60)
        assert lasted(listener) == TALKATIVE.leaves_s

    listen(play, callees=Talkers())


def test_a_person_left_alone_hangs_up_soon_whether_the_agent_is_gone_or_the_bridge() -> None:
    async def play(listener: Listener) -> list[float]:
        stayed = []
        for part in ("vanish", "end", "hang up"):
            leg_id, attempt_id = await pair(listener)
            if part == "vanish":
                listener.exchange.vanish(leg_id)
            elif part == "end":
                await listener.exchange.end_bridge(attempt_id)
            else:
                await listener.exchange.hang_up_leg(leg_id)
            await listener.clock.sleep(60)
            stayed.append(lasted(listener))
        return stayed

    assert listen(play, callees=Talkers()) == [5.0, 5.0, 5.0]


def test_a_person_put_through_again_in_time_goes_on_talking_to_the_end_of_its_time() -> None:
    async def play(listener: Listener) -> None:
        leg_id, attempt_id = await pair(listener)
        other = listener.dice.leg_id()
        await listener.exchange.dial_leg(other, "PJSIP/agent1002", caller_id="", ring_s=20)
        await listener.clock.sleep(2)
        listener.exchange.vanish(leg_id)
        await listener.clock.sleep(2)
        assert await listener.exchange.connect(other, attempt_id) == Done()
        await listener.clock.sleep(60)
        assert lasted(listener) == 21.0

    listen(play, callees=Talkers())


def test_an_agent_who_takes_another_call_leaves_the_first_person_alone() -> None:
    async def play(listener: Listener) -> None:
        leg_id, first = await pair(listener)
        second = await listener.call("40")
        await listener.clock.sleep(1)
        assert await listener.exchange.connect(leg_id, second) == Done()
        seen = (await listener.exchange.legs())[leg_id]
        assert (seen.bridge_id, seen.attempt_id) == (bridge_of(second), second)
        assert orphans(await listener.exchange.bridges(), {leg_id: seen}) == [bridge_of(first)]

    listen(play)


def test_nothing_is_left_of_a_connect_that_came_too_late_for_the_person() -> None:
    async def play(listener: Listener) -> None:
        leg_id, attempt_id = await pair(listener)
        listener.exchange.leave(attempt_id)
        await listener.clock.sleep(1)
        assert await listener.exchange.connect(leg_id, attempt_id) == Gone()
        assert await listener.exchange.bridges() == []
        assert await listener.exchange.legs() == {leg_id: LegSeen(LegPlace.WAITING)}

    listen(play)


def test_a_call_in_amd_cannot_be_connected_and_no_bridge_is_left() -> None:
    async def play(listener: Listener) -> None:
        leg_id = listener.dice.leg_id()
        await listener.exchange.dial_leg(leg_id, "PJSIP/agent1001", caller_id="", ring_s=20)
        attempt_id = await listener.call("40")
        await listener.clock.sleep(1)
        await listener.exchange.detect(attempt_id)
        assert isinstance(await listener.exchange.connect(leg_id, attempt_id), Failed)
        assert await listener.exchange.bridges() == []

    listen(play)


def test_an_agent_may_hang_up_some_time_after_its_first_talk() -> None:
    async def play(listener: Listener) -> None:
        leg_id, _ = await pair(listener, "PJSIP/agent1025")
        await listener.clock.sleep(60)
        (row,) = listener.exchange.legs_record
        assert row.answered_at is not None and row.ended_at is not None
        assert (row.ending, round((row.ended_at - row.answered_at).total_seconds(), 1)) == ("callee", 4.2)
        assert listener.leg_events(leg_id) == [LegAnswered(), LegGone(16)]

    listen(play)


def test_a_restart_takes_every_leg_and_bridge_and_tells_nobody() -> None:
    async def play(listener: Listener) -> None:
        leg_id, _ = await pair(listener)
        listener.exchange.restart(2)
        await listener.clock.sleep(5)
        assert await listener.exchange.legs() == {}
        assert await listener.exchange.bridges() == []
        assert await listener.exchange.hold(leg_id, "default") == Gone()
        assert listener.leg_events(leg_id) == [LegAnswered()]
        assert [row.ending for row in listener.exchange.legs_record] == ["restart"]

    listen(play)


def test_an_agent_who_picks_up_while_nobody_listens_is_hung_up_on() -> None:
    async def play(listener: Listener) -> None:
        leg_id = listener.dice.leg_id()
        await listener.exchange.dial_leg(leg_id, "PJSIP/agent1021", caller_id="", ring_s=20)
        await listener.clock.sleep(1)
        listener.exchange.cut(5)
        await listener.clock.sleep(10)
        assert [row.ending for row in listener.exchange.legs_record] == ["no application"]
        assert LegGone(16) not in listener.leg_events(leg_id), "what happens during an outage is not told"

    listen(play)


def test_what_is_asked_during_an_outage_fails_and_nothing_is_done() -> None:
    async def play(listener: Listener) -> None:
        leg_id, attempt_id = await pair(listener)
        listener.exchange.cut(5)
        exchange = listener.exchange
        assert isinstance(
            await exchange.dial_leg(listener.dice.leg_id(), "x", caller_id="", ring_s=9), ev.OriginateRefused
        )
        for reply in (
            await exchange.hold(leg_id, "default"),
            await exchange.connect(leg_id, attempt_id),
            await exchange.end_bridge(attempt_id),
            await exchange.hang_up_leg(leg_id),
        ):
            assert reply == Failed("Asterisk simulated is not connected", is_unclear=True)
        await listener.clock.sleep(5)
        assert (await exchange.legs())[leg_id].attempt_id == attempt_id, "they have talked on"

    listen(play)


def test_a_leg_is_rung_once_however_often_it_is_asked_for() -> None:
    async def play(listener: Listener) -> None:
        leg_id = listener.dice.leg_id()
        for _ in range(3):
            assert await listener.exchange.dial_leg(leg_id, "x", caller_id="", ring_s=9) == ev.OriginateTaken()
        assert len(listener.exchange.legs_record) == 1

    listen(play)


@given(
    seed=st.integers(0, 1000),
    ends=st.lists(st.tuples(st.sampled_from(["agent", "person", "us", "bridge"]), st.floats(0, 1.1)), max_size=4),
)
def test_hang_ups_at_any_instant_end_each_once_and_leave_only_the_bridge(
    seed: int, ends: list[tuple[str, float]]
) -> None:
    async def play(listener: Listener) -> None:
        exchange, leg_id = listener.exchange, listener.dice.leg_id()
        attempt_id = listener.plan("40").attempt_id

        async def do(what: str, at: float) -> None:
            await listener.clock.sleep(at)
            match what:
                case "agent":
                    exchange.vanish(leg_id)
                case "person":
                    exchange.leave(attempt_id)
                case "us":
                    await asyncio.gather(exchange.hang_up_leg(leg_id), exchange.hang_up(attempt_id))
                case "bridge":
                    await exchange.end_bridge(attempt_id)

        async def talk() -> None:
            nonlocal attempt_id
            await exchange.dial_leg(leg_id, "PJSIP/agent1001", caller_id="", ring_s=20)
            attempt_id = await listener.call("40")
            for _ in range(2):
                await listener.clock.sleep(0.5)
                await exchange.connect(leg_id, attempt_id)

        await asyncio.gather(talk(), *(do(*each) for each in ends))
        await listener.clock.sleep(60)
        for each in await exchange.legs():
            await exchange.hang_up_leg(each)
        await listener.clock.sleep(1)
        assert exchange.legs_up == {}
        assert listener.leg_events(leg_id).count(LegGone(16)) == 1
        ended = [event for event in listener.events(attempt_id) if isinstance(event, ev.Destroyed)]
        assert len(ended) == 1
        assert set(exchange.bridges_up) <= {bridge_of(attempt_id)}
        await exchange.end_bridge(attempt_id)
        assert exchange.bridges_up == []

    listen(play, seed=seed, callees=Talkers())


def test_lost_commands_were_done_or_not_and_connecting_again_mends_it() -> None:
    async def play(listener: Listener) -> set[bool]:
        was_done = set()
        for _ in range(40):
            listener.exchange.line.faults = Faults()
            leg_id = listener.dice.leg_id()
            await listener.exchange.dial_leg(leg_id, "PJSIP/agent1001", caller_id="", ring_s=20)
            attempt_id = await listener.call("40")
            await listener.clock.sleep(1)
            listener.exchange.line.faults = Faults(lose_command=1)
            reply = await listener.exchange.connect(leg_id, attempt_id)
            assert isinstance(reply, Failed) and reply.is_unclear
            seen = listener.exchange.legs_up[leg_id]
            was_done.add(seen.attempt_id == attempt_id)
            listener.exchange.line.faults = Faults()
            assert await listener.exchange.connect(leg_id, attempt_id) == Done()
            assert listener.exchange.legs_up[leg_id].attempt_id == attempt_id
        return was_done

    assert listen(play) == {True, False}


def test_phones_of_a_test_behave_as_it_says() -> None:
    class Slow:
        def phone(self, dial_string: str) -> Phone:
            return Phone(answers_s=7.0)

    async def play(listener: Listener) -> list[float]:
        await listener.exchange.dial_leg(listener.dice.leg_id(), "any", caller_id="", ring_s=20)
        await listener.clock.sleep(10)
        return [round(at, 1) for at, _, event in listener.legs_heard if isinstance(event, LegAnswered)]

    assert listen(play, phones=Slow()) == [7.0]
