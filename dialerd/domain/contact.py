"""A contact: whom to call, on which numbers.

Not here: reading contacts from files (adapters/files) and a contact's fate in a run (a target).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from unicodedata import category

from dialerd.domain.phone import PhoneNumber

MAX_TEXT = 1000
"""Longest text kept for one attribute, in characters."""

EMAIL = "email"
LANGUAGE = "language"

_ALSO_TEXT = "\t\n\r\xad\u200b\u200c\u200d"
_EMAIL = re.compile(r"[^\s@\"<>,;:()\[\]\\]{1,64}@[^\s@\"<>,;:()\[\]\\]{1,189}\Z")
_LANGUAGE = re.compile(r"[^\W\d_][\w ().-]{1,34}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One row of a list. `numbers` in dialing order, at least one; `zone` overrides the zones of the number."""

    numbers: tuple[PhoneNumber, ...]
    attributes: Mapping[str, str] = field(default_factory=dict)
    zone: str | None = None
    priority: int = 0

    def zones_of(self, e164: str) -> tuple[str, ...]:
        """Where whoever answers at that number of the contact may be: by whose clocks a time is meant."""
        if self.zone is not None:
            return (self.zone,)
        return next((each.zones for each in self.numbers if each.e164 == e164), ())

    @property
    def email(self) -> str | None:
        """Kept among the attributes, so that filters and texts have it by its name; checked where it comes in."""
        return self.attributes.get(EMAIL)

    @property
    def language(self) -> str | None:
        """As the list has it: a tag like es-MX, or a word."""
        return self.attributes.get(LANGUAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRow:
    """A row of a file that became no contact. `line` counts the header as 1."""

    line: int
    column: str
    value: str
    reason: str


def attribute_trouble(name: str, value: str) -> str:
    """What is wrong with an attribute's value, as the end of a sentence; empty: nothing is."""
    if len(value) > MAX_TEXT:
        return f"is longer than {MAX_TEXT} characters"
    if not value.isprintable() and not all(map(_belongs_to_text, value)):
        return "has control characters"
    if name == EMAIL and not _EMAIL.match(value):
        return "is no e-mail address"
    if name == LANGUAGE and not _LANGUAGE.match(value):
        return "is no language"
    return ""


def _belongs_to_text(character: str) -> bool:
    # Spreadsheets write no-break spaces; Persian, Hindi and emoji need joiners. What turns a text around stays out.
    return character.isprintable() or character in _ALSO_TEXT or category(character) == "Zs"
