"""What happens to a call, step by step, for the log at level debug: everything of one attempt is found by its id; and
in which phase of it a call is, for traces.

Not here: the steps (domain/call/step.py), keeping traces (adapters/tracing.py).

Names of events, states, commands and nodes are logged, and nothing of what they hold: no number, no text of a person's.
It is called only where somebody reads it (log.is_detailed).
"""

from __future__ import annotations

from collections.abc import Sequence

from dialerd.domain.call import Call, states
from dialerd.domain.call import commands as do
from dialerd.domain.call import events as ev
from dialerd.domain.words import AttemptId
from dialerd.log import logger

_log = logger(__name__)

_PHASES: dict[type[object], str] = {
    states.Placing: "originate",
    states.Ringing: "ring",
    states.Detecting: "amd",
    states.Screening: "screening",
    states.Waiting: "wait for agent",
    states.Queued: "wait for agent",
    states.Talking: "talk",
    states.WithMember: "talk",
    states.Playing: "message",
    states.InFlow: "flow",
    states.Handed: "dialplan",
    states.Listening: "voicemail",
    states.Leaving: "voicemail",
    states.Clearing: "hang up",
    states.Settled: "settled",
}


def phase_of(state: states.State) -> str:
    """What a trace calls it."""
    return _PHASES[type(state)]


def stepped(attempt_id: AttemptId, before: Call, event: ev.CallEvent, after: Call, asked: Sequence[do.Command]) -> None:
    """A call has taken an event."""
    was, now = type(before.state).__name__, type(after.state).__name__
    _log.debug(
        f"call: {type(event).__name__}" + (f", {was} is {now} now" if was != now else ""),
        action="call_stepped",
        attempt_id=attempt_id,
        call_event=type(event).__name__,
        state=now,
        commands=[type(each).__name__ for each in asked],
    )
    for visit in after.facts.path[len(before.facts.path) :]:
        _log.debug(f"flow: at node {visit.node}", action="flow_node", attempt_id=attempt_id, node=visit.node)
