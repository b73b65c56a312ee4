"""Why messages that are next in line do not go: what their route is at the moment, for people to read.

Not here: sending them (engine/messaging.py), gates that hold one contact (domain/gates.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dialerd.domain.words import Channel
from dialerd.ports import MessageRouteRow, RouteLoad, Unit

_SLACK = timedelta(seconds=5)  # a gateway may take that long for a whole window of messages before it is called slow


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteHold:
    """`is_way_out` False: nothing is wrong, messages go at the route's rate. `since`: when that began; `until`: when
    the last of those who wait has its turn, where that can be told."""

    is_way_out: bool
    reason: str
    since: datetime | None = None
    until: datetime | None = None


def route_hold(unit: Unit, channel: Channel, route: str | None, *, waiting: int, now: datetime) -> RouteHold:
    """What holds `waiting` messages that are next in line over a channel; `route`: the only one that will do."""
    known = {row.name: row for row in unit.messages.routes() if row.channel is channel}
    if route is not None and route not in known:
        return RouteHold(is_way_out=True, reason=f"{route} is no route of the daemon's settings for {channel}")
    rows = [known[route]] if route is not None else list(known.values())
    if not rows:
        return RouteHold(is_way_out=True, reason=f"the daemon's settings have no route for {channel}")
    if not (up := [row for row in rows if row.is_up]):
        said = "; ".join(f"route {row.name} is down: {row.reason}" for row in rows)
        return RouteHold(is_way_out=True, reason=said, since=max(row.since for row in rows))
    loads = {row.name: unit.messages.load(row.name) for row in up}
    if all(_is_stuck(row, loads[row.name], now) for row in up):
        said = "; ".join(
            f"route {row.name} is full: it has not answered for {loads[row.name].open} messages" for row in up
        )
        return RouteHold(is_way_out=True, reason=said, since=_oldest(loads))
    return _at_their_rate(up, loads, waiting, now)


def _is_stuck(row: MessageRouteRow, load: RouteLoad, now: datetime) -> bool:
    """Whether it has as many as it takes at once, for longer than its own rate explains."""
    if load.open < row.window or load.since is None:
        return False
    return now - load.since > timedelta(seconds=row.window / row.rate) + _SLACK


def _oldest(loads: Mapping[str, RouteLoad]) -> datetime | None:
    return min((load.since for load in loads.values() if load.since is not None), default=None)


def _at_their_rate(
    up: Sequence[MessageRouteRow], loads: Mapping[str, RouteLoad], waiting: int, now: datetime
) -> RouteHold:
    names = " and ".join(f"route {row.name}" for row in up)
    rate = sum(row.rate for row in up)
    ahead = sum(load.open for load in loads.values())
    reason = (
        f"next in line: {names} {'send' if len(up) > 1 else 'sends'} {rate:g} messages a second, {ahead} are sent now"
    )
    last_at = now + timedelta(seconds=(ahead + waiting) / rate)
    return RouteHold(is_way_out=False, reason=reason, until=last_at.replace(microsecond=0))
