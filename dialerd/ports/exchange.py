"""An Exchange is one switch: a real Asterisk or the simulated one. What is asked of it and what it tells.

Not here: any behaviour (adapters/ari, simulate/exchange.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from dialerd.domain.call import CallPlan
from dialerd.domain.call.events import CallEvent, ChannelSeen
from dialerd.domain.words import AttemptId


@dataclass(frozen=True, slots=True)
class Done:
    """The exchange did it."""


@dataclass(frozen=True, slots=True)
class Gone:
    """There is no such channel (any more): a normal result between two machines."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It was not done; the channel may still be there. `is_unclear`: no answer came, so it may have been done."""

    reason: str
    is_unclear: bool = False


Reply = Done | Gone | Failed


@dataclass(frozen=True, slots=True)
class ExchangeUp:
    """The event stream is proven alive, filters and checks are done: reconcile, then dial."""


@dataclass(frozen=True, slots=True)
class ExchangeDown:
    """The event stream is not proven alive; events from now on may be lost. Not an error by itself."""

    reason: str


ExchangeEvent = ExchangeUp | ExchangeDown


class ExchangeSink(Protocol):
    """Where an exchange delivers. Called in the order things arrived; must return at once and never raise."""

    def on_call_event(self, exchange: str, attempt_id: AttemptId, event: CallEvent) -> None: ...
    def on_exchange_event(self, exchange: str, event: ExchangeEvent) -> None: ...


class Exchange(Protocol):
    """One switch. Only what dialing needs; every operation has a time limit and none raises for a missing channel."""

    @property
    def name(self) -> str: ...

    @property
    def is_alive(self) -> bool:
        """Whether a call may be placed: its event stream is proven alive at this moment."""
        ...

    def trouble(self, *, endpoint: tuple[str, str], amd: bool) -> str | None:
        """Why this exchange cannot carry a call over that endpoint (technology, name); None: it can."""
        ...

    async def run(self, sink: ExchangeSink) -> None:
        """Connect, deliver events, reconnect with backoff; returns when cancelled."""
        ...

    async def originate(self, plan: CallPlan) -> CallEvent:
        """Dial: OriginateTaken, OriginateRefused or OriginateUnclear."""
        ...

    async def detect(self, attempt_id: AttemptId) -> Reply: ...
    async def play(self, attempt_id: AttemptId, playback_id: str, sound: str) -> Reply: ...
    async def hand_over(self, attempt_id: AttemptId, context: str, extension: str) -> Reply: ...
    async def hang_up(self, attempt_id: AttemptId) -> Reply: ...

    async def look(self, attempt_id: AttemptId, playback_id: str | None) -> ChannelSeen | Gone | Failed:
        """Where one channel is."""
        ...

    async def channels(self) -> dict[AttemptId, ChannelSeen]:
        """Every living channel of ours. Raises ExchangeError when the exchange cannot be asked."""
        ...
