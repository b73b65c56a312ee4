"""Who is called in a simulation: how a number behaves, by its ending or drawn from measured rates.

Not here: what an exchange makes of it (exchange.py). The plan by endings is that of the real lab's carrier
(scripts/lab), so that one list of numbers means the same on both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from dialerd.domain.words import AttemptId
from dialerd.ports import Dice


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What somebody does who hears that something begins to play; seconds from its begin. It takes the place of what
    they had in mind before, and of when they would have hung up. `leaves_s` None: they stay."""

    presses: Sequence[tuple[float, str]] = ()
    leaves_s: float | None = None


class Listener(Protocol):
    """What a callee does with what is done with it."""

    def hears(self, attempt_id: AttemptId, length_s: float | None) -> Reaction | None:
        """Something begins to play, so long (None: endless). None: it changes nothing."""
        ...

    def is_asked(self, attempt_id: AttemptId) -> float:
        """A recording of what it says begins: it speaks so many seconds."""
        ...

    def waits(self, attempt_id: AttemptId) -> float | None:
        """It is to wait for somebody: the seconds until it hangs up; None: it stays."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What one callee does. Seconds from the INVITE (`ring_s`) or from the answer (the others).

    Never answered: `cause` and `sip_code` at `ring_s`; both None: rings for ever. Answered: AMD says `amd` after
    `amd_s`; the callee hangs up `leaves_s` after the answer, or None: stays. With an agent it talks for `talk_s` and
    hangs up then; left alone by the agent it hangs up `alone_s` after that; None: neither changes when it leaves.
    `talks`: from when to when there is sound from its side, in order; `presses`: when it presses which key. Once it
    has heard a sound to the end it `answers_us`, so many seconds later, and hangs up after `leaves_us_s`. `listener`:
    what else it does with what it hears.
    """

    ring_s: float = 0.0
    rings: bool = True
    answers: bool = True
    cause: int | None = None
    sip_code: int | None = None
    amd: tuple[str, str] = ("HUMAN", "HUMAN-700-700")
    amd_s: float = 1.5
    leaves_s: float | None = 46.8
    talk_s: float | None = None
    alone_s: float | None = None
    talks: Sequence[tuple[float, float]] = ((0.4, 0.8),)
    presses: Sequence[tuple[float, str]] = ()
    answers_us: Sequence[tuple[float, float]] = ()
    leaves_us_s: float | None = None
    leaves_cause: int | None = 16  # None: a BYE without a reason, which ends the channel with cause 0
    listener: Listener | None = None


def _refuses(cause: int, sip_code: int, *, ring_s: float = 0.004, rings: bool = False) -> Behaviour:
    return Behaviour(ring_s=ring_s, rings=rings, answers=False, cause=cause, sip_code=sip_code)


_PERSON = Behaviour(ring_s=1.0)
_GREETING_AND_BEEP = ((0.5, 6.3), (7.1, 7.6))
_MACHINE = Behaviour(ring_s=1.0, amd=("MACHINE", "MAXWORDS-5-4"), amd_s=3.45, leaves_s=27.6, talks=_GREETING_AND_BEEP)
_INVALID = _refuses(1, 404)
_ASSISTANT = Behaviour(
    ring_s=1.0, amd=("MACHINE", "MAXWORDS-5-4"), amd_s=2.5, leaves_s=60.0, talks=((0.5, 4.6),), answers_us=((1.0, 2.8),)
)

