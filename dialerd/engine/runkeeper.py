"""The runs that the store says should be going: which there are, their pace, and taking in their targets.

Not here: placing calls (dialloop.py) and ending a run (usecases/finishing.py, with the last settle).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from dialerd.domain.errors import BadInputError, NotFoundError
from dialerd.domain.pacing import AgentlessPacer, PacingEvent
from dialerd.domain.pacing.modes import pacer_of
from dialerd.domain.regulation import EMPTY, Rulebook
from dialerd.domain.words import Channel, Mode, RunId, RunState
from dialerd.engine.chunks import Chunks
from dialerd.engine.runline import RunLine
from dialerd.log import logger
from dialerd.ports import AttemptRow, Clock, Dice, RunRow, Store
from dialerd.usecases import dialing, finishing, seats
from dialerd.usecases.regulation import pacing_meters

_log = logger(__name__)

_MOST_AGENTS = 1000  # more targets than agents need not be counted

_SHARE = 8  # chunks of each kind per run and look: a look at one run lasts some tenths of a second at most


class RunKeeper:
    """The only owner of `lines`, and of `automated`: the second lines, of calls without agents, of the runs that have
    both kinds. The store is the truth and is looked at on every poke and every few seconds.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        dice: Dice,
        on_change: Callable[[], None],
        *,
        rulebook: Rulebook = EMPTY,
        helps: bool = False,
    ) -> None:
        """`helps`: another daemon leads, and keeps the runs; of those that both dial this one has lines."""
        self._store = store
        self._clock = clock
        self._dice = dice
        self._on_change = on_change
        self._rulebook = rulebook
        self._helps = helps
        self._not_ours: dict[str, str] = {}
        self._chunks = Chunks(store, clock)
        self.lines: dict[RunId, RunLine] = {}
        self.automated: dict[RunId, RunLine] = {}
        self._watchers: list[Callable[[RunRow], None]] = []

    def watch(self, on_settled: Callable[[RunRow], None]) -> None:
        """Be told of each run one of whose attempts was settled."""
        self._watchers.append(on_settled)

    def all_lines(self) -> list[RunLine]:
        return [*self.lines.values(), *self.automated.values()]

    def line_of(self, attempt: AttemptRow) -> RunLine | None:
        """The line that a call is one of."""
        return (self.automated if attempt.channel is Channel.AUTOMATED else self.lines).get(attempt.run_id)

    def _lines_of(self, run_id: RunId) -> list[RunLine]:
        return [each[run_id] for each in (self.lines, self.automated) if run_id in each]

    def more_due(self, run_id: RunId, at: datetime | None) -> None:
        """A target of the run will be due at `at`, for whichever calls."""
        for line in self._lines_of(run_id):
            line.more_due(at)

    def why_held(self, run_id: RunId) -> str:
        """Why the calls of a run are held, and its messages; empty: neither are."""
        lines = self._lines_of(run_id)
        if len(lines) == 1:
            calls = lines[0].held_by
        else:
            kinds = {Channel.VOICE: "calls for agents", Channel.AUTOMATED: "automated calls"}
            calls = "; ".join(f"{kinds[each.channel]}: {each.held_by}" for each in lines if each.held_by)
        messages = next((each.messages_held_by for each in lines), "")
        if not messages or any(each.held_by == messages for each in lines):
            return calls
        return f"{calls}; messages: {messages}" if calls else messages

    def hold_messages(self, line: RunLine, reason: str) -> None:
        """Say once why the messages of a run are not sent, and once that they go on."""
        if reason == line.messages_held_by:
            return
        run_id, campaign = line.row.id, line.row.spec.name
        if reason and reason != line.held_by:
            text = f"the messages of campaign {campaign} are held: {reason}"
            _log.warning(text, action="run_held", run_id=run_id)
        elif not reason:
            _log.info(f"the messages of campaign {campaign} go on", action="run_goes_on", run_id=run_id)
        line.messages_held_by = reason
        told = self.why_held(run_id)
        self._store.post(lambda unit: unit.runs.set_held(run_id, told))

    def assume_spent(self) -> None:
        """An earlier daemon may have dialed at full rate until this moment."""
        for line in self.all_lines():
            for each in (line.pacer, line.ceiling):
                if isinstance(each, AgentlessPacer):
                    each.assume_spent(self._clock.steady())

    async def refresh(self) -> datetime | None:
        """Read the runs, take in targets of those that lack them, end those that are over.

        Of what is long each run gets a share, so that none waits for another's ten million contacts. Returns when to
        look again without a poke: at once where more is to be done, else when time alone will end a run.
        """
        rows = await self._unfinished()
        for row in rows:
            if row.id not in self.lines:
                await self._begin(row)
            self._see(row)
        for run_id in self.lines.keys() - {row.id for row in rows}:
            self._forget(run_id)
        is_done = [await self._keep(row) for row in ([] if self._helps else rows)]
        self._on_change()
        if not all(is_done):
            return self._clock.now()
        return min(
            (at for row in ([] if self._helps else rows) if (at := finishing.ends_at(row)) is not None), default=None
        )

    async def _unfinished(self) -> list[RunRow]:
        if not self._helps:
            return await self._store.read(lambda unit: unit.runs.unfinished())
        rows, not_ours = await self._store.read(seats.shared_runs)
        for name in not_ours.keys() - self._not_ours.keys():
            text = f"campaign {name} is dialed by the leading daemon alone: {not_ours[name]}"
            _log.info(text, action="not_shared", campaign=name)
        self._not_ours = not_ours
        return rows

    async def _begin(self, row: RunRow) -> None:
        """Take up a run; one that an earlier daemon dialed goes on from what that had learnt."""
        spec, learnt = row.spec, await self._store.read(lambda unit: unit.runs.learnt(row.id))
        pacer = pacer_of(spec.of_calls(Channel.VOICE), learnt)
        calls_held, messages_held = (row.held, "") if spec.trunk else ("", row.held)  # without a trunk it calls nobody
        self.lines[row.id] = RunLine(row=row, pacer=pacer, held_by=calls_held, messages_held_by=messages_held)
        if spec.is_mixed:
            own = pacer_of(spec.of_calls(Channel.AUTOMATED))
            self.automated[row.id] = RunLine(row=row, pacer=own, channel=Channel.AUTOMATED)
        _log.info(
            f"run {row.number} of campaign {spec.name} is {row.state}",
            action="run_seen",
            run_id=row.id,
            campaign=spec.name,
        )

    def _see(self, row: RunRow) -> None:
        for line in self._lines_of(row.id):
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
            now, by_steps = self._clock.now(), row.spec.strategy is not None
            line.waiting_due, line.due_at, line.pending = await self._store.read(
                lambda unit: (
                    unit.dialing.waiting_due(row.id, limit=_MOST_AGENTS, now=now),
                    dialing.next_call_at(unit, row, Channel.VOICE),
                    unit.strategies.pending(row.id, limit=_MOST_AGENTS) if by_steps else None,
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
        """Let the pacer of a run know what has happened to its agents."""
        self._tell(self.lines.get(run_id), event)

    def tell_of(self, attempt: AttemptRow, event: PacingEvent) -> None:
        """The same with what has happened to one of its calls."""
        self._tell(self.line_of(attempt), event)

    def _tell(self, line: RunLine | None, event: PacingEvent) -> None:
        if line is not None:
            line.count(event)
            line.pacer.observe(event)

    def settled(self, row: RunRow) -> None:
        """A run as it stands after one of its attempts was settled."""
        for watcher in self._watchers:
            watcher(row)
        lines = self._lines_of(row.id)
        for line in lines:
            line.update(row)
        if lines:
            self.slot_free(row)

    def slot_free(self, row: RunRow) -> None:
        """One of its slots is free; a run that is over is forgotten with the last of them."""
        if row.state.is_over and row.id in self.lines:
            self._forget(row.id)
            self._on_change()

    def _forget(self, run_id: RunId) -> None:
        line = self.lines[run_id]
        if any(phase for each in self._lines_of(run_id) for phase in each.phases):
            return  # its last slots are still guarded
        del self.lines[run_id]
        self.automated.pop(run_id, None)
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
