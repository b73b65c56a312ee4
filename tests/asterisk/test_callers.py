"""People who call a queue, by the exchange port on the real Asterisk: what is told of them, and what can be done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from dialerd.domain.caller import CallerLeft, CallerSeen
from dialerd.domain.leg import LegGone, LegPlace, LegSeen, bridge_of
from dialerd.domain.words import CallerId
from dialerd.ports import Done, Gone
from dialerd.settings import read_settings
from tests.asterisk.board import Board, board
from tests.asterisk.dialer import until
from tests.asterisk.test_legs import play
from tests.lab import Lab

pytestmark = pytest.mark.asterisk

_PHONE = "phone-of-who-calls"


def play_both(
    lab: Lab, home: Path, first: Callable[[Board], Awaitable[None]], second: Callable[[Board], Awaitable[None]]
) -> None:
    """One daemon after the other."""

    config = home / "first.toml"
    config.write_text(lab.dialerd_config("unused.db"))
    (settings,) = read_settings(config).asterisk

    async def before() -> None:
        async with board(settings) as made:
            await first(made)

    asyncio.run(before())
    play(lab, home, second)


_STAYS_S = 120  # longer than any of these tests, which end the call


async def call_in(made: Board) -> CallerId:
    """Somebody calls the queue through the pbx's own dialplan."""
    http = made.exchange.session.http
    assert http is not None
    caller = {"endpoint": "Local/sales@lab-queue", "context": "lab-queue", "extension": f"stays-{_STAYS_S}"}
    await http.call(
        "POST", "/channels", body=caller | {"priority": 1, "channelId": _PHONE, "otherChannelId": "who-calls"}
    )
    return await made.caller()


async def they_hang_up(made: Board) -> None:
    http = made.exchange.session.http
    assert http is not None
    await http.call("DELETE", f"/channels/{_PHONE}")


def test_a_caller_waits_with_music_talks_waits_again_and_hangs_up(lab: Lab, tmp_path: Path) -> None:
    async def story(made: Board) -> None:
        exchange = made.exchange
        leg_id = await made.agent_up("PJSIP/agent1001")
        caller_id = await call_in(made)
        assert await exchange.callers() == {caller_id: CallerSeen("sales")}
        assert await exchange.hold_caller(caller_id, "default") == Done()
        assert await exchange.connect(leg_id, caller_id) == Done()
        talking = LegSeen(LegPlace.BRIDGED, bridge_of(caller_id), caller_id=caller_id)
        await made.becomes(exchange.legs, {leg_id: talking})
        assert await exchange.callers() == {caller_id: CallerSeen("sales")}
        assert await exchange.end_bridge(caller_id) == Done()
        assert await exchange.hold_caller(caller_id, "default") == Done()
        assert await exchange.connect(leg_id, caller_id) == Done()
        await made.becomes(exchange.legs, {leg_id: talking})
        await they_hang_up(made)
        await made.heard(caller_id, CallerLeft)
        await made.becomes(exchange.callers, {})
        assert await exchange.connect(leg_id, caller_id) == Gone()
        assert await exchange.hold_caller(caller_id, "default") == Gone()
        await exchange.end_bridge(caller_id)
        assert await exchange.hang_up_leg(leg_id) == Done()
        await made.heard(leg_id, LegGone)

    play(lab, tmp_path, story)


@pytest.mark.parametrize("how", ["let go", "hung up"])
def test_a_caller_is_let_go_into_the_dialplan_or_hung_up(lab: Lab, tmp_path: Path, how: str) -> None:
    async def story(made: Board) -> None:
        caller_id = await call_in(made)
        order = made.exchange.let_go if how == "let go" else made.exchange.hang_up_caller
        assert await order(caller_id) == Done()
        await made.heard(caller_id, CallerLeft)
        assert await order(caller_id) == Gone()
        if how == "let go":
            until(lambda: "!Playback!" in lab.cli("pbx", "core show channels concise"), limit_s=10, what="the word")
            await they_hang_up(made)

    play(lab, tmp_path, story)


def test_a_caller_who_came_while_we_were_away_is_seen_by_a_look(lab: Lab, tmp_path: Path) -> None:
    seen = []

    async def first(made: Board) -> None:
        seen.append(await call_in(made))

    async def second(made: Board) -> None:
        assert await made.exchange.callers() == {seen[0]: CallerSeen("sales")}
        assert await made.exchange.hang_up_caller(seen[0]) == Done()
        await made.heard(seen[0], CallerLeft)

    play_both(lab, tmp_path, first, second)
