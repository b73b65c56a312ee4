"""One call from originate to disposition: events in, commands out, a table of steps between; no I/O, no clock."""

from dialerd.domain.call.states import Call, CallPlan, Facts, Outcome, Talk
from dialerd.domain.call.step import begin, resume, step

__all__ = ["Call", "CallPlan", "Facts", "Outcome", "Talk", "begin", "resume", "step"]
