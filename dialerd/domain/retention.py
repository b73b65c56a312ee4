"""For how long what is known of people is kept: an age for each kind of it, in days.

Not here: forgetting it (adapters/sql/forgetting.py), erasing one person (person.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dialerd.domain.regulation import REMEMBERED


class Kind(StrEnum):
    """What is kept for an age of its own."""

    RECORDINGS = "recordings"  # the sound, and the row
    CALLS = "calls"  # whom a run has called: numbers, callbacks; that it has, and how it ended, stays
    MESSAGES = "messages"  # what people have written, and what was written back
    AUDIT = "audit"  # the audit log


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Days by kind; None: for ever."""

    recordings: int | None = None
    calls: int | None = None
    messages: int | None = None
    audit: int | None = None

    def before(self, kind: Kind, now: datetime) -> datetime | None:
        """What is older goes; None: nothing does."""
        days: int | None = getattr(self, kind)
        if days is None:
            return None
        # For so long regulation packs may ask for a call: its number is not forgotten sooner.
        least = REMEMBERED if kind is Kind.CALLS else timedelta(0)
        return now - max(timedelta(days=days), least)
