"""Every call that is up: one inbox per call, read in order; a step, then what it asks for.

Not here: the steps (domain/call), the port calls (performer.py), placing new calls (dialloop.py), what is written of a
call (callledger.py).

No `await` stands between taking an event and stepping on it, so that a call is never seen half-moved. The only
commit that must come before an act is the attempt's own, before its originate: the claim has done it. What is
learnt later (answered, verdict) is written behind the act, in order, since a caller must not wait for a disk.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial

from dialerd import log
from dialerd.domain.call import CallPlan, Facts, Outcome, begin, resume, step
from dialerd.domain.call import commands as do
from dialerd.domain.call import events as ev
from dialerd.domain.call.moves import rung_s
from dialerd.domain.call.states import Detecting, InFlow, Placing, Queued, Ringing, Screening, Settled, Talking, Waiting
from dialerd.domain.call.talk import may_be_heard, may_be_recorded, wants_recording
from dialerd.domain.pacing.news import news_of
from dialerd.domain.seat import JITTER_S
from dialerd.domain.words import AttemptId
from dialerd.engine import calltrace, performer
from dialerd.engine.agentdesk import AgentDesk
from dialerd.engine.callledger import CallLedger
from dialerd.engine.callline import CallLine
from dialerd.engine.comfort import ComfortDesk
from dialerd.engine.flowdesk import FlowDesk
from dialerd.engine.queuedesk import QueueDesk
from dialerd.engine.recordingdesk import RecordingDesk
from dialerd.engine.runkeeper import RunKeeper
from dialerd.engine.trunkdesk import TrunkDesk
from dialerd.log import logger
from dialerd.meters import Meters
from dialerd.ports import AttemptRow, Clock, Exchange, Tracing
from dialerd.tasks import spawn

_log = logger(__name__)

_REPLIES = (ev.OriginateTaken, ev.OriginateUnclear, ev.OriginateRefused)
_UNHEARD = (Placing, Ringing, Detecting)  # nobody is known to be there yet

_TOO_LATE = ev.OriginateRefused("not sent: this daemon was frozen after the claim", trunk_down=False, too_late=True)

SLOT_GUARD_S = 0.05
"""A slot stays taken this much longer than our channel lives: the carrier counts the old call until it has handled
its end, and a new INVITE can overtake that by some milliseconds."""


class CallDesk:
    """The only owner of calls."""

    def __init__(
        self,
        clock: Clock,
        runs: RunKeeper,
        trunks: TrunkDesk,
        exchanges: Mapping[str, Exchange],
        agents: AgentDesk,
        queues: QueueDesk,
        flows: FlowDesk,
        recordings: RecordingDesk,
        comfort: ComfortDesk,
        ledger: CallLedger,
        on_room: Callable[[], None],
        meters: Meters,
        tracing: Tracing | None = None,
        *,
        sends_within_s: float = math.inf,
        is_shared: bool = False,
    ) -> None:
        """`sends_within_s`: of the claim, where another daemon may succeed this one meanwhile. `is_shared`: others dial
        beside it, and see by the store alone that a slot is free."""
        self._sends_within_s = sends_within_s
        self._is_shared = is_shared
        self._late_s: dict[str, float] = {}  # by trunk, the latest call
        self._leaving = 0  # calls whose end is written only when their slots are free
        self._meters = meters
        self._tracing = tracing
        self._flows = flows
        self._clock = clock
        self._runs = runs
        self._trunks = trunks
        self._exchanges = exchanges
        self._agents = agents
        self._queues = queues
        self._recordings = recordings
        self._comfort = comfort
        self._lines: dict[AttemptId, CallLine] = {}
        self._ledger = ledger
        self._on_room = on_room

    # Opening

    def open(
        self,
        attempt: AttemptRow,
        plan: CallPlan,
        exchange: Exchange,
        *,
        refusal: ev.OriginateRefused | None = None,
        claimed: float = math.inf,
    ) -> None:
        """Place a call that was `claimed` then (steady seconds). `refusal`: why it is not dialed after all."""
        call, commands = begin(plan, self._clock.now())
        begun = self._clock.now(), self._clock.steady()
        claimed = min(claimed, begun[1])
        line = CallLine(call=call, attempt=attempt, exchange=exchange, begun=begun, claimed=claimed, is_unsent=True)
        self._lines[plan.attempt_id] = line
        self._trunks.take(attempt.trunk, exchange.name)
        self._show_phase(line)
        self._trace_begin(line, adopted=False)
        if refusal is not None:
            self.deliver(attempt.id, refusal)
        else:
            self._do(line, commands)

    def adopt(self, attempt: AttemptRow, plan: CallPlan, facts: Facts, exchange: Exchange) -> None:
        """Take over a call that an earlier daemon placed; whether it lives is asked at once."""
        begun = max(self._clock.now(), attempt.claimed_at, *facts.moments), self._clock.steady()
        call, commands = resume(plan, facts, begun[0])
        line = CallLine(call=call, attempt=attempt, exchange=exchange, begun=begun, is_adopted=True)
        self._lines[plan.attempt_id] = line
        self._trunks.take(attempt.trunk, attempt.asterisk, unsent=False)
        self._show_phase(line)
        self._trace_begin(line, adopted=True)
        self._do(line, commands)

    # What is up

    @property
    def is_empty(self) -> bool:
        """No call is up and every settled one is written."""
        return not self._lines and not self._leaving and self._ledger.is_written

    @property
    def is_sending(self) -> bool:
        """An exchange has been asked for a call and has not replied, or an end is not on its way to the store yet."""
        return self._leaving > 0 or any(line.is_unsent for line in self._lines.values())

    def up_at(self, exchange: str) -> list[AttemptId]:
        return [attempt_id for attempt_id, line in self._lines.items() if line.exchange.name == exchange]

    def talking_at(self, exchange: str) -> list[AttemptId]:
        """The calls on an exchange that have an agent, as far as is known."""
        return [each for each in self.up_at(exchange) if isinstance(self._lines[each].call.state, Talking)]

    def request_stop(self) -> None:
        """Ask every call to end as soon as it decently can."""
        for attempt_id in list(self._lines):
            self.deliver(attempt_id, ev.StopRequested())

    def hang_up_late(self, attempt_id: AttemptId) -> None:
        """End a call that nobody has answered and that has rung its minimum: there would be no agent.

        One that has not is left alone, not marked: by the time it has, there may be.
        """
        line = self._lines.get(attempt_id)
        if line is None or not isinstance(line.call.state, Ringing):
            return
        if rung_s(line.call, line.now(self._clock)) >= line.call.plan.min_ring_s:
            self.deliver(attempt_id, ev.StopRequested("nobody would have been free for an answer"))

    def let_go(self, attempt_ids: Collection[AttemptId], reason: str) -> None:
        """End those that nobody has answered, as soon as their phones have rung for the least time that is decent."""
        for attempt_id in attempt_ids:
            if attempt_id in self._lines and self._lines[attempt_id].call.is_unanswered:
                self.deliver(attempt_id, ev.StopRequested(reason))

    def may_be_heard(self, attempt_id: AttemptId) -> bool:
        return attempt_id in self._lines and may_be_heard(self._lines[attempt_id].call)

    def in_flow(self, attempt_id: AttemptId) -> InFlow | None:
        """Where a call is that a flow leads now (for forecasts: whoever hears a prompt knows it by its words)."""
        line = self._lines.get(attempt_id)
        return line.call.state if line is not None and isinstance(line.call.state, InFlow) else None

    def recordable(self, attempt_id: AttemptId) -> Exchange | None:
        """The exchange of a call that may be recorded at this moment."""
        line = self._lines.get(attempt_id)
        return line.exchange if line is not None and may_be_recorded(line.call) else None

    # Events

    def deliver(self, attempt_id: AttemptId, event: ev.CallEvent, *, exchange: str = "") -> None:
        """Put an event into a call's inbox and step until it is empty."""
        line = self._lines.get(attempt_id)
        if line is None:
            self._stray(attempt_id, event, exchange)
            return
        line.inbox.append(event)
        if line.is_stepping:
            return
        line.is_stepping = True
        try:
            while line.inbox:
                self._step(line, line.inbox.popleft())
        finally:
            line.is_stepping = False

    def _step(self, line: CallLine, event: ev.CallEvent) -> None:
        before, now = line.call, line.now(self._clock)
        if line.is_unsent and isinstance(event, _REPLIES):
            self._confirm(line, event)
        line.call, commands = step(before, event, now)
        after, facts = line.call, line.call.facts
        if log.is_detailed:
            calltrace.stepped(line.attempt.id, before, event, after, commands)
        has_moved = (isinstance(after.state, Screening) and after.state != before.state) and self._show_phase(line)
        if type(after.state) is not type(before.state):
            waits, talks = isinstance(after.state, Waiting), isinstance(after.state, Talking)
            self._meters.turned(line.attempt.id, waits=waits, talks=talks, at=self._clock.steady())
            has_moved = self._show_phase(line) or has_moved
            if self._tracing is not None and not isinstance(after.state, Settled):
                self._tracing.turned(line.attempt.id, calltrace.phase_of(after.state), now)
            if isinstance(after.state, Waiting | Queued) and isinstance(before.state, _UNHEARD):
                run = self._runs.line_of(line.attempt)
                if run is not None:
                    run.has_left((after.state.until - now).total_seconds())
            if isinstance(before.state, Talking) or (
                isinstance(before.state, Waiting) and not isinstance(after.state, Talking)
            ):
                was_connected = isinstance(before.state, Talking) and not before.state.is_unclear
                goes_on = isinstance(after.state, Waiting) and not was_connected
                self._agents.free(line.attempt.id, was_connected=was_connected, goes_on=goes_on)
        if has_moved and line.call.plan.has_agents and not isinstance(after.state, Detecting):
            # What happens to one call decides whether another is started; not that somebody or something has picked up.
            self._on_room()
        for news in news_of(before, after, now):
            self._runs.tell_of(line.attempt, news)
        if facts is not before.facts:
            self._ledger.learn(line, before.facts)
        if wants_recording(after) and not wants_recording(before):
            self._recordings.start_for_campaign(line.attempt.id, line.exchange)
        if isinstance(event, ev.RecordingEnded):
            self._recordings.ended(line.attempt.id, event)
        self._do(line, commands)

    def _confirm(self, line: CallLine, event: ev.CallEvent) -> None:
        """The originate's reply is here: book it against the rates."""
        line.is_unsent = False
        run = self._runs.line_of(line.attempt)
        if isinstance(event, ev.OriginateRefused):
            self._trunks.not_sent(line.attempt.trunk, trunk_down=event.trunk_down, reason=event.reason)
            if run is not None:
                run.unsent -= 1
            return
        self._trunks.sent(line.attempt.trunk)
        if self._is_shared:
            late_s, before_s = self._clock.steady() - line.claimed - JITTER_S, self._late_s.get(line.attempt.trunk, 0.0)
            self._late_s[line.attempt.trunk] = max(0.0, late_s)
            if late_s > before_s:  # what all are late by changes no pace
                self._ledger.late(line, late_s - before_s)
        self._meters.started[line.attempt.trunk] += 1
        if run is not None:
            run.started(self._clock.steady())

    def _stray(self, attempt_id: AttemptId, event: ev.CallEvent, exchange: str) -> None:
        """An event of no call of ours: late news of a settled one, or a person answering a call nobody leads."""
        if isinstance(event, ev.RecordingEnded):
            self._recordings.ended(attempt_id, event)
        if isinstance(event, ev.Answered | ev.AmdHeard) and exchange in self._exchanges:
            _log.warning("hung up a call that no attempt is open for", action="stray_call", attempt_id=attempt_id)
            hang_up = partial(self._exchanges[exchange].hang_up, attempt_id)
            spawn(f"hang up stray {attempt_id}", performer.surely(hang_up))

    # Commands

    def _do(self, line: CallLine, commands: tuple[do.Command, ...]) -> None:
        attempt_id = line.attempt.id
        for command in commands:
            match command:
                case do.Originate():
                    spawn(f"originate {attempt_id}", self._originate(line))
                case do.SetTimer(serial, after_s):
                    self._drop_timer(line)
                    fire = partial(self.deliver, attempt_id, ev.TimerFired(serial))
                    line.timer = self._clock.call_later(after_s, fire)
                case do.Settle(outcome):
                    self._close(line, outcome)
                case do.OptOut():
                    self._ledger.opt_out(line)
                case do.Seek():
                    self._agents.seekers.seek(line.attempt, command, line.call.plan.queue, line.exchange)
                case do.Comfort(wanted):
                    self._comfort.want(attempt_id, line.exchange, self._agents.music_of(line.call.plan, wanted))
                case do.StopSeeking():
                    self._agents.free(attempt_id)
                case do.PullOut():
                    self._queues.pull_out(attempt_id, line.exchange.name)
                case do.Act():
                    self._flows.act(attempt_id, command, partial(self.deliver, attempt_id))
                case do.RecordCall(wanted=True):
                    self._recordings.start(attempt_id, line.exchange, "flow")
                case do.RecordCall(wanted=False):
                    self._recordings.stop(attempt_id)
                case do.Connect(leg_id):
                    self._agents.connect(attempt_id, leg_id)
                case do.Record(name):
                    self._recordings.note(attempt_id, line.exchange, name, "flow")
                    performer.perform(line.exchange, line.call.plan, command, partial(self.deliver, attempt_id))
                case _:
                    tell = partial(self.deliver, attempt_id)
                    performer.perform(line.exchange, line.call.plan, command, tell)

    async def _originate(self, line: CallLine) -> None:
        began = self._clock.steady()
        if began > line.claimed + self._sends_within_s:
            event: ev.CallEvent = _TOO_LATE
        else:
            is_ready = line.exchange.name in self._trunks.ready
            event = await performer.originate(line.exchange, line.call.plan, is_ready=is_ready)
        self._meters.originate.observe(self._clock.steady() - began)
        if line.is_unsent and line.attempt.id not in self._lines:
            self._confirm(line, event)  # the call ended before the exchange's reply came
            self._on_room()
            return
        self.deliver(line.attempt.id, event)
        if self._makes_room(line):
            self._on_room()

    def _close(self, line: CallLine, outcome: Outcome) -> None:
        self._drop_timer(line)
        del self._lines[line.attempt.id]
        self._recordings.over(line.attempt.id)
        self._comfort.over(line.attempt.id)
        self._meters.over(line.attempt.id)
        if self._tracing is not None:
            self._tracing.ended(line.attempt.id, outcome, line.now(self._clock))
        self._agents.reservations.over(line.attempt.id)
        if line.is_adopted and line.call.plan.has_agents:
            # What the daemon that died had asked for may have come late, and joined those who were found apart.
            end_bridge = partial(line.exchange.end_bridge, line.attempt.id)
            spawn(f"end what is left of {line.attempt.id}", performer.surely(end_bridge))
        outcome = replace(outcome, ended_at=line.now(self._clock), settled_at=self._clock.now())
        self._clock.call_later(SLOT_GUARD_S, partial(self._free, line, outcome))
        if self._is_shared:
            self._leaving += 1
        else:
            self._ledger.close(line, outcome, self._closed)

    def _closed(self, is_news: bool) -> None:
        if is_news or self.is_empty:
            self._on_room()

    def _free(self, line: CallLine, outcome: Outcome) -> None:
        if self._is_shared:
            self._leaving -= 1
            self._ledger.close(line, outcome, self._closed)
        self._trunks.give_back(line.attempt.trunk, line.attempt.asterisk)
        run = self._runs.line_of(line.attempt)
        if run is not None:
            run.drop(line.attempt.id)
            self._runs.slot_free(run.row)
        if self._makes_room(line):
            self._on_room()

    def _makes_room(self, line: CallLine) -> bool:
        """Whether a slot or a token of this call that comes back lets another be started: one that found no room.

        A campaign with agents is paced by them: where there was room, its last look took all that it wanted.
        """
        run = self._runs.line_of(line.attempt)
        was_short = self._trunks.eases(line.attempt.trunk)
        return was_short or run is None or run.is_short or not line.call.plan.has_agents or not run.is_calling

    def _trace_begin(self, line: CallLine, *, adopted: bool) -> None:
        if self._tracing is not None:
            run, phase = self._runs.line_of(line.attempt), calltrace.phase_of(line.call.state)
            name = "" if run is None else run.row.spec.name
            self._tracing.began(line.attempt, name, phase, line.now(self._clock), adopted=adopted)

    def _drop_timer(self, line: CallLine) -> None:
        if line.timer is not None:
            line.timer.cancel()
            line.timer = None

    def _show_phase(self, line: CallLine) -> bool:
        """Whether the call is in another phase now, as its run counts them."""
        run = self._runs.line_of(line.attempt)
        return run is not None and run.show(line.attempt.id, line.call, self._clock.steady())
