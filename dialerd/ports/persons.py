"""What the store is asked of a person: everything that is held, and that it be erased; and of what has become old.

Not here: who may ask, and what is checked before (usecases/persons.py, usecases/retention.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from dialerd.domain.person import Person
from dialerd.domain.retention import Kind
from dialerd.domain.words import ContactId, RunId


@dataclass(frozen=True, slots=True)
class UnwantedRecording:
    """A recording whose sound is to be deleted by the Asterisk that has it."""

    name: str
    asterisk: str


class Persons(Protocol):
    def find(self, *, contact_id: ContactId | None = None, address: str | None = None) -> Person:
        """Whoever is meant: the contacts with that address, or the one with that id, those that share a number with
        them, and every address of theirs. Contacts are found by e-mail address, too, in a walk of all of them."""
        ...

    def held(self, person: Person, *, with_audit: bool) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Every row that is about the person, by what they are; the audit log's too, which is a walk of it."""
        ...

    def is_in_call(self, person: Person) -> bool:
        """Whether an attempt at the person is open."""
        ...

    def waiting(self, person: Person) -> Sequence[tuple[RunId, ContactId]]:
        """The person's targets in unfinished runs that are not settled."""
        ...

    def erase(self, person: Person) -> Mapping[str, int]:
        """Take the person out of every row but the audit log's, which `sweep` goes through from now on; how many rows,
        by what they are."""
        ...

    def sweep(self, *, size: int) -> bool:
        """Take those who were erased out of the next `size` rows of the audit log; True: there is nothing left."""
        ...

    def unwanted_recordings(self, *, limit: int) -> list[UnwantedRecording]: ...

    def forget_recording(self, name: str) -> None:
        """Its sound is gone."""
        ...

    def due(self, kind: Kind, *, before: datetime) -> int:
        """How many rows of that kind are older; for people to ask."""
        ...

    def forget(self, kind: Kind, *, before: datetime, size: int) -> int:
        """Forget up to `size` rows that are older; how many."""
        ...
