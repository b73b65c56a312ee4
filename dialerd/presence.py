"""Whether the server of a route is there: asked until it is, and again when a message has found it gone.

Not here: what is asked (each route's own), a link that is open all the time (adapters/sms/smpplink.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from dialerd.domain.backoff import Backoff
from dialerd.log import logger
from dialerd.ports import Clock, MessageSink, RouteDown, RouteUp

_log = logger(__name__)

_WAITS = Backoff(first_s=0.5, longest_s=10.0)


class Presence:
    """`ask` returns why the server cannot be used now; None: it can."""

    def __init__(self, route: str, clock: Clock, ask: Callable[[], Awaitable[str | None]]) -> None:
        self.reason = "not connected yet"
        self._route = route
        self._clock = clock
        self._ask = ask
        self._there = asyncio.Event()
        self._gone = asyncio.Event()

    @property
    def is_there(self) -> bool:
        return self._there.is_set()

    def lost(self, reason: str) -> None:
        """A message has found it gone."""
        self.reason = reason
        self._there.clear()
        self._gone.set()

    async def before(self, moment: float) -> bool:
        """Wait until it is there; False: not before that moment of the steady clock."""
        left_s = moment - self._clock.steady()
        if left_s > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(left_s):
                    await self._there.wait()
        return self._there.is_set()

    async def watch(self, sink: MessageSink) -> None:
        """Until cancelled: ask, tell, and ask again, with growing waits while it is gone."""
        waits = _WAITS
        said = ""
        try:
            while True:
                reason = await self._ask()
                if reason is None:
                    self.reason, said, up_since = "", "", self._clock.steady()
                    self._gone.clear()
                    self._there.set()
                    _log.info(f"route {self._route} can be used", action="route_up", route=self._route)
                    sink.on_route_event(self._route, RouteUp())
                    await self._gone.wait()
                    reason = self.reason
                    waits = waits.after(self._clock.steady() - up_since)
                self.reason = reason
                if reason != said:
                    _log.error(
                        f"no messages over route {self._route}: {reason}", action="route_down", route=self._route
                    )
                    sink.on_route_event(self._route, RouteDown(reason))
                    said = reason
                await self._clock.sleep(waits.wait_s)
                waits = waits.longer()
        finally:
            self._there.clear()
