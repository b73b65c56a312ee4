"""The part of the simulated exchange that is about callers: people who call a queue, wait, talk, and hang up.

Not here: agents' legs and the bridges that both talk in (legs.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from dialerd.domain.caller import CallerCame, CallerEvent, CallerLeft, CallerSeen, caller_of
from dialerd.domain.words import CALLER_ID, CallerId, Person
from dialerd.ports import Failed, Gone, Reply, Timer
from dialerd.simulate.legs import SimulatedLegs
from dialerd.simulate.line import ENTER_S, Line
from dialerd.simulate.phones import Phones


@dataclass(slots=True)
class Caller:
    """The books of one caller. `ending`: callee (it is they who hung up), dialer, dialplan, restart; empty: up."""

    caller_id: CallerId
    queue: str
    talk_s: float
    music: str = ""
    talked_from: float | None = None
    ending: str = ""
    timer: Timer | None = None

    @property
    def has_talked(self) -> bool:
        return self.talked_from is not None


class SimulatedCallers(SimulatedLegs):
    """`callers_record` holds everybody who has ever called."""

    def __init__(self, line: Line, phones: Phones) -> None:
        super().__init__(line, phones)
        self.callers_record: list[Caller] = []
        self._callers: dict[CallerId, Caller] = {}
        self._channel_ids = count(1)

    # ports.Exchange

    async def hold_caller(self, caller_id: CallerId, music: str) -> Reply:
        caller = await self._caller(caller_id)
        if isinstance(caller, Caller):
            caller.music = music
            return self.line.reply()
        return caller

    async def let_go(self, caller_id: CallerId) -> Reply:
        return await self._end_by_order(caller_id, "dialplan")

    async def hang_up_caller(self, caller_id: CallerId) -> Reply:
        return await self._end_by_order(caller_id, "dialer")

    async def callers(self) -> dict[CallerId, CallerSeen]:
        await self.line.look()
        return {caller_id: CallerSeen(caller.queue) for caller_id, caller in self._callers.items() if caller.queue}

    # What tests do

    def call_in(self, queue: str, *, patience_s: float = 3600.0, talk_s: float = 60.0) -> Caller:
        """Somebody calls that queue, waits so long for an agent at most, and talks so long with one."""
        caller_id = caller_of(self.line.name, f"{self.line.clock.steady():.0f}.{next(self._channel_ids)}")
        caller = Caller(caller_id, queue, talk_s)
        self.callers_record.append(caller)
        self._callers[caller_id] = caller
        if self.line.is_alive:
            self._tell_of_caller(caller, CallerCame(queue))
            self._leave_queue_after(caller, patience_s)
        else:  # nobody listens for the application: the dialplan goes on
            self._end_caller(caller, "dialplan")
        return caller

    # How it goes on

    def _in_hands(self, person: Person) -> Gone | Failed | object:
        return self._callers.get(CallerId(person)) or Gone()

    def _joined(self, person: Person) -> None:
        caller = self._callers[CallerId(person)]
        caller.music = ""
        if caller.talked_from is None:
            caller.talked_from = self.line.clock.steady()
        self._leave_queue_after(caller, caller.talk_s)

    def _parted(self, person: Person) -> None:
        """Being alone does not make a caller hang up."""

    def _restart_callers(self) -> None:
        for caller in list(self._callers.values()):
            self._forget_caller(caller, "restart")

    def _leave_queue_after(self, caller: Caller, after_s: float) -> None:
        if caller.timer is not None:
            caller.timer.cancel()
        caller.timer = self.line.clock.call_later(after_s, lambda: self._end_caller(caller, "callee"))

    async def _end_by_order(self, caller_id: CallerId, ending: str) -> Reply:
        caller = await self._caller(caller_id)
        if isinstance(caller, Caller):
            self._end_caller(caller, ending)
            return self.line.reply()
        return caller

    def _end_caller(self, caller: Caller, ending: str) -> None:
        self._forget_caller(caller, ending)
        self._tell_parted(self._bridges.leave(caller.caller_id))
        self.line.clock.call_later(self.line.about(ENTER_S), lambda: self._tell_of_caller(caller, CallerLeft()))

    def _forget_caller(self, caller: Caller, ending: str) -> None:
        caller.ending = ending
        self._callers.pop(caller.caller_id, None)
        if caller.timer is not None:
            caller.timer.cancel()

    async def _caller(self, caller_id: CallerId) -> Caller | Gone | Failed:
        if (lost := await self.line.request()) is not None:
            return lost
        return self._callers.get(caller_id) or Gone()

    def _tell_of_caller(self, caller: Caller, event: CallerEvent) -> None:
        self.line.tell(lambda sink: sink.on_caller_event(self.line.name, caller.caller_id, event))


def is_caller(person: Person) -> bool:
    return CALLER_ID.match(person) is not None
