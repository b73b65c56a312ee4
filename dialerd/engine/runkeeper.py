"""The runs that the store says should be going: which there are, their pace, and taking in their targets.

Not here: placing calls (dialloop.py) and ending a run (usecases/finishing.py, with the last settle).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.errors import BadInputError, NotFoundError
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
from dialerd.domain.regulation import EMPTY, Rulebook
from dialerd.domain.words import AttemptId, Mode, RunId, RunState
from dialerd.engine.agentline import Crew
from dialerd.engine.chunks import Chunks
from dialerd.log import logger
from dialerd.ports import Clock, Dice, RunRow, Store
from dialerd.usecases import dialing, finishing
from dialerd.usecases.regulation import pacing_meters

_log = logger(__name__)

_NO_LIMIT = 1_000_000  # calls
_PATIENCE_MEMORY = 20.0  # people
_MOST_AGENTS = 1000  # more targets than agents need not be counted

_SHARE = 8  # chunks of each kind per run and look: a look at one run lasts some tenths of a second at most


@dataclass(slots=True)
class RunLine:
    """One unfinished run. The five dicts hold its calls that are up, by phase, with the moment the phase began.

    `repeatable`: calls that may be hung up late, as their targets have another attempt; nobody's of an earlier daemon.
    """

    row: RunRow
    pacer: Pacer
    learner: Accountable | None = None  # the pacer, where it learns
    ceiling: AgentlessPacer | None = None  # the limits that a campaign with agents gives beside its pace
    unsent: int = 0
    is_dry: bool = False  # nothing was due at the last claim
    due_at: datetime | None = None  # when the next waiting target is due
    waiting_due: int = 0  # waiting targets whose time had come at the last look
    held_by: str = ""  # why it is not dialing, as the store has it
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

    @property
    def phases(self) -> tuple[dict[AttemptId, float], ...]:
        return self.ringing, self.detecting, self.connected, self.waiting, self.talking

    @property
    def on_way(self) -> list[AttemptId]:
        """The calls that may yet ask for an agent."""
        return [*self.ringing, *self.detecting, *self.connected, *self.waiting]

    def update(self, row: RunRow) -> None:
        """The run as the store has it now, its pace included."""
        before, self.row = self.row, row
        if before.spec.mode is not row.spec.mode:
            self._pace_by(pacer_of(row.spec))
        elif before.spec is not row.spec:
            retune(self.pacer, row.spec)
            self._raise_ceiling()

    def __post_init__(self) -> None:
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
        seen = 0 if self.is_dry else self.row.pending + self.waiting_due
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

    def move(self, attempt_id: AttemptId, phase: dict[AttemptId, float], now: float) -> None:
        """Put a call into a phase (one of `phases`)."""
        if attempt_id not in phase:
            self._leave(attempt_id)
            phase[attempt_id] = now

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


class RunKeeper:
    """The only owner of `lines`; the store is the truth and is looked at on every poke and every few seconds."""

    def __init__(
        self, store: Store, clock: Clock, dice: Dice, on_change: Callable[[], None], *, rulebook: Rulebook = EMPTY
    ) -> None:
        self._store = store
        self._clock = clock
        self._dice = dice
        self._on_change = on_change
        self._rulebook = rulebook
        self._chunks = Chunks(store, clock)
        self.lines: dict[RunId, RunLine] = {}
        self._watchers: list[Callable[[RunRow], None]] = []

    def watch(self, on_settled: Callable[[RunRow], None]) -> None:
        """Be told of each run one of whose attempts was settled."""
        self._watchers.append(on_settled)

    def assume_spent(self) -> None:
        """An earlier daemon may have dialed at full rate until this moment."""
        for line in self.lines.values():
            for each in (line.pacer, line.ceiling):
                if isinstance(each, AgentlessPacer):
                    each.assume_spent(self._clock.steady())

    async def refresh(self) -> datetime | None:
        """Read the runs, take in targets of those that lack them, end those that are over.

        Of what is long each run gets a share, so that none waits for another's ten million contacts. Returns when to
        look again without a poke: at once where more is to be done, else when time alone will end a run.
        """
        rows = await self._store.read(lambda unit: unit.runs.unfinished())
        for row in rows:
            if row.id not in self.lines:
                await self._begin(row)
            self._see(row)
        for run_id in self.lines.keys() - {row.id for row in rows}:
            self._forget(run_id)
        is_done = [await self._keep(row) for row in rows]
        self._on_change()
        if not all(is_done):
            return self._clock.now()
        return min((at for row in rows if (at := finishing.ends_at(row)) is not None), default=None)

    async def _begin(self, row: RunRow) -> None:
        """Take up a run; one that an earlier daemon dialed goes on from what that had learnt."""
        spec, learnt = row.spec, await self._store.read(lambda unit: unit.runs.learnt(row.id))
        self.lines[row.id] = RunLine(row=row, pacer=pacer_of(spec, learnt), held_by=row.held)
        _log.info(
            f"run {row.number} of campaign {spec.name} is {row.state}",
            action="run_seen",
            run_id=row.id,
            campaign=spec.name,
        )

    def _see(self, row: RunRow) -> None:
        line = self.lines[row.id]
        line.update(row)
        line.is_dry = False  # contacts, lists or hours may have changed since

    async def _keep(self, row: RunRow) -> bool:
        """Do a share of what the run needs; True: nothing more is to be done now."""
        now = self._clock.now
        await self._read_meters(row)
        await self._count_due(row)
        is_prepared = await self._take_in(row)
        is_scrubbed = not row.is_scrub_due
        for _ in range(0 if is_scrubbed else _SHARE):
            is_scrubbed = is_scrubbed or await self._chunks.do(
                row.id,
                f"scrub by {row.spec.filter}",
                lambda unit, size: dialing.scrub(unit, row.id, now(), size=size),
                most=dialing.SCRUBBED_AT_ONCE,
            )
        is_idle = is_prepared and row.spec.finite and row.in_progress == 0
        if row.state is RunState.STOPPING or row.spec.finish or row.ends_at or is_idle:
            await self._store.write(lambda unit: finishing.finish_if_over(unit, row.id, now()))
        for _ in range(_SHARE):
            after = await self._store.read(lambda unit: unit.runs.get(row.id))
            if after is None or not _is_being_cancelled(after):
                break
            await self._store.write(lambda unit: finishing.finish_if_over(unit, row.id, now()), patient=True)
        if after is None:
            return True
        self.settled(after)
        waits = row.state is not RunState.ACTIVE  # contacts come in when it goes on
        return (is_prepared or waits) and is_scrubbed and not _is_being_cancelled(after)

    async def _read_meters(self, row: RunRow) -> None:
        """The abandon meters of a run with agents as the store counts them; `tell` keeps them up between two looks."""
        line = self.lines.get(row.id)
        if line is None or row.spec.mode is Mode.AGENTLESS:
            return
        try:
            line.meters = await self._store.read(
                lambda unit: pacing_meters(unit, row, self._rulebook, self._clock.now())
            )
        except (NotFoundError, BadInputError):
            return  # a pack was taken away: the dial loop says so and dials nobody

    async def _count_due(self, row: RunRow) -> None:
        """Agents are given to runs that have somebody to dial."""
        line = self.lines.get(row.id)
        if line is not None and row.spec.queue is not None:
            now = self._clock.now()
            line.waiting_due, line.due_at = await self._store.read(
                lambda unit: (
                    unit.dialing.waiting_due(row.id, limit=_MOST_AGENTS, now=now),
                    unit.dialing.next_due_at(row.id),
                )
            )

    async def _take_in(self, row: RunRow) -> bool:
        """Whether the run has all its targets, after a share of them has come in."""
        is_prepared = row.is_prepared
        if is_prepared and not row.spec.finite:  # it takes in contacts as they are added
            is_prepared = not await self._store.read(lambda unit: unit.runs.has_more(row.id))
        for _ in range(_SHARE):
            if is_prepared or row.state is not RunState.ACTIVE:
                break
            is_prepared = await self._chunks.do(
                row.id,
                f"take in by {row.spec.filter}",
                lambda unit, size: dialing.take_in(
                    unit, row.id, draw=self._dice.draw, now=self._clock.now(), size=size
                ),
                most=dialing.TAKEN_IN_AT_ONCE,
            )
            self._on_change()  # the first targets can be dialed while the others come in
        return is_prepared

    def tell(self, run_id: RunId, event: PacingEvent) -> None:
        """Let the pacer of a run know what has happened to its calls or agents."""
        line = self.lines.get(run_id)
        if line is not None:
            line.count(event)
            line.pacer.observe(event)

    def settled(self, row: RunRow) -> None:
        """A run as it stands after one of its attempts was settled."""
        for watcher in self._watchers:
            watcher(row)
        line = self.lines.get(row.id)
        if line is None:
            return
        line.update(row)
        if row.state.is_over:
            self._forget(row.id)

    def _forget(self, run_id: RunId) -> None:
        line = self.lines[run_id]
        if any(line.phases):
            return  # its last slots are still guarded; the next look forgets it
        del self.lines[run_id]
        self._chunks.forget(run_id)
        spec = line.row.spec
        _log.info(
            f"run {line.row.number} of campaign {spec.name} has ended",
            action="run_ended",
            run_id=run_id,
            campaign=spec.name,
        )


def _is_being_cancelled(row: RunRow) -> bool:
    """It is being stopped, and only the targets that were not dialed are left to be settled."""
    return row.state is RunState.STOPPING and not row.in_progress
