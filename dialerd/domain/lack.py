"""What stands in the way of something: what is seen of it and what to do about it, for doctor's two columns and as one.

Not here: finding it (adapters, doctor), errors, which have their own hint (errors.py).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lack:
    """`seen`: a clause that can stand alone. `remedy`: which file, setting or command; empty: `seen` says all."""

    seen: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.seen} ({self.remedy})" if self.remedy else self.seen
