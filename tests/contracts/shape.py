"""What a scenario of a call is: whom to call, what to do at which event, and what must come of it.

Not here: the scenarios (scenarios.py, voicescenarios.py), playing them (caller.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Steps = Mapping[str, Sequence[str]]
"""Event (its type) to what is then done, one after the other: the commands of caller.Caller, or "1.5 s" to wait."""

LISTEN: Steps = {"Answered": ["detect"], "AmdHeard": ["hang up"]}
DELIVER: Steps = {"Answered": ["detect"], "AmdHeard": ["play"], "PlaybackEnded": ["hang up"]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A call to a number with `ending`. `replies`: of every command in order; None: each is Done.

    `is_steady`: the real one takes the same time whenever it is played, so the simulated one must take it too.
    """

    ending: str
    events: list[str]
    does: Steps = field(default_factory=lambda: LISTEN)
    replies: list[str] | None = None
    max_ring_s: float = 14.0
    is_steady: bool = True

    @property
    def expected_replies(self) -> list[str]:
        if self.replies is not None:
            return self.replies
        begun = [self.does.get(event.partition(" ")[0], []) for event in self.events]
        return ["Done" for steps in begun for step in steps if not step.endswith(" s")]
