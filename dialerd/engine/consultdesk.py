"""Agents who ask somebody else about a call, with its person on hold, before they give it away or take it back.

Not here: what leads to what (domain/consult.py), the music that the person hears (steerdesk.py, comfort.py), what
becomes of the call (domain/call). Nothing of it outlives the call, the daemon, or whoever hangs up first: of what an
earlier daemon left, the reconciler leaves the agent with the person, on hold (legreconcile.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from dialerd.domain import agents, consult
from dialerd.domain.agents import AgentEvent as E
from dialerd.domain.call import events as ev
from dialerd.domain.consult import Act, Came, Stage
from dialerd.domain.steering import NUMBER_RING_S, Destination
from dialerd.domain.words import AttemptId
from dialerd.engine.agentbook import AgentBook
from dialerd.engine.agentline import AgentLine
from dialerd.engine.legdesk import Leg, LegDesk
from dialerd.engine.linkdesk import LinkDesk
from dialerd.engine.outside import Outside
from dialerd.engine.phones import Phones
from dialerd.engine.takers import Part

Told = Callable[[str], None]
"""Told once what came of the wish to ask: why not, or nothing."""


@dataclass(slots=True, eq=False)
class Consultation:
    """`giver` has the person. `taker`: the agent that it asks; None: somebody at a number. `told` None: it is told."""

    giver: AgentLine
    giver_leg: Leg
    person: AttemptId
    name: str
    taker: AgentLine | None
    told: Told | None
    resume: Callable[[], None]
    stage: Stage = Stage.REACHING


class ConsultDesk:
    """A part of the agent desk. `on_change`: of the agent who asks, that it does so no longer or somebody else."""

    def __init__(
        self,
        book: AgentBook,
        legs: LegDesk,
        phones: Phones,
        links: LinkDesk,
        outside: Outside,
        *,
        part: Part,
        tell_call: Callable[[AttemptId, ev.CallEvent], None],
    ) -> None:
        self._book = book
        self._legs = legs
        self._phones = phones
        self._links = links
        self._outside = outside
        self._part = part
        self._tell_call = tell_call
        self._open: dict[AttemptId, Consultation] = {}
        self._watchers: list[Callable[[str], None]] = []

    def watch(self, on_change: Callable[[str], None]) -> None:
        self._watchers.append(on_change)

    def of(self, agent: str) -> str:
        """Whom an agent asks; empty: nobody."""
        return next((each.name for each in self._open.values() if each.giver.name == agent), "")

    # What the agent wants

    def begin(self, giver: AgentLine, to: Destination, *, told: Told, resume: Callable[[], None]) -> str:
        """Ask somebody; why not, or nothing: then `told` hears whether they talk. `resume`: the person hears no more
        music."""
        person, leg = giver.call, giver.leg
        if person is None or leg is None:
            return "the call is over"
        if to.number is not None:
            self._open[person] = Consultation(giver, leg, person, f"tel:{to.number}", None, told, resume)
            self._changed(giver)
            self._outside.consult(person, to.number, leg.exchange, NUMBER_RING_S, self._number_came)
            return ""
        taker = self._taker(giver, leg, to)
        if isinstance(taker, str):
            return taker
        self._open[person] = Consultation(giver, leg, person, taker.name, taker, told, resume)
        taker.asked_for, taker.is_lent = person, taker.run_id != giver.run_id
        self._book.move(taker, E.RESERVE, attempt_id=person)
        self._changed(giver)
        if taker.leg is None or taker.leg.exchange is not leg.exchange:
            self._links.ring(taker, leg.exchange)
        else:
            self._came(person, Came.UP)
        return ""

    def _taker(self, giver: AgentLine, leg: Leg, to: Destination) -> AgentLine | str:
        def is_there(line: AgentLine) -> bool:
            return line is not giver and line.is_free and self._links.reaches(line, leg.exchange)

        if to.queue is not None:
            able = [line for line in self._book.lines.values() if line.takes_guests_of(to.queue) and is_there(line)]
            name = agents.longest_idle({line.name: line.seen.idle_since for line in able})
            return self._book.lines[name] if name is not None else f"nobody of queue {to.queue} is free"
        line = self._book.lines.get(to.agent or "")
        if line is None:
            return f"there is no agent {to.agent}"
        if not is_there(line):
            state = "elsewhere" if line.is_free else line.seen.state.replace("_", " ")
            return f"agent {line.name} is {state}"
        return line

    def complete(self, giver: AgentLine) -> str:
        """Give the call to whom it asks; why not, or nothing."""
        found = None if giver.call is None else self._open.get(giver.call)
        if found is None:
            return "nobody is asked any more"
        if (lack := consult.may_complete(found.stage)) is not None:
            return lack.reason
        self._came(found.person, Came.COMPLETE)
        return ""

    def take_back(self, giver: AgentLine) -> str:
        """Let go whom it asks and let the person hear again; why not, or nothing."""
        if giver.call is None or giver.call not in self._open:
            return "nobody is asked any more"
        self._came(giver.call, Came.TAKE_BACK)
        return ""

    # What comes

    def leg_up(self, line: AgentLine) -> None:
        """The phone of an agent that is asked is there."""
        if line.asked_for is not None:
            self._came(line.asked_for, Came.UP)

    def leg_gone(self, line: AgentLine, reason: str) -> None:
        """It is not, or not any more."""
        person, line.asked_for = line.asked_for, None
        if person is not None:
            self._came(person, Came.TARGET_GONE, reason)

    def call_over(self, person: AttemptId) -> None:
        """The person has gone, or the agent who asks."""
        self._came(person, Came.CALL_OVER, "the call is over")

    def _number_came(self, person: AttemptId, is_up: bool, reason: str) -> None:
        self._came(person, Came.UP if is_up else Came.TARGET_GONE, reason)

    def _joined(self, person: AttemptId, reason: str) -> None:
        self._came(person, Came.NOT_JOINED if reason else Came.JOINED, reason)

    def _came(self, person: AttemptId, came: Came, reason: str = "") -> None:
        found = self._open.get(person)
        if found is None:
            return
        found.stage, acts = consult.step(found.stage, came)
        if found.stage is Stage.OVER:
            del self._open[person]
        for act in acts:
            self._do(found, act, came, reason)
        if found.stage is Stage.OVER:
            self._changed(found.giver)

    def _do(self, found: Consultation, act: Act, came: Came, reason: str) -> None:
        match act:
            case Act.JOIN:
                leg = self._leg_of(found)
                if leg is None:
                    self._came(found.person, Came.TARGET_GONE, "the phone is not there any more")
                else:
                    self._legs.join(leg, found.person, partial(self._joined, found.person))
            case Act.TELL:
                told, found.told = found.told, None
                if told is not None:
                    told("it was taken back" if came is Came.TAKE_BACK else reason)
            case Act.DROP:
                self._drop(found, is_over=came is Came.CALL_OVER)
            case Act.UNDO:
                self._drop(found, is_over=False, then=found.resume)
            case Act.HAND_OVER:
                self._hand_over(found)

    def _leg_of(self, found: Consultation) -> Leg | None:
        return self._outside.leg_of(found.person) if found.taker is None else found.taker.leg

    def _drop(self, found: Consultation, *, is_over: bool, then: Callable[[], None] = lambda: None) -> None:
        """`is_over`: the agent and the person do not talk any more either. `then`: once whom it asks is out."""
        line = found.taker
        if line is None:
            self._outside.free(found.person, ends_bridge=is_over, then=then)
            return
        line.asked_for, line.is_lent = None, False
        if line.home is not None:
            self._links.drop(line, then)
        elif line.leg is not None and line.is_kept and line.leg.is_up:
            if is_over:
                self._legs.part(line.leg, found.person, line.music)
            else:
                self._legs.part_from(line.leg, found.giver_leg, found.person, line.music, then)
        elif line.leg is not None:
            self._phones.hang_up(line, then)
        else:
            then()
        self._book.move(line, E.RELEASE)

    def _hand_over(self, found: Consultation) -> None:
        """The taker is the call's agent before the call hears of it, which has it connected with the person alone."""
        giver, person, leg = found.giver, found.person, self._leg_of(found)
        assert leg is not None, "whose leg is lost is not talked to"
        giver.call, giver.is_lent = None, False
        if found.taker is None:
            self._outside.keep(person)
        else:
            found.taker.asked_for, found.taker.call = None, person
            self._book.move(found.taker, E.CONNECT, attempt_id=person)
        self._tell_call(person, ev.TakenOver(found.name, leg.id))
        self._part(giver, person, was_connected=True, goes_on=True)

    def _changed(self, giver: AgentLine) -> None:
        for told in self._watchers:
            told(giver.name)
