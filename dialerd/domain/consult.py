"""An attended transfer as one table: an agent asks somebody else while the person is on hold, then gives the call away
or takes it back.

The person hears music all the while; the two talk in the person's own bridge, so that giving the call away leaves one
of them out of it, and taking it back the other.
Not here: reaching whom is asked, music, bridges (engine/consultdesk.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """How far a consultation is."""

    REACHING = "reaching"  # their phone rings
    JOINING = "joining"  # they are there, and on their way into the bridge
    TALKING = "talking"
    OVER = "over"


class Came(StrEnum):
    """What happens to one, or is asked of it."""

    UP = "up"  # whom it asks is there
    JOINED = "joined"
    NOT_JOINED = "not joined"
    TARGET_GONE = "target gone"  # busy, no answer, hung up, lost
    CALL_OVER = "call over"  # the person or the agent has hung up
    COMPLETE = "complete"  # the agent gives the call away
    TAKE_BACK = "take back"  # the agent has the person again


class Act(StrEnum):
    """What follows."""

    JOIN = "join"  # bring them into the bridge
    TELL = "tell"  # whoever asked for it hears what came of it: the two talk, or why not
    DROP = "drop"  # let go whom it asks; the agent and the person stay together
    UNDO = "undo"  # let them go, and once they are out the person hears no more music
    HAND_OVER = "hand over"  # the person talks to whom it asks from now on; the agent wraps up


S, C, A = Stage, Came, Act
Way = tuple[Stage, tuple[Act, ...]]

TABLE: Mapping[Stage, Mapping[Came, Way]] = {
    S.REACHING: {
        C.UP: (S.JOINING, (A.JOIN,)),
        C.TARGET_GONE: (S.OVER, (A.TELL,)),
        C.CALL_OVER: (S.OVER, (A.DROP, A.TELL)),
        C.TAKE_BACK: (S.OVER, (A.UNDO, A.TELL)),
    },
    S.JOINING: {
        C.JOINED: (S.TALKING, (A.TELL,)),
        C.NOT_JOINED: (S.OVER, (A.DROP, A.TELL)),
        C.TARGET_GONE: (S.OVER, (A.TELL,)),
        C.CALL_OVER: (S.OVER, (A.DROP, A.TELL)),
        C.TAKE_BACK: (S.OVER, (A.UNDO, A.TELL)),
    },
    S.TALKING: {
        C.TARGET_GONE: (S.OVER, ()),
        C.CALL_OVER: (S.OVER, (A.DROP,)),
        C.COMPLETE: (S.OVER, (A.HAND_OVER,)),
        C.TAKE_BACK: (S.OVER, (A.UNDO,)),
    },
    S.OVER: {},
}
"""What is not in it is passed over: late news of what has been decided. With the target gone the person stays on hold:
the agent lets them hear when it is ready to."""


@dataclass(frozen=True, slots=True)
class NotYet:
    """Why the call cannot be given away now."""

    reason: str


def step(stage: Stage, came: Came) -> Way:
    return TABLE[stage].get(came, (stage, ()))


def may_complete(stage: Stage) -> NotYet | None:
    """Whether the call can be given away; None: it can."""
    if stage is S.TALKING:
        return None
    return NotYet("whom you ask is not there yet" if stage is not S.OVER else "nobody is asked any more")
