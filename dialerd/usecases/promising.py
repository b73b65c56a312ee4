"""A call that a strategy promises by itself: a callback, where the contact may have one.

Not here: callbacks that people ask for (callbacks.py), which step promises one (domain/strategy).
"""

from __future__ import annotations

from datetime import datetime

from dialerd.domain.errors import RefusedError
from dialerd.domain.strategy import CallThem
from dialerd.domain.words import TargetState
from dialerd.ports import AttemptRow, RunRow, Unit
from dialerd.usecases import callbacks
from dialerd.usecases.callbacks import Wish

_ACTOR = "strategy"


def promise(unit: Unit, run: RunRow, attempt: AttemptRow, onward: CallThem, now: datetime) -> datetime | None:
    """Promise the person whom the attempt reached a call, at the target's number; when it is planned for.

    None: it is refused (opted out, the run is over); the audit log says why, and the target stays as it is.
    """
    contact_id = unit.callbacks.contact_of(attempt.target_id)
    target = unit.dialing.target(run.id, contact_id, dnc=run.spec.dnc, now=now)
    number = None if target is None else target.number
    wish = Wish(at=onward.at, number=number, notes=onward.reason)
    try:
        made = callbacks.promise_after(unit, run, attempt, wish, default_at=None, actor=_ACTOR, now=now)
    except RefusedError as error:
        detail = {"attempt": attempt.id, "reason": error.message}
        unit.audit.add(actor=_ACTOR, action="callback_refused", subject=run.spec.name, detail=detail, now=now)
        return None
    return None if target is not None and target.state is TargetState.IN_PROGRESS else made.planned_at
