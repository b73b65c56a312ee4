"""What a person can ask of a flow before anybody is called: walk through it as whoever answers would.

Not here: the walk (domain/flow/trial.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from dialerd.domain.errors import BadInputError
from dialerd.domain.filters import Record
from dialerd.domain.flow.moves import Scene


def scene_of(*, number: str, zone: str, attributes: Mapping[str, str], now: datetime) -> Scene:
    """A contact that is none. Raises BadInputError: there is no such time zone."""
    try:
        today = now.astimezone(ZoneInfo(zone)).date()
    except (ValueError, KeyError, OSError):
        raise BadInputError(f"{zone[:40]!r} is no time zone", hint="like America/New_York") from None
    return Scene(contact=Record(number=number, list="", priority=0, zone=zone, attributes=attributes), today=today)
