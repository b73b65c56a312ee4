"""Asterisk's own queues while the daemon runs: what their members do, which run has them, and our people in them.

Not here: dialerd's own agents (agentdesk.py), how Asterisk tells (ports.QueueWatch), a call in a queue (domain/call).

A member is rung by Asterisk and not by us, so none can be kept free for one call: a run is shown who is free, less
those that other people wait for. A member counts for one run at a time: that of the highest priority on any of its
queues that has somebody to dial, of equals the one that began first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice

from dialerd.domain.appqueue import (
    Duty,
    Member,
    MemberSeen,
    PersonTaken,
    QueueEvent,
    QueuesLost,
    QueuesSeen,
    Roster,
    strangers,
)
from dialerd.domain.call import events as ev
from dialerd.domain.pacing import AgentJoined, AgentLeft, PacingEvent, WrapUpEnded
from dialerd.domain.queue import QueueSpec
from dialerd.domain.words import ATTEMPT_ID, AttemptId, Mode, RunId
from dialerd.engine.agentline import Crew
from dialerd.engine.runline import RunLine
from dialerd.ports import Clock, QueueWatch, Store, Timer
from dialerd.tasks import spawn

_LOOK_S = 0.1  # wrap-up ends by the second, and ours began some milliseconds after Asterisk's


class QueueDesk:
    """Implements ports.QueueSink. `runs`: those that are not over."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        watches: Mapping[str, QueueWatch],
        *,
        runs: Callable[[], Iterable[RunLine]],
        tell_call: Callable[[AttemptId, ev.CallEvent], None],
        tell_run: Callable[[RunId, PacingEvent], None],
        on_change: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._watches = watches
        self._runs = runs
        self._tell_call = tell_call
        self._tell_run = tell_run
        self._on_change = on_change
        self._rosters: dict[str, Roster] = {}
        self._lost = dict.fromkeys(watches, "not connected yet")
        self._specs: dict[str, QueueSpec] = {}
        self._since: dict[tuple[str, str], tuple[Duty, float]] = {}  # (steady seconds) by exchange and interface
        self._joined: dict[RunId, set[tuple[str, str]]] = {}
        self._timer: Timer | None = None

    async def refresh(self) -> None:
        """Take up which queues are Asterisk's own."""
        queues = await self._store.read(lambda unit: unit.queues.all())
        self._specs = {queue.name: queue for queue in queues if queue.kind == "app_queue"}

    def spec(self, queue: str | None) -> QueueSpec | None:
        """That queue, if it is one of Asterisk's own."""
        return self._specs.get(queue or "")

    # What runs see

    def crew(self, line: RunLine) -> Crew | str:
        """The members that work for a run; else why there are none."""
        spec = self._specs[line.row.spec.queue or ""]
        if line.row.spec.mode is Mode.PREVIEW:  # the queue was another when the campaign was applied
            return f"queue {spec.name} is Asterisk's own, whose members cannot be shown a record"
        exchange = self._home(spec)
        if exchange not in self._rosters:
            return exchange
        mine, now = self._members_of(line, exchange, spec), self._clock.now()
        by_duty: dict[Duty, list[float]] = {duty: [] for duty in Duty}
        for member in mine:
            by_duty[self._duty(exchange, member, now)].append(self._in_duty_s(exchange, member))
        size = len(mine) - len(by_duty[Duty.AWAY])
        if not size:
            return f"no member of queue {_theirs(spec)} is at work for it on Asterisk {exchange}"
        # A phone that rings, and the person it rings for, are paired: neither is counted.
        paired = frozenset(islice(line.waiting, len(by_duty[Duty.RINGING])))
        waiting = self._rosters[exchange].waiting.get(_theirs(spec), ())
        spare = len(by_duty[Duty.RINGING]) - len(paired)
        others = max(0, strangers(waiting, frozenset(line.waiting)) - spare) + self._expected_by_others(line, spec)
        free = sorted(by_duty[Duty.FREE])
        return Crew(
            size=size,
            free=free[: max(0, len(free) - others)],
            talking=by_duty[Duty.TALKING],
            wrapping=by_duty[Duty.WRAPPING],
            callbacks=paired,
            homes=frozenset({exchange}),
        )

    def _expected_by_others(self, line: RunLine, spec: QueueSpec) -> int:
        """Calls of other runs that may yet bring somebody into that queue: dialed before this run came first."""
        others = [each for each in self._runs() if each is not line and each.row.spec.queue in self._specs]
        here = [each for each in others if _theirs(self._specs[each.row.spec.queue or ""]) == _theirs(spec)]
        return sum(len(each.ringing) + len(each.detecting) for each in here)

    def _home(self, spec: QueueSpec) -> str:
        """The first Asterisk of the settings that has that queue; else why there is none."""
        if not self._watches:
            return f"queue {spec.name} is Asterisk's own: no [asterisk.ami] in the settings, so nobody sees its members"
        for name, roster in self._rosters.items():
            if _theirs(spec) in roster.queues:
                return name
        if self._rosters:
            return f"there is no queue {_theirs(spec)} in queues.conf of Asterisk {', '.join(self._rosters)}"
        return "; ".join(f"the queues of Asterisk {name} cannot be seen: {why}" for name, why in self._lost.items())

    def _members_of(self, line: RunLine, exchange: str, spec: QueueSpec) -> list[Member]:
        """The members of its queue that do not work for a run before it."""
        taken: set[str] = set()
        for other in self._by_rank():
            if other is line:
                break
            theirs = self._specs[other.row.spec.queue or ""]
            taken |= {member.interface for member in self._rosters[exchange].of(_theirs(theirs))}
        return [each for each in self._rosters[exchange].of(_theirs(spec)) if each.interface not in taken]

    def _by_rank(self) -> list[RunLine]:
        """The runs on Asterisk's own queues that have somebody to dial, or people on their way."""
        now = self._clock.now()
        here = [line for line in self._runs() if line.row.spec.queue in self._specs]
        return sorted(
            (line for line in here if line.due(now) or line.is_calling),
            key=lambda line: (-line.row.spec.priority, line.row.id),
        )

    # What is told

    def on_queue_event(self, exchange: str, event: QueueEvent) -> None:
        """Called by the watch of that exchange."""
        now = self._clock.now()
        if isinstance(event, QueuesLost):
            self._lost[exchange] = event.reason
            self._rosters.pop(exchange, None)
        else:
            self._rosters[exchange] = self._rosters.get(exchange, Roster()).after(self._with_wrap_up(event), now)
        if isinstance(event, PersonTaken) and ATTEMPT_ID.match(event.channel_id):
            self._tell_call(AttemptId(event.channel_id), ev.MemberTook(event.name))
        self._note(exchange, now)
        self._on_change()

    def _with_wrap_up(self, event: QueueEvent) -> QueueEvent:
        """Asterisk tells of a member's own wrap-up time, and not of its queue's: that is taken from our definition."""
        match event:
            case QueuesSeen(members=members):
                return replace(event, members=tuple(self._limited(each) for each in members))
            case MemberSeen(member):
                return MemberSeen(self._limited(member))
        return event

    def _limited(self, member: Member) -> Member:
        own = [spec.theirs_wrap_up_s for spec in self._specs.values() if _theirs(spec) == member.queue]
        return replace(member, wrap_up_s=member.wrap_up_s or max(own, default=0.0))

    def _note(self, exchange: str, now: datetime) -> None:
        """Keep up since when each does what it does, and let the pacers know who came, went or is done."""
        roster = self._rosters.get(exchange, Roster())
        seen: dict[tuple[str, str], Duty] = {}
        for member in roster.members.values():
            seen[exchange, member.interface] = member.duty(now)
        for key in [key for key in self._since if key[0] == exchange and key not in seen]:
            del self._since[key]
        over: dict[tuple[str, str], float] = {}
        steady = self._clock.steady()
        for key, duty in seen.items():
            before = self._since.get(key)
            if before is None or before[0] is not duty:
                self._since[key] = duty, steady
                if before is not None and before[0] is Duty.WRAPPING:
                    over[key] = steady - before[1]
        self._tell_runs(exchange, over)
        self._set_alarm(now)

    def _tell_runs(self, exchange: str, over: Mapping[tuple[str, str], float]) -> None:
        for line in self._by_rank():
            spec = self._specs[line.row.spec.queue or ""]
            at_work = (
                {
                    (exchange, each.interface)
                    for each in self._members_of(line, exchange, spec)
                    if self._since[exchange, each.interface][0] is not Duty.AWAY
                }
                if self._home(spec) == exchange
                else set()
            )
            before = self._joined.get(line.row.id, set())
            self._joined[line.row.id] = at_work
            for _ in at_work - before:
                self._tell_run(line.row.id, AgentJoined())
            for _ in before - at_work:
                self._tell_run(line.row.id, AgentLeft())
            for key in over.keys() & at_work:
                self._tell_run(line.row.id, WrapUpEnded(over[key]))
        for run_id in self._joined.keys() - {line.row.id for line in self._runs()}:
            del self._joined[run_id]

    def _set_alarm(self, now: datetime) -> None:
        """Nothing tells that a wrap-up time is over: look then."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        ends = [
            until
            for roster in self._rosters.values()
            for member in roster.members.values()
            if (until := member.wraps_up_until) is not None and until > now
        ]
        if ends:
            left_s = (min(ends) - now).total_seconds() + _LOOK_S
            self._timer = self._clock.call_later(left_s, self._look)

    def _look(self) -> None:
        self._timer = None
        for exchange in list(self._rosters):
            self._note(exchange, self._clock.now())
        self._on_change()

    def _duty(self, exchange: str, member: Member, now: datetime) -> Duty:
        known = self._since.get((exchange, member.interface))
        return member.duty(now) if known is None else known[0]

    def _in_duty_s(self, exchange: str, member: Member) -> float:
        known = self._since.get((exchange, member.interface))
        return 0.0 if known is None else self._clock.steady() - known[1]

    # What calls ask for

    def pull_out(self, attempt_id: AttemptId, exchange: str) -> None:
        """Bring somebody back who waits. Who does not wait any more has a member: never is a talk broken off.

        Where nothing is known of the queues at present nothing is done: the call asks again.
        """
        roster = self._rosters.get(exchange)
        if roster is None:
            return
        if any(attempt_id in ids for ids in roster.waiting.values()):
            spawn(f"pull out {attempt_id}", self._watches[exchange].pull_out(attempt_id))
        else:
            self._tell_call(attempt_id, ev.MemberTook(""))


def _theirs(spec: QueueSpec) -> str:
    """The queue's name in queues.conf."""
    return spec.goes_on_at[1]
