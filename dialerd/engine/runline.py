"""One unfinished run as the daemon knows it: its calls by phase, its pace, and what is due.

Not here: which runs there are (runkeeper.py), placing calls (dialloop.py).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from dialerd.domain.call import Call
from dialerd.domain.call.states import (
    Clearing,
    Detecting,
    Handed,
    InFlow,
    Leaving,
    Listening,
    Placing,
    Playing,
    Queued,
    Ringing,
    Screening,
    Settled,
    Talking,
    Waiting,
    WithMember,
)
from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.hours import CONTACT_ZONE, Opening, opening
from dialerd.domain.pacing import (
    Abandoned,
    AbandonMeter,
    AgentlessPacer,
    CallStarted,
    Connected,
    Pacer,
    PacingEvent,
    PacingView,
)
from dialerd.domain.pacing.account import Accountable
from dialerd.domain.pacing.modes import RESERVES, pacer_of, retune
from dialerd.domain.regulation import Pack, Rulebook, min_ring_s
from dialerd.domain.words import AttemptId, Channel, Mode
from dialerd.engine.agentline import Crew
from dialerd.ports import RunRow
from dialerd.usecases.regulation import check_regulations

_NO_LIMIT = 1_000_000  # calls
_PATIENCE_MEMORY = 20.0  # people


@dataclass(slots=True)
class RunLine:
    """One unfinished run. The five dicts hold its calls that are up, by phase, with the moment the phase began.

    `repeatable`: calls that may be hung up late, as their targets have another attempt; nobody's of an earlier daemon.

    A run some of whose calls have agents and others not has two lines, one per `channel`: each paces its own calls, and
    `row` has the campaign as those calls know it. `pending`: how many fresh targets are due there; None: all of them.
    """

    row: RunRow
    pacer: Pacer
    channel: Channel = Channel.VOICE
    pending: int | None = None
    learner: Accountable | None = None  # the pacer, where it learns
    ceiling: AgentlessPacer | None = None  # the limits that a campaign with agents gives beside its pace
    unsent: int = 0
    is_dry: bool = False  # nothing was due at the last claim
    is_short: bool = False  # its own limits had less room than was wanted at the last look
    wants_more: bool = False  # there was less room for its calls, its own or its trunk's, than it wanted
    again_at: float = -math.inf  # when other daemons may have left room (steady seconds)
    due_at: datetime | None = None  # when the next waiting target is due
    waiting_due: int = 0  # waiting targets whose time had come at the last look
    held_by: str = ""  # why it is not dialing, as the store has it
    messages_held_by: str = ""  # why its messages are not sent, whatever its routes
    meters: Sequence[AbandonMeter] = ()
    explained_at: float = -math.inf  # when its pacer's account was last put down
    learnt_at: float = -math.inf  # and what it has learnt
    ringing: dict[AttemptId, float] = field(default_factory=dict)
    detecting: dict[AttemptId, float] = field(default_factory=dict)
    connected: dict[AttemptId, float] = field(default_factory=dict)
    waiting: dict[AttemptId, float] = field(default_factory=dict)
    talking: dict[AttemptId, float] = field(default_factory=dict)
    repeatable: set[AttemptId] = field(default_factory=set)
    patience_s: float | None = None  # what people have left of it when they are known to be there, about
    _hours: tuple[CampaignSpec, datetime, datetime, datetime | None] | None = None
    _rules: tuple[CampaignSpec, Rulebook, tuple[Pack, ...], float] | None = None

    @property
    def phases(self) -> tuple[dict[AttemptId, float], ...]:
        return self.ringing, self.detecting, self.connected, self.waiting, self.talking

    @property
    def on_way(self) -> list[AttemptId]:
        """The calls that may yet ask for an agent."""
        return [*self.ringing, *self.detecting, *self.connected, *self.waiting]

    @property
    def is_calling(self) -> bool:
        """Whether there are any."""
        return bool(self.ringing or self.detecting or self.connected or self.waiting)

    def update(self, row: RunRow) -> None:
        """The run as the store has it now, its pace included."""
        row = as_known_to(self.channel, row)
        before, self.row = self.row, row
        if before.spec.mode is not row.spec.mode:
            self._pace_by(pacer_of(row.spec))
        elif before.spec is not row.spec:
            retune(self.pacer, row.spec)
            self._raise_ceiling()

    def __post_init__(self) -> None:
        self.row = as_known_to(self.channel, self.row)
        self._pace_by(self.pacer)
        self._raise_ceiling()

    def _pace_by(self, pacer: Pacer) -> None:
        self.pacer, self.learner = pacer, pacer if isinstance(pacer, Accountable) else None

    def _raise_ceiling(self) -> None:
        """Take the limits as the spec has them now; calls that were started stay counted."""
        spec = self.row.spec
        if spec.mode is Mode.AGENTLESS or not (spec.is_limited or self.ceiling):
            self.ceiling = None
        elif self.ceiling is None:
            self.ceiling = AgentlessPacer(max_calls=spec.max_calls, calls_per_second=spec.calls_per_second)
        else:
            retune(self.ceiling, spec)

    def room(self, now: float) -> int:
        """How many calls the campaign's own limits leave, whatever its pace is."""
        return _NO_LIMIT if self.ceiling is None else self.ceiling.decide(self._whole_view(now))

    def calls_up(self, now: float) -> int:
        """Its calls, and those whose slots are still guarded."""
        return self._whole_view(now).calls_up

    def room_at(self, now: float) -> float:
        """When time alone may make room."""
        return now if self.ceiling is None else self.ceiling.next_at(now)

    def _whole_view(self, now: float) -> PacingView:
        """Every call that is up, whoever has it."""
        return PacingView(
            now=now,
            ringing=[now - since for since in self.ringing.values()],
            connected=[now - since for phase in self.phases if phase is not self.ringing for since in phase.values()],
            unsent=self.unsent,
        )

    def rules(self, rulebook: Rulebook) -> tuple[tuple[Pack, ...], float]:
        """The packs of its campaign and their least ring in seconds: asked at every look, found when either changes.

        Raises NotFoundError, BadInputError where it cannot obey them.
        """
        spec, known = self.row.spec, self._rules
        if known is None or known[0] is not spec or known[1] is not rulebook:
            check_regulations(spec, rulebook)
            packs = rulebook.of(spec.regulations)
            known = self._rules = (spec, rulebook, packs, min_ring_s(packs))
        return known[2], known[3]

    def closed_until(self, now: datetime) -> datetime | None:
        """When its contact hours open, where they are one zone's for all and closed now."""
        spec = self.row.spec
        if self.row.precedence:
            return None
        # The dial loop asks at every look: what was found holds until it is said to change.
        if self._hours is None or self._hours[0] is not spec or not self._hours[1] <= now < self._hours[2]:
            hours, soon = spec.contact_hours, now + timedelta(days=1)
            now_open = Opening(is_open=True, until=soon)
            if hours.timezone != CONTACT_ZONE:
                now_open = opening(hours, (), now)
            changes_at = now_open.until or soon
            self._hours = (spec, now, changes_at, None if now_open.is_open else changes_at)
        return self._hours[3]

    def due(self, now: datetime) -> int:
        """How many targets may be dialed now, as far as the last look at the store and the last claim tell."""
        if self.closed_until(now) is not None:
            return 0
        pending = self.row.pending if self.pending is None else self.pending
        seen = 0 if self.is_dry else pending + self.waiting_due
        return seen or int(self.due_at is not None and self.due_at <= now)

    @property
    def reserves(self) -> bool:
        """Whether agents are kept free for the calls that are dialed for them."""
        return self.row.spec.mode in RESERVES

    def view(self, now: float, crew: Crew, *, min_ring_s: float, patience_s: float) -> PacingView:
        """What the pacer sees. An agent that is kept free for calls, and those calls, are left out: they are paired.

        `patience_s`: of people who wait in the queue, from the end of their greeting on.
        """
        left_out = self._paired(crew)

        def elapsed(phase: dict[AttemptId, float]) -> list[float]:
            return [now - since for attempt_id, since in phase.items() if attempt_id not in left_out]

        return PacingView(
            now=now,
            min_ring_s=min_ring_s,
            patience=patience_s if self.patience_s is None else min(patience_s, self.patience_s),
            ready=crew.free if self.reserves else [*crew.free, *crew.reserved],
            talking=crew.talking,
            wrapping=crew.wrapping,
            ringing=elapsed(self.ringing),
            detecting=elapsed(self.detecting),
            connected=elapsed(self.connected),
            waiting=elapsed(self.waiting),
            meters=self.meters,
            unsent=self.unsent,
        )

    def _paired(self, crew: Crew) -> frozenset[AttemptId]:
        return crew.callbacks | (crew.reserved_for if self.reserves else frozenset())

    def late(self, crew: Crew, indices: Sequence[int]) -> list[AttemptId]:
        """The calls that the pacer would hang up (indices into its view's `ringing`) and that may be."""
        if not indices:
            return []
        left_out = self._paired(crew)
        seen = [attempt_id for attempt_id in self.ringing if attempt_id not in left_out]
        return [attempt_id for attempt_id in map(seen.__getitem__, indices) if attempt_id in self.repeatable]

    def count(self, event: PacingEvent) -> None:
        """Keep the meters up until they are read again."""
        match event:
            case Connected():
                self.meters = [replace(each, live_answers=each.live_answers + 1) for each in self.meters]
            case Abandoned():
                self.meters = [
                    replace(each, live_answers=each.live_answers + 1, abandoned=each.abandoned + 1)
                    for each in self.meters
                ]

    def has_left(self, seconds: float) -> None:
        """A person has so much of the patience left: what AMD has taken is gone."""
        before = seconds if self.patience_s is None else self.patience_s
        self.patience_s = before + (seconds - before) / _PATIENCE_MEMORY

    def show(self, attempt_id: AttemptId, call: Call, now: float) -> bool:
        """Put a call into the phase of its state; True: it was not in that one."""
        phase = self._phase_of(call)
        if attempt_id in phase:
            return False
        self._leave(attempt_id)
        phase[attempt_id] = now
        return True

    def _phase_of(self, call: Call) -> dict[AttemptId, float]:
        match call.state:
            case Placing() | Ringing():
                return self.ringing
            case Detecting() | Screening(has_answered=True):
                return self.detecting  # an assistant that speaks to us may let a person through at any moment
            case Waiting(away=None) | Queued():
                return self.waiting
            case Talking() | WithMember():
                return self.talking
            case (
                Playing()
                | InFlow()
                | Waiting()
                | Handed()
                | Listening()
                | Leaving()
                | Screening()
                | Clearing()
                | Settled()
            ):
                return self.connected  # a settled call counts until its slot is free

    def drop(self, attempt_id: AttemptId) -> None:
        """A call's slot is free."""
        self._leave(attempt_id)
        self.repeatable.discard(attempt_id)

    def _leave(self, attempt_id: AttemptId) -> None:
        for phase in self.phases:
            phase.pop(attempt_id, None)

    def more_due(self, at: datetime | None) -> None:
        """A target will be due at `at`."""
        if at is not None and (self.due_at is None or at < self.due_at):
            self.due_at = at

    def started(self, at: float) -> None:
        self.unsent -= 1
        for each in (self.pacer, self.ceiling):
            if each is not None:
                each.observe(CallStarted(at))


def as_known_to(channel: Channel, row: RunRow) -> RunRow:
    """The run with its campaign as the calls over that channel know it."""
    spec = row.spec.of_calls(channel)
    return row if spec is row.spec else replace(row, spec=spec)
