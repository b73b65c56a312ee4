"""A disposition for a call that may still be up: given at once where it has ended, else as it is settled.

Not here: what a disposition leads to (dispositions.py), settling itself (dialing.py).
"""

from __future__ import annotations

from datetime import datetime

from dialerd.domain.call import Outcome
from dialerd.domain.errors import NotFoundError, RefusedError
from dialerd.domain.words import ATTEMPT_ID, AttemptId
from dialerd.log import logger
from dialerd.ports import Unit
from dialerd.usecases import dialing, dispositions
from dialerd.usecases.dialing import Settled
from dialerd.usecases.finishing import finish_if_over

_log = logger(__name__)


def give(unit: Unit, attempt_id: str, code: str, *, actor: str, now: datetime) -> None:
    """Let a custom disposition take the place of the system's, as soon as there is one. The last one asked for holds.

    Raises NotFoundError, IllegalActionError where the campaign has no set, BadInputError for a code not in it.
    """
    attempt = unit.dialing.attempt(AttemptId(attempt_id)) if ATTEMPT_ID.match(attempt_id) else None
    if attempt is None:
        raise NotFoundError(f"there is no attempt {attempt_id[:40]}", hint="see the attempt_id column of an export")
    if attempt.disposition is not None:
        dispositions.give(unit, attempt_id, code, actor=actor, now=now)
        return
    run = unit.runs.get(attempt.run_id)
    assert run is not None, "an attempt's run cannot be deleted without it"
    chosen = dispositions.check_code(unit, run, code)
    unit.dispositions.ask(attempt.id, chosen.code, actor)
    detail = {"attempt": attempt.id, "to": chosen.code}
    unit.audit.add(actor=actor, action="disposition_asked", subject=run.spec.name, detail=detail, now=now)


def settle(unit: Unit, attempt_id: AttemptId, outcome: Outcome) -> Settled | None:
    """Settle an attempt (dialing.settle), and give it the disposition that was asked for while it was up."""
    wish = unit.dispositions.asked(attempt_id)
    # A run is over only when it is known whether its last contact goes on by what was asked for.
    settled = dialing.settle(unit, attempt_id, outcome, finishes=wish is None)
    if settled is None or wish is None:
        return settled
    code, actor = wish
    retry_at = settled.retry_at
    try:
        retry_at = dispositions.give(unit, attempt_id, code, actor=actor, now=outcome.now).retry_at
    except RefusedError as error:  # the set was changed since it was asked for; the system's stays
        _log.warning(f"a disposition was refused: {error}", action="asked_disposition", attempt_id=attempt_id)
        attempt = unit.dialing.attempt(attempt_id)
        assert attempt is not None, "just settled"
        dialing.settle_barred(unit, settled.run, unit.callbacks.contact_of(attempt.target_id), outcome.now)
        finish_if_over(unit, settled.run.id, outcome.now)
    run = unit.runs.get(settled.run.id)
    assert run is not None, "it was there just now"
    return Settled(run=run, retry_at=retry_at)
