"""Watches the event loop: how late it comes to what is due, and what it was doing when that was too late.

Not here: what is done about it. A beat on the loop times it; a thread beside it looks at the loop's stack while it is
late, since afterwards nobody knows. Told once a minute for the same place, and always counted.
"""

from __future__ import annotations

import asyncio
import re
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from dialerd.log import logger
from dialerd.meters import Meters

_log = logger(__name__)

LATE_S = 0.1
_BEAT_S = 0.05
_AGAIN_S = 60.0
_SHOWN = 3  # frames of dialerd's own, innermost first
_HOME = str(Path(__file__).parents[1])


class LoopWatch:
    """`steady`: seconds that never jump."""

    def __init__(self, meters: Meters, steady: Callable[[], float]) -> None:
        self._meters = meters
        self._steady = steady
        self._due = 0.0
        self._seen = ""
        self._said_at: dict[str, float] = {}
        self._is_over = threading.Event()
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Called on the loop that is watched."""
        self._due = self._steady() + _BEAT_S
        self._timer = asyncio.get_running_loop().call_later(_BEAT_S, self._beat)
        on = threading.get_ident()
        threading.Thread(target=self._look, args=(on,), name="loop watch", daemon=True).start()

    def end(self) -> None:
        self._is_over.set()
        if self._timer is not None:
            self._timer.cancel()

    def _beat(self) -> None:
        self._judge()
        self._timer = asyncio.get_running_loop().call_later(_BEAT_S, self._beat)

    def _judge(self) -> None:
        now = self._steady()
        late_s, seen = max(0.0, now - self._due), self._seen
        self._due, self._seen = now + _BEAT_S, ""
        self._meters.loop_lag.observe(late_s)
        if late_s > LATE_S:
            self._meters.slow_turns += 1
            self._say(late_s, now, seen or "nobody saw what it did")

    def _say(self, late_s: float, now: float, what: str) -> None:
        place = re.sub(r":\d+", "", what)
        if now < self._said_at.get(place, float("-inf")) + _AGAIN_S:
            return
        if len(self._said_at) > 100:
            self._said_at.clear()
        self._said_at[place] = now
        _log.warning(
            f"the event loop was late by {late_s * 1000:.0f} ms: {what}", action="slow_turn", late_s=round(late_s, 3)
        )

    def _look(self, thread: int) -> None:
        """Beside the loop: see where it is once it is late."""
        while not self._is_over.wait(_BEAT_S):
            if self._steady() > self._due + LATE_S and not self._seen:
                frame = sys._current_frames().get(thread)
                if frame is not None:
                    self._seen = where(frame)


def where(frame: FrameType) -> str:
    """What a stack is doing, innermost first; a loop that waits is not given its time by the machine."""
    stack = traceback.extract_stack(frame)
    if stack[-1].name == "select":
        return "it was ready to go on, and the machine gave it no time"
    own = [each for each in reversed(stack) if each.filename.startswith(_HOME)]
    told = [f"{Path(each.filename).stem}.{each.name}:{each.lineno}" for each in (own[:_SHOWN] or stack[-1:])]
    return " in ".join(told)
