"""An agent's own callbacks as the engine asks for them: which are due, and dialing one for its agent.

Not here: everybody's callbacks, which the claim dials (dialing.py); asking for one (callbacks.py).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from dialerd.domain.gates import Gate
from dialerd.domain.regulation import Pack
from dialerd.domain.words import AttemptId, RunId, RunState, TargetState
from dialerd.ports import AttemptRow, OwnCallback, Unit
from dialerd.usecases import seats
from dialerd.usecases.callingback import Turns
from dialerd.usecases.dialing import WayOut, attempt_at, judge_target

_EACH = 50  # of one agent, who takes one at a time; more wait for the next look


@dataclass(frozen=True, slots=True)
class Due:
    """What waits for its agent now, by time; `next_at`: when there may be more, None: not before something changes."""

    own: Sequence[OwnCallback]
    next_at: datetime | None


def due_own(unit: Unit, agents: Collection[str], *, runs: Collection[RunId], now: datetime) -> Due:
    """The callbacks of these agents in those runs."""
    if not agents:
        return Due((), None)
    own = unit.callbacks.own(agents, runs=runs, until=now, each=_EACH)
    return Due(own, unit.callbacks.next_own_at(agents, after=now))


def dial_own(
    unit: Unit,
    own: OwnCallback,
    *,
    way_out: WayOut,
    packs: Sequence[Pack],
    new_id: Callable[[], AttemptId],
    now: datetime,
) -> AttemptRow | None:
    """Claim a callback for its agent, who is kept free for it, through every gate. None: it cannot be dialed now."""
    run = unit.runs.get(own.run_id)
    if run is None or run.state is not RunState.ACTIVE:
        return None
    target = unit.dialing.target(run.id, own.contact_id, dnc=run.spec.dnc, now=now)
    if target is None or not target.has_callback or target.state not in (TargetState.PENDING, TargetState.WAITING):
        return None
    if not seats.has_channel(unit, run, way_out):
        return None
    turns = Turns(agent=own.agent)
    facts = judge_target(unit, run, target, packs, turns, now, way_out.tolls)
    if isinstance(facts, Gate):
        return None
    attempt = attempt_at(unit, run, target, facts, turns, way_out=way_out, attempt_id=new_id(), now=now)
    unit.dialing.open_attempt(attempt)
    return attempt
