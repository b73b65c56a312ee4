"""Records in front of agents: shown to the longest idle, dialed or skipped by them or when their time is up.

Not here: which record is next and what a skip means (usecases/preview.py), the agents themselves (agentdesk.py).
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from dialerd.domain.errors import StoreError
from dialerd.domain.regulation import Pack
from dialerd.domain.words import AgentState, RunId, RunState
from dialerd.engine.means import Means
from dialerd.engine.runline import RunLine
from dialerd.engine.surewriter import SureWriter
from dialerd.log import logger
from dialerd.ports import Asked, AttemptRow, Exchange, PreviewRow, Timer
from dialerd.tasks import spawn
from dialerd.usecases import preview, seats

_log = logger(__name__)

_ROOM_S = 0.5
"""A record for which the trunk or the campaign's own limits have no room is tried again so much later."""

Place = Callable[[RunLine, AttemptRow, Exchange, Sequence[Pack], str], None]


@dataclass(slots=True)
class Record:
    """What one agent looks at. `asked`: what is being done with it; a timer runs until then. `locked_until`: for all
    others."""

    row: PreviewRow
    line: RunLine
    packs: Sequence[Pack]
    locked_until: datetime
    timer: Timer | None = None
    asked: Asked | None = None

    def drop_timer(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


@dataclass(slots=True)
class Dry:
    """Agents of a run for whom there is no record, each until when; None: until something changes."""

    until: dict[str, datetime | None] = field(default_factory=dict)


class PreviewDesk:
    """The only one that shows records. `place` dials a claimed call; a reason given to it refuses that."""

    def __init__(self, means: Means, *, sure: SureWriter, place: Place, on_change: Callable[[], None]) -> None:
        self._means = means
        self._sure = sure
        self._place = place
        self._on_change = on_change
        self._records: dict[str, Record] = {}
        self._dry: dict[RunId, Dry] = {}
        self.waits_on: dict[str, str] = {}  # by agent, the trunk in whose pace its record waits for its turn
        self._is_first_look = True
        self._is_stopped = False
        means.agents.watch(self._on_state)

    # Showing

    async def show(self, line: RunLine, packs: Sequence[Pack], count: int) -> bool:
        """Put records in front of up to `count` free agents; True: one at least was shown, look again."""
        now = self._means.clock.now()
        if line.due_at is not None and line.due_at <= now:
            line.due_at = None
            self.more_due(line.row.id)
        dry = self._dry.setdefault(line.row.id, Dry())
        # Also of those who are not free now: a moment that is past would have the dial loop look again without end.
        dry.until = {name: until for name, until in dry.until.items() if until is None or now < until}
        names = self._means.agents.reservations.preview(line.row.id, count, but=dry.until.keys())
        shown = set()
        try:
            for name in names:
                now = self._means.clock.now()
                job = partial(
                    preview.show,
                    run_id=line.row.id,
                    agent=name,
                    packs=packs,
                    tolls=self._means.trunks.to(line.row.spec.trunk, "").tolls,
                    now=now,
                )
                try:
                    found = await self._means.store.write(job)
                except StoreError:  # perhaps it was written, and only the answer was lost
                    self._forget(name, now)
                    raise
                if isinstance(found, preview.Nothing):
                    dry.until[name] = found.due_at
                else:
                    shown.add(name)
                    dry.until.pop(name, None)
                    locked_until = found.dial_at + preview.LOCK_GUARD
                    self._put(Record(row=found, line=line, packs=packs, locked_until=locked_until))
        finally:  # also those whose turn did not come, where the store has failed
            for name in names:
                if name not in shown:
                    self._means.agents.reservations.let_go(name)
        return bool(shown)

    def due_at(self, line: RunLine) -> datetime | None:
        """When there may be a record for an agent who has none; None: not by time alone."""
        moments = [line.due_at, *self._dry.get(line.row.id, Dry()).until.values()]
        return min((at for at in moments if at is not None), default=None)

    def more_due(self, run_id: RunId) -> None:
        """A target of the run has come back: whoever had no record may have one."""
        self._dry.pop(run_id, None)

    def _put(self, record: Record) -> None:
        name = record.row.agent
        # else its phone was lost meanwhile
        is_there = self._means.agents.reservations.state_of(name) is AgentState.PREVIEW
        if self._is_stopped or not is_there:
            self._spawn(record, self._withdraw(record))
            return
        self._records[name] = record
        left_s = (record.row.dial_at - self._means.clock.now()).total_seconds()
        record.timer = self._means.clock.call_later(max(0.0, left_s), partial(self._time_is_up, record))

    # What becomes of a record

    def _time_is_up(self, record: Record) -> None:
        record.timer = None
        self._spawn(record, self._out_of_time(record))

    async def _out_of_time(self, record: Record) -> None:
        asked = await self._means.store.read(lambda unit: preview.time_is_up(unit, record.row.agent))
        await self._act(record, record.asked or asked)

    async def _act(self, record: Record, asked: Asked) -> None:
        if self._records.get(record.row.agent) is not record:
            return
        record.asked = asked
        await (self._dial(record) if asked == "dial" else self._skip(record))

    async def _dial(self, record: Record) -> None:
        line, name = record.line, record.row.agent
        spec = line.row.spec
        exchange = self._means.trunks.way_out(
            spec.trunk, amd=spec.amd, among=self._means.agents.crew(line.row.id).homes
        )
        if isinstance(exchange, str):
            _log.info(f"a record is withdrawn: {exchange}", action="record_withdrawn", agent=name)
            await self._withdraw(record)
            return
        left_s = self._room_in_s(line, exchange)
        if left_s <= 0.0 and self._means.seat is not None:
            left_s = await self._turn_in_s(record, exchange)
        if self._records.get(name) is not record:
            return  # its phone was lost meanwhile
        if left_s > 0.0:
            record.timer = self._means.clock.call_later(left_s, partial(self._time_is_up, record))
            await self._lock_on(record, left_s)
            return
        self._take(record)
        self._means.agents.reservations.dial(name)
        claimed: AttemptRow | preview.Refused = preview.Refused("the database cannot be written")
        try:
            claimed = await self._means.openings.open(
                partial(
                    preview.dial,
                    agent=name,
                    way_out=self._means.trunks.to(spec.trunk, exchange.name),
                    packs=record.packs,
                    now=self._means.clock.now(),
                )
            )
        finally:
            self._dialed(record, claimed, exchange)

    def _room_in_s(self, line: RunLine, exchange: Exchange) -> float:
        """Until the trunk and the campaign's own limits have room."""
        trunks, trunk, steady = self._means.trunks, line.row.spec.trunk, self._means.clock.steady()
        if min(trunks.ask(trunk, 1, exchange.name), line.room(steady)) > 0:
            return 0.0
        return max(_ROOM_S, trunks.room_at(trunk) - steady, line.room_at(steady) - steady)

    async def _turn_in_s(self, record: Record, exchange: Exchange) -> float:
        """Until the other daemons leave room; where they do, the turn is taken. What else goes over the trunk waits."""
        trunk, name = record.line.row.spec.trunk, record.row.agent
        self.waits_on[name] = trunk
        turn = partial(seats.take_turn, run_id=record.row.run_id, way_out=self._means.trunks.to(trunk, exchange.name))
        left_s = await self._means.store.write(turn)
        if left_s <= 0.0:
            self._waits_no_more(name)
            return self._room_in_s(record.line, exchange)
        return left_s

    async def _lock_on(self, record: Record, left_s: float) -> None:
        """A record that waits for room is still nobody else's: without it, it would be shown to the next agent."""
        tried_at = self._means.clock.now() + timedelta(seconds=left_s)
        if record.locked_until < tried_at + preview.LOCK_GUARD / 2:
            record.locked_until = tried_at + preview.LOCK_GUARD
            lock = partial(preview.lock_on, agent=record.row.agent, until=record.locked_until)
            await self._means.store.write(lock)

    def _waits_no_more(self, name: str) -> None:
        if self.waits_on.pop(name, None) is not None:
            self._on_change()

    def _dialed(self, record: Record, claimed: AttemptRow | preview.Refused, exchange: Exchange) -> None:
        name = record.row.agent
        if isinstance(claimed, preview.Refused):
            _log.info(f"a record is not dialed: {claimed.reason}", action="record_refused", agent=name)
            self._means.agents.reservations.dialed_for(name, ())
            self.more_due(record.row.run_id)
            self._on_change()
            return
        reservations = self._means.agents.reservations
        self._place(record.line, claimed, exchange, record.packs, reservations.lost(name))
        reservations.dialed_for(name, [claimed.id])

    async def _skip(self, record: Record) -> None:
        await self._means.store.write(partial(preview.skip, agent=record.row.agent, now=self._means.clock.now()))
        self._give_back(record)

    async def _withdraw(self, record: Record) -> None:
        await self._means.store.write(partial(preview.withdraw, agent=record.row.agent))
        self._give_back(record)

    def _give_back(self, record: Record) -> None:
        """The target is the run's again, and the agent can be shown another."""
        self._take(record)
        self.more_due(record.row.run_id)
        self._means.agents.reservations.let_go(record.row.agent)
        self._on_change()

    def _take(self, record: Record) -> None:
        record.drop_timer()
        self._waits_no_more(record.row.agent)
        if self._records.get(record.row.agent) is record:
            del self._records[record.row.agent]

    def _on_state(self, name: str, state: AgentState) -> None:
        record = self._records.get(name)
        if record is not None and state is not AgentState.PREVIEW:
            self._take(record)
            self._spawn(record, self._withdraw(record))

    def _spawn(self, record: Record, work: Coroutine[Any, Any, None]) -> None:
        spawn(f"record of {record.row.agent}", self._guarded(record, work))

    async def _guarded(self, record: Record, work: Coroutine[Any, Any, None]) -> None:
        """What cannot be written down is given up: the agent is free, the record falls due again by itself."""
        try:
            await work
        except StoreError as error:
            _log.error(f"a record is given up: {error}", action="record_failed", agent=record.row.agent)
            self._forget(record.row.agent, record.row.shown_at)
            self._give_back(record)

    def _forget(self, agent: str, shown_at: datetime) -> None:
        """Nobody leads any more what the agent was shown at that moment, if the store has it."""
        job = partial(preview.withdraw_shown, agent=agent, shown_at=shown_at)
        self._sure.take("that a record is withdrawn", job, lambda _: self._on_change(), agent=agent)

    # What the store says

    async def refresh(self) -> None:
        """Carry out what agents ask for; withdraw an earlier daemon's records, those of runs that do not go on, and
        those of people whom a do-not-call list has got."""
        now = self._means.clock.now()
        rows, barred = await self._means.store.read(
            lambda unit: (unit.previews.all(), unit.optouts.barred_previews(now))
        )
        if self._is_first_look:
            self._is_first_look = False
            for row in rows:
                await self._means.store.write(partial(preview.withdraw, agent=row.agent))
            return
        self._dry.clear()
        for row in rows:
            record = self._records.get(row.agent)
            if record is not None and record.row.target_id == row.target_id and row.asked and record.asked is None:
                record.drop_timer()
                record.asked = row.asked
                self._spawn(record, self._act(record, row.asked))
        for record in list(self._records.values()):
            line = self._means.runs.lines.get(record.row.run_id)
            is_barred = record.row.agent in barred and record.asked is None
            if line is None or line.row.state is not RunState.ACTIVE or is_barred:
                record.drop_timer()
                self._spawn(record, self._withdraw(record))

    async def stop(self) -> None:
        """The daemon ends: nobody waits in front of a record that nothing will come of."""
        self._is_stopped = True
        for record in list(self._records.values()):
            await self._guarded(record, self._withdraw(record))
