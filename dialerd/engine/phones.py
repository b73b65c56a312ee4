"""Agents' phones: rung when they are wanted, and kept up between calls where a queue wants that.

Not here: the legs themselves (legdesk.py), what an agent does with its phone (agentdesk.py).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial

from dialerd.domain.words import AgentState, WantedState
from dialerd.engine.agentbook import AgentBook
from dialerd.engine.agentline import AgentLine
from dialerd.engine.legdesk import Leg, LegDesk
from dialerd.ports import Clock, Exchange

_RING_AGAIN_S = (0.0, 5.0, 20.0, 60.0, 120.0)
"""A kept leg that is lost is rung again so much later each time; then the agent stays paused until it is ready anew."""

_AT_REST = frozenset({AgentState.READY, AgentState.PAUSED})


class Phones:
    """A part of the agent desk. `ready`: the exchanges that are reconciled, `drained` those that are to be left alone,
    both kept up to date by their owner."""

    def __init__(
        self,
        clock: Clock,
        exchanges: Mapping[str, Exchange],
        book: AgentBook,
        legs: LegDesk,
        *,
        ready: Collection[str],
        drained: Collection[str],
    ) -> None:
        self._clock = clock
        self._exchanges = exchanges
        self._book = book
        self._legs = legs
        self._ready = ready
        self._drained = drained

    def reach(self, line: AgentLine) -> None:
        """Ring the phone of an agent whose leg is to be kept and is not there; end one that is not to be kept now."""
        if not line.is_kept and line.leg is not None and line.seen.state in _AT_REST:
            self.hang_up(line)
            self._book.write(line)
        if line.home is not None or line.left is not None or self._moves(line):
            return
        wants_leg = line.is_kept and line.row.wanted.state is not WantedState.LOGGED_OUT
        if not wants_leg or line.leg is not None or line.ring_timer is not None:
            return
        exchange = self._home(line)
        if exchange is not None and line.rung < len(_RING_AGAIN_S):
            delay_s = _RING_AGAIN_S[line.rung]
            line.rung += 1
            line.ring_timer = self._clock.call_later(delay_s, partial(self.ring, line, exchange))

    def _home(self, line: AgentLine) -> Exchange | None:
        """Where kept legs are: the first of the settings that is there, is not drained, and knows the phone."""
        able = [each for name, each in self._exchanges.items() if name in self._ready and name not in self._drained]
        known = [each for each in able if each.name not in line.unknown_at]
        return next(iter(known or able), None)

    def tries_elsewhere(self, line: AgentLine, leg: Leg) -> bool:
        """Where an exchange could not even ring a phone that is to be kept, the next one does at once, if there is
        one; False: there is none, or the phone was rung in vain."""
        if not (leg.is_refused and line.is_kept and line.person is None):
            return False
        line.unknown_at |= {leg.exchange.name}
        exchange = self._home(line)
        if exchange is None or exchange.name in line.unknown_at:
            line.unknown_at = frozenset()
            return False
        self.ring(line, exchange)
        return line.leg is not None

    def _moves(self, line: AgentLine) -> bool:
        """Whether an agent at rest whose phone is at a drained exchange goes to another one: then it is on its way."""
        leg = line.leg
        if leg is None or leg.exchange.name not in self._drained or line.person is not None:
            return False
        home = self._home(line)
        if not (line.is_kept and leg.is_usable and line.seen.state in _AT_REST and home is not None):
            return False
        self.hang_up(line, then=partial(self.ring, line, home))
        return True

    def ring(self, line: AgentLine, exchange: Exchange) -> None:
        line.ring_timer = None
        if line.leg is not None or line.row.wanted.state is WantedState.LOGGED_OUT:
            return
        line.leg = self._legs.ring(
            line.name, line.row.endpoint, exchange, caller_id=f"dialerd <{line.name}>", ring_s=line.ring_s
        )
        self._book.write(line)

    def give_up(self, line: AgentLine) -> None:
        """It was called in vain as it logged in: it is not called again until the agent asks anew."""
        line.rung = len(_RING_AGAIN_S)

    def forget_ringing(self, line: AgentLine) -> None:
        """A phone that is to be rung again is not."""
        if line.ring_timer is not None:
            line.ring_timer.cancel()
            line.ring_timer = None

    def hang_up(self, line: AgentLine, then: Callable[[], None] = lambda: None) -> None:
        """All of it: also the link that leads to it from elsewhere."""
        if line.home is not None and line.leg is not None:
            self._legs.hang_up(line.leg)
            if line.link is not None:
                self._legs.end_bridge(line.home.exchange, line.link)
            line.leg, line.home, line.link = line.home, None, None
        if line.leg is not None:
            self._legs.hang_up(line.leg, then)
            line.leg = None
