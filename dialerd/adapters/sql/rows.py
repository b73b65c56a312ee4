"""How values are kept in columns: times as text that sorts, zones and attributes as JSON.

Not here: any statement.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache

END_LANE = "end"
"""Where targets stand that only wait for an answer to their last message."""


def to_text(moment: datetime) -> str:
    """An aware moment as ISO 8601 in UTC with microseconds: always 32 characters, so text order is time order."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="microseconds")


def to_text_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else to_text(moment)


def to_moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def to_moment_or_none(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def to_json(value: Mapping[str, object] | Sequence[object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=1024)  # a country's numbers lie in few zones
def to_zones(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text)) if text != "[]" else ()
