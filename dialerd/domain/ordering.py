"""In which order the targets of a run are dialed: a rank per target, lowest first, given once when it joins the run.

Not here: the walk itself (an index on attempts made, rank, id: fresh targets before redials) and priorities
between campaigns (engine/dialloop.py).
"""

from __future__ import annotations

from dialerd.domain.words import ContactId, Order


def rank(order: Order, *, contact_id: ContactId, priority: int, draw: float) -> float:
    """The rank of one target. `draw` is a uniform number in [0, 1) from the dice; only RANDOM uses it."""
    match order:
        case Order.FIFO:
            return float(contact_id)
        case Order.LIFO:
            return -float(contact_id)
        case Order.PRIORITY:
            return -float(priority)
        case Order.RANDOM:
            return draw
