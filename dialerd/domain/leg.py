"""An agent's leg, the channel to an agent's phone: what can happen to it, and where a living one is seen.

Not here: what becomes of the agent, and the ARI messages that these are made from (adapters/ari/translate.py).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from dialerd.domain.steering import Spy
from dialerd.domain.words import AttemptId, BridgeId, CallerId, LegId, Person


@dataclass(frozen=True, slots=True)
class LegRang:
    """The agent's phone rings. May come doubled; a phone that picks up by itself may never tell."""


@dataclass(frozen=True, slots=True)
class LegAnswered:
    """The agent has picked up and the leg is in our hands: it can be held and connected from now on."""


@dataclass(frozen=True, slots=True)
class LegGone:
    """The leg is over: hung up by the agent or by us, never answered, or lost.

    `cause` Q.850, `sip_code` the SIP status where the exchange tells it, as of a call that was never answered. Whoever
    it was connected with stays where it was, alone in the bridge.
    """

    cause: int | None
    sip_code: int | None = None


LegEvent = LegRang | LegAnswered | LegGone


class LegPlace(StrEnum):
    """Where a living leg is, as a look at the exchange tells."""

    RINGING = "ringing"  # not answered
    WAITING = "waiting"  # answered, in our hands, in no bridge
    BRIDGED = "bridged"  # in a bridge of ours
    ELSEWHERE = "elsewhere"  # answered, out of our hands


@dataclass(frozen=True, slots=True)
class LegSeen:
    """A look found the leg alive. `attempt_id` or `caller_id`: who is in the same bridge; neither: they are gone."""

    place: LegPlace
    bridge_id: BridgeId | None = None
    attempt_id: AttemptId | None = None
    caller_id: CallerId | None = None


def bridge_of(person: Person) -> BridgeId:
    """The bridge in which the person of that attempt, or that caller, talks with an agent; there is never another."""
    return BridgeId(f"b{person[1:]}")


def attempt_of(bridge_id: BridgeId) -> AttemptId:
    """Whom a bridge was made for, whether or not they are in it (any more). Of a caller's bridge: nobody's attempt,
    by which that bridge can be ended."""
    return AttemptId(f"d{bridge_id[1:]}")


def listening_in(leg_id: LegId) -> BridgeId:
    """The bridge in which somebody who listens to a call hears it."""
    return BridgeId(f"b{leg_id[1:]}")


SPY_ID = re.compile(r"[lwx]([0-9a-f]{32})\Z")


def spy_id(leg_id: LegId, how: Spy) -> str:
    """The ARI id of the channel through which that leg listens: a letter for how, and the leg's digits."""
    return _LETTERS[how] + leg_id[1:]


def leg_of_spy(channel_id: str) -> LegId | None:
    """Whose ear it is; None: no such channel."""
    found = SPY_ID.match(channel_id)
    return None if found is None else LegId(f"a{found[1]}")


_LETTERS = {Spy.LISTEN: "l", Spy.WHISPER: "w", Spy.BARGE: "x"}


def orphans(bridges: Collection[BridgeId], legs: Mapping[LegId, LegSeen]) -> list[BridgeId]:
    """The bridges without an agent: nobody will ever talk in them again, and no exchange removes one by itself."""
    served = {seen.bridge_id for seen in legs.values()}
    return [bridge_id for bridge_id in bridges if bridge_id not in served]
