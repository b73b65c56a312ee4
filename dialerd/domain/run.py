"""The life of a run as a table: state and action to the next state; what is not in it is refused with what is possible.

Not here: who may act (usecases) and how a run is carried out (engine/runkeeper.py).
"""

from __future__ import annotations

from enum import StrEnum

from dialerd.domain.errors import IllegalActionError
from dialerd.domain.words import RunState


class Action(StrEnum):
    """What a person can do to a campaign's latest run."""

    RUN = "run"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    RERUN = "rerun"
    EDIT = "edit"
    DELETE = "delete"


S = RunState

TABLE: dict[RunState | None, dict[Action, RunState | None]] = {
    # None as state: the campaign never ran. None as next state: the run itself is not changed.
    None: {Action.RUN: S.ACTIVE, Action.EDIT: None, Action.DELETE: None},
    S.ACTIVE: {Action.PAUSE: S.PAUSED, Action.STOP: S.STOPPING},
    S.PAUSED: {Action.RESUME: S.ACTIVE, Action.STOP: S.STOPPING},
    S.STOPPING: {},
    S.COMPLETED: {Action.RUN: S.ACTIVE, Action.RERUN: S.ACTIVE, Action.EDIT: None, Action.DELETE: None},
    S.STOPPED: {Action.RUN: S.ACTIVE, Action.RERUN: S.ACTIVE, Action.EDIT: None, Action.DELETE: None},
}


def next_state(state: RunState | None, action: Action, *, campaign: str) -> RunState | None:
    """The state after `action`. Raises IllegalActionError naming what is possible instead."""
    allowed = TABLE[state]
    if action in allowed:
        return allowed[action]
    now = state or "not running"
    possible = ", ".join(sorted(allowed)) or "nothing until its last calls have ended"
    raise IllegalActionError(f"campaign {campaign} is {now}, it cannot {action}", hint=f"possible: {possible}")
