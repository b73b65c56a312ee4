"""One shift of a team in a world under a pacer, event by event, asked twice a second.

Not here: the worlds (pacing_world.py), the pacers, the figures (pacing.py).
"""

from __future__ import annotations

import heapq
import time
from collections import deque
from dataclasses import dataclass
from enum import IntEnum

from dialerd.domain.pacing import (
    Abandoned,
    AbandonMeter,
    AgentJoined,
    AgentLeft,
    CallAnswered,
    CallFailed,
    CallStarted,
    Connected,
    Pacer,
    PacingView,
    TalkEnded,
    VerdictGiven,
    WrapUpEnded,
)
from dialerd.domain.words import Disposition, Verdict
from tests.bench.pacing_world import SHIFT_S, Fate, Fates, World

TICK_S = 0.5
PATIENCE_S = 2.0


class _Kind(IntEnum):
    ANSWERED = 0
    FAILED = 1
    VERDICT = 2
    PATIENCE = 3
    TALK_ENDED = 4
    WRAP_UP_ENDED = 5
    LEAVES = 6
    COMES = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Of one shift. `talk`: share of the agents' time; `worst`: highest share abandoned after 200 answers."""

    talk: float
    abandoned: int
    live: int
    dialed: int
    cancelled: int
    worst: float
    decide_us: float

    @property
    def share(self) -> float:
        return self.abandoned / self.live if self.live else 0.0


