"""Somebody calls us: who they are to dialerd, and what can be done about the call that it made to them.

Not here: handing a caller to an agent (engine/callerdesk.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dialerd.domain.callback import Callback
from dialerd.domain.errors import NotFoundError
from dialerd.domain.words import AttemptId, ContactId
from dialerd.ports import AttemptRow, ContactRow, RunRow, Unit
from dialerd.usecases import callbacks
from dialerd.usecases.contacts import get_contact, read_number


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoCalled:
    """The latest attempt at a number, and whose it was. `disposition`: empty while the call is up; `queue`: empty where
    the campaign has none."""

    attempt: AttemptRow
    campaign: str
    contact_id: ContactId
    disposition: str
    queue: str


def who_called(unit: Unit, text: str, *, region: str) -> WhoCalled:
    """Who has called that number last. Raises NotFoundError: nobody has; BadInputError: it is no number."""
    attempt = unit.dialing.last_to(read_number(text, region=region).e164)
    if attempt is None:
        raise NotFoundError("that number was not called", hint="ask for the number as it was dialed")
    run = _run_of(unit, attempt)
    return WhoCalled(
        attempt=attempt,
        campaign=run.spec.name,
        contact_id=unit.callbacks.contact_of(attempt.target_id),
        disposition=attempt.final or str(attempt.disposition or ""),
        queue=run.spec.queue or "",
    )


def contact_of(unit: Unit, attempt_id: AttemptId) -> ContactRow:
    """Whom an attempt called. Raises NotFoundError."""
    return get_contact(unit, unit.callbacks.contact_of(_attempt(unit, attempt_id).target_id))


def call_back(unit: Unit, attempt_id: AttemptId, wish: callbacks.Wish, *, actor: str, now: datetime) -> Callback:
    """Promise whoever was called in an attempt another call at that number. Raises RefusedError."""
    attempt = _attempt(unit, attempt_id)
    run = _run_of(unit, attempt)
    return callbacks.promise_after(unit, run, attempt, wish, default_at=None, actor=actor, now=now)


def _attempt(unit: Unit, attempt_id: AttemptId) -> AttemptRow:
    attempt = unit.dialing.attempt(attempt_id)
    if attempt is None:
        raise NotFoundError(f"there is no attempt {attempt_id}", hint="see the attempt_id column of an export")
    return attempt


def _run_of(unit: Unit, attempt: AttemptRow) -> RunRow:
    run = unit.runs.get(attempt.run_id)
    assert run is not None, "an attempt's run cannot be deleted without it"
    return run
