"""What people ask of calls that are up, done as it is asked: mute, hold, keys, passing on, listening.

Not here: whether it can be done (domain/steering.py), what becomes of a call that is passed on (domain/call), listeners
(listendesk.py), music (comfort.py). Each agent's requests are done one after the other, as they were asked.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from functools import partial

from dialerd.domain.call import events as ev
from dialerd.domain.steering import SPIES, Destination, Situation, Verb, refused
from dialerd.domain.words import CALLER_ID, AgentState, AttemptId
from dialerd.engine.agentdesk import AgentDesk
from dialerd.engine.agentline import AgentLine
from dialerd.engine.comfort import ComfortDesk
from dialerd.engine.listendesk import ListenDesk
from dialerd.ports import CallRequest, Clock, Done, Failed, Gone, Reply, RequestId, Store
from dialerd.tasks import spawn
from dialerd.usecases import steering

_BUSY = frozenset({AgentState.ON_CALL, AgentState.INBOUND})


class SteerDesk:
    """`may_be_heard`: whether others may hear a campaign's call: its person has been told, or needs not be."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        agents: AgentDesk,
        listeners: ListenDesk,
        comfort: ComfortDesk,
        *,
        may_be_heard: Callable[[AttemptId], bool],
        tell_call: Callable[[AttemptId, ev.CallEvent], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._agents = agents
        self._listeners = listeners
        self._comfort = comfort
        self._may_be_heard = may_be_heard
        self._tell_call = tell_call
        self._taken: set[RequestId] = set()
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._muted: set[str] = set()
        self._holding: set[str] = set()
        self._shown: set[str] = set()  # of whom something is written down
        self._inherited: set[str] | None = None
        agents.watch(self._in_state)
        agents.consults.watch(self.changed)

    async def refresh(self) -> None:
        """Take up what is asked."""
        self._inherit()
        for request in await self._store.read(lambda unit: unit.floor.open_requests()):
            if request.id not in self._taken:
                self._taken.add(request.id)
                spawn(f"request {request.id}", self._in_turn(request))

    def _inherit(self) -> None:
        """What an earlier daemon has done with calls is so still: each agent once, when its call is known."""
        lines = self._agents.book.lines
        if self._inherited is None:
            rows = [line.row for line in lines.values()]
            self._shown = {each.name for each in rows if each.is_muted or each.is_holding or each.listeners}
            self._shown |= {each.name for each in rows if each.consults}
            self._inherited = set(self._shown)
        for name in list(self._inherited):
            line = lines.get(name)
            if line is not None and line.person is None and line.seen.state in _BUSY:
                continue  # it is not adopted yet
            self._inherited.discard(name)
            if line is not None and line.row.is_muted:
                self._muted.add(name)
            if line is not None and line.row.is_holding:
                self._holding.add(name)
                if line.person is not None and line.leg is not None:
                    self._comfort.inherit(line.person, line.leg.exchange, line.music)
            if line is not None and line.row.consults:
                self._write(name)  # whom it asked has been let go
            if line is not None and line.seen.state not in _BUSY:
                self._in_state(name, line.seen.state)

    async def _in_turn(self, request: CallRequest) -> None:
        async with self._turns[request.agent]:
            refusal = await self._do(request)
        if refusal is not None:
            self._done(request.id, refusal)

    def _done(self, request_id: RequestId, refusal: str) -> None:
        self._store.post(partial(steering.note_done, request_id=request_id, refusal=refusal, now=self._clock.now()))

    async def _do(self, request: CallRequest) -> str | None:
        """Why not, or nothing; None: it is told later."""
        line = self._agents.book.lines.get(request.agent)
        if line is None:
            return f"agent {request.agent} is not there"
        verb, now = Verb(request.verb), self._clock.now()
        if (refusal := refused(verb, self._situation(line, request), agent=line.name, now=now)) is not None:
            return f"{refusal.reason} ({refusal.hint})" if refusal.hint else refusal.reason
        if verb is Verb.UNLISTEN:
            self._listeners.end(line.name, who=request.actor, reason="it was asked to end")
            return ""
        if line.leg is None or not line.leg.is_usable or line.person is None:
            return "the agent's phone is not there any more"
        match verb:
            case Verb.MUTE | Verb.UNMUTE:
                return self._after(line, await self._mute(line, verb is Verb.MUTE))
            case Verb.HOLD | Verb.RESUME:
                self._hold(line, verb is Verb.HOLD)
                self._write(line.name)
                return ""
            case Verb.KEYS:
                return self._after(line, await line.leg.exchange.send_keys(line.person, request.detail["keys"]))
            case Verb.PASS_ON:
                return await self._pass_on(line, Destination(**request.detail))
            case Verb.CONSULT:
                return await self._consult(line, Destination(**request.detail), partial(self._done, request.id))
            case Verb.COMPLETE:
                return self._agents.consults.complete(line)
            case Verb.TAKE_BACK:
                return self._agents.consults.take_back(line)
            case _:
                self._listeners.listen(
                    line.name,
                    line.leg.id,
                    SPIES[verb],
                    who=request.actor,
                    endpoint=request.detail["endpoint"],
                    exchange=line.leg.exchange,
                    told=partial(self._done, request.id),
                )
                return None

    def _situation(self, line: AgentLine, request: CallRequest) -> Situation:
        person = line.person
        is_caller = person is not None and CALLER_ID.match(person) is not None
        return Situation(
            state=line.seen.state,
            was_with=request.person,
            is_with=person,
            is_caller=is_caller,
            is_muted=line.name in self._muted,
            is_holding=line.name in self._holding,
            is_asking=bool(self._agents.consults.of(line.name)),
            may_be_heard=line.call is None or self._may_be_heard(line.call),
            asked_at=request.asked_at,
        )

    # Doing

    async def _mute(self, line: AgentLine, wanted: bool) -> Reply:
        assert line.leg is not None
        async with line.leg.orders:
            reply = await line.leg.exchange.mute(line.leg.id, wanted)
        if isinstance(reply, Done):
            (self._muted.add if wanted else self._muted.discard)(line.name)
        return reply

    def _hold(self, line: AgentLine, wanted: bool) -> None:
        assert line.leg is not None
        assert line.person is not None
        self._comfort.want(line.person, line.leg.exchange, line.music if wanted else None)
        (self._holding.add if wanted else self._holding.discard)(line.name)

    async def _pass_on(self, line: AgentLine, to: Destination) -> str:
        """A person on hold is let out of it first: a number in the dialplan would hear nothing of them."""
        person = line.call
        assert person is not None, "callers are refused"
        if to.agent is not None and (lack := self._lack_of(to.agent, line)):
            return lack
        if line.name in self._holding:
            self._hold(line, False)
            if not await self._comfort.settled(person):
                return "the call could not be taken off hold"
        if line.call != person:
            return "the call is over"
        self._tell_call(person, ev.Moved(to))
        return ""

    async def _consult(self, line: AgentLine, to: Destination, told: Callable[[str], None]) -> str | None:
        """The person hears music before anybody else is in their bridge."""
        person = line.call
        assert person is not None, "callers are refused"
        was_holding = line.name in self._holding
        if not was_holding:
            self._hold(line, True)
            self._write(line.name)
        if not await self._comfort.settled(person):
            return "the person could not be put on hold"
        if line.call != person:
            return "the call is over"
        resume = partial(self._resume, line, person)
        refusal = self._agents.consults.begin(line, to, told=told, resume=resume)
        if refusal and not was_holding:
            resume()
        return refusal or None

    def _resume(self, line: AgentLine, person: AttemptId) -> None:
        if line.call == person and line.leg is not None:
            self._hold(line, False)
            self._write(line.name)

    def _lack_of(self, name: str, giver: AgentLine) -> str:
        taker = self._agents.book.lines.get(name)
        if taker is None:
            return f"there is no agent {name}"
        if taker is giver:
            return f"agent {name} has the call already"
        if taker.seen.state in (AgentState.LOGGED_OUT, AgentState.PAUSED):
            return f"agent {name} is {taker.seen.state.replace('_', ' ')}"
        return ""

    def _after(self, line: AgentLine, reply: Reply) -> str:
        self._write(line.name)
        match reply:
            case Done():
                return ""
            case Gone():
                return "the call is over"
            case Failed(reason):
                return reason

    # Ends

    def _in_state(self, name: str, state: AgentState) -> None:
        """With the conversation ends all that was done with it; the agent's phone may be kept for the next one, and a
        caller whose agent is lost while they are on hold is to be heard by the next one."""
        line = self._agents.book.lines.get(name)
        if line is not None and line.caller is not None and state is AgentState.INBOUND:
            self._comfort.no_more(line.caller)
        if state in _BUSY:
            return
        self._inherit()
        self._listeners.end(name)
        self._holding.discard(name)
        if name in self._muted:
            self._muted.discard(name)
            if line is not None and line.leg is not None:
                spawn(f"unmute {name}", self._surely_unmute(line))
        if name in self._shown:
            self._write(name)

    async def _surely_unmute(self, line: AgentLine) -> None:
        leg = line.leg
        while leg is not None and line.leg is leg:
            async with leg.orders:
                reply = await leg.exchange.mute(leg.id, False)
            if not isinstance(reply, Failed):
                return
            await self._clock.sleep(1.0)

    def changed(self, name: str) -> None:
        """An agent's listeners are others, or whom it asks."""
        self._write(name)

    def _write(self, name: str) -> None:
        is_muted, is_holding = name in self._muted, name in self._holding
        consults, listeners = self._agents.consults.of(name), self._listeners.of(name)
        (self._shown.add if is_muted or is_holding or consults or listeners else self._shown.discard)(name)
        self._store.post(
            partial(
                steering.note_line,
                agent=name,
                is_muted=is_muted,
                is_holding=is_holding,
                consults=consults,
                listeners=listeners,
            )
        )
