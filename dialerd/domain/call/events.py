"""Everything that can happen to a call, in the past tense. Any of them may come doubled, late, or never.

Not here: what they lead to (step.py) and the ARI messages they are made from (adapters/ari/translate.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dialerd.domain.flow.moves import Did, Fetched, Undone
from dialerd.domain.steering import Destination
from dialerd.domain.words import LegId


class Place(StrEnum):
    """Where a living channel is, as a look at the exchange tells."""

    RINGING = "ringing"  # not answered
    ANSWERED = "answered"  # answered, in our Stasis application, nothing done yet
    DETECTING = "detecting"  # in the dialplan's AMD()
    JUDGED = "judged"  # back in our application with a verdict
    BACK = "back"  # back in our application from Asterisk's own queue
    ELSEWHERE = "elsewhere"  # answered, anywhere else


@dataclass(frozen=True, slots=True)
class OriginateTaken:
    """The exchange has taken the call and is dialing."""


@dataclass(frozen=True, slots=True)
class OriginateRefused:
    """Nothing was dialed: the exchange refused. `trunk_down`: the trunk cannot carry calls at all at present;
    `no_agent`: we did not ask, for the agent that the call was for is gone; `too_late`: nor here, for it was claimed
    so long ago that another daemon may have settled it."""

    reason: str
    trunk_down: bool
    no_agent: bool = False
    too_late: bool = False


@dataclass(frozen=True, slots=True)
class OriginateUnclear:
    """Nobody knows whether the exchange dialed: the reply was lost, or there was a 409 and no such channel."""

    reason: str


@dataclass(frozen=True, slots=True)
class Rang:
    """The far end reports ringing or early media."""


@dataclass(frozen=True, slots=True)
class PickedUp:
    """The channel is up; the exchange has not yet handed it to us."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The answered channel has entered our Stasis application."""


@dataclass(frozen=True, slots=True)
class AmdHeard:
    """Answering machine detection is done; AMDSTATUS and AMDCAUSE as Asterisk gave them."""

    status: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class PlaybackEnded:
    """A sound has been played to its end, was stopped, or could not be played (`failed`)."""

    playback_id: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Pressed:
    """The person has pressed a key: `0`-`9`, `*`, `#`, `A`-`D`."""

    digit: str


@dataclass(frozen=True, slots=True)
class TalkBegan:
    """There is sound from the person's side (asked for with Watch)."""


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """The person's side has been silent as long as Watch said, after that many seconds of sound."""

    duration_s: float


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    """A recording is over, whatever ended it; `failed`: nothing is kept of it. `duration_s` in whole seconds."""

    name: str
    failed: bool = False
    duration_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Acted:
    """What came of an action of the call's flow."""

    serial: int
    outcome: Did | Undone | Fetched


@dataclass(frozen=True, slots=True)
class HangupRequested:
    """One side wants to end the call; Destroyed follows."""

    cause: int | None
    sip_code: int | None = None


@dataclass(frozen=True, slots=True)
class Destroyed:
    """The channel is gone. `cause` Q.850, `sip_code` the SIP status where the exchange tells it."""

    cause: int | None
    sip_code: int | None = None


@dataclass(frozen=True, slots=True)
class ChannelSeen:
    """A look found the channel alive. `playing`: whether our playback still goes on; None: the look did not tell."""

    place: Place
    amd_status: str = ""
    playing: bool | None = None


@dataclass(frozen=True, slots=True)
class ChannelGone:
    """A look, or a command, found no such channel."""


@dataclass(frozen=True, slots=True)
class CommandFailed:
    """What a command (its class name) asked was not done; `is_unclear`: no answer came, so it may have been."""

    command: str
    reason: str
    is_unclear: bool = False


@dataclass(frozen=True, slots=True)
class TimerFired:
    """The time asked for with SetTimer is over; `serial` tells which timer it was."""

    serial: int


@dataclass(frozen=True, slots=True)
class AgentFound:
    """An agent is there for the person who waits: its name and its leg."""

    agent: str
    leg_id: LegId


@dataclass(frozen=True, slots=True)
class Connected:
    """The person and the agent are in one bridge."""


@dataclass(frozen=True, slots=True)
class AgentLeft:
    """The agent of this call has hung up, or its leg is lost. `is_alone`: no, it was found there without the person."""

    reason: str = ""
    is_alone: bool = False


@dataclass(frozen=True, slots=True)
class MemberTook:
    """A member of Asterisk's own queue has the person; its name, empty where that is not known."""

    member: str


@dataclass(frozen=True, slots=True)
class LeftQueue:
    """Back with us from Asterisk's own queue; QUEUESTATUS as Asterisk gave it, CONTINUE: the member hung up."""

    status: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """A person wants this call, whose agent talks to somebody, to go on somewhere else."""

    to: Destination


@dataclass(frozen=True, slots=True)
class TakenOver:
    """Whom this call's agent has asked, with the person on hold, has the person from now on: its name and its leg."""

    agent: str
    leg_id: LegId


@dataclass(frozen=True, slots=True)
class StopRequested:
    """dialerd wants no more of this call: the daemon ends, or nobody would be free for an answer."""

    reason: str = "the daemon was stopped"


CallEvent = (
    OriginateTaken
    | OriginateRefused
    | OriginateUnclear
    | Rang
    | PickedUp
    | Answered
    | AmdHeard
    | PlaybackEnded
    | Pressed
    | TalkBegan
    | TalkEnded
    | RecordingEnded
    | Acted
    | HangupRequested
    | Destroyed
    | ChannelSeen
    | ChannelGone
    | CommandFailed
    | TimerFired
    | AgentFound
    | Connected
    | AgentLeft
    | MemberTook
    | LeftQueue
    | Moved
    | TakenOver
    | StopRequested
)
EVENTS: tuple[type[CallEvent], ...] = (
    OriginateTaken,
    OriginateRefused,
    OriginateUnclear,
    Rang,
    PickedUp,
    Answered,
    AmdHeard,
    PlaybackEnded,
    Pressed,
    TalkBegan,
    TalkEnded,
    RecordingEnded,
    Acted,
    HangupRequested,
    Destroyed,
    ChannelSeen,
    ChannelGone,
    CommandFailed,
    TimerFired,
    AgentFound,
    Connected,
    AgentLeft,
    MemberTook,
    LeftQueue,
    Moved,
    TakenOver,
    StopRequested,
)
