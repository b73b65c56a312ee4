"""A caller, somebody who has called a queue: what can happen to one, where one is seen, and who is served first.

Not here: which agents take callers (assignment.py, blending.py) and the ARI messages (adapters/ari/translate.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from dialerd.domain.words import CallerId, LegId


@dataclass(frozen=True, slots=True)
class CallerCame:
    """The admin's dialplan has handed somebody over for that queue."""

    queue: str


@dataclass(frozen=True, slots=True)
class CallerLeft:
    """Hung up, or out of our hands. May come doubled."""


@dataclass(frozen=True, slots=True)
class LinkCame:
    """Not a person: the far end of an agent's leg that another server has dialed to reach an agent here, in our hands
    and not answered. It is spoken of by a caller's id, as everybody who comes from outside."""

    leg_id: LegId


CallerEvent = CallerCame | CallerLeft | LinkCame


@dataclass(frozen=True, slots=True)
class CallerSeen:
    """A look found the caller alive and in our hands."""

    queue: str


def caller_of(exchange: str, channel_id: str) -> CallerId:
    """The id of a caller on that channel. An exchange chooses its callers' channel ids itself: two may choose alike."""
    return CallerId("c" + blake2b(f"{exchange} {channel_id}".encode(), digest_size=16).hexdigest())
