"""How many calls to start now: one Pacer per mode, a library that others drive too.

`Pacer.decide(view) -> int` says how many; `Pacer.observe(event)` is all it learns from. Which targets those are
(ordering), whether they may be called (gates) and the trunk's own limits (rate.py, engine/trunkdesk.py) come after.
"""

from dialerd.domain.pacing.agentless import AgentlessPacer
from dialerd.domain.pacing.rate import RateLimit
from dialerd.domain.pacing.view import AbandonMeter, CallStarted, Pacer, PacingEvent, PacingView

__all__ = [
    "AbandonMeter",
    "AgentlessPacer",
    "CallStarted",
    "Pacer",
    "PacingEvent",
    "PacingView",
    "RateLimit",
]
