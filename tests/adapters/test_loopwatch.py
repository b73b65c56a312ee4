"""What keeps the event loop is seen while it does, told with its place, and counted."""

from __future__ import annotations

import asyncio
import re
import sys
import threading
from collections.abc import MutableMapping
from typing import Any

import pytest

from dialerd.adapters import loopwatch
from dialerd.adapters.clock import SystemClock
from dialerd.adapters.loopwatch import LATE_S, LoopWatch
from dialerd.meters import Meters

_PAUSE = threading.Event()


def test_what_keeps_the_loop_is_named_once_and_counted_each_time(
    told: list[MutableMapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loopwatch, "_HOME", __file__)
    meters = Meters()
    watch = LoopWatch(meters, SystemClock().steady)

    def stuck() -> None:
        """Until the thread beside has seen it."""
        for _ in range(3000):
            if watch._seen:
                return
            _PAUSE.wait(0.01)

    async def main() -> None:
        watch.begin()
        for _ in range(2):
            stuck()
            beats = meters.loop_lag.count
            while meters.loop_lag.count == beats:  # noqa: ASYNC110
                await asyncio.sleep(0.01)  # noqa: TID251  # real time: that is what is measured
        watch.end()

    asyncio.run(asyncio.wait_for(main(), 60))
    slow = [each for each in told if each["action"] == "slow_turn"]
    about_it = [each for each in slow if "stuck" in each["event"]]
    assert len(about_it) == 1, told
    assert about_it[0]["late_s"] > LATE_S
    assert meters.loop_lag.longest_s > LATE_S
    assert meters.slow_turns >= 2


def test_a_place_is_told_by_dialerds_own_frames_where_there_are_any(monkeypatch: pytest.MonkeyPatch) -> None:
    def look() -> str:
        return loopwatch.where(sys._getframe())

    assert look().startswith("test_loopwatch.look:"), "nothing of dialerd is in it: the innermost of all"
    assert " in " not in look()
    monkeypatch.setattr(loopwatch, "_HOME", __file__)
    assert re.match(r"test_loopwatch\.look:\d+ in test_loopwatch\.test_a_place_\w+:\d+$", look())