class Shift:
    """`pacer` may be anything with the four methods; one that has `attach` is shown the shift itself (the bound)."""

    def __init__(
        self,
        world: World,
        agents: int,
        seed: int,
        pacer: Pacer,
        *,
        cap: float | None = 0.03,
        length_s: float = SHIFT_S,
        tick_s: float = TICK_S,
        fates: Fates | None = None,
    ) -> None:
        self.world, self.pacer, self.cap, self.length_s, self.tick_s = world, pacer, cap, length_s, tick_s
        self.fates = fates or Fates(world, seed)
        self.now = 0.0
        self.dialed = 0
        self.ringing: dict[int, float] = {}
        self.detecting: dict[int, float] = {}
        self.waiting: dict[int, float] = {}
        self.talking: dict[int, tuple[float, int]] = {}  # agent -> since, call
        self.wrapping: dict[int, float] = {}
        self.ready: deque[tuple[float, int]] = deque((0.0, agent) for agent in range(agents))
        self.away: set[int] = set()  # has left, or leaves when it is done
        self.abandoned = self.live = self.cancelled = 0
        self._talked_s = 0.0
        self._there_s = agents * length_s
        self._gone_at: dict[int, float] = {}
        self._worst = 0.0
        self._heap: list[tuple[float, int, int, int]] = []
        self._order = 0
        for at, agent, comes in world.staff(agents):
            self._later(at, _Kind.COMES if comes else _Kind.LEAVES, agent)

    def _later(self, at: float, kind: _Kind, which: int) -> None:
        self._order += 1
        heapq.heappush(self._heap, (at, self._order, kind, which))

    def view(self) -> PacingView:
        now = self.now
        meters = (
            () if self.cap is None else (AbandonMeter(cap=self.cap, abandoned=self.abandoned, live_answers=self.live),)
        )
        return PacingView(
            now=now,
            patience=PATIENCE_S,
            ready=[now - at for at, _ in self.ready],
            talking=[now - at for at, _ in self.talking.values()],
            wrapping=[now - at for at in self.wrapping.values()],
            ringing=[now - at for at in self.ringing.values()],
            detecting=[now - at for at in self.detecting.values()],
            waiting=[now - at for at in self.waiting.values()],
            meters=meters,
        )

    def play(self) -> Outcome:
        for pacer in [self.pacer]:
            attach = getattr(pacer, "attach", None)
            if attach is not None:
                attach(self)
        ticks, spent = int(self.length_s / self.tick_s), 0.0
        for tick in range(ticks):
            until = tick * self.tick_s
            while self._heap and self._heap[0][0] <= until:
                self.now, _, kind, which = heapq.heappop(self._heap)
                self._happen(_Kind(kind), which)
            self.now = until
            view = self.view()
            began = time.process_time()
            cancel = self.pacer.cancel(view)
            if cancel:
                self._cancel(cancel)
                view = self.view()
            calls = self.pacer.decide(view)
            spent += time.process_time() - began
            for _ in range(calls):
                self._dial()
        for since, _ in self.talking.values():
            self._talked_s += self.length_s - since
        for since in self._gone_at.values():
            self._there_s -= self.length_s - since
        return Outcome(
            talk=self._talked_s / self._there_s,
            abandoned=self.abandoned,
            live=self.live,
            dialed=self.dialed,
            cancelled=self.cancelled,
            worst=self._worst,
            decide_us=spent / ticks * 1e6,
        )

    def is_answered(self, fate: Fate) -> bool:
        """Dialed now."""
        return fate.answers < self.world.answer_rate(self.now) and fate.ring_s <= self.world.max_ring_s

    def _dial(self) -> None:
        call = self.dialed
        self.dialed += 1
        fate = self.fates[call]
        self.ringing[call] = self.now
        self.pacer.observe(CallStarted(self.now))
        if self.is_answered(fate):
            self._later(self.now + fate.ring_s, _Kind.ANSWERED, call)
        else:
            self._later(self.now + (fate.fail_s or self.world.max_ring_s), _Kind.FAILED, call)

    def _cancel(self, indices: object) -> None:
        calls = list(self.ringing)
        for index in indices:  # type: ignore[attr-defined]
            since = self.ringing.pop(calls[index])
            self.cancelled += 1
            self.pacer.observe(CallFailed(self.now - since, Disposition.CANCELLED))

    def _happen(self, kind: _Kind, which: int) -> None:
        match kind:
            case _Kind.ANSWERED if which in self.ringing:
                self.pacer.observe(CallAnswered(self.now - self.ringing.pop(which)))
                if self.world.amd:
                    self.detecting[which] = self.now
                    self._later(self.now + self.fates[which].verdict_s, _Kind.VERDICT, which)
                else:
                    self._judged(which, 0.0)
            case _Kind.FAILED if which in self.ringing:
                after_s = self.now - self.ringing.pop(which)
                self.pacer.observe(CallFailed(after_s, Disposition.NO_ANSWER))
            case _Kind.VERDICT:
                self._judged(which, self.now - self.detecting.pop(which))
            case _Kind.PATIENCE if which in self.waiting:
                del self.waiting[which]
                self.abandoned += 1
                self._answered(Abandoned())
            case _Kind.TALK_ENDED:
                since, call = self.talking.pop(which)
                self._talked_s += self.now - since
                self.wrapping[which] = self.now
                self._later(self.now + self.fates[call].wrap_up_s, _Kind.WRAP_UP_ENDED, which)
                self.pacer.observe(TalkEnded(self.now - since))
            case _Kind.WRAP_UP_ENDED:
                self.pacer.observe(WrapUpEnded(self.now - self.wrapping.pop(which)))
                self._free(which)
            case _Kind.LEAVES:
                self.away.add(which)
                for item in list(self.ready):
                    if item[1] == which:
                        self.ready.remove(item)
                        self._goes(which)
            case _Kind.COMES:
                self.away.discard(which)
                if which in self._gone_at:
                    self._there_s -= self.now - self._gone_at.pop(which)
                    self.pacer.observe(AgentJoined())
                    self._free(which)
            case _:
                pass  # a call that was cancelled, a person who was served

    def _goes(self, agent: int) -> None:
        self._gone_at[agent] = self.now
        self.pacer.observe(AgentLeft())

    def _free(self, agent: int) -> None:
        if agent in self.away:
            self._goes(agent)
        elif self.waiting:
            call = next(iter(self.waiting))
            del self.waiting[call]
            self._connect(agent, call)
        else:
            self.ready.append((self.now, agent))

    def _judged(self, call: int, after_s: float) -> None:
        if self.fates[call].heard_as_machine:
            self.pacer.observe(VerdictGiven(Verdict.MACHINE, after_s))
            return
        self.pacer.observe(VerdictGiven(Verdict.HUMAN, after_s))
        if self.ready:
            self._connect(self.ready.popleft()[1], call)
        else:
            self.waiting[call] = self.now
            self._later(self.now + PATIENCE_S, _Kind.PATIENCE, call)

    def _connect(self, agent: int, call: int) -> None:
        self.talking[agent] = (self.now, call)
        self._later(self.now + self.fates[call].talk_s, _Kind.TALK_ENDED, agent)
        self._answered(Connected())

    def _answered(self, event: Connected | Abandoned) -> None:
        self.live += 1
        self.pacer.observe(event)
        if self.live >= 200:
            self._worst = max(self._worst, self.abandoned / self.live)
