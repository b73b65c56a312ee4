"""The life of a campaign as one table: what can be done to it in each state, and which fields an edit may touch.

Not here: who may act (usecases), how a run is carried out (engine/runkeeper.py), when one is over by itself
(finish.py) or begins by itself (schedule.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum

from dialerd.domain.errors import IllegalActionError
from dialerd.domain.words import CampaignState, RunState


class Action(StrEnum):
    """What a person can do to a campaign."""

    RUN = "run"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    RERUN = "rerun"
    EDIT = "edit"
    CLONE = "clone"
    DELETE = "delete"


S, A = CampaignState, Action

_DONE: Mapping[Action, str] = {
    A.RUN: "run",
    A.PAUSE: "paused",
    A.RESUME: "resumed",
    A.STOP: "stopped",
    A.RERUN: "rerun",
    A.EDIT: "edited",
    A.CLONE: "cloned",
    A.DELETE: "deleted",
}

TABLE: Mapping[CampaignState, Mapping[Action, RunState | None]] = {
    # The state that the action brings a run to; None: the action leaves every run as it is.
    S.DRAFT: {A.EDIT: None, A.CLONE: None, A.DELETE: None},
    S.READY: {A.RUN: RunState.ACTIVE, A.EDIT: None, A.CLONE: None, A.DELETE: None},
    S.SCHEDULED: {A.EDIT: None, A.CLONE: None, A.DELETE: None},
    S.ACTIVE: {A.PAUSE: RunState.PAUSED, A.STOP: RunState.STOPPING, A.CLONE: None},
    S.PAUSED: {A.RESUME: RunState.ACTIVE, A.STOP: RunState.STOPPING, A.EDIT: None, A.CLONE: None},
    S.STOPPING: {A.CLONE: None},
    S.COMPLETED: {
        A.RUN: RunState.ACTIVE,
        A.RERUN: RunState.ACTIVE,
        A.EDIT: None,
        A.CLONE: None,
        A.DELETE: None,
    },
    S.STOPPED: {
        A.RUN: RunState.ACTIVE,
        A.RERUN: RunState.ACTIVE,
        A.EDIT: None,
        A.CLONE: None,
        A.DELETE: None,
    },
}

RUN_FIELDS = frozenset({"lists", "mode", "order", "numbers", "finite", "strategy"})
"""What the results of a run that exists depend on. They may change where nothing has run, and after a stop, which
gives the data up; a paused run could not go on with them, and a completed one could not be told from the next."""

_FIXED = frozenset({S.PAUSED, S.COMPLETED})


def campaign_state(
    *, lacks: Collection[str], run: RunState | None, next_start_at: datetime | None = None
) -> CampaignState:
    """Where a campaign stands: its unfinished run says so, else its schedule, else its last run, else its file."""
    if run is not None and not run.is_over:
        return CampaignState(run)
    if lacks:
        return S.DRAFT
    if next_start_at is not None:
        return S.SCHEDULED
    return S.READY if run is None else CampaignState(run)


def next_state(
    state: CampaignState,
    action: Action,
    *,
    campaign: str,
    lacks: Collection[str] = (),
    next_start_at: datetime | None = None,
) -> RunState | None:
    """The run's state after `action`. Raises IllegalActionError with the reason and what is possible instead."""
    allowed = TABLE[state]
    if action in allowed:
        return allowed[action]
    reason = f"campaign {campaign} is {state}, it cannot be {_DONE[action]}"
    if action in (A.RUN, A.RERUN) and state is S.DRAFT:
        reason += f": it has no {' and no '.join(lacks)}"
    if action in (A.RUN, A.RERUN) and state is S.SCHEDULED and next_start_at is not None:
        reason += f" by hand: it starts by itself at {next_start_at.isoformat(timespec='minutes')}"
    raise IllegalActionError(reason, hint=_instead(state))


def possible(state: CampaignState) -> list[str]:
    """What can be done to a campaign in that state, by name."""
    return sorted(map(str, TABLE[state]))


def check_edit(
    state: CampaignState, changed: Collection[str], *, campaign: str, fixed_too: Collection[str] = ()
) -> None:
    """Whether those fields may change now; `fixed_too` are kept as RUN_FIELDS are.

    Raises IllegalActionError naming the ones that may not, and the way out.
    """
    next_state(state, Action.EDIT, campaign=campaign)
    fixed = sorted((RUN_FIELDS | set(fixed_too) if state in _FIXED else frozenset()) & set(changed))
    if not fixed:
        return
    first = "stop it" if state is S.PAUSED else "clone it under another name"
    raise IllegalActionError(
        f"campaign {campaign} is {state}: {', '.join(fixed)} cannot be changed, as its run depends on it",
        hint=f"{first}, or leave {'it as it was' if len(fixed) == 1 else 'them as they were'}",
    )


def _instead(state: CampaignState) -> str:
    ways = ", ".join(possible(state))
    match state:
        case S.STOPPING:
            return f"possible: {ways}; more when its last calls have ended"
        case S.SCHEDULED:
            return f"possible: {ways}, or schedule --off"
        case _:
            return f"possible: {ways}"
