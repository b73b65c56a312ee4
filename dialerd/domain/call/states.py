"""A call as a value: what was planned, the state it is in, the facts gathered so far, and its outcome.

Not here: how one state becomes another (step.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from dialerd.domain.flow import FlowSpec, Position, Scene
from dialerd.domain.flow.path import Visit
from dialerd.domain.machines import Screened, Voicemail
from dialerd.domain.words import AttemptId, Disposition, LegId, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPlan:
    """All that is decided before dialing. Exactly one of `play`, `context`, `queue` and `flow` is set. A machine gets
    what `screened` and `voicemail` say; without either it is hung up on.

    `record`: the call is recorded from when a person is served; `consent` is the sound that says so to them first.

    `held_out`: whoever answers is served as a person, whatever AMD says, so that an agent can tell who it was.

    `in_app_queue`: the dialplan at `context`, `extension` leads into Asterisk's own queue, whose members have
    `patience_s` as agents have.

    `queue`: agents take the answered call, within `patience_s` of the moment the person ended their greeting (of the
    verdict where AMD does not tell it); after that the call is abandoned with the sound `abandon_play`.
    """

    attempt_id: AttemptId
    dial_string: str
    caller_id: str
    amd: bool
    max_ring_s: float
    min_ring_s: float  # dialerd itself never cancels a ringing phone earlier than this
    held_out: bool = False
    play: str | None = None
    context: str | None = None
    extension: str = "s"
    in_app_queue: bool = False
    queue: str | None = None
    flow: str | None = None
    patience_s: float = 2.0
    abandon_play: str | None = None
    opt_out_key: str | None = None  # pressed during a message or just after: never call again
    max_talk_s: float = 7200.0
    voicemail: Voicemail | None = None
    screened: Screened | None = None
    record: bool = False
    consent: str | None = None

    @property
    def has_agents(self) -> bool:
        """Whether people are to take the call: it is abandoned where none is there in time."""
        return self.queue is not None or self.in_app_queue


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """An agent's talk that ended with passing the person on: to the agents of `queue`, to `taker` alone, or (neither)
    to those of the campaign's own."""

    agent: str
    began_at: datetime
    ended_at: datetime
    queue: str | None = None
    taker: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a call so far; kept in the attempt's row. `seen`: the exchange showed signs of the channel.

    `agent` and `connected_at`: who talks to the person, and since when. `greeted_at`: when the person had ended the
    greeting, as far as is known; without AMD, the answer. `given` and `attributes`: the disposition and the contact's
    attributes that a flow has set. `consent`: whether the announcement was heard to its end; None: it has not
    ended, or there is none. `path`: its way through a flow. `talks`: of the agents who have passed the person on; while
    they wait for the next one, the last of them began at `connected_at`.
    """

    placed_at: datetime
    seen: bool = False
    rang_at: datetime | None = None  # when the phone was first heard to ring; some trunks never tell
    answered_at: datetime | None = None
    verdict: Verdict | None = None
    amd: str | None = None  # "STATUS CAUSE" as AMD said it
    cause: int | None = None
    sip_code: int | None = None
    agent: str | None = None
    connected_at: datetime | None = None
    greeted_at: datetime | None = None
    given: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    consent: bool | None = None
    path: tuple[Visit, ...] = ()
    talks: tuple[Talk, ...] = ()

    @property
    def moments(self) -> tuple[datetime, ...]:
        """All that is known of when something happened."""
        known = (self.placed_at, self.rang_at, self.answered_at, self.greeted_at, self.connected_at)
        return (*(each for each in known if each is not None), *(talk.ended_at for talk in self.talks))

    @property
    def passed_on(self) -> Talk | None:
        """The talk after which they wait for the next agent; None: they do not."""
        last = self.talks[-1] if self.talks else None
        return last if last is not None and last.began_at == self.connected_at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an attempt ended, once and for all. `spent` False: proven that nothing was dialed.

    `ended_at` is by the call's own clock, which nobody sets while it lasts; `settled_at` by the machine's, from which
    what comes next is counted. None: it is the same.
    """

    disposition: Disposition
    facts: Facts
    ended_at: datetime
    spent: bool = True
    reason: str = ""
    settled_at: datetime | None = None

    @property
    def now(self) -> datetime:
        """The moment at which it is settled."""
        return self.settled_at or self.ended_at


@dataclass(frozen=True, slots=True)
class Placing:
    """Originate is sent, its reply not seen."""


@dataclass(frozen=True, slots=True)
class Ringing:
    """Taken (or perhaps taken) by the exchange, not answered."""


@dataclass(frozen=True, slots=True)
class Detecting:
    """Answered; AMD listens."""


