"""Which pacer a campaign's mode asks for.

Not here: what each does (one file per mode).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.pacing.account import Accountable
from dialerd.domain.pacing.agentless import AgentlessPacer
from dialerd.domain.pacing.power import PowerPacer
from dialerd.domain.pacing.preview import PreviewPacer
from dialerd.domain.pacing.progressive import ProgressivePacer
from dialerd.domain.pacing.view import Pacer
from dialerd.domain.words import Mode

GUARANTEES = frozenset({Mode.PREVIEW})
"""Modes in which whoever answers is sure of an agent: each call has one of its own, who takes no other meanwhile."""

RESERVES = frozenset({Mode.POWER, Mode.PREVIEW})
"""Modes in which an agent is kept free for the calls that are dialed for it."""


def pacer_of(spec: CampaignSpec, learnt: Mapping[str, Any] | None = None) -> Pacer:
    """A new pacer. One that learns goes on from what the run's earlier one has `learnt`, if it understands that."""
    pacer = _new(spec)
    if learnt is not None and isinstance(pacer, Accountable):
        pacer.take_up(learnt)
    return pacer


def _new(spec: CampaignSpec) -> Pacer:
    match spec.mode:
        case Mode.AGENTLESS:
            return AgentlessPacer(max_calls=spec.max_calls, calls_per_second=spec.calls_per_second)
        case Mode.POWER:
            return PowerPacer(ratio=spec.ratio)
        case Mode.PREVIEW:
            return PreviewPacer()
        case Mode.PREDICTIVE:
            # Here, for it alone needs numpy: a daemon without such a campaign starts and stays smaller.
            from dialerd.domain.pacing.predictive import PredictivePacer

            return PredictivePacer(target=spec.abandon_target, late_cancel=spec.late_cancel)
        case Mode.PROGRESSIVE:
            return ProgressivePacer()


def retune(pacer: Pacer, spec: CampaignSpec) -> None:
    """Give a running pacer the pace that its campaign has now."""
    match pacer:
        case AgentlessPacer():
            pacer.change_pace(max_calls=spec.max_calls, calls_per_second=spec.calls_per_second)
        case PowerPacer():
            pacer.change_pace(ratio=spec.ratio)
        case Accountable():
            pacer.change_pace(target=spec.abandon_target, late_cancel=spec.late_cancel)
