"""A contact: whom to call, on which numbers.

Not here: reading contacts from files (adapters/files) and a contact's fate in a run (a target).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dialerd.domain.phone import PhoneNumber

MAX_TEXT = 1000
"""Longest text kept for one attribute, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One row of a list. `numbers` in dialing order, at least one; `zone` overrides the zones of the number."""

    numbers: tuple[PhoneNumber, ...]
    attributes: Mapping[str, str] = field(default_factory=dict)
    zone: str | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRow:
    """A row of a file that became no contact. `line` counts the header as 1."""

    line: int
    column: str
    value: str
    reason: str
