"""The dial loop: for every run, by priority, as many claims as pace, trunk and gates allow; then wait for a reason.

Not here: what becomes of a claimed call (calldesk.py), the decisions themselves (domain/pacing, domain/gates).

It is event-driven: a slot that frees, a token that comes back, a target that falls due, an exchange that becomes
ready or a poke wakes it. There is no tick.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from dialerd import log
from dialerd.domain.call import events as ev
from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.errors import BadInputError, NotFoundError, StoreError
from dialerd.domain.pacing.account import as_table
from dialerd.domain.queue import QueueSpec
from dialerd.domain.regulation import Pack, min_ring_s
from dialerd.domain.words import Mode, RunId, RunState
from dialerd.engine.agentline import Crew
from dialerd.engine.callbackdesk import CallbackDesk
from dialerd.engine.calldesk import CallDesk
from dialerd.engine.means import Means
from dialerd.engine.previewdesk import PreviewDesk
from dialerd.engine.queuedesk import QueueDesk
from dialerd.engine.runline import RunLine
from dialerd.engine.sounddesk import AGAIN_S as SOUNDS_AGAIN_S
from dialerd.engine.surewriter import STORE_RETRY_S
from dialerd.log import logger
from dialerd.meters import Meters
from dialerd.ports import AttemptRow, Exchange
from dialerd.usecases import dialing, seats
from dialerd.usecases.callplan import plan_of
from dialerd.usecases.dialing import Claim

_log = logger(__name__)

_BATCH = 50  # attempts per claim: one commit for all, and others get their turn in between
_EXPLAIN_S = 5.0
_LEARN_S = 30.0


@dataclass(slots=True)
class _Alarm:
    """The earliest moment (steady seconds) at which to look again."""

    at: float | None = None

    def no_later_than(self, at: float) -> None:
        self.at = at if self.at is None else min(self.at, at)


class DialLoop:
    """The only place from which calls are started."""

    def __init__(
        self,
        means: Means,
        desk: CallDesk,
        queues: QueueDesk,
        previews: PreviewDesk,
        callbacks: CallbackDesk,
        *,
        min_ring_s: float,
        gives_account: bool,
        meters: Meters,
    ) -> None:
        """`gives_account`: others look at what the pacers do, or a later process goes on from it."""
        self._means = means
        self._desk = desk
        self._queues = queues
        self._previews = previews
        self._callbacks = callbacks
        self._min_ring_s = min_ring_s
        self._gives_account = gives_account
        self._wake = asyncio.Event()
        self._came_round = asyncio.Event()
        self._meters = meters
        self._woken_at: float | None = None
        self._reason_at: float | None = None  # when this pass was asked for
        self._offering: frozenset[RunId] = frozenset()
        self.is_stopped = False
        self._ended = asyncio.Event()
        self._helps = means.seat is not None and not means.seat.leads

    def wake(self) -> None:
        if not self._wake.is_set():
            self._wake.set()
            self._woken_at = self._means.clock.steady()

    async def stop(self) -> None:
        """No new calls from now on; calls being claimed at this moment are still placed: returns when they are."""
        self.is_stopped = True
        self.wake()
        await self._ended.wait()

    async def run(self) -> None:
        try:
            await self._turns()
        finally:
            self._ended.set()

    async def _turns(self) -> None:
        while not self.is_stopped:
            self._wake.clear()
            alarm = _Alarm()
            self._reason_at = self._woken_at
            try:
                await self._pass(alarm)
            except StoreError as error:
                _log.error(f"no calls can be claimed: {error}", action="claim_failed")
                self._came_round.set()
                # Whatever wakes us: an agent who was kept free for nothing and let go again would do so at once.
                await self._means.clock.sleep(STORE_RETRY_S)
                continue
            self._came_round.set()
            await self._wait(alarm)
        self._came_round.set()

    async def turn(self) -> None:
        """Until the loop has come round once more; at once where it is stopped."""
        if not self.is_stopped:
            self._came_round.clear()
            self.wake()
            await self._came_round.wait()

    async def _wait(self, alarm: _Alarm) -> None:
        timer = None
        if alarm.at is not None:
            timer = self._means.clock.call_later(max(0.0, alarm.at - self._means.clock.steady()), self.wake)
        try:
            await self._wake.wait()
        finally:
            if timer is not None:
                timer.cancel()

    async def _pass(self, alarm: _Alarm) -> None:
        """One look at every active run, highest priority first; among equals the dice decide, so none starves."""
        lines = [line for line in self._means.runs.all_lines() if line.row.state is RunState.ACTIVE]
        self._offer(lines, alarm)
        # Whom agents have promised a call goes before everybody.
        at = None if self._helps else await self._callbacks.dial()
        if at is not None:
            self._look_at(at, alarm)
        for line in sorted(lines, key=lambda line: (-line.row.spec.priority, self._means.dice.draw())):
            while not self.is_stopped and await self._fill(line, alarm):
                pass

    def _look_at(self, at: datetime, alarm: _Alarm) -> None:
        """Look again at that moment at the latest."""
        alarm.no_later_than(self._means.clock.steady() + (at - self._means.clock.now()).total_seconds())

    def _offer(self, lines: Sequence[RunLine], alarm: _Alarm) -> None:
        """Let agents go where they are needed, as soon as that changes."""
        now, mine = self._means.clock.now(), [line for line in lines if line.row.spec.queue is not None]
        offering = frozenset(line.row.id for line in mine if line.is_calling or line.due(now))
        for line in mine:
            if line.due_at is not None and line.due_at > now:
                self._look_at(line.due_at, alarm)
        if offering != self._offering:
            self._offering = offering
            self._means.agents.assign()

    async def _fill(self, line: RunLine, alarm: _Alarm) -> bool:
        """Claim and place what may be placed for one run now; True: look at it again at once."""
        spec, now, steady = line.row.spec, self._means.clock.now(), self._means.clock.steady()
        if line.row.state is not RunState.ACTIVE or not spec.trunk:  # messages alone need no trunk
            return False
        if line.is_dry and (line.due_at is None or line.due_at > now):
            if line.due_at is not None:
                self._look_at(line.due_at, alarm)
            return False
        if line.again_at > steady:
            alarm.no_later_than(line.again_at)
            return False
        if spec.mode is not Mode.PREVIEW and self._is_waited_for(spec.trunk):
            return False  # whom agents have promised a call or dialed goes first, and wakes us
        # One zone for all: ask once here instead of putting every target of the run to rest one by one.
        until = line.closed_until(now)
        if until is not None:
            self._look_at(until, alarm)
            self._hold(line, f"it is outside the contact hours until {until.isoformat(timespec='minutes')}")
            return False
        try:
            packs, their_ring_s = line.rules(self._means.rulebook)
        except (NotFoundError, BadInputError) as error:  # a pack was taken away or changed since: nobody is called so
            self._hold(line, str(error))
            return False
        if line.wants_more and self._means.trunks.is_between_calls(spec.trunk):
            at = self._means.trunks.room_at(spec.trunk)
            if at > steady:  # else what is claimed wakes us when it is sent
                alarm.no_later_than(at)
            return False
        theirs = self._queues.spec(spec.queue)
        crew = self._crew(line, theirs)
        if isinstance(crew, str):
            self._hold(line, crew)
            return False
        if spec.queue is not None and not crew.size:
            self._hold(line, f"no agent of queue {spec.queue} works for it")
            return False
        exchange = self._means.trunks.way_out(spec.trunk, amd=spec.amd, among=crew.homes)
        if isinstance(exchange, str):
            self._hold(line, exchange)
            if self._means.trunks.trunk(spec.trunk) is not None:
                alarm.no_later_than(max(steady + 1.0, self._means.trunks.room_at(spec.trunk)))
            return False
        lack = self._means.sounds.lack(line.row.id, spec, exchange)
        if lack is None:
            return False  # it wakes us
        self._hold(line, lack)
        if lack:
            alarm.no_later_than(steady + SOUNDS_AGAIN_S)
            return False
        least_s = max(self._min_ring_s, their_ring_s)
        view = line.view(steady, crew, min_ring_s=least_s, patience_s=self._patience_s(spec, theirs))
        for attempt_id in line.late(crew, line.pacer.cancel(view)):
            self._desk.hang_up_late(attempt_id)
        paced = line.pacer.decide(view)
        if self._gives_account:
            self._explain(line, steady)
        if spec.mode is Mode.PREVIEW:
            return await self._show(line, packs, min(paced, _BATCH), alarm)
        wanted = paced + crew.owed
        own = line.room(steady)
        line.is_short = own < wanted
        room = min(self._means.trunks.ask(spec.trunk, wanted, exchange.name), own, _BATCH)
        line.wants_more = room < wanted
        if room <= 0:
            paced_at = steady if wanted > 0 else line.pacer.next_at(steady)
            at = max(paced_at, self._means.trunks.room_at(spec.trunk), line.room_at(steady))
            if at > steady:
                alarm.no_later_than(at)
            return False
        claim, claimed = await self._claim(line, exchange, packs, room)
        attempts = claim.attempts
        if line.reserves and theirs is None:
            # None is paced for an agent who is free again by now, after a reservation that was owed these calls.
            per_agent = math.ceil(paced / max(1, len(crew.free))) or math.ceil(spec.ratio)
            self._means.agents.reservations.reserve(
                line.row.id, [attempt.id for attempt in attempts], per_agent=per_agent
            )
        for attempt in attempts:
            self.place(line, attempt, exchange, packs, claimed=claimed)
        if claim.again_s is not None:
            line.again_at = steady + claim.again_s
            alarm.no_later_than(line.again_at)
            return False
        if len(attempts) < wanted or line.is_dry:
            return True  # again: there may be more to dial, and a run that has run dry still has to set its alarm
        self._look_when_paced(line, steady, alarm)
        return False

    def _is_waited_for(self, trunk: str) -> bool:
        """Where daemons share its pace: what is claimed here would take each turn that such a call waits for."""
        return trunk in self._callbacks.waits_on or trunk in self._previews.waits_on.values()

    def _crew(self, line: RunLine, theirs: QueueSpec | None) -> Crew | str:
        """Who works for the calls of a line; else why nobody does. Automated calls have nobody and need nobody."""
        if line.row.spec.queue is None:
            return Crew()
        return self._means.agents.crew(line.row.id) if theirs is None else self._queues.crew(line)

    def _look_when_paced(self, line: RunLine, steady: float, alarm: _Alarm) -> None:
        """Look again when time alone may let the pace allow more."""
        at = line.pacer.next_at(steady)
        if at > steady:
            alarm.no_later_than(at)

    async def _show(self, line: RunLine, packs: Sequence[Pack], count: int, alarm: _Alarm) -> bool:
        """Put records in front of agents, who have them dialed; True: look again at once."""
        if await self._previews.show(line, packs, count):
            return True
        due_at = self._previews.due_at(line)
        if due_at is not None:
            self._look_at(due_at, alarm)
        return False

    def _explain(self, line: RunLine, steady: float) -> None:
        """Let other processes see now and then what a pacer that learns believes and does, and a later one go on."""
        if line.learner is not None and steady >= line.explained_at + _EXPLAIN_S:
            line.explained_at = steady
            account = as_table(line.learner.account(), steady=steady, now=self._means.clock.now())
            self._means.store.post(lambda unit: unit.runs.set_pacing(line.row.id, account))
        if line.learner is not None and steady >= line.learnt_at + _LEARN_S:
            line.learnt_at = steady
            learnt = line.learner.learnt()
            self._means.store.post(lambda unit: unit.runs.set_learnt(line.row.id, learnt))

    async def _claim(self, line: RunLine, exchange: Exchange, packs: Sequence[Pack], room: int) -> tuple[Claim, float]:
        """And when it was made (steady seconds)."""
        opened, way_out = list[float](), self._means.trunks.to(line.row.spec.trunk, exchange.name)
        claim = await self._means.openings.open(
            partial(
                self._claiming(line),
                run_id=line.row.id,
                limit=room,
                way_out=way_out,
                channel=line.channel,
                packs=packs,
                now=self._means.clock.now(),
            ),
            on_opened=opened.append,
        )
        if claim.held and line.row.spec.queue is not None:
            self._callbacks.changed()  # one that has come to wait for its agent, perhaps
            self.wake()
        line.is_dry = claim.is_dry
        line.due_at = claim.due_at
        line.repeatable |= claim.repeatable
        return claim, opened[0]

    def _claiming(self, line: RunLine) -> Callable[..., Claim]:
        if self._means.seat is None:
            return dialing.claim
        return partial(seats.claim, calls_up=line.calls_up(self._means.clock.steady()))

    def place(
        self,
        line: RunLine,
        attempt: AttemptRow,
        exchange: Exchange,
        packs: Sequence[Pack],
        no_agent: str = "",
        *,
        claimed: float = math.inf,
    ) -> None:
        """Dial a claimed attempt. `no_agent`: why it is not dialed after all; that costs the contact nothing."""
        refusal = ev.OriginateRefused(no_agent, trunk_down=False, no_agent=True) if no_agent else None
        trunk = self._means.trunks.trunk(attempt.trunk)
        assert trunk is not None, "way_out has found the trunk"
        dial_string, theirs = "", self._queues.spec(line.row.spec.queue)
        try:
            dial_string = trunk.dial_string(attempt.number)
        except BadInputError as error:  # the trunk's strip and prefix do not fit this number
            refusal = ev.OriginateRefused(error.message, trunk_down=False)
        plan = plan_of(
            attempt,
            line.row.spec,
            dial_string=dial_string,
            min_ring_s=max(self._min_ring_s, min_ring_s(packs)),
            patience_s=self._patience_s(line.row.spec, theirs),
            app_queue=theirs,
        )
        line.unsent += 1
        if log.is_detailed:
            _log.debug(
                f"call: claimed for campaign {line.row.spec.name}",
                action="call_claimed",
                attempt_id=attempt.id,
                run_id=line.row.id,
                trunk=attempt.trunk,
                asterisk=exchange.name,
            )
        if self._reason_at is not None:
            self._meters.dial_delay.observe(self._means.clock.steady() - self._reason_at)
        self._desk.open(attempt, plan, exchange, refusal=refusal, claimed=claimed)

    def _patience_s(self, spec: CampaignSpec, theirs: QueueSpec | None) -> float:
        return self._means.agents.book.patience_s(spec.queue) if theirs is None else theirs.patience_s

    def _hold(self, line: RunLine, reason: str) -> None:
        """Say once why a run is not dialing, and once that it goes on."""
        if reason == line.held_by:
            return
        campaign = line.row.spec.name
        if reason:
            _log.warning(f"campaign {campaign} is held: {reason}", action="run_held", run_id=line.row.id)
        else:
            _log.info(f"campaign {campaign} goes on", action="run_goes_on", run_id=line.row.id)
        line.held_by = reason
        if self._helps:
            return  # what is told is what holds the leader
        # `campaign status --why` tells it, from whichever process.
        told = self._means.runs.why_held(line.row.id)
        self._means.store.post(lambda unit: unit.runs.set_held(line.row.id, told))
