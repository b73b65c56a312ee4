"""A person as the store knows one: contacts and addresses that belong together, and the words that name them.

Not here: where they stand in the store (adapters/sql/persons.py), what may be done (usecases/persons.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dialerd.domain.words import ContactId

ERASED = "erased"
"""Stands where an address stood, in what is kept of a call without the person."""

_LEAST_DIGITS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """`contacts` by their ids; `addresses`: numbers in E.164 form and e-mail addresses."""

    contacts: tuple[ContactId, ...]
    addresses: tuple[str, ...]

    @property
    def needles(self) -> tuple[str, ...]:
        """The texts by which an address may stand within another text, the longest first: a number also without +."""
        bare = (each[1:] for each in self.addresses if each.startswith("+") and len(each) > _LEAST_DIGITS)
        return tuple(sorted({*self.addresses, *bare}, key=lambda each: (-len(each), each)))


def scrubbed(text: str, needles: Iterable[str]) -> str:
    """The text without the needles, whatever their case; as it was where it has none of them."""
    found = text
    for needle in needles:
        at = found.lower().find(needle.lower())
        while at >= 0:
            found = found[:at] + ERASED + found[at + len(needle) :]
            at = found.lower().find(needle.lower(), at + len(ERASED))
    return found


def has_any(text: str, needles: Sequence[str]) -> bool:
    lowered = text.lower()
    return any(needle.lower() in lowered for needle in needles)
