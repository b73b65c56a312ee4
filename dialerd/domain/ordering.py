"""In which order the targets of a run are dialed: a rank per target, lowest first, given once when it joins the run.

Not here: the walk itself (an index on attempts made, rank, id: fresh targets before redials) and priorities
between campaigns (engine/dialloop.py).
"""

from __future__ import annotations

import re
from datetime import date

from dialerd.domain.filters import date_of, number_of
from dialerd.domain.words import ContactId, Order

_BY_ATTRIBUTE = re.compile(r'-?[^\W\d][^"\\\x00-\x1f]{0,99}\Z')
_LAST = 1e300


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


def rank(order: str, *, contact_id: ContactId, priority: int, draw: float, value: str | None = None) -> float:
    """The rank of one target. `draw` is a uniform number in [0, 1) from the dice; only RANDOM uses it.

    `value` is the contact's attribute that the order names: a number or a date; contacts without one come last.
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
        case _:
            found = number_of(value)
            if found is None and (day := date_of(value)) is not None:
                found = float(date.fromisoformat(day).toordinal())
            if found is None:
                return _LAST
            return -found if order.startswith("-") else found