@dataclass(frozen=True, slots=True)
class Playing:
    """A person hears a message; `disposition` is what the call is when they have heard it.

    `is_unclear`: no answer came to our asking for it; perhaps nothing is played. `is_over`: it has been said, and the
    person has a while for the key that it named.
    """

    playback_id: str
    is_unclear: bool = False
    disposition: Disposition = Disposition.ANSWERED_HUMAN
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class InFlow:
    """A person is led through a flow. None: the flow and what it knows of the contact are being fetched.

    `listening`: the serial of the flow's own timer, which the call's runs for; None: the call's only looks after it.
    """

    flow: FlowSpec | None = None
    scene: Scene | None = None
    position: Position | None = None
    listening: int | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """Given by a flow to the agents of `queue`, to one `agent`, or to whoever answers at `number`, while `music` plays;
    where nobody is there, the call goes `back` to where it was."""

    back: InFlow
    queue: str | None = None
    agent: str | None = None
    number: str | None = None
    music: str = ""


@dataclass(frozen=True, slots=True)
class PassedOn:
    """Passed on by the agent that had it, or by a supervisor, to the agents of `queue`, or to `agent`."""

    queue: str | None = None
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A person waits for an agent; at `until` the call is abandoned, goes back to the flow that it comes from, or is
    ended where it was passed on and nobody took it.

    `announcing`: they hear that they are recorded.
    """

    until: datetime
    away: Away | PassedOn | None = None
    announcing: bool = False


@dataclass(frozen=True, slots=True)
class Talking:
    """An agent has the person. `is_unclear`: the exchange has not said yet that they are in one bridge.

    `until`: when the person has waited long enough, should this agent be lost before they were connected.
    `announcing`: the agent is there, and the person has not heard the announcement to its end yet.
    """

    agent: str
    leg_id: LegId | None  # None: taken over from an earlier daemon, the leg not seen yet
    until: datetime
    is_unclear: bool = True
    away: Away | PassedOn | None = None
    announcing: bool = False


@dataclass(frozen=True, slots=True)
class Handed:
    """A person is in the admin's dialplan at `context`, `extension`.

    `is_unclear`: no answer came; perhaps they still wait with us.
    """

    context: str
    extension: str
    is_unclear: bool = False


class Aim(StrEnum):
    """What is to be said to a machine."""

    NAME = "name"  # to an assistant: who calls and why
    MESSAGE = "voicemail"


@dataclass(frozen=True, slots=True)
class Listening:
    """A machine talks; at `until` there is nothing for it. `quiet_from`: silent since then; None: it talks.

    `has_paused`: what it says now came after a pause.
    """

    aim: Aim
    until: datetime
    quiet_from: datetime | None
    has_paused: bool = False


@dataclass(frozen=True, slots=True)
class Leaving:
    """A machine hears our word. `is_unclear`: no answer came to our asking for it; perhaps nothing is played."""

    aim: Aim
    playback_id: str
    is_unclear: bool = False


@dataclass(frozen=True, slots=True)
class Screening:
    """Our name is said; who answers? At `until` nobody has. `talks_from`: somebody talks since then."""

    said_at: datetime
    until: datetime
    has_answered: bool = False
    talks_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """A person waits in Asterisk's own queue; at `until` the call is abandoned. `is_unclear`: as in Handed."""

    until: datetime
    is_unclear: bool = False


@dataclass(frozen=True, slots=True)
class WithMember:
    """A member of Asterisk's own queue has the person (Facts.agent; None: it is not known which).

    `person_left`: it is the person who is hanging up.
    """

    person_left: bool = False


@dataclass(frozen=True, slots=True)
class Clearing:
    """We are hanging up; `disposition` is what the call will have been."""

    disposition: Disposition
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """Over. Nothing that still comes can change the outcome."""

    outcome: Outcome


State = (
    Placing
    | Ringing
    | Detecting
    | Playing
    | InFlow
    | Handed
    | Waiting
    | Talking
    | Queued
    | WithMember
    | Listening
    | Leaving
    | Screening
    | Clearing
    | Settled
)
STATES: tuple[type[State], ...] = (
    Placing,
    Ringing,
    Detecting,
    Playing,
    InFlow,
    Handed,
    Waiting,
    Talking,
    Queued,
    WithMember,
    Listening,
    Leaving,
    Screening,
    Clearing,
    Settled,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """`serial` names the running timer; `gone`: the channel was missed; `stopping`: why dialerd wants to end it.
    `resumed_at`: when this daemon took it over from an earlier one."""

    plan: CallPlan
    state: State
    facts: Facts
    serial: int = 0
    gone: bool = False
    stopping: str = ""
    looked: int = 0  # looks asked for in this state because its time was over
    resumed_at: datetime | None = None
    record_wish: bool = False  # its flow wants it recorded, once the person has been told

    @property
    def is_told(self) -> bool:
        """Whether the person knows that they are recorded, where the campaign has a sound for that."""
        return self.plan.consent is None or self.facts.consent is True

    @property
    def outcome(self) -> Outcome | None:
        return self.state.outcome if isinstance(self.state, Settled) else None

    @property
    def is_unanswered(self) -> bool:
        return isinstance(self.state, Placing | Ringing)
