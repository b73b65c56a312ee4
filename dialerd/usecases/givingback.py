"""Giving an attempt back that was settled as spent before it was known that its trunk was congested; used by the engine
alone.

Not here: how that is known (engine/blame.py), what an unspent attempt leads to (domain/retry.py).
"""

from __future__ import annotations

from datetime import datetime

from dialerd.domain import retry
from dialerd.domain.strategy import CallThem, GoOn
from dialerd.domain.throttle import CONGESTED
from dialerd.domain.words import AttemptId, RunState
from dialerd.ports import RunRow, Unit
from dialerd.usecases import dialing
from dialerd.usecases.onward import after_given


def give_back(unit: Unit, attempt_id: AttemptId, now: datetime) -> dialing.Settled | None:
    """The attempt counts no more, and its target is dialed again as after any refusal of a congested trunk.

    None: nothing more is due for it. It stays spent where somebody has said what came of it, where the run is over, and
    for a contact with a callback (its tries are another count). A target that was dialed again meanwhile goes on from
    there, with one attempt less spent.
    """
    attempt = unit.dialing.attempt(attempt_id)
    if attempt is None or attempt.disposition is None or not attempt.spent or attempt.final or attempt.beside:
        return None
    run = unit.runs.get(attempt.run_id)
    if run is None or run.state in (RunState.STOPPING, RunState.STOPPED) or run.state.is_over:
        return None
    if unit.callbacks.open(attempt.target_id):
        return None
    if unit.dialing.unspent_before(attempt) >= dialing.MOST_UNSPENT:
        return None  # a number for which no trunk ever has room is dialed no more often than settling it allows
    unit.dialing.give_back(attempt, CONGESTED)
    latest = unit.dialing.last_attempt(attempt.target_id)
    if latest is None or latest.id != attempt.id:
        return None
    retry_at = _send_on(unit, run, attempt_id, now)
    run = unit.runs.get(attempt.run_id)
    return None if run is None or retry_at is None else dialing.Settled(run=run, retry_at=retry_at)


def _send_on(unit: Unit, run: RunRow, attempt_id: AttemptId, now: datetime) -> datetime | None:
    attempt = unit.dialing.attempt(attempt_id)
    assert attempt is not None, "it was there in the same transaction"
    after = after_given(unit, run, attempt, str(attempt.disposition), after_min=None, now=now)
    onward = after.onward
    if isinstance(onward, CallThem | retry.Exhausted) or not unit.dispositions.wait_target(
        attempt.target_id, onward.at
    ):
        return None
    if isinstance(onward, GoOn):
        unit.strategies.set_step(attempt.target_id, onward.step, onward.channel)
    elif run.spec.strategy is not None:
        unit.strategies.set_step(attempt.target_id, attempt.step, attempt.channel)
    if after.number is not None:
        unit.dialing.set_number(attempt.target_id, after.number)
    is_settled = dialing.settle_barred(unit, run, unit.callbacks.contact_of(attempt.target_id), now)
    return None if is_settled else onward.at
