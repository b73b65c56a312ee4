"""Attempts that were opened and certainly not sent: settled at no cost to anybody.

Not here: when that is certain (engine/openings.py), settling itself (dialing.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dialerd.domain.call import Facts, Outcome
from dialerd.domain.words import AttemptId, Disposition
from dialerd.ports import Unit
from dialerd.usecases import dialing
from dialerd.usecases.dialing import Settled

REASON = "never sent: the database did not answer the claim"


def settle_unsent(unit: Unit, attempt_ids: Sequence[AttemptId], now: datetime) -> list[Settled]:
    """Settle those of them that are open; what was not committed, or is settled, is passed over."""
    done = []
    for attempt_id in attempt_ids:
        outcome = Outcome(
            disposition=Disposition.CANCELLED, facts=Facts(placed_at=now), ended_at=now, spent=False, reason=REASON
        )
        settled = dialing.settle(unit, attempt_id, outcome)
        if settled is not None:
            done.append(settled)
    return done
