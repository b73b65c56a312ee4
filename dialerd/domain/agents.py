"""The life of an agent as one table: where each event leads from each state, and who takes the next call.

A person asks (log in, be ready, pause, log out), which is kept as what the agent wants to be; the engine brings it
about and writes down where the agent is seen. Nobody changes an agent while calls are dialed for it: *system busy*.
Not here: which campaign an agent works for (assignment.py), legs and reservations (engine/agentdesk.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from dialerd.domain.words import AgentState, AttemptId, WantedState

MOST_PREFERRED = 20
"""Preferred campaigns per agent."""


class AgentEvent(StrEnum):
    """What is asked of an agent, and what happens to one."""

    LOG_IN = "log in"  # to the engine: the phone of an agent that has logged in is reached
    LOG_OUT = "log out"
    READY = "be ready"
    PAUSE = "pause"
    DIAL = "dial"  # the record that is shown: by the agent, or when its time is up
    SKIP = "skip"  # the record that is shown
    RESERVE = "be reserved"  # calls are dialed for this agent
    RELEASE = "be released"  # they have all failed, or the record that is shown is withdrawn
    SHOW = "preview"  # a record is shown
    CONNECT = "be connected"  # to somebody a campaign has called
    TAKE_INBOUND = "take a caller"
    CALL_ENDED = "end a call"
    WRAP_UP_OVER = "end wrap-up"  # its limit has come
    LEG_LOST = "lose the phone"
    LEG_BACK = "have the phone back"


S, E = AgentState, AgentEvent

ASKED: Mapping[AgentEvent, WantedState] = {
    E.LOG_IN: WantedState.READY,
    E.LOG_OUT: WantedState.LOGGED_OUT,
    E.READY: WantedState.READY,
    E.PAUSE: WantedState.PAUSED,
}
"""What a person can ask for, and what the agent wants to be from then on."""

_BY_WISH: Mapping[AgentEvent, AgentState | None] = {E.LOG_OUT: None, E.READY: None, E.PAUSE: None}

# A daemon that was killed may have written the end of a talk that its Asterisk never heard of: the two talk on.
_FOUND: Mapping[AgentEvent, AgentState | None] = {E.CONNECT: S.ON_CALL, E.TAKE_INBOUND: S.INBOUND}

TABLE: Mapping[AgentState, Mapping[AgentEvent, AgentState | None]] = {
    # The state an event leads to; None: the one that is wanted. What is not here is refused.
    S.LOGGED_OUT: {E.LOG_IN: None, E.LEG_LOST: S.LOGGED_OUT, E.LEG_BACK: S.LOGGED_OUT, **_FOUND},
    S.READY: {
        **_BY_WISH,
        E.RESERVE: S.RESERVED,
        E.SHOW: S.PREVIEW,
        E.CONNECT: S.ON_CALL,
        E.TAKE_INBOUND: S.INBOUND,
        E.LEG_LOST: S.PAUSED,
        E.LEG_BACK: S.READY,
    },
    S.RESERVED: {
        E.RELEASE: None,
        E.CONNECT: S.ON_CALL,
        E.TAKE_INBOUND: S.INBOUND,
        E.LEG_LOST: S.PAUSED,
        E.LEG_BACK: S.RESERVED,
    },
    S.PREVIEW: {
        E.DIAL: S.RESERVED,
        E.SKIP: None,
        E.RELEASE: None,
        E.LEG_LOST: S.PAUSED,
        E.LEG_BACK: S.PREVIEW,
    },
    # What is asked for during a call is what the agent will be after it and its wrap-up.
    S.ON_CALL: {
        E.LOG_OUT: S.ON_CALL,
        E.READY: S.ON_CALL,
        E.PAUSE: S.ON_CALL,
        E.CALL_ENDED: S.WRAP_UP,
        E.LEG_LOST: S.WRAP_UP,
        E.LEG_BACK: S.ON_CALL,
    },
    S.INBOUND: {
        E.LOG_OUT: S.INBOUND,
        E.READY: S.INBOUND,
        E.PAUSE: S.INBOUND,
        E.CALL_ENDED: S.WRAP_UP,
        E.LEG_LOST: S.WRAP_UP,
        E.LEG_BACK: S.INBOUND,
    },
    S.WRAP_UP: {**_BY_WISH, E.WRAP_UP_OVER: None, E.LEG_LOST: S.WRAP_UP, E.LEG_BACK: S.WRAP_UP, **_FOUND},
    S.PAUSED: {**_BY_WISH, E.LEG_LOST: S.PAUSED, E.LEG_BACK: None, **_FOUND},
}

SYSTEM_BUSY = frozenset({S.RESERVED, S.PREVIEW})
_RESTING = frozenset({S.LOGGED_OUT, S.READY, S.PAUSED})
_WITH_ATTEMPT = frozenset({S.RESERVED, S.PREVIEW, S.ON_CALL, S.INBOUND, S.WRAP_UP})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an agent asks to be, since when, and why it wants to pause (or why dialerd has it so)."""

    state: WantedState
    since: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Where an agent is. `idle_since` orders ready agents: a reservation that came to nothing does not move it.

    `reason`: why it is paused; `campaign` (a name, or empty) is the one it works for, and `why` says why that one, or
    why none. `attempt_id`: the call of the state, or of the wrap-up after it.
    """

    state: AgentState
    since: datetime
    idle_since: datetime
    reason: str = ""
    campaign: str = ""
    why: str = ""
    attempt_id: AttemptId | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an event is not possible in a state, and what is."""

    reason: str
    hint: str


