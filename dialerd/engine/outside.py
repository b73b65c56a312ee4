"""Who stands in for an agent at a telephone number that a call is transferred to: rung over the call's own trunk.

Not here: whether the number may be called (usecases/transfers.py), the legs themselves (legdesk.py).

It is called tel:NUMBER (RFC 3966) where an agent has its name. Such a leg has no agent: a daemon that finds it after a
restart hangs it up, and ends the conversation.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

from dialerd.domain.call import commands as do
from dialerd.domain.call import events as ev
from dialerd.domain.errors import RefusedError, StoreError
from dialerd.domain.words import AttemptId, LegId
from dialerd.engine.legdesk import Leg, LegDesk
from dialerd.engine.trunkdesk import TrunkDesk
from dialerd.log import logger
from dialerd.ports import AttemptRow, Clock, Exchange, Store
from dialerd.tasks import spawn
from dialerd.usecases.transfers import check_transfer

_log = logger(__name__)

_SLOT_GUARD_S = 0.05  # the carrier counts the old leg until it has handled its end


Asked = Callable[[AttemptId, bool, str], None]


@dataclass(slots=True, eq=False)
class Outsider:
    """One number that is rung or talked with. `trunk`: whose slot it has; empty: none yet. `is_given`: the person was
    told of it. `asked`: who is told whether it is there (True) or why not, in place of the person: an agent asks it."""

    number: str
    exchange: Exchange
    ring_s: float
    trunk: str = ""
    leg: Leg | None = None
    is_given: bool = False
    asked: Asked | None = None


class Outside:
    """A part of the agent desk. `prefixes`: those of the numbers that calls may be transferred to."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        legs: LegDesk,
        trunks: TrunkDesk,
        *,
        prefixes: Collection[str],
        tell_call: Callable[[AttemptId, ev.CallEvent], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._legs = legs
        self._trunks = trunks
        self._prefixes = prefixes
        self._tell_call = tell_call
        self._outsiders: dict[AttemptId, Outsider] = {}

    def seek(self, attempt_id: AttemptId, number: str, exchange: Exchange, ring_s: float) -> None:
        """Ring a number: AgentFound follows, or CommandFailed."""
        outsider = Outsider(number, exchange, ring_s)
        self._outsiders[attempt_id] = outsider
        spawn(f"transfer {attempt_id}", self._ring(attempt_id, outsider))

    def consult(self, attempt_id: AttemptId, number: str, exchange: Exchange, ring_s: float, asked: Asked) -> None:
        """Ring a number that the call's agent wants to ask: `asked` hears that it is there, and when it is not."""
        outsider = Outsider(number, exchange, ring_s, asked=asked)
        self._outsiders[attempt_id] = outsider
        spawn(f"consult {attempt_id}", self._ring(attempt_id, outsider))

    def leg_of(self, attempt_id: AttemptId) -> Leg | None:
        outsider = self._outsiders.get(attempt_id)
        return None if outsider is None else outsider.leg

    def keep(self, attempt_id: AttemptId) -> None:
        """Who was asked has the person from now on."""
        outsider = self._outsiders[attempt_id]
        outsider.asked, outsider.is_given = None, True

    async def _ring(self, attempt_id: AttemptId, outsider: Outsider) -> None:
        job = partial(
            check_transfer,
            attempt_id=attempt_id,
            number=outsider.number,
            prefixes=self._prefixes,
            now=self._clock.now(),
        )
        reason = ""
        try:
            attempt = await self._store.read(job)
        except (RefusedError, StoreError) as error:
            reason = str(error)
        if self._outsiders.get(attempt_id) is not outsider:
            return  # the person has gone meanwhile
        if not reason:
            reason = self._dial(attempt, outsider)
        if reason:
            self._missed(attempt_id, reason)

    def _dial(self, attempt: AttemptRow, outsider: Outsider) -> str:
        """Dial over the call's own trunk and Asterisk; why that cannot be, empty: it is done."""
        trunk = self._trunks.trunk(attempt.trunk)
        if trunk is None:
            return f"no [[trunk]] {attempt.trunk} in the settings"
        if (refusal := trunk.tolls.refusal(outsider.number)) is not None:
            return f"trunk {trunk.name} does not dial the number: {refusal}"
        if not self._trunks.room(trunk.name):
            return f"trunk {trunk.name} has no room"
        self._trunks.take(trunk.name, outsider.exchange.name)
        self._trunks.sent(trunk.name)
        outsider.trunk = trunk.name
        outsider.leg = self._legs.ring(
            f"tel:{outsider.number}",
            trunk.dial_string(outsider.number),
            outsider.exchange,
            caller_id=attempt.caller_id,
            ring_s=outsider.ring_s,
        )
        return ""

    def leg_up(self, leg: Leg) -> bool:
        """Somebody has picked up; False: it is no leg of ours."""
        found = self._of(leg)
        if found is None:
            return False
        attempt_id, outsider = found
        if outsider.asked is not None:
            outsider.asked(attempt_id, True, "")
            return True
        outsider.is_given = True
        self._tell_call(attempt_id, ev.AgentFound(f"tel:{outsider.number}", leg.id))
        return True

    def leg_gone(self, leg: Leg, reason: str) -> bool:
        """It has ended: so does the conversation; False: it is no leg of ours."""
        found = self._of(leg)
        if found is None:
            return False
        attempt_id, outsider = found
        if not outsider.is_given:
            self._missed(attempt_id, f"the number {reason}")
            return True
        del self._outsiders[attempt_id]
        self._give_back(outsider)
        self._tell_call(attempt_id, ev.AgentLeft(f"who was called {reason}"))
        self._legs.end_bridge(outsider.exchange, attempt_id)
        return True

    def connect(self, attempt_id: AttemptId, leg_id: LegId) -> bool:
        """Bring the two together: Connected or CommandFailed follows; False: none is here for that call."""
        outsider = self._outsiders.get(attempt_id)
        if outsider is None or outsider.leg is None or outsider.leg.id != leg_id:
            return False
        self._legs.connect(outsider.leg, attempt_id, partial(self._tell_call, attempt_id))
        return True

    def free(self, attempt_id: AttemptId, *, ends_bridge: bool = True, then: Callable[[], None] = lambda: None) -> None:
        """The call has no need of a number any more: its leg ends, ringing or in talk. `ends_bridge` False: others talk
        on there; `then`: once it has ended."""
        outsider = self._outsiders.pop(attempt_id, None)
        if outsider is None:
            return
        self._give_back(outsider)
        if outsider.leg is None:
            then()
        else:
            self._legs.hang_up(outsider.leg, then)
            if ends_bridge:
                self._legs.end_bridge(outsider.exchange, attempt_id)

    def stop(self) -> None:
        """The daemon ends: nobody is left on the phone."""
        for attempt_id in list(self._outsiders):
            self.free(attempt_id)

    def _missed(self, attempt_id: AttemptId, reason: str) -> None:
        outsider = self._outsiders.pop(attempt_id)
        self._give_back(outsider)
        if outsider.asked is not None:
            outsider.asked(attempt_id, False, reason)
            return
        _log.info(f"a transfer to a number found nobody: {reason}", action="transfer_failed", attempt_id=attempt_id)
        self._tell_call(attempt_id, ev.CommandFailed(do.Seek.__name__, reason))

    def _give_back(self, outsider: Outsider) -> None:
        if outsider.trunk:
            self._clock.call_later(
                _SLOT_GUARD_S, partial(self._trunks.give_back, outsider.trunk, outsider.exchange.name)
            )

    def _of(self, leg: Leg) -> tuple[AttemptId, Outsider] | None:
        return next((item for item in self._outsiders.items() if item[1].leg is leg), None)
