"""One call as the call desk keeps it: its state, what it was claimed for, its inbox, its timer, its clock.

Not here: what becomes of it (calldesk.py).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dialerd.domain.call import Call
from dialerd.domain.call import events as ev
from dialerd.ports import AttemptRow, Clock, Exchange, Timer

_DRIFT_S = 0.01  # more than that the clock was set; less is the time between two looks


@dataclass(slots=True)
class CallLine:
    """One call, its inbox and its timer. `is_unsent`: the exchange has not confirmed the originate yet; `is_adopted`:
    an earlier daemon has placed it.

    `is_opting_out`: that is not written yet; `ending`: what is to be written once it is.
    """

    call: Call
    attempt: AttemptRow
    exchange: Exchange
    begun: tuple[datetime, float]  # by the clock, and steady
    claimed: float = math.inf  # steady seconds
    inbox: deque[ev.CallEvent] = field(default_factory=deque)
    is_stepping: bool = False
    is_unsent: bool = False
    timer: Timer | None = None
    is_opting_out: bool = False
    ending: Callable[[], None] | None = None
    is_adopted: bool = False
    latest: datetime | None = None  # the moment that was told last

    def now(self, clock: Clock) -> datetime:
        """The moment, as if nobody had set the clock since the call began: it has rung no longer by that, and nothing
        in it lasts less than no time."""
        now, (began_at, began) = clock.now(), self.begun
        set_by_s = (now - began_at).total_seconds() - (clock.steady() - began)
        moment = now if abs(set_by_s) < _DRIFT_S else now - timedelta(seconds=set_by_s)
        self.latest = moment if self.latest is None else max(self.latest, moment)
        return self.latest
