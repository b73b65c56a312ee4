"""Agents at work: their phones that come and go, the calls they get and part from, and what they ask to be.

Not here: agents' states and whom they work for (agentbook.py), who is kept free for calls that nobody has answered yet
(reservations.py), which agent somebody who waits gets (seekers.py), numbers that stand for an agent (outside.py), the
legs themselves (legdesk.py). As with calls, no `await` stands between an event and what follows from it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial

from dialerd.domain import agents
from dialerd.domain.agents import AgentEvent as E
from dialerd.domain.call import CallPlan
from dialerd.domain.call import events as ev
from dialerd.domain.leg import LegEvent
from dialerd.domain.pacing import PacingEvent
from dialerd.domain.words import AgentState, AttemptId, CallerId, LegId, Person, RunId, WantedState
from dialerd.engine.agentbook import AgentBook
from dialerd.engine.agentline import AgentLine, Crew
from dialerd.engine.consultdesk import ConsultDesk
from dialerd.engine.legdesk import NO_PHONE, Leg, LegDesk
from dialerd.engine.legreconcile import LegReconciler
from dialerd.engine.linkdesk import LinkDesk
from dialerd.engine.outside import Outside
from dialerd.engine.phones import Phones
from dialerd.engine.postings import Postings
from dialerd.engine.reservations import Reservations
from dialerd.engine.runline import RunLine
from dialerd.engine.seekers import Seekers
from dialerd.engine.takers import CallerHost, Takers
from dialerd.engine.trunkdesk import TrunkDesk
from dialerd.ports import Clock, Dice, Exchange, Store, Tracing
from dialerd.usecases import agents as usecases

_EVENT_OF = {WantedState.LOGGED_OUT: E.LOG_OUT, WantedState.READY: E.READY, WantedState.PAUSED: E.PAUSE}

_IN_VAIN_S = 1.0
"""An agent who was given a person in vain is left alone so long: what was wrong is not asked for at once again."""

_BUSY = frozenset({AgentState.ON_CALL, AgentState.INBOUND})


class AgentDesk:
    """The only one that gives people to agents. Implements legdesk.LegOwner."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        dice: Dice,
        exchanges: Mapping[str, Exchange],
        *,
        trunks: TrunkDesk,
        transfer_prefixes: Collection[str],
        links: Mapping[str, str],
        talking_at: Callable[[str], Sequence[AttemptId]],
        tell_call: Callable[[AttemptId, ev.CallEvent], None],
        runs: Callable[[], Iterable[RunLine]],
        callers: CallerHost,
        tell_run: Callable[[RunId, PacingEvent], None],
        on_change: Callable[[], None],
        tracing: Tracing | None = None,
    ) -> None:
        """`transfer_prefixes`: of numbers that calls may be transferred to. `talking_at`: the calls on an
        exchange that have an agent. `runs`: those that are not over. `callers`: who keeps the people who have called.
        """
        self._store = store
        self._clock = clock
        ready = trunks.ready  # the exchanges that are reconciled, kept up to date by their owner
        self._tell_call = tell_call
        self._callers = callers
        self._on_change = on_change
        postings = Postings(clock, dice, runs, callers.facts)
        self.book = AgentBook(
            store, clock, postings=postings, tell_run=tell_run, on_state=self._in_new_state, tracing=tracing
        )
        self._book = self.book
        self.links = LinkDesk(clock, exchanges, self._book, links=links, ready=ready, owner=self)
        self._legs = LegDesk(clock, dice, exchanges, self.links, refusal=trunks.refusal)
        self._phones = Phones(clock, exchanges, self._book, self._legs, ready=ready, drained=trunks.drained)
        self.links.employ(self._legs, self._phones)
        self._reconciler = LegReconciler(
            clock, exchanges, self._book, self._legs, self.links, talking_at=talking_at, tell_call=tell_call
        )
        self.takers = Takers(self._book, self._legs, callers, ready=ready, links=self.links, part=self._part)
        self.outside = Outside(store, clock, self._legs, trunks, prefixes=transfer_prefixes, tell_call=tell_call)
        self.consults = ConsultDesk(
            self._book, self._legs, self._phones, self.links, self.outside, part=self._part, tell_call=tell_call
        )
        self.reservations = Reservations(self._book)
        self.seekers = Seekers(self._book, self.links, self.outside, ready=ready, tell_call=tell_call)
        self._watchers: list[Callable[[str, AgentState], None]] = []

    def watch(self, on_state: Callable[[str, AgentState], None]) -> None:
        """Be told of every new state of every agent."""
        self._watchers.append(on_state)

    # What the store says

    async def refresh(self) -> None:
        """Take up who is there to work and what they ask to be."""
        await self._book.refresh()
        self._reconciler.inherit()
        for line in self._book.lines.values():
            self._obey(line)
        self.assign()
        self._on_change()

    async def refresh_of(self, names: Collection[str]) -> None:
        """The same of these agents, where nothing else has changed."""
        await self._book.refresh_of(names)
        for name in names:
            if name in self._book.lines:
                self._obey(self._book.lines[name])
        self.assign()
        self._on_change()

    def assign(self) -> None:
        """Decide anew whom everybody works for; to be called when runs have changed."""
        self._book.assign()

    def crew(self, run_id: RunId) -> Crew:
        return self._book.crew(run_id, self.links.widened)

    def music_of(self, plan: CallPlan, wanted: bool) -> str | None:
        """What a person hears who waits where that call's campaign has them; None: nothing is wanted."""
        return self.takers.music_of(plan.queue or "") if wanted else None

    def _obey(self, line: AgentLine) -> None:
        """Bring about what an agent wants to be, as far as its state lets it be done now."""
        self._end_talk(line)
        wanted = line.row.wanted
        is_in = line.seen.state is not AgentState.LOGGED_OUT or wanted.state is WantedState.LOGGED_OUT
        if line.obeyed_at is None and is_in and wanted.since <= line.seen.since:
            line.obeyed_at = wanted.since  # an earlier daemon has carried it out
        if line.obeyed_at == wanted.since:
            self._phones.reach(line)
            return
        if line.seen.state in agents.SYSTEM_BUSY:
            return  # what its calls come to takes the wish into account
        line.obeyed_at, line.rung = wanted.since, 0
        if line.seen.state is AgentState.LOGGED_OUT:
            self._log_in(line)
        else:
            self._phones.forget_ringing(line)  # who asks anew waits for no earlier try
            self._book.move(line, _EVENT_OF[wanted.state])
            self._phones.reach(line)

    def _end_talk(self, line: AgentLine) -> None:
        """End the conversation that an agent has asked to be ended; one that began after that goes on."""
        asked_at = line.row.hang_up_at
        if asked_at is None or asked_at == line.hung_up_at:
            return
        if line.seen.state not in _BUSY or line.row.seen.since != line.seen.since:
            return  # no moments are held against each other: the clock may have been set between them
        if line.person is not None:  # else it is not adopted yet
            line.hung_up_at = asked_at
        if line.call is not None:
            self._tell_call(line.call, ev.AgentLeft("the agent ended the call"))
        elif line.caller is not None:
            self._callers.hang_up(line.caller)

    def _log_in(self, line: AgentLine) -> None:
        """Begin anew: a phone that rings for an earlier wish, perhaps another phone, is not for this one."""
        self._phones.forget_ringing(line)
        if line.leg is not None:
            self._phones.hang_up(line)
            self._book.write(line)
        if line.row.wanted.state is WantedState.LOGGED_OUT:
            return
        if line.is_kept:
            self._phones.reach(line)
        else:
            self._book.move(line, E.LOG_IN)

    # Legs

    def on_leg_event(self, exchange: str, leg_id: LegId, event: LegEvent) -> None:
        self._legs.on_event(exchange, leg_id, event)

    def leg_up(self, leg: Leg) -> None:
        line = self._line_of(leg)
        if line is None:
            if not self.outside.leg_up(leg):
                self._legs.hang_up(leg)
            return
        if line.asked_for is not None:
            self.consults.leg_up(line)
            return
        if line.call is not None:  # on demand: somebody waits
            self.seekers.give(line, line.call)
            return
        if line.caller is not None:
            self.takers.give(line, line.caller)
            return
        if not line.is_kept:
            self._phones.hang_up(line)
            self._book.move(line, E.RELEASE)
            return
        line.rung, line.unknown_at = 0, frozenset()
        self._legs.hold(leg, line.music)
        self._book.move(line, E.LOG_IN if line.seen.state is AgentState.LOGGED_OUT else E.LEG_BACK)

    def leg_gone(self, leg: Leg, reason: str) -> None:
        line = self._line_of(leg)
        if line is None:
            self.outside.leg_gone(leg, reason)
            return
        line.leg = None
        call, line.call, line.is_lent = line.call, None, False
        caller, line.caller = line.caller, None
        reason = f"the phone {reason}" if not reason.startswith("the ") else reason
        if self._phones.tries_elsewhere(line, leg):
            return
        if line.seen.state is AgentState.LOGGED_OUT:
            self._phones.give_up(line)
            self._store.post(partial(usecases.login_failed, name=line.name, reason=reason, now=self._clock.now()))
            return
        self._book.move(line, E.LEG_LOST, reason=reason)
        self.consults.leg_gone(line, reason)
        self._left_alone(leg.exchange, call, caller, reason)
        self._phones.reach(line)

    def link_gone(self, line: AgentLine, leg: Leg, reason: str) -> None:
        """The link to where the person is has ended, or did not come about; the agent is still there."""
        call, line.call, line.is_lent = line.call, None, False
        caller, line.caller = line.caller, None
        self.consults.leg_gone(line, reason)
        self._book.move(line, E.CALL_ENDED if line.seen.state in _BUSY else E.RELEASE)
        self._left_alone(leg.exchange, call, caller, reason)

    def _left_alone(self, exchange: Exchange, call: AttemptId | None, caller: CallerId | None, reason: str) -> None:
        """Whoever the agent talked to, or was rung for, seeks the next one."""
        if call is not None and call in self.seekers:
            self.seekers.rang_in_vain(call, reason)
        elif call is not None:
            self._tell_call(call, ev.AgentLeft(reason))
            self._legs.end_bridge(exchange, call)
        if caller is not None:
            self._legs.end_bridge(exchange, caller)
            self._callers.agent_left(caller)

    def _line_of(self, leg: Leg) -> AgentLine | None:
        line = self._book.lines.get(leg.agent)
        return line if line is not None and line.leg is leg else None

    # Calls

    def connect(self, attempt_id: AttemptId, leg_id: LegId) -> None:
        """Bring a call and the agent that it was given together; Connected or CommandFailed follows."""
        if self.outside.connect(attempt_id, leg_id):
            return
        line = self._book.talker(attempt_id)
        tell = partial(self._tell_call, attempt_id)
        if line is None or line.leg is None or line.leg.id != leg_id:
            tell(ev.CommandFailed("Connect", "the agent is not there any more"))
        else:
            self._legs.connect(line.leg, attempt_id, tell)

    def free(self, attempt_id: AttemptId, *, was_connected: bool = False, goes_on: bool = False) -> None:
        """A call has no need of its agent any more. `goes_on`: the next one meets it in the same bridge: leave that."""
        self.seekers.drop(attempt_id)
        self.consults.call_over(attempt_id)
        self.outside.free(attempt_id)
        line = self._book.talker(attempt_id)
        if line is None:
            self._legs.nobody_came(attempt_id)
            return
        if goes_on and line.leg is not None:
            self._legs.pass_on(line.leg.exchange, attempt_id)
        line.call, line.is_lent = None, False
        self._part(line, attempt_id, was_connected=was_connected, goes_on=goes_on)

    def _part(self, line: AgentLine, person: Person, *, was_connected: bool, goes_on: bool = False) -> None:
        if line.home is not None and line.leg is not None:
            if not goes_on:
                self._legs.end_bridge(line.leg.exchange, person)
            self.links.drop(line)
        elif line.leg is not None and line.is_kept and goes_on:
            self._legs.hold(line.leg, line.music)
        elif line.leg is not None and line.is_kept:
            self._legs.part(line.leg, person, line.music)
        elif line.leg is not None:
            if not goes_on:
                self._legs.end_bridge(line.leg.exchange, person)
            self._phones.hang_up(line)
        if line.seen.state in _BUSY:
            self._book.move(line, E.CALL_ENDED)
            if not was_connected and line.wrap_up_timer is not None:  # nothing was said that there is work after
                self._book.limit_wrap_up(line, _IN_VAIN_S)
        elif not line.batch:
            self._book.move(line, E.RELEASE)

    def _in_new_state(self, line: AgentLine) -> None:
        for told in self._watchers:
            told(line.name, line.seen.state)
        match line.seen.state:
            case AgentState.LOGGED_OUT:
                self._phones.hang_up(line)
            case AgentState.READY if line.is_kept and (line.leg is None or not line.leg.is_up):
                self._book.move(line, E.LEG_LOST, reason=NO_PHONE)
            case AgentState.READY:
                self._book.assign()
                self.seekers.serve()
                self._callers.serve()
        self._on_change()

    # Exchanges that go and come

    def away(self, exchange: str) -> None:
        """The exchange does not tell what becomes of its legs: nobody is given a call there."""
        self._legs.away(exchange)

    def lose(self, exchange: str) -> None:
        """The exchange is given up: who had a leg there is rung from another one."""
        for leg in self._legs.of(exchange):
            self._legs.lost(leg)
        self._reconciler.give_up(exchange)

    async def reconcile(self, exchange: Exchange) -> tuple[int, int]:
        """Hold the legs against what the exchange really has. Raises ExchangeError."""
        done = await self._reconciler.reconcile(exchange)
        await self.links.reconcile(exchange)
        return done

    def came(self) -> None:
        """An exchange is reconciled: phones can be rung from it."""
        for line in self._book.lines.values():
            self._obey(line)
        self.seekers.serve()

    def stop(self) -> None:
        """The daemon ends: nobody is left on the phone with nobody to speak to."""
        self.outside.stop()
        for line in self._book.lines.values():
            if line.leg is not None:
                self._phones.hang_up(line)
                self._book.move(line, E.LEG_LOST, reason="dialerd was stopped")
