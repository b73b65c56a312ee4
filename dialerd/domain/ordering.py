"""In which order the targets of a run are dialed: a rank per target, lowest first, given once when it joins the run.

Not here: the walk itself (an index on attempts made, rank, id: fresh targets before redials) and priorities
between campaigns (engine/dialloop.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from dialerd.domain.filters import date_of, number_of
from dialerd.domain.words import ContactId, Order

_BY_ATTRIBUTE = re.compile(r'-?[^\W\d][^"\\\x00-\x1f]{0,99}\Z')
_LAST = 1e300

_BELIEVED, _WEIGHT = 0.3, 2.0
"""Of a number that was never called: 3 of 10 calls are answered by a person, a belief that two calls outweigh."""


def attribute_of(order: str) -> str | None:
    """The attribute that an order names: `balance` the lowest first, `-balance` the highest first; None: a plain one.

    Raises ValueError for what can be no attribute's name.
    """
    if order in set(Order):
        return None
    if not _BY_ATTRIBUTE.match(order):
        raise ValueError(
            f"order is {', '.join(Order)}, or an attribute's name, with a - before it for the highest first"
        )
    return order.removeprefix("-")


@dataclass(frozen=True, slots=True)
class PastAnswers:
    """The calls that were made to a number, and those of them that a person answered."""

    calls: int = 0
    answered: int = 0

    @property
    def share(self) -> float:
        """The share that a person answers, as far as the calls tell: one call more or less does not tell much."""
        return (self.answered + _BELIEVED * _WEIGHT) / (self.calls + _WEIGHT)


NEVER_CALLED = PastAnswers()


def rank(
    order: str,
    *,
    contact_id: ContactId,
    priority: int,
    draw: float,
    value: str | None = None,
    past: PastAnswers = NEVER_CALLED,
) -> float:
    """The rank of one target. `draw` is a uniform number in [0, 1) from the dice; only RANDOM uses it.

    `value` is the contact's attribute that the order names: a number or a date; contacts without one come last. `past`:
    only ANSWER_RATE asks for it; whoever was never called stands between those who answer and those who do not.
    """
    match order:
        case Order.FIFO:
            return float(contact_id)
        case Order.LIFO:
            return -float(contact_id)
        case Order.PRIORITY:
            return -float(priority)
        case Order.RANDOM:
            return draw
        case Order.ANSWER_RATE:
            return -past.share
        case _:
            found = number_of(value)
            if found is None and (day := date_of(value)) is not None:
                found = float(date.fromisoformat(day).toordinal())
            if found is None:
                return _LAST
            return -found if order.startswith("-") else found
