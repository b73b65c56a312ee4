"""How agents' phones behave in a simulation, by their dial string.

Not here: what an exchange makes of it (legs.py). The names and what they do are those of the real lab (scripts/lab).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from dialerd.ports import Dice


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """What one phone does when it is rung. Seconds.

    Never picked up (`answers_s` None): `cause` and `sip_code` tell why; both None: it rings for ever. Picked up: the
    agent hangs up `leaves_s` after being connected for the first time, or None: stays.
    """

    answers_s: float | None = 0.0
    cause: int | None = None
    sip_code: int | None = None
    leaves_s: float | None = None
    is_reachable: bool = True


AT_ONCE = Phone()

BY_NAME: dict[str, Phone] = {
    "agent1021": Phone(answers_s=2.0),
    "agent1022": Phone(answers_s=None, cause=17, sip_code=486),
    "agent1023": Phone(answers_s=None),
    "agent1024": Phone(answers_s=None, is_reachable=False),
    "agent1025": Phone(leaves_s=3.2),
    "agent1026": Phone(answers_s=3.0),
    "nobody": Phone(answers_s=None, is_reachable=False),
}
"""Endpoints of the lab, and one that is not there; any other picks up at once."""

BY_ENDING: dict[str, Phone] = {
    "02": Phone(answers_s=None, cause=17, sip_code=486),
    "03": Phone(answers_s=None),
    "05": Phone(answers_s=None, cause=1, sip_code=404),
    "10": Phone(answers_s=1.0, leaves_s=3.0),
}
"""Telephone numbers that calls are transferred to, by their last two digits; any other picks up after a second."""

_NUMBER = re.compile(r"[A-Za-z]+/\+?([0-9]{3,15})@")


class Phones(Protocol):
    def phone(self, dial_string: str) -> Phone: ...


class LabPhones:
    """The phones of the lab, and the telephone numbers behind a trunk."""

    def phone(self, dial_string: str) -> Phone:
        number = _NUMBER.match(dial_string)
        if number is not None:
            return BY_ENDING.get(number[1][-2:], Phone(answers_s=1.0))
        return BY_NAME.get(dial_string.partition("/")[2], AT_ONCE)


class DrawnPhones:
    """The phones of `agents`, who pick up at once; any other dial string is a telephone number somewhere: the share
    `answers` of them picks up, after about `ring_s`."""

    def __init__(self, agents: Collection[str], answers: float, ring_s: float, dice: Dice) -> None:
        self._agents = frozenset(agents)
        self._answers = answers
        self._ring_s = ring_s
        self._dice = dice

    def phone(self, dial_string: str) -> Phone:
        if dial_string in self._agents:
            return AT_ONCE
        if self._dice.draw() >= self._answers:
            return Phone(answers_s=None)
        return Phone(answers_s=self._ring_s * (0.5 + self._dice.draw()))
