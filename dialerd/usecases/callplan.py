"""What a claimed attempt dials, and what the person who answers it gets.

Not here: whether it may be dialed (dialing.py), what becomes of the call (domain/call).
"""

from __future__ import annotations

from dialerd.domain.amd import is_held_out
from dialerd.domain.call import CallPlan
from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.queue import QueueSpec
from dialerd.ports import AttemptRow

PATIENCE_S = 2.0
"""Within which a person must have an agent (47 CFR 64.1200(a)(7); Ofcom's statement of policy says the same)."""


def plan_of(
    attempt: AttemptRow,
    spec: CampaignSpec,
    *,
    dial_string: str,
    min_ring_s: float,
    patience_s: float = PATIENCE_S,
    app_queue: QueueSpec | None = None,
) -> CallPlan:
    """What to dial and what an answered person gets. A campaign that rings shorter than `min_ring_s` keeps its own.

    `patience_s`: how long a person waits for an agent of the queue at most. `app_queue`: the queue, if it is one of
    Asterisk's own.
    """
    on_human = spec.on_human
    assert on_human or spec.flow or spec.queue, "a definition that lacks them all never runs"
    context, extension = (on_human.context, on_human.extension) if on_human else (None, "s")
    if app_queue is not None:
        context, extension = app_queue.goes_on_at
    return CallPlan(
        attempt_id=attempt.id,
        dial_string=dial_string,
        caller_id=attempt.caller_id,
        amd=spec.amd,
        held_out=spec.amd and is_held_out(attempt.id, spec.amd_holdout),
        max_ring_s=float(spec.max_ring_s),
        min_ring_s=min(min_ring_s, float(spec.max_ring_s)),
        play=on_human.play if on_human else None,
        context=context,
        extension=extension,
        in_app_queue=app_queue is not None,
        queue=spec.queue if app_queue is None else None,
        flow=spec.flow,
        patience_s=patience_s,
        abandon_play=spec.abandon_message,
        opt_out_key=spec.opt_out_key,
        voicemail=spec.voicemail,
        screened=spec.screened,
        record=spec.record,
        consent=spec.consent,
    )