BY_ENDING: dict[str, Behaviour] = {
    "00": _PERSON,
    "01": _MACHINE,
    "02": _refuses(17, 486),
    "03": Behaviour(answers=False, ring_s=0.0),
    "04": _refuses(34, 503),
    "05": _INVALID,
    "06": replace(_PERSON, ring_s=8.0),
    "07": _refuses(19, 480, ring_s=6.3, rings=True),
    "08": _refuses(1, 404, ring_s=2.0, rings=True),
    "09": Behaviour(rings=False, amd=("MACHINE", "INITIALSILENCE-2000-2000"), amd_s=2.0, leaves_s=20.0, talks=()),
    "10": Behaviour(rings=False, leaves_s=3.0, leaves_cause=None),
    "11": Behaviour(rings=False, leaves_s=0.7),
    "12": Behaviour(rings=False, presses=((7.0, "1"),)),
    "13": Behaviour(rings=False, presses=((7.0, "9"),)),
    "14": Behaviour(
        rings=False, amd=("MACHINE", "LONGGREETING-2200-2200"), amd_s=2.7, leaves_s=23.5, talks=((0.5, 3.5),)
    ),
    "15": _refuses(21, 403),
    "16": _refuses(19, 480),
    "17": Behaviour(
        rings=False, amd=("MACHINE", "LONGGREETING-2200-2200"), amd_s=2.2, leaves_s=20.0, talks=((0.0, 20.0),)
    ),
    "18": Behaviour(
        rings=False, amd=("MACHINE", "LONGGREETING-2200-2200"), amd_s=3.15, leaves_s=19.3, talks=((0.0, 19.3),)
    ),
    "19": Behaviour(rings=False, amd=("NOTSURE", "TOOLONG-5000"), amd_s=5.0, leaves_s=20.0, talks=()),
    "20": replace(_PERSON, amd_s=1.6),
    "21": Behaviour(rings=False, amd=("MACHINE", "MAXWORDS-5-4"), amd_s=2.3, leaves_s=6.3, talks=((0.2, 5.3),)),
    "22": _refuses(21, 603),
    "23": _refuses(127, 608),
    "24": _refuses(127, 607),
    "25": _refuses(27, 502),
    "26": Behaviour(rings=False, presses=((2.1, "2"),), leaves_s=16.0, leaves_cause=None),
    "27": Behaviour(rings=False, presses=tuple((2.1 + 0.4 * n, key) for n, key in enumerate("4711#"))),
    **{f"3{n}": Behaviour(rings=False, leaves_s=float(n), leaves_cause=None) for n in range(1, 10)},
    "40": Behaviour(rings=False),
    "50": Behaviour(rings=False, leaves_s=None),
    **{f"5{n}": Behaviour(rings=False, leaves_s=float(n), leaves_cause=None) for n in range(1, 10)},
    "60": _MACHINE,
    "61": replace(_MACHINE, talks=((0.5, 6.3), (7.8, 8.3))),
    "62": replace(_MACHINE, leaves_s=11.0),
    "63": replace(_MACHINE, talks=((0.5, 6.3),)),
    "65": replace(_ASSISTANT, answers_us=((1.0, 2.8), (6.5, 6.9))),
    "66": replace(_ASSISTANT, answers_us=((1.0, 2.8), (6.5, 10.0)), leaves_us_s=11.0),
}
"""Last two digits to behaviour, as measured on the lab; any other ending is an invalid number."""


class Callees(Protocol):
    def behaviour(self, number: str) -> Behaviour: ...


class NumberPlan:
    """Behaviour by the number's last two digits. Ending 20 answers after a random 1 to 6 s."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice

    def behaviour(self, number: str) -> Behaviour:
        found = BY_ENDING.get(number[-2:], _INVALID)
        return replace(found, ring_s=1 + 5 * self._dice.draw()) if number[-2:] == "20" else found


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share of a population: its weight, how it behaves at the least, and up to how much longer (seconds)."""

    weight: float
    behaviour: Behaviour
    ring_spread_s: float = 0.0
    stay_spread_s: float = 0.0
    talk_spread_s: float = 0.0


ORDINARY: Sequence[Share] = (
    Share(
        weight=0.25,
        behaviour=replace(_PERSON, ring_s=6.0, amd_s=1.9, leaves_s=10.0),
        ring_spread_s=14.0,
        stay_spread_s=30.0,
    ),
    Share(weight=0.30, behaviour=replace(_MACHINE, ring_s=18.0, amd_s=3.36), ring_spread_s=6.0),
    Share(weight=0.27, behaviour=BY_ENDING["03"]),
    Share(weight=0.08, behaviour=BY_ENDING["02"]),
    Share(weight=0.08, behaviour=_INVALID),
    Share(weight=0.02, behaviour=BY_ENDING["04"]),
)
"""Consumer lists in the English-speaking world as published answer rates have them; replace it with your own."""


class Population:
    """Behaviour drawn by weight for each number, the same for every call to it."""

    def __init__(self, dice: Dice, shares: Sequence[Share] = ORDINARY) -> None:
        self._dice = dice
        self._shares = shares
        self._drawn: dict[str, Behaviour] = {}

    def behaviour(self, number: str) -> Behaviour:
        if number not in self._drawn:
            self._drawn[number] = self._draw()
        return self._drawn[number]

    def _draw(self) -> Behaviour:
        mark = self._dice.draw() * sum(share.weight for share in self._shares)
        for share in self._shares:
            mark -= share.weight
            if mark < 0:
                break
        drawn = share.behaviour
        ring_s = drawn.ring_s + share.ring_spread_s * self._dice.draw()
        stay_s = share.stay_spread_s * self._dice.draw()
        drawn = replace(drawn, ring_s=ring_s, leaves_s=None if drawn.leaves_s is None else drawn.leaves_s + stay_s)
        if drawn.talk_s is None:
            return drawn
        return replace(drawn, talk_s=drawn.talk_s + share.talk_spread_s * self._dice.draw())
