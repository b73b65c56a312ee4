"""The one source of real time and real chance.

Not here: what they are used for. Their twins on virtual time are in simulate/clock.py.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime

from dialerd.domain.words import AttemptId, LegId
from dialerd.ports import Timer


class SystemClock:
    """Implements ports.Clock on the running event loop."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def steady(self) -> float:
        return time.monotonic()  # what the loop's own time is too; the writer's thread has no loop

    async def sleep(self, delay_s: float) -> None:
        await asyncio.sleep(delay_s)

    def call_later(self, delay_s: float, action: Callable[[], None]) -> Timer:
        return asyncio.get_running_loop().call_later(delay_s, action)


class SystemDice:
    """Implements ports.Dice. Ids must be unique for ever: Asterisk dials a used id again."""

    def attempt_id(self) -> AttemptId:
        return AttemptId(f"d{self._unique()}")

    def leg_id(self) -> LegId:
        return LegId(f"a{self._unique()}")

    def _unique(self) -> str:
        """Milliseconds since 1970, then 80 drawn bits, as in a UUID of version 7 (RFC 9562, 5.7).

        Ids that rise with time are written at the end of their index; drawn ones each into a page of their own,
        which in a table of millions was half of what a claim cost.
        """
        since_1970_ms = int(datetime.now(UTC).timestamp() * 1000)
        return f"{since_1970_ms:012x}{secrets.token_hex(10)}"

    def draw(self) -> float:
        return random.random()
