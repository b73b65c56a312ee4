"""The rules that other dialers pace by, as Pacers: VICIdial's adaptive level, Issabel's predictor with over-commit.

Not here: our own pacers, the all-knowing bound (pacing_bound.py). Both are written from what those programs do, with
the settings they come with; they look at fixed intervals, and hang nothing up.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

from dialerd.domain.pacing import (
    Abandoned,
    CallAnswered,
    CallFailed,
    Connected,
    PacingEvent,
    PacingView,
    TalkEnded,
)


class _Timed:
    """Decides every `every_s` seconds, and never hangs up."""

    every_s = 1.0

    def __init__(self) -> None:
        self._next_at = 0.0

    def _due(self, now: float) -> bool:
        if now < self._next_at:
            return False
        self._next_at = now + self.every_s
        return True

    def cancel(self, view: PacingView) -> Sequence[int]:
        return ()

    def next_at(self, now: float) -> float:
        return self._next_at


class VicidialPacer(_Timed):
    """ADAPT_AVERAGE with its defaults: level 1 to 3, 3 % of the day's answers, agents in calls counted (tally N).

    `level` calls are kept up per agent that is ready or talking. Each 15 s the level is multiplied by 1 + (mean ready
    agents - mean waiting calls) / mean agents of the last 15 s; it is halved while the share of dropped calls is over.
    """

    every_s = 2.5

    def __init__(self, *, most: float = 3.0, drop_limit: float = 0.03) -> None:
        super().__init__()
        self.level = 1.0
        self._most = most
        self._drop_limit = drop_limit
        self._samples: deque[tuple[int, int, int]] = deque(maxlen=15)  # ready, waiting, agents; one a second
        self._sampled_at = -1.0
        self._stepped_at = self._counted_at = 0.0
        self._calls = self._answers = self._drops = 0
        self._share = 0.0

    def observe(self, event: PacingEvent) -> None:
        match event:
            case CallAnswered() | CallFailed():
                self._calls += 1
            case Abandoned():
                self._drops += 1
                self._answers += 1
            case TalkEnded():  # a call counts as answered once it has ended
                self._answers += 1
            case _:
                pass

    def _step(self, now: float) -> None:
        ready, waiting, agents = (sum(column) / len(self._samples) for column in zip(*self._samples, strict=True))
        if agents:
            self.level = round(self.level * (1.0 + (ready - waiting) / agents), 3)
        self.level = min(self._most, max(1.0, self.level))
        if self._calls > 50 and self._share > self._drop_limit:
            self.level = max(1.0, self.level / 2.0)

    def decide(self, view: PacingView) -> int:
        if view.now >= self._sampled_at + 1.0:
            self._sampled_at = view.now
            agents = len(view.ready) + len(view.talking) + len(view.wrapping)
            self._samples.append((len(view.ready), len(view.waiting), agents))
        if view.now >= self._counted_at + 60.0:
            self._counted_at = view.now
            self._share = self._drops / self._answers if self._answers else 0.0
        if view.now >= self._stepped_at + 15.0:
            self._stepped_at = view.now
            self._step(view.now)
        if not self._due(view.now):
            return 0
        goal = round(self.level * (len(view.ready) + len(view.talking)))
        return max(0, goal - view.calls_for_agents - len(view.talking))


class IssabelPacer(_Timed):
    """Its defaults with over-commit switched on (without, it never dials more than one call per agent).

    An agent in a call counts as soon free once 1 - exp(-(age + mean ring) / mean talk) >= 0.97; the calls on their way
    come off, and what is left is divided by the share answered in the last half hour, at least a fifth.
    """

    every_s = 3.0

    def __init__(self, *, quality: float = 0.97) -> None:
        super().__init__()
        self._quality = quality
        self._now = 0.0
        self._results: deque[tuple[float, bool]] = deque()  # when, answered
        self._answered = 0
        self._rings = self._talks = (0, 0.0)

    def observe(self, event: PacingEvent) -> None:
        match event:
            case CallAnswered(ring_s):
                self._rings = (self._rings[0] + 1, self._rings[1] + ring_s)
                self._result(True)
            case CallFailed():
                self._result(False)
            case TalkEnded(talk_s):
                self._talks = (self._talks[0] + 1, self._talks[1] + talk_s)
            case Connected() | _:
                pass

    def _result(self, answered: bool) -> None:
        self._results.append((self._now, answered))
        self._answered += answered

    def decide(self, view: PacingView) -> int:
        self._now = view.now
        while self._results and self._results[0][0] < view.now - 1800.0:
            self._answered -= self._results.popleft()[1]
        if not self._due(view.now):
            return 0
        soon = 0
        if self._talks[0] and self._rings[0]:
            ring_s, talk_s = (
                self._rings[1] / self._rings[0],
                self._talks[1] / self._talks[0],
            )
            soon = sum(1 for age in view.talking if 1.0 - math.exp(-(age + ring_s) / talk_s) >= self._quality)
        free = max(0, len(view.ready) + soon - len(view.waiting))
        free = max(0, free - len(view.ringing) - len(view.detecting))
        if len(self._results) < 10:
            return free
        return round(free / max(0.2, self._answered / len(self._results)))
