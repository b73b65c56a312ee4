"""What people ask of a call that is up: mute, hold, keys, pass it on, listen to it; and whether that can be done now.

Not here: doing it (engine/steerdesk.py), keeping what was asked (usecases/steering.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dialerd.domain.agents import Refusal
from dialerd.domain.tolls import SAFE, TollGuard
from dialerd.domain.words import AgentState

TOO_LATE = timedelta(seconds=10)
"""A request that nobody has looked at for so long is of a moment that has passed: it is not done any more."""

PASS_ON = timedelta(seconds=300)
"""How long somebody whom an agent has passed on waits for the next one, with music."""

KEYS = re.compile(r"[0-9*#A-D]{1,32}\Z")

LISTEN_RING_S = 30.0
NUMBER_RING_S = 30.0  # of a number that an agent asks about its call


class Verb(StrEnum):
    """What can be asked of an agent's call."""

    MUTE = "mute"  # nobody hears the agent
    UNMUTE = "unmute"
    HOLD = "hold"  # the person hears music, and nobody hears them
    RESUME = "resume"
    KEYS = "keys"  # to the person's line
    PASS_ON = "pass_on"  # to a queue, another agent, or a number in the admin's dialplan
    CONSULT = "consult"  # ask a queue, another agent or a number first, with the person on hold
    COMPLETE = "complete"  # give the call to whom the agent asks
    TAKE_BACK = "take_back"  # go on with the person, and let go whom the agent asks
    LISTEN = "listen"  # a supervisor hears both
    WHISPER = "whisper"  # and is heard by the agent
    BARGE = "barge"  # and is heard by both
    UNLISTEN = "unlisten"


class Spy(StrEnum):
    """Who hears somebody that listens to an agent's call."""

    LISTEN = "listen"  # nobody
    WHISPER = "whisper"  # the agent
    BARGE = "barge"  # both


SPIES = {Verb.LISTEN: Spy.LISTEN, Verb.WHISPER: Spy.WHISPER, Verb.BARGE: Spy.BARGE}

_ON_CALL = frozenset({AgentState.ON_CALL, AgentState.INBOUND})


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a call is passed on to: exactly one of these. `context`: where the dialplan has the number."""

    queue: str | None = None
    agent: str | None = None
    number: str | None = None
    context: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassingOn:
    """The numbers that calls may be passed on to: those that begin with one of `prefixes` (E.164), in the admin's
    dialplan at `context`."""

    prefixes: Sequence[str] = ()
    context: str = "dialerd-transfer"
    tolls: TollGuard = SAFE

    def refusal(self, number: str) -> str | None:
        """Why no call is passed on to that number; None: one may be."""
        if not any(number.startswith(prefix) for prefix in self.prefixes):
            return f"[transfer] prefixes in the settings says which may be: {', '.join(self.prefixes) or 'none'}"
        return self.tolls.refusal(number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """An agent's call as it stands. `was_with`: whom the agent talked to when it was asked, where that was known, and
    `is_with` whom now. `may_be_heard`: the person has been told that the call is recorded, or needs not be.
    `is_asking`: the agent asks somebody else about it."""

    state: AgentState
    was_with: str | None
    is_with: str | None
    is_caller: bool
    is_muted: bool
    is_holding: bool
    is_asking: bool
    may_be_heard: bool
    asked_at: datetime


def refused(verb: Verb, at: Situation, *, agent: str, now: datetime) -> Refusal | None:
    """Why that cannot be done now; None: it can."""
    if now - at.asked_at > TOO_LATE:
        return Refusal("it was asked too long ago", "ask again")
    if verb is Verb.UNLISTEN:
        return None
    if at.state not in _ON_CALL or at.is_with is None:
        return Refusal(f"agent {agent} talks to nobody", f"see what it does with dialerd agent show {agent}")
    if at.was_with is not None and at.was_with != at.is_with:
        return Refusal(f"agent {agent} talks to somebody else by now", "ask again if it is meant for that call, too")
    match verb:
        case Verb.MUTE if at.is_muted:
            return Refusal(f"agent {agent} is muted already", "")
        case Verb.UNMUTE if not at.is_muted:
            return Refusal(f"agent {agent} is not muted", "")
        case Verb.RESUME | Verb.PASS_ON | Verb.CONSULT if at.is_asking:
            return Refusal("somebody is asked about the call", "give it to them, or take it back first")
        case Verb.COMPLETE | Verb.TAKE_BACK if not at.is_asking:
            return Refusal("nobody is asked about the call", "")
        case Verb.HOLD if at.is_holding:
            return Refusal("the call is on hold already", "")
        case Verb.RESUME if not at.is_holding:
            return Refusal("the call is not on hold", "")
        case Verb.KEYS if at.is_holding:
            return Refusal("the call is on hold: keys would not be heard in it", "resume it first")
        case Verb.PASS_ON | Verb.CONSULT if at.is_caller:
            return Refusal("somebody who has called cannot be passed on", "end the call, or let them wait")
        case Verb.LISTEN | Verb.WHISPER | Verb.BARGE if not at.may_be_heard:
            return Refusal("the person has not been told that others may hear the call", "listen once they have")
    return None
