"""All that a predictive pacer learns: how calls end, who picks up, how long agents talk and wrap up, who comes back.

Not here: how each is learnt (race.py, durations.py, level.py), what is made of it (outlook.py).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from dialerd.domain.pacing.ages import Ages
from dialerd.domain.pacing.durations import Durations
from dialerd.domain.pacing.events import (
    AgentLeft,
    CallAnswered,
    CallFailed,
    PacingEvent,
    TalkEnded,
    VerdictGiven,
    WrapUpEnded,
)
from dialerd.domain.pacing.race import Ending, Race
from dialerd.domain.words import Disposition, Verdict

_REFRESH_S = 10.0
"""Tables are built anew after so long, sooner (a second) when a share has moved by these parts."""

_LOOK_S = 0.2
"""Events come in bunches; what ran and ended since the last look is counted so long after it."""

_MOVED = 0.04
_LEAVES_MEMORY = 100.0
"""Conversations over which agents' leaving is averaged."""


def _ring_race() -> Race:
    """The first guess: a fifth is answered, most after 10 s, all by 25; failures come at once or at 20 to 30 s."""
    at = np.arange(90) + 0.5
    answered = at * np.exp(-0.2 * at) * (at <= 25.0)
    unanswered = np.zeros(90)
    unanswered[1:6] = unanswered[20:30] = 0.4
    return Race(
        step_s=1.0, share=0.2, worth=4.0, first_at=6.0 * answered / answered.sum(), second_at=unanswered, hurried=True
    )


def _amd_race() -> Race:
    """The first guess: nothing listens, everybody is a person at once."""
    people, machines = np.zeros(60), np.zeros(60)
    people[0], machines[0] = 3.0, 0.05
    return Race(step_s=0.25, share=0.98, worth=3.0, first_at=people, second_at=machines, hurried=False)


class PacingEstimates:
    """`ring`: answered or failed; `amd`: person or machine; `talk` and `wrap_up` of agents."""

    def __init__(self) -> None:
        self.ring, self.amd = _ring_race(), _amd_race()
        self.talk, self.wrap_up = Durations(guess_s=120.0, worth=3.0), Durations(guess_s=15.0, worth=3.0)
        self._looked_at = self._refreshed_at = -math.inf
        self._fitted = (0.0, 0.0)
        self._left, self._stayed = 0.0, 20.0

    def observe(self, event: PacingEvent) -> None:
        match event:
            case CallAnswered(ring_s):
                self.ring.ended(Ending.FIRST, ring_s)
            case CallFailed(after_s, disposition):
                self.ring.ended(Ending.CUT if disposition == Disposition.CANCELLED else Ending.SECOND, after_s)
            case VerdictGiven(verdict, after_s):
                self.amd.ended(Ending.SECOND if verdict == Verdict.MACHINE else Ending.FIRST, after_s)
            case TalkEnded(talk_s):
                self.talk.ended(talk_s)
                kept = 1.0 - 1.0 / _LEAVES_MEMORY
                self._left, self._stayed = self._left * kept, self._stayed * kept + 1.0
            case WrapUpEnded(wrap_up_s):
                self.wrap_up.ended(wrap_up_s)
            case AgentLeft():
                self._left += 1.0
            case _:
                """Says nothing about any of these."""

    def learnt(self) -> dict[str, Any]:
        """What another one can take up, as plain numbers."""
        return {
            "ring": self.ring.learnt(),
            "amd": self.amd.learnt(),
            "talk": self.talk.learnt(),
            "wrap_up": self.wrap_up.learnt(),
            "stays": [round(self._left, 3), round(self._stayed, 3)],
        }

    def take_up(self, learnt: Mapping[str, Any]) -> None:
        self.ring.take_up(learnt["ring"])
        self.amd.take_up(learnt["amd"])
        self.talk.take_up(learnt["talk"])
        self.wrap_up.take_up(learnt["wrap_up"])
        self._left, self._stayed = map(float, learnt["stays"])

    def wraps(self, wrapping: int) -> float:
        """The share of conversations followed by wrap-up, so many being in it now."""
        return min(1.0, (self.wrap_up.seen + wrapping + 1.0) / (self.talk.seen + 1.0))

    @property
    def returns(self) -> float:
        """The share of busy agents who come back for another call."""
        return max(0.5, 1.0 - self._left / self._stayed)

    def refresh(self, now: float, ages: Ages) -> bool:
        """Count what runs now; whether the fits were made anew."""
        if not 0.0 <= now - self._looked_at < _LOOK_S:
            self._looked_at = now
            self.ring.look(now, ages.ringing)
            self.amd.look(now, ages.detecting)
        share, people = self.ring.level.mean, self.amd.level.mean
        moved = abs(share - self._fitted[0]) > _MOVED * share or abs(people - self._fitted[1]) > _MOVED * people
        if 0.0 <= now - self._refreshed_at < (1.0 if moved else _REFRESH_S):
            return False
        self._refreshed_at = now
        self._fitted = (share, people)
        self.ring.refresh(ages.ringing)
        self.amd.refresh(ages.detecting)
        self.talk.refresh(ages.talking)
        self.wrap_up.refresh(ages.wrapping)
        return True
