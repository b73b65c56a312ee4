"""Whose fault it is that a call found no room: the trunk's, and then it costs the contact nothing, or the number's own.

Not here: how congestion is known (domain/throttle.py), giving an attempt back (usecases/givingback.py).

The first refusals of a congestion look like a far network's own, and their attempts are settled as spent. Once the
trunk is known to be congested they are given back: those of its latest calls, by which it is judged.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from dataclasses import replace

from dialerd.domain.call import Outcome
from dialerd.domain.causes import is_congestion
from dialerd.domain.throttle import CONGESTED, LATEST
from dialerd.domain.words import AttemptId
from dialerd.engine.trunkdesk import TrunkDesk
from dialerd.ports import AttemptRow


class Blame:
    """Asked of every call that has ended, in their order."""

    def __init__(self, trunks: TrunkDesk) -> None:
        self._trunks = trunks
        self._ended = Counter[str]()  # calls that told something of the trunk's room
        self._unclear: defaultdict[str, deque[tuple[int, AttemptId]]] = defaultdict(deque)

    def judge(self, attempt: AttemptRow, outcome: Outcome) -> tuple[Outcome, Sequence[AttemptId]]:
        """The outcome, not spent where a congested trunk had no room for the call: nobody's phone rang. With it, the
        earlier attempts that it shows to have ended by the same congestion."""
        facts, trunk = outcome.facts, attempt.trunk
        if self._trunks.trunk(trunk) is None or not (facts.cause or facts.sip_code):
            return outcome, ()
        self._ended[trunk] += 1
        was_there = facts.answered_at is not None or facts.rang_at is not None
        if was_there or not is_congestion(cause=facts.cause, sip_code=facts.sip_code):
            self._trunks.had_room(trunk)
            return outcome, ()
        unclear, number = self._unclear[trunk], self._ended[trunk]
        while unclear and unclear[0][0] <= number - LATEST:
            unclear.popleft()
        if not self._trunks.had_no_room(trunk):
            unclear.append((number, attempt.id))
            return outcome, ()
        cleared = tuple(each for _, each in unclear)
        unclear.clear()
        return replace(outcome, spent=False, reason=CONGESTED), cleared
