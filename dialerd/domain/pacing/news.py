"""What a step of a call is worth telling its run's pacer.

Not here: what the pacer makes of it, and the end of an agent's wrap-up (the agent desk tells it).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from dialerd.domain.amd import is_overruled
from dialerd.domain.call import Call
from dialerd.domain.call.states import Clearing, Playing, Settled, Talking, WithMember
from dialerd.domain.pacing.events import (
    Abandoned,
    CallAnswered,
    CallFailed,
    Connected,
    PacingEvent,
    TalkEnded,
    VerdictGiven,
)
from dialerd.domain.words import Disposition

_TALK = (Talking, WithMember)


def news_of(before: Call, after: Call, now: datetime) -> Iterator[PacingEvent]:
    """The events between two states of one call, in the order in which they happened; seconds throughout."""
    was, is_ = before.facts, after.facts
    answered_at = is_.answered_at
    if was.answered_at is None and answered_at is not None:
        yield CallAnswered((answered_at - is_.placed_at).total_seconds())
    if was.verdict is None and is_.verdict is not None:
        yield VerdictGiven(is_.verdict, (now - (answered_at or now)).total_seconds())
    if was.connected_at is None and is_.connected_at is not None and not is_overruled(is_.amd, is_.verdict):
        yield Connected()  # who was held out may be a machine: no live answer to any meter
    if not _is_abandoned(before) and _is_abandoned(after):
        yield Abandoned()
    if isinstance(before.state, _TALK) and not isinstance(after.state, _TALK) and was.connected_at is not None:
        yield TalkEnded((now - was.connected_at).total_seconds())
    if isinstance(after.state, Settled) and not isinstance(before.state, Settled) and answered_at is None:
        yield CallFailed((now - is_.placed_at).total_seconds(), after.state.outcome.disposition)


def _is_abandoned(call: Call) -> bool:
    match call.state:
        case Playing(disposition=disposition) | Clearing(disposition=disposition):
            return disposition is Disposition.ABANDONED
        case Settled(outcome):
            return outcome.disposition is Disposition.ABANDONED
    return False
