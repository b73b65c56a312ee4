"""Waiting to be sent: at a rate, so many at once, first come, first served; and being taken back meanwhile.

Not here: the rate itself as a rule (domain/pacing/rate.py), what is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from dialerd.domain.pacing.rate import RateLimit
from dialerd.domain.words import AttemptId
from dialerd.ports import Clock


class TakenBackError(Exception):
    """It waits no more: it was taken back before its turn."""


class Turns:
    """At most `rate` a second, evenly spaced, in the order in which they were asked for; `places` at once."""

    def __init__(self, clock: Clock, *, rate: float, places: int) -> None:
        self._clock = clock
        self._limit = RateLimit(rate=rate)
        self._places = asyncio.Semaphore(places)
        self._given: dict[AttemptId, Waiting] = {}

    @contextmanager
    def given(self, attempt_id: AttemptId) -> Iterator[Waiting]:
        """While entered, the message of that attempt can be taken back."""
        self._given[attempt_id] = made = Waiting(self)
        try:
            yield made
        finally:
            self._given.pop(attempt_id, None)

    def take_back(self, attempt_id: AttemptId) -> None:
        """End its waiting, now and from now on; nothing where it is not here."""
        if attempt_id in self._given:
            self._given[attempt_id].take_back()

    def has_begun(self, attempt_id: AttemptId) -> bool:
        """Whether its turn, or one of its turns, has come: from then on the other side may have it."""
        return attempt_id in self._given and self._given[attempt_id].has_begun

    async def mine(self) -> None:
        """Wait until it is the caller's turn. One that is cancelled while it waits has used its turn up."""
        now = self._clock.steady()
        at = self._limit.room_at(now)
        self._limit = self._limit.take(at)
        if at > now:
            await self._clock.sleep(at - now)

    def place(self) -> asyncio.Semaphore:
        return self._places


class Waiting:
    """One message on its way to its turn. What is done in a turn is never broken off."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._scope: asyncio.Timeout | None = None
        self._is_taken_back = False
        self.has_begun = False

    def take_back(self) -> None:
        if not self._is_taken_back and self._scope is not None:
            self._scope.reschedule(0.0)
        self._is_taken_back = True

    @asynccontextmanager
    async def for_it(self) -> AsyncIterator[None]:
        """What is entered here is waiting. Raises TakenBackError."""
        self._check()
        try:
            async with asyncio.timeout(None) as self._scope:
                yield
        except TimeoutError:
            self._check()
            raise  # one of what was waited for
        finally:
            self._scope = None
        self._check()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a place and the turn; entered while it lasts. Raises TakenBackError."""
        async with self._turns.place():
            async with self.for_it():
                await self._turns.mine()
            self.has_begun = True
            yield

    def _check(self) -> None:
        if self._is_taken_back:
            raise TakenBackError
