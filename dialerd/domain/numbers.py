"""Which of a contact's numbers is dialed next within a run.

Not here: whether the contact is dialed again at all (retry.py), may be called now (gates.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactNumber:
    """One number of a target's contact. `attempts` are the target's own at it, those that were spent.

    `is_wrong`: one of them ended so that the number itself is not worth another (no such number, a fax).
    `is_taken`: it is the number of another target of the run, which dials it. `is_barred`: it is on a do-not-call list.
    """

    position: int  # 1 for the first
    number: str
    zones: tuple[str, ...]
    attempts: int = 0
    is_wrong: bool = False
    is_taken: bool = False
    is_barred: bool = False

    @property
    def is_usable(self) -> bool:
        return not (self.is_wrong or self.is_taken or self.is_barred)


def next_number(numbers: Iterable[ContactNumber], *, after: int, max_attempts: int) -> ContactNumber | None:
    """The first usable number behind position `after` (0: of all); None: there is none."""
    usable = (each for each in numbers if each.position > after and each.is_usable and each.attempts < max_attempts)
    return min(usable, key=lambda each: each.position, default=None)
