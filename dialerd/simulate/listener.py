"""What somebody who has answered does with what they hear: presses keys, hangs up, speaks, waits; drawn from habits.

Not here: the habits (domain/habits.py), what the exchange makes of it (exchange.py, voice.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dialerd.domain.call.states import InFlow
from dialerd.domain.flow.nodes import Collect, Menu, Play, Record
from dialerd.domain.habits import Habits
from dialerd.domain.words import AttemptId
from dialerd.ports import Dice
from dialerd.simulate.callees import Reaction
from dialerd.simulate.drawn import spread_out

_LATEST = 0.9  # of the time that a node listens: who presses at all does so within it
_KEY_S = 0.5  # from one key to the next
_SPREAD = 0.6

Where = Callable[[AttemptId], InFlow | None]
"""Which prompt somebody hears: a person knows it by its words, of which a simulated exchange has none."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a person means to do at a node: leave, press `keys`, or nothing."""

    keys: str = ""
    leaves: bool = False


class DrawnListener:
    """Implements callees.Listener for one call. What a person means to do they decide once at each visit to a node,
    and do again as often as they are asked; who has pressed a wrong key decides anew."""

    def __init__(self, habits: Habits, where: Where, dice: Dice) -> None:
        self._habits = habits
        self._where = where
        self._dice = dice
        self._visited = 0
        self._wish = _Wish()

    def hears(self, attempt_id: AttemptId, length_s: float | None) -> Reaction | None:
        at = self._where(attempt_id)
        if at is None or at.flow is None or at.position is None or at.scene is None:
            return None  # a message, an announcement: they listen as they did before
        name, draw = at.position.node, self._dice.draw
        node = at.flow.node[name]
        if at.position.visited != self._visited or self._is_wrong(node):
            self._visited, self._wish = at.position.visited, self._decide(name, node)
        prompt_s = length_s or 0.0
        listens_s = node.timeout_s if isinstance(node, Menu | Collect) else 0.0
        if self._wish.leaves:
            return Reaction(leaves_s=draw() * (prompt_s + listens_s))
        if not self._wish.keys or not isinstance(node, Menu | Collect):
            return Reaction()
        after_s = prompt_s + min(spread_out(self._habits.react_s, _SPREAD, draw()), _LATEST * listens_s)
        begins = [after_s]
        if draw() < self._habits.barge_in:
            early_s = draw() * prompt_s
            # Where it is of no use they say so again when the prompt is over.
            begins = [early_s] if node.barge_in else [early_s, after_s]
        return Reaction(presses=[(at_s + n * _KEY_S, key) for at_s in begins for n, key in enumerate(self._wish.keys)])

    def is_asked(self, _attempt_id: AttemptId) -> float:
        return spread_out(self._habits.speaks_s, _SPREAD, self._dice.draw())

    def waits(self, attempt_id: AttemptId) -> float | None:
        return spread_out(self._habits.patience_s, _SPREAD, self._dice.draw())

    def _is_wrong(self, node: object) -> bool:
        return isinstance(node, Menu) and bool(self._wish.keys) and self._wish.keys not in node.keys

    def _decide(self, name: str, node: object) -> _Wish:
        here, draw = self._habits.at(name), self._dice.draw
        mark = draw() - (here.hangup or 0.0)
        if mark < 0.0 and isinstance(node, Menu | Collect | Play | Record):
            return _Wish(leaves=True)
        shares: Mapping[str, float] = {}
        if isinstance(node, Menu):
            shares = self._habits.at_menu(name, node.keys)
        elif isinstance(node, Collect):
            shares = {**here.press, "": max(0.0, (here.answers or 0.0) - sum(here.press.values()))}
        for keys, share in shares.items():
            mark -= share
            if mark < 0.0:
                return _Wish(self._whole(keys, node))
        return _Wish()

    def _whole(self, keys: str, node: object) -> str:
        """What is typed at a node that wants several keys, with the one that ends it; none given: any digits."""
        if not isinstance(node, Collect):
            return keys
        keys = keys or "".join(str(int(self._dice.draw() * 10)) for _ in range(max(1, min(node.max, node.min + 3))))
        return keys + (node.terminator if len(keys) < node.max else "")
