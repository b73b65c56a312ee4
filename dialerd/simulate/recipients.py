"""Who is written to in a simulation: what becomes of a message to a number or address, by its ending or drawn.

Not here: the link it goes over (routes.py), which has faults of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from dialerd.domain.habits import Writing
from dialerd.ports import Dice
from dialerd.simulate.drawn import spread_out

_REPLY_SPREAD = 1.5  # most answer soon, some the next day


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one recipient does. Seconds from when the message was taken.

    `refusal`: why it is not even taken, empty: it is. `arrives`: it is delivered, else bounced (`is_lasting`: for
    good). `reported`: anybody tells. `reply`: what is written back, `reply_s` later; empty: nothing. `unsubscribes`:
    instead they opt out by the way that an e-mail has for it.
    """

    refusal: str = ""
    arrives: bool = True
    is_lasting: bool = False
    reported: bool = True
    report_s: float = 3.0
    reply: str = ""
    reply_s: float = 60.0
    unsubscribes: bool = False
    is_automatic: bool = False


BY_ENDING: dict[str, Reading] = {
    "00": Reading(),
    "01": Reading(reply="YES"),
    "02": Reading(reply="Stop."),
    "03": Reading(reply="call me now"),
    "04": Reading(arrives=False),
    "05": Reading(arrives=False, is_lasting=True),
    "06": Reading(reported=False),
    "07": Reading(refusal="the number cannot be reached"),
    "08": Reading(reply="I am on holiday", reply_s=5.0, is_automatic=True),
    "09": Reading(report_s=3600.0),
    "10": Reading(reply="HELP"),
}
"""Last two digits of a number, or of what stands before the @; any other ending is like 00."""


class Recipients(Protocol):
    def reading(self, recipient: str) -> Reading: ...


class ReadingPlan:
    """What becomes of a message by the last two digits of its recipient."""

    def reading(self, recipient: str) -> Reading:
        return BY_ENDING.get(recipient.partition("@")[0][-2:], BY_ENDING["00"])


class DrawnReaders:
    """Drawn from habits for each message anew."""

    def __init__(self, writing: Writing, dice: Dice) -> None:
        self._writing = writing
        self._dice = dice

    def reading(self, recipient: str) -> Reading:
        writing, draw = self._writing, self._dice.draw
        mark = draw() - writing.refused
        if mark < 0.0:
            return Reading(refusal="the simulated recipient does not take it")
        report_s = writing.report_s
        if mark >= writing.delivered:
            return Reading(arrives=False, is_lasting=mark < writing.delivered + writing.bounced, report_s=report_s)
        reported, reply_s = draw() < writing.reported, spread_out(writing.reply_s, _REPLY_SPREAD, draw())
        mark = draw() - writing.unsubscribes
        if mark < 0.0:
            return Reading(reported=reported, report_s=report_s, unsubscribes=True, reply_s=reply_s)
        for words, share in writing.reply.items():
            mark -= share
            if mark < 0.0:
                return Reading(reported=reported, report_s=report_s, reply=words, reply_s=reply_s)
        return Reading(reported=reported, report_s=report_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingShare:
    """A share of all recipients: its weight, what it does at the soonest, and up to how much later it replies."""

    weight: float
    reading: Reading
    reply_spread_s: float = 0.0


class Readers:
    """Drawn by weight for each recipient, the same for every message to it."""

    def __init__(self, dice: Dice, shares: Sequence[ReadingShare]) -> None:
        self._dice = dice
        self._shares = shares
        self._drawn: dict[str, Reading] = {}

    def reading(self, recipient: str) -> Reading:
        if recipient not in self._drawn:
            self._drawn[recipient] = self._draw()
        return self._drawn[recipient]

    def _draw(self) -> Reading:
        mark = self._dice.draw() * sum(share.weight for share in self._shares)
        for share in self._shares:
            mark -= share.weight
            if mark < 0:
                break
        delay_s = share.reading.reply_s + share.reply_spread_s * self._dice.draw()
        return replace(share.reading, reply_s=delay_s)
