"""How many calls to start now: one Pacer per mode, a library that others drive too.

`Pacer.decide(view) -> int` says how many; `Pacer.observe(event)` is all it learns from. Which targets those are
(ordering), whether they may be called (gates) and the trunk's own limits (rate.py, engine/trunkdesk.py) come after.
"""

from typing import TYPE_CHECKING, Any

from dialerd.domain.pacing.agentless import AgentlessPacer
from dialerd.domain.pacing.events import (
    Abandoned,
    AgentJoined,
    AgentLeft,
    CallAnswered,
    CallFailed,
    CallStarted,
    Connected,
    PacingEvent,
    TalkEnded,
    VerdictGiven,
    WrapUpEnded,
)
from dialerd.domain.pacing.power import PowerPacer
from dialerd.domain.pacing.preview import PreviewPacer
from dialerd.domain.pacing.progressive import ProgressivePacer
from dialerd.domain.pacing.rate import RateLimit
from dialerd.domain.pacing.view import AbandonMeter, Pacer, PacingView

if TYPE_CHECKING:
    from dialerd.domain.pacing.predictive import PredictivePacer

__all__ = [
    "AbandonMeter",
    "Abandoned",
    "AgentJoined",
    "AgentLeft",
    "AgentlessPacer",
    "CallAnswered",
    "CallFailed",
    "CallStarted",
    "Connected",
    "Pacer",
    "PacingEvent",
    "PacingView",
    "PowerPacer",
    "PredictivePacer",
    "PreviewPacer",
    "ProgressivePacer",
    "RateLimit",
    "TalkEnded",
    "VerdictGiven",
    "WrapUpEnded",
]


def __getattr__(name: str) -> Any:
    """The predictive pacer when it is asked for: it alone needs numpy, which takes a tenth of a second to load."""
    if name != "PredictivePacer":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from dialerd.domain.pacing.predictive import PredictivePacer

    return PredictivePacer
