"""Where a lead lives by what ViciDial knows of it: the offset of its clock, its state, and its number.

Not here: numbers' own zones (domain/phone.py). ViciDial has worked its offset out from area code, postal code or owner;
it alone names no zone, since it says nothing of summer time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

_EASTERN, _CENTRAL, _MOUNTAIN, _PACIFIC = (
    f"America/{city}" for city in ("New_York", "Chicago", "Denver", "Los_Angeles")
)

_STATES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("CT", "DE", "DC", "GA", "ME", "MD", "MA", "NH", "NJ", "NY", "NC", "OH", "PA", "RI", "SC", "VT", "VA", "WV"),
        (_EASTERN,),
    ),
    **dict.fromkeys(("AL", "AR", "IL", "IA", "LA", "MN", "MS", "MO", "OK", "WI"), (_CENTRAL,)),
    **dict.fromkeys(("CO", "MT", "NM", "UT", "WY"), (_MOUNTAIN,)),
    **dict.fromkeys(("CA", "NV", "WA"), (_PACIFIC,)),
    **dict.fromkeys(("FL", "KY", "TN", "IN"), (_EASTERN, _CENTRAL)),
    "MI": ("America/Detroit", _CENTRAL),
    **dict.fromkeys(("KS", "NE", "ND", "SD", "TX"), (_CENTRAL, _MOUNTAIN)),
    "ID": (_MOUNTAIN, _PACIFIC),
    "OR": (_PACIFIC, _MOUNTAIN),
    "AZ": ("America/Phoenix",),
    "AK": ("America/Anchorage", "America/Adak"),
    "HI": ("Pacific/Honolulu",),
    "PR": ("America/Puerto_Rico",),
}
_US = frozenset({"", "US", "USA"})


def zone_of(
    number_zones: Sequence[str], *, offset_h: float | None, state: str, country: str, at: datetime
) -> str | None:
    """The one zone in which a lead lives, where that is more than its number says; None: its number says as much, or
    what is known does not agree on one.

    `offset_h`: how far its clock was off UTC `at` the time of the dump.
    """
    if offset_h is None:
        return None
    near = _with_offset(number_zones, offset_h, at)
    if near:
        return near[0] if len(near) == 1 < len(number_zones) else None
    lived = _with_offset(_STATES.get(state.upper(), ()), offset_h, at) if country.upper() in _US else []
    return lived[0] if len(lived) == 1 else None


def _with_offset(zones: Collection[str], offset_h: float, at: datetime) -> list[str]:
    return [zone for zone in zones if _offset_h(zone, at) == offset_h]


def _offset_h(zone: str, at: datetime) -> float:
    offset = at.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None, "a zone has one at every moment"
    return offset.total_seconds() / 3600
