"""The values of a call's way through a flow: where it is, what comes to it, what it asks for.

Not here: how one position becomes another (step.py), what carries the commands out (domain/call/walk.py, engine).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from dialerd.domain.filters import Record
from dialerd.domain.flow.prompt import Piece
from dialerd.domain.flow.spec import FlowSpec
from dialerd.domain.flow.transfer import Transfer
from dialerd.domain.sounds import Sound
from dialerd.domain.template import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a flow knows of its contact, and the date of the call where the contact is."""

    contact: Record
    today: date


class Stage(StrEnum):
    """What a call waits for at its node."""

    PREPARING = "preparing"  # texts are made into sounds
    SAYING = "saying"  # the prompt is played
    LISTENING = "listening"  # for keys
    RECORDING = "recording"
    ACTING = "acting"  # something is done in the world
    AWAY = "away"  # given to an agent or the dialplan
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a call is in its flow.

    `serial` names what it waits for: anything of another serial is old. `visited`: nodes entered so far. `answers` live
    as long as the call; `attributes` and `disposition` are what it has set so far. `path`: the nodes that it has left,
    each with the way that it took out of it, as `heard` names it.
    """

    node: str
    stage: Stage
    serial: int = 0
    visited: int = 0
    tries: int = 0
    digits: str = ""
    pieces: tuple[Piece, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    disposition: str | None = None
    path: tuple[tuple[str, str], ...] = ()

    @property
    def recording(self) -> str | None:
        """What tells the recording that goes on from the others of the call."""
        return f"{self.node[:35]}-{self.visited}" if self.stage is Stage.RECORDING else None

    @property
    def is_over(self) -> bool:
        return self.stage is Stage.OVER


# Events


@dataclass(frozen=True, slots=True)
class Heard:
    """A prompt was played to its end, or could not be played (`failed`)."""

    serial: int
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key of the telephone: 0 to 9, *, #, A to D."""

    digit: str


@dataclass(frozen=True, slots=True)
class Elapsed:
    """The time asked for with Listen is over."""

    serial: int


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    serial: int
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Did:
    """An action was done. `answers`: what came of it; `sounds`: what the texts of Speak have become."""

    answers: Mapping[str, str] = field(default_factory=dict)
    sounds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Undone:
    """An action was not done, or nobody knows whether it was. `word`: why, for the flow to go by."""

    reason: str
    word: str = "failed"


@dataclass(frozen=True, slots=True)
class Acted:
    serial: int
    outcome: Did | Undone


@dataclass(frozen=True, slots=True)
class NobodyThere:
    """The transfer found no agent in time."""

    serial: int


Event = Heard | Pressed | Elapsed | RecordingEnded | Acted | NobodyThere


# Actions: what needs the store or the world


@dataclass(frozen=True, slots=True)
class Speak:
    """Make a sound of each text, in that language."""

    texts: tuple[str, ...]
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A web request. `send`: the query of a GET, the JSON object of a POST; `answers`: name -> path in the reply."""

    method: Literal["GET", "POST"]
    url: str
    send: Mapping[str, str]
    answers: Mapping[str, str]
    timeout_s: float

    def __repr__(self) -> str:
        return f"Ask({self.method})"  # what is sent may be secret, and nobody logs it by accident


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """Agree on a callback `in_min` from now or `at` (as it was given or typed)."""

    in_min: float | None
    at: str | None
    notes: str


@dataclass(frozen=True, slots=True)
class OptOut:
    """Bar the number by the global do-not-call list or the campaign's own."""

    list: Literal["global", "campaign"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Send the contact a message, filled in with what is `known`. `route`: over that one; None: over any that is up."""

    route: str | None
    template: Template
    known: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Write({self.template.channel})"  # what people read is theirs, and nobody logs it by accident


Action = Speak | Ask | CallBack | OptOut | Write


@dataclass(frozen=True, slots=True)
class Fetch:
    """Bring the flow of that name, and what it knows of the contact: the first thing that a call needs of it."""

    flow: str


@dataclass(frozen=True, slots=True)
class Fetched:
    flow: FlowSpec
    scene: Scene


# Commands


@dataclass(frozen=True, slots=True)
class Say:
    """Play these; Heard(serial)."""

    serial: int
    sounds: tuple[Sound, ...]
    language: str


@dataclass(frozen=True, slots=True)
class StopSaying:
    """Stop the prompt of that serial."""

    serial: int


@dataclass(frozen=True, slots=True)
class Listen:
    """Elapsed(serial) in `after_s`. A later one replaces an earlier one."""

    serial: int
    after_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordVoice:
    """Record; RecordingEnded(serial). `label` tells this recording from the call's others."""

    serial: int
    label: str
    max_s: float
    silence_s: float
    ends_on: Literal["#", "any", "none"]
    beep: bool


@dataclass(frozen=True, slots=True)
class RecordBoth:
    """Record both sides from here on, as soon as the person has been told of it; `wanted` False: no more."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class Act:
    """Do it; Acted(serial)."""

    serial: int
    action: Action


@dataclass(frozen=True, slots=True)
class GiveAway:
    """Give the person to whom the node says; NobodyThere(serial) brings them back. `number`: the node's, filled in."""

    serial: int
    to: Transfer
    number: str | None = None


@dataclass(frozen=True, slots=True)
class End:
    """Hang up. `failed`: why the flow could not go on as it is written; empty: it came to its end."""

    failed: str = ""


@dataclass(frozen=True, slots=True)
class Omitted:
    """Nothing to be done: what of the prompt the person does not hear, and why, in words."""

    told: tuple[str, ...]


Command = Omitted | Say | StopSaying | Listen | RecordVoice | RecordBoth | Act | GiveAway | End
Move = tuple[Position, tuple[Command, ...]]
