"""What a contact's text is worth as a number, a date, an age; used alike in SQL and in Python.

Not here: which of them a comparison asks for (judge.py, adapters/sql/filters.py). Attributes are text: a text that
is no number has no number, and a comparison with what is not there does not hold; it is no error.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

_NUMBER = re.compile(r"[+-]?(\d{1,18}(\.\d{1,18})?|\.\d{1,18})\Z", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?\Z", re.ASCII | re.DOTALL)


def number_of(text: str | None) -> float | None:
    """`12`, `-3.50`, ` 7 `: plain decimal notation, no thousands separators, no exponent."""
    if text is None or not _NUMBER.match(text := text.strip()):
        return None
    return float(text)


def date_of(text: str | None) -> str | None:
    """The date of `2026-12-31` or of a time stamp that begins so, as ISO 8601; text order is time order."""
    found = _DATE.match(text.strip()) if text is not None else None
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:  # the 30th of February
        return None


def age_days(text: str | None, today: str) -> float | None:
    """Days from the date in `text` to `today` (ISO 8601)."""
    day = date_of(text)
    return None if day is None else float((date.fromisoformat(today) - date.fromisoformat(day)).days)


def is_like(text: str | None, pattern: str) -> bool:
    """`%` any text, `_` one character, capitals do not matter in any script."""
    return text is not None and _pattern(pattern).match(text.casefold()) is not None


@lru_cache(maxsize=64)
def _pattern(pattern: str) -> re.Pattern[str]:
    head, *rest = ("".join("." if c == "_" else re.escape(c) for c in part) for part in pattern.casefold().split("%"))
    if not rest:
        return re.compile(head + r"\Z", re.DOTALL)
    *middle, tail = rest
    # Each part is taken where it is first found and not tried again: many % on a long text would else take for ever.
    found = "".join(f"(?>.*?{part})" for part in middle if part)
    return re.compile(f"{head}{found}.*{tail}\\Z", re.DOTALL)
