"""What is known of a target when it is judged: the facts for the gates, gathered in one place.

Not here: the gates (domain/gates.py), obeying them (dialing.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dialerd.domain.gates import Facts as GateFacts
from dialerd.domain.optout import GLOBAL_LIST
from dialerd.domain.pacing.modes import GUARANTEES
from dialerd.domain.regulation import Pack
from dialerd.ports import RunRow, TargetRow, Unit
from dialerd.usecases import callingback
from dialerd.usecases.regulation import regulated


def listed_by(unit: Unit, run: RunRow, address: str, now: datetime) -> str | None:
    """The do-not-call list that the run obeys and that has a number or e-mail address."""
    listed = (entry.list_name for entry in unit.dnc.check(address, now))
    return next((name for name in listed if name in (GLOBAL_LIST, run.spec.dnc)), None)


def gate_facts(
    unit: Unit,
    run: RunRow,
    target: TargetRow,
    packs: Sequence[Pack],
    now: datetime,
    turns: callingback.Turns | None = None,
) -> GateFacts:
    """What the gates need to know of a target; `contact explain` builds the same."""
    callback = callingback.judged(unit, run, target, turns or callingback.Turns(), now)
    has_agents_mode = run.spec.mode in GUARANTEES and not target.is_automated
    is_sure = has_agents_mode or callingback.is_for_one_agent(callback)
    zones = target.zones
    return GateFacts(
        run_state=run.state,
        target_state=target.state,
        zones=zones,
        on_dnc=target.on_dnc,
        number_in_call=target.number_in_call,
        attempts_spent=target.attempts_spent,
        max_attempts=run.spec.max_attempts,
        attempts_at_number=target.attempts_at_number,
        max_per_number=run.spec.per_number,
        not_before=target.not_before,
        hours=run.spec.contact_hours,
        free_until=run.ends_at if run.precedence else None,
        callback=callback,
        regulation=regulated(
            unit, run.campaign_id, target.contact_id, target.number, zones, packs, now, has_reserved_agent=is_sure
        ),
    )