def next_state(state: AgentState, event: AgentEvent, *, wanted: WantedState, agent: str) -> AgentState | Refusal:
    """Where `event` leads. `wanted`: what the agent wants to be from the event on."""
    allowed = TABLE[state]
    if event in allowed:
        return allowed[event] or AgentState(wanted)
    if state in SYSTEM_BUSY:
        return Refusal(f"agent {agent} is {_word(state)}: system busy, it cannot {event}", _BUSY[state])
    if event is E.LOG_IN:
        return Refusal(f"agent {agent} is logged in already: it is {_word(state)}", _possible(state))
    return Refusal(f"agent {agent} is {_word(state)}, it cannot {event}", _possible(state))


def standing(wanted: WantedState, seen: AgentState) -> AgentState:
    """The state that a person's wish is judged by: between calls what was asked for counts, carried out or not."""
    return AgentState(wanted) if seen in _RESTING else seen


def ask(event: AgentEvent, *, wanted: WantedState, seen: AgentState, agent: str) -> WantedState | Refusal:
    """What the agent wants to be after a person asks for `event` (one of ASKED), or why that cannot be asked now."""
    asked = ASKED[event]
    allowed = next_state(standing(wanted, seen), event, wanted=asked, agent=agent)
    return allowed if isinstance(allowed, Refusal) else asked


def step(
    seen: Seen,
    event: AgentEvent,
    *,
    wanted: Wanted,
    agent: str,
    now: datetime,
    reason: str = "",
    attempt_id: AttemptId | None = None,
) -> Seen | Refusal:
    """Where the agent is after `event`. `reason`: of a lost phone; `attempt_id`: the call that the event is about."""
    state = next_state(seen.state, event, wanted=wanted.state, agent=agent)
    if isinstance(state, Refusal):
        return state
    reason = (reason if event is E.LEG_LOST else wanted.reason) if state is S.PAUSED else ""
    if (state, reason) == (seen.state, seen.reason):
        return replace(seen, attempt_id=attempt_id) if attempt_id and state in _WITH_ATTEMPT else seen
    was_idle = seen.state is S.READY or seen.state in SYSTEM_BUSY
    return replace(
        seen,
        state=state,
        since=now,
        idle_since=seen.idle_since if state is not S.READY or was_idle else now,
        reason=reason,
        campaign="" if state is S.LOGGED_OUT else seen.campaign,
        why="" if state is S.LOGGED_OUT else seen.why,
        attempt_id=(attempt_id or seen.attempt_id) if state in _WITH_ATTEMPT else None,
    )


def longest_idle(idle_since: Mapping[str, datetime]) -> str | None:
    """The agent that takes the next call: of those given, the one that has been idle for longest; else by name."""
    return min(idle_since, key=lambda agent: (idle_since[agent], agent), default=None)


def wrap_up_ends_at(seen: Seen, wrap_up_s: float) -> datetime:
    """When an agent in wrap-up is taken out of it."""
    return seen.since + timedelta(seconds=wrap_up_s)


_BUSY: Mapping[AgentState, str] = {
    S.RESERVED: "wait until the calls that are being dialed for it are answered or over",
    S.PREVIEW: "dial or skip the record that is shown first",
}


def _possible(state: AgentState) -> str:
    possible = [event for event in (*ASKED, E.DIAL, E.SKIP) if event in TABLE[state]]
    return f"possible: {', '.join(possible)}"


def _word(state: AgentState) -> str:
    return state.replace("_", " ")
