"""What came with contacts from another dialer, as the store keeps it.

Not here: what a run makes of it (domain/past.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dialerd.domain.past import Past
from dialerd.domain.words import ContactId, Disposition, ListId


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierCall:
    """A call that another dialer has made: what the frequency rules of regulation packs count."""

    number: str
    at: datetime
    disposition: Disposition


class Pasts(Protocol):
    def put(self, list_id: ListId, pasts: Iterable[tuple[str, Past]]) -> None:
        """Keep the past of the contacts with those first numbers. Of two sources for one contact the more counts."""
        ...

    def get(self, contact_id: ContactId) -> Past | None: ...

    def add_calls(self, campaign: str, calls: Iterable[EarlierCall]) -> int:
        """Have these counted as calls of a campaign of that name, each once; how many are new."""
        ...

    def is_brought(self, what: str) -> bool:
        """Whether that was brought over before."""
        ...

    def set_brought(self, what: str) -> None: ...

    def counts(self, whose: Collection[str]) -> Mapping[str, int]:
        """How many of something were brought over before, of those of whom any were."""
        ...

    def set_counts(self, counts: Mapping[str, int]) -> None: ...
