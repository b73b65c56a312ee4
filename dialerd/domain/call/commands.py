"""Everything a call can ask for, in the imperative. Results come back as events.

Not here: how they are done (engine/performer.py) nor by what (ports.Exchange).
"""

from __future__ import annotations

from dataclasses import dataclass

from dialerd.domain.call.states import Outcome
from dialerd.domain.flow.moves import Action, Fetch
from dialerd.domain.recording import EndsOn
from dialerd.domain.sounds import Sound
from dialerd.domain.words import LegId


@dataclass(frozen=True, slots=True)
class Originate:
    """Dial. The only command that waits for a commit: the attempt's row stands before Asterisk hears of it."""


@dataclass(frozen=True, slots=True)
class Detect:
    """Send the channel to the dialplan's AMD; it comes back with AmdHeard."""


@dataclass(frozen=True, slots=True)
class Play:
    """Play these sounds, one after the other, as one: PlaybackEnded, once. `language`: "" is the channel's own.

    A sound that is not there is left out; only if it is the last is the whole failed.
    """

    playback_id: str
    sounds: tuple[Sound, ...]
    language: str = ""


@dataclass(frozen=True, slots=True)
class StopPlaying:
    """Break off what plays: its PlaybackEnded, not failed, follows. What is over already stays so."""

    playback_id: str


@dataclass(frozen=True, slots=True)
class Record:
    """Record what the person says: RecordingEnded, once. What is played meanwhile waits for its end.

    Ended after `max_s`, after `silence_s` of silence (None: silence does not end it), or by the key.
    """

    name: str
    max_s: float
    silence_s: float | None = None
    ends_on: EndsOn = EndsOn.HASH
    beep: bool = True


@dataclass(frozen=True, slots=True)
class StopRecording:
    """End the recording and keep it. What is over already stays so."""

    name: str


@dataclass(frozen=True, slots=True)
class RecordCall:
    """Record both sides of the call, whatever becomes of it, until it ends; `wanted` False: end that."""

    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Watch:
    """Tell of the person's talking: TalkBegan, and TalkEnded when they have been silent for `silence_s`; None: no more.

    Asked again, only the silence changes.
    """

    silence_s: float | None


@dataclass(frozen=True, slots=True)
class Act:
    """Do what a flow needs of the store or the world: Acted(serial), once."""

    serial: int
    action: Action | Fetch


@dataclass(frozen=True, slots=True)
class HandOver:
    """Continue in the admin's dialplan at `context`, `extension`, priority 1."""

    context: str
    extension: str


@dataclass(frozen=True, slots=True)
class Seek:
    """Find an agent: AgentFound, at once or as soon as one is free. `queue`: of that one, not the campaign's; `agent`:
    nobody else. `number`: whoever answers there within `ring_s`, who then stands for an agent.

    `waits` False, or a number: CommandFailed tells that nobody is there now.
    """

    queue: str | None = None
    agent: str | None = None
    number: str | None = None
    ring_s: float = 0.0
    waits: bool = True


@dataclass(frozen=True, slots=True)
class Hold:
    """Let them hear music of that class until anything else is done with them."""

    music: str


@dataclass(frozen=True, slots=True)
class StopSeeking:
    """No agent is wanted any more."""


@dataclass(frozen=True, slots=True)
class Connect:
    """Bring the call and the agent's leg into one bridge, both ways."""

    leg_id: LegId


@dataclass(frozen=True, slots=True)
class Comfort:
    """Let the person hear music, and nobody hear them; `wanted` False: no more."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class PullOut:
    """Take the person out of Asterisk's own queue and back to us: LeftQueue."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the channel."""


@dataclass(frozen=True, slots=True)
class OptOut:
    """The person does not want to be called any more, said by a key: keep it for good, whatever the disk does."""


@dataclass(frozen=True, slots=True)
class Look:
    """Ask the exchange whether the channel lives and where it is: ChannelSeen or ChannelGone."""

    playback_id: str | None = None


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Send TimerFired(serial) in `after_s` seconds. A later timer replaces an earlier one."""

    serial: int
    after_s: float


@dataclass(frozen=True, slots=True)
class Settle:
    """Write the outcome; the call is over. Asked exactly once per call."""

    outcome: Outcome


Command = (
    Originate
    | Detect
    | Play
    | StopPlaying
    | Record
    | StopRecording
    | RecordCall
    | Watch
    | Act
    | HandOver
    | Seek
    | Hold
    | StopSeeking
    | Connect
    | Comfort
    | PullOut
    | HangUp
    | OptOut
    | Look
    | SetTimer
    | Settle
)
