"""What a pacer is told: everything that happens to the calls and agents of its run, in the past tense.

Not here: the state at a moment (view.py). An event tells durations; the moment is the one it is told at.
"""

from __future__ import annotations

from dataclasses import dataclass

from dialerd.domain.words import Disposition, Verdict


@dataclass(frozen=True, slots=True)
class CallStarted:
    """The exchange has taken a call, at `at` on the view's clock."""

    at: float


@dataclass(frozen=True, slots=True)
class CallAnswered:
    """A call was picked up, by whom is not yet known, after `ring_s` seconds (from its start)."""

    ring_s: float


@dataclass(frozen=True, slots=True)
class CallFailed:
    """A call ended unanswered, `after_s` seconds from its start. `cancelled`: we hung it up ourselves."""

    after_s: float
    disposition: Disposition


@dataclass(frozen=True, slots=True)
class VerdictGiven:
    """Who picked up, `after_s` seconds from the answer (0 where nothing listens). Not sure counts as a person."""

    verdict: Verdict
    after_s: float


@dataclass(frozen=True, slots=True)
class Connected:
    """A person was given an agent."""


@dataclass(frozen=True, slots=True)
class Abandoned:
    """A person found no agent in time."""


@dataclass(frozen=True, slots=True)
class TalkEnded:
    """An agent's conversation ended, `talk_s` seconds from its beginning."""

    talk_s: float


@dataclass(frozen=True, slots=True)
class WrapUpEnded:
    """An agent is done with the work after a call, `wrap_up_s` seconds from the call's end."""

    wrap_up_s: float


@dataclass(frozen=True, slots=True)
class AgentJoined:
    """An agent logged in, came back from a pause or was assigned to this run."""


@dataclass(frozen=True, slots=True)
class AgentLeft:
    """An agent logged out, paused or was assigned elsewhere."""


PacingEvent = (
    CallStarted
    | CallAnswered
    | CallFailed
    | VerdictGiven
    | Connected
    | Abandoned
    | TalkEnded
    | WrapUpEnded
    | AgentJoined
    | AgentLeft
)
