"""The one source of real time and real chance.

Not here: what they are used for. Their twins on virtual time are in simulate/clock.py.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from dialerd.domain.words import AttemptId
from dialerd.ports import Timer


class SystemClock:
    """Implements ports.Clock on the running event loop."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def steady(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, delay_s: float) -> None:
        await asyncio.sleep(delay_s)

    def call_later(self, delay_s: float, action: Callable[[], None]) -> Timer:
        return asyncio.get_running_loop().call_later(delay_s, action)


class SystemDice:
    """Implements ports.Dice. Attempt ids must be unique for ever: Asterisk dials a used id again."""

    def attempt_id(self) -> AttemptId:
        return AttemptId("d" + secrets.token_hex(16))

    def draw(self) -> float:
        return random.random()
