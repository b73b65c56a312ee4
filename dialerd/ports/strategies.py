"""What can be asked of the store about strategies.

Not here: what one is (domain/strategy).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from dialerd.domain.strategy import Strategy
from dialerd.domain.words import AttemptId, Channel, RunId, TargetId


class Strategies(Protocol):
    def get(self, name: str) -> Strategy | None: ...
    def all(self) -> list[Strategy]: ...
    def put(self, given: Strategy, now: datetime) -> None: ...
    def delete(self, name: str) -> None: ...

    def set_step(self, target_id: TargetId, step: str, channel: Channel | None) -> None:
        """Have the target go on at that step; None: it only waits."""
        ...

    def at_step(self, target_id: TargetId, step: str, code: str, *, but: AttemptId) -> tuple[int, int]:
        """How many ended and spent attempts of the target were at that step, and how many of them ended in `code`;
        `but`: this one is not counted, and only those over its channel are (a promised call between two messages is
        none of theirs)."""
        ...

    def pending(self, run_id: RunId, *, limit: int) -> int:
        """How many targets may have a call at once, an agent's where there are both kinds; up to `limit`."""
        ...

    def next_call_at(self, run_id: RunId, channel: Channel) -> datetime | None:
        """When the next target is due that waits for a call of that kind; where very many wait for messages before it,
        when to look again."""
        ...

    def message_steps(self, run_id: RunId, channel: Channel) -> list[str]:
        """The steps at which somebody is next in line for a message over that channel; a few looks along an index."""
        ...

    def next_at(self, run_id: RunId, channel: Channel, wanted: Mapping[str, int], *, limit: int) -> Sequence[TargetId]:
        """The first `wanted` of each of those steps, in dialing order over all of them, `limit` at most."""
        ...

    def in_line(self, run_id: RunId) -> list[tuple[Channel | None, str, int]]:
        """How many pending targets stand at each step of a channel; counted, for people to ask. None: those that have
        only waited for an answer."""
        ...

    def has_done(self, target_id: TargetId, step: str) -> bool:
        """Whether the target's message or automated call of that step has been made."""
        ...
