"""Agents' legs by the exchange port on the real Asterisk: who hears whom and when, and that nothing is left."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from dialerd.domain.call import events as ev
from dialerd.domain.leg import LegGone, LegPlace, LegSeen, bridge_of
from dialerd.ports import Done
from dialerd.settings import read_settings
from tests.asterisk.board import Board, board
from tests.asterisk.dialer import nothing_left, until
from tests.lab import Lab
from tests.lab.agents import AGENTS
from tests.lab.plan import person_hz
from tests.lab.record import CarrierCall, by_number
from tests.lab.tones import MUSIC, seconds_of
from tests.numbers import number

pytestmark = pytest.mark.asterisk

PART_S = 2.0  # each waits and talks for so long
_GREETING_S = 1.8
_CLEAR_S = 0.7  # at least this much of a part is the tone and nothing else; a loaded machine drops some of it


def play(lab: Lab, home: Path, story: Callable[[Board], Awaitable[None]]) -> dict[str, list[CarrierCall]]:
    """Run a story to its end; the carrier's calls by number, when nothing is up any more."""
    config = home / "board.toml"
    config.write_text(lab.dialerd_config("unused.db"))
    (settings,) = read_settings(config).asterisk
    mark = lab.mark()

    async def main() -> None:
        async with board(settings) as made:
            await story(made)
            await made.becomes(made.exchange.legs, {})
            await made.becomes(made.exchange.bridges, [])

    asyncio.run(main())
    nothing_left(lab)
    until(lambda: all(each.ended_at for each in lab.record(since=mark)), limit_s=30, what="the record's last lines")
    return by_number(lab.record(since=mark))


def test_twenty_agents_wait_with_music_and_talk_with_one_person_after_the_other(lab: Lab, tmp_path: Path) -> None:
    agents = [f"agent{1000 + n}" for n in range(1, 21)]

    async def work(made: Board, index: int) -> None:
        exchange, sleep = made.exchange, made.clock.sleep
        leg_id = await made.agent_up(AGENTS[agents[index]].dial_string)
        persons = []
        for turn in (0, 1):
            assert await exchange.hold(leg_id, "default") == Done()
            await sleep(PART_S)
            attempt_id = await made.person_up(number(index * 2 + turn, "50"))
            persons.append(attempt_id)
            await sleep(_GREETING_S)
            assert await exchange.connect(leg_id, attempt_id) == Done()
            await sleep(PART_S / 2)
            assert await exchange.connect(leg_id, attempt_id) == Done(), "again, as after a lost reply"
            await sleep(PART_S / 2)
            assert await exchange.end_bridge(attempt_id) == Done()
        assert [await exchange.hang_up(each) for each in persons] == [Done(), Done()]
        assert await exchange.hang_up_leg(leg_id) == Done()
        for each in persons:
            await made.heard(each, ev.Destroyed)
        await made.heard(leg_id, LegGone)

    async def story(made: Board) -> None:
        await asyncio.gather(*(work(made, index) for index in range(len(agents))))

    calls = play(lab, tmp_path, story)
    for index, name in enumerate(agents):
        (of_agent,) = calls[name]
        heard = lab.heard(of_agent)
        assert seconds_of(heard, *MUSIC) > 2 * _CLEAR_S, f"{name} waited without music"
        for turn in (0, 1):
            (of_person,) = calls[number(index * 2 + turn, "50")]
            assert seconds_of(heard, person_hz(of_person.number)) > _CLEAR_S, f"{name} did not hear its person"
            assert seconds_of(lab.heard(of_person), AGENTS[name].hz) > _CLEAR_S, f"{name} was not heard"
            assert seconds_of(lab.heard(of_person), *MUSIC) == 0, "a person heard the agent's music"


def test_a_phone_that_cannot_be_rung_says_why(lab: Lab, tmp_path: Path) -> None:
    async def story(made: Board) -> None:
        reasons = {}
        for phone in ("agent1024", "nobody"):
            reply = await made.exchange.dial_leg(made.dice.leg_id(), f"PJSIP/{phone}", caller_id="", ring_s=5)
            assert isinstance(reply, ev.OriginateRefused)
            reasons[phone] = reply.reason
        assert "cannot reach PJSIP/agent1024: the phone is not registered" in reasons["agent1024"]
        assert "knows no endpoint PJSIP/nobody" in reasons["nobody"]
        busy = await made.agent("PJSIP/agent1022")
        assert await made.heard(busy, LegGone) == LegGone(17, 486)

    play(lab, tmp_path, story)


@pytest.mark.parametrize("first", ["agent", "person"])
def test_either_side_may_hang_up_and_the_other_is_still_there(lab: Lab, tmp_path: Path, first: str) -> None:
    async def story(made: Board) -> None:
        # agent1025 hangs up 3 s after it first hears somebody, the person of ending 55 five seconds after its answer
        leg_id = await made.agent_up("PJSIP/agent1025" if first == "agent" else "PJSIP/agent1001")
        attempt_id = await made.person_up(number(90, "50" if first == "agent" else "55"))
        assert await made.exchange.connect(leg_id, attempt_id) == Done()
        if first == "agent":
            assert await made.heard(leg_id, LegGone) == LegGone(16)
            assert await made.exchange.look(attempt_id, None) == ev.ChannelSeen(ev.Place.ANSWERED)
        else:
            await made.heard(attempt_id, ev.Destroyed)
            await made.becomes(made.exchange.legs, {leg_id: LegSeen(LegPlace.BRIDGED, bridge_of(attempt_id))})
        assert await made.exchange.end_bridge(attempt_id) == Done()
        if first == "agent":
            await made.exchange.hang_up(attempt_id)
            await made.heard(attempt_id, ev.Destroyed)
        else:
            await made.exchange.hang_up_leg(leg_id)
            await made.heard(leg_id, LegGone)

    calls = play(lab, tmp_path, story)
    ((left,), (stayed,)) = (calls[each] for each in _in_order(first))
    assert (left.hung_up_by, stayed.hung_up_by) == ("callee", "caller")


def _in_order(first: str) -> tuple[str, str]:
    return ("agent1025", number(90, "50")) if first == "agent" else (number(90, "55"), "agent1001")
