"""Asterisk servers: how they stand, and which of them gets no new calls. Trunks: how they are used now.

Not here: what the settings have of trunks, in a list (lookups.py).
"""

from __future__ import annotations

from datetime import datetime

from dialerd.domain.user import Right
from dialerd.usecases import servers as use
from dialerd.web.binding import Ask, Model, Route


class ServerShown(Model):
    """`state`: ready, away (its calls may still be up), lost (they are settled), unknown; `since`: for how long."""

    server: str
    state: str
    reason: str
    since: datetime | None
    calls: int
    trunks: list[str]
    drained_at: datetime | None
    drained_by: str


class TrunkNow(Model):
    """`calls`: by server. `calls_per_second_now`: what it is given by what was learnt of it, and `reason` why that is
    less than `calls_per_second`; `rests_until`: none until then."""

    trunk: str
    asterisk: list[str]
    max_channels: int
    calls_per_second: float
    calls: dict[str, int]
    calls_per_second_now: float
    rests_until: datetime | None
    reason: str


def list_servers(ask: Ask[None, None]) -> list[ServerShown]:
    """The servers of the settings, as the daemon saw them last."""
    found = use.list_servers(ask.unit, known=ask.house.servers, trunks=ask.house.trunks)
    return [_shown(each) for each in found]


def drain_server(ask: Ask[None, None]) -> ServerShown:
    """Begin no call there from now on; those that are up go on to their end. Asked twice it comes to the same."""
    name = ask.path["name"]
    use.drain_server(ask.unit, name, known=ask.house.servers, actor=ask.actor, now=ask.now)
    return _one(ask, name)


def use_server(ask: Ask[None, None]) -> ServerShown:
    """Begin calls there again."""
    name = ask.path["name"]
    use.use_server(ask.unit, name, known=ask.house.servers, actor=ask.actor, now=ask.now)
    return _one(ask, name)


def show_trunk(ask: Ask[None, None]) -> TrunkNow:
    """A trunk: its limits, its calls by server, and what the daemon gives it now."""
    found = use.get_trunk(ask.unit, ask.path["name"], ask.house.trunks, ask.now)
    return TrunkNow(
        trunk=found.trunk.name,
        asterisk=list(found.trunk.servers),
        max_channels=found.trunk.max_channels,
        calls_per_second=found.trunk.calls_per_second,
        calls=dict(found.calls),
        calls_per_second_now=round(found.calls_per_second_now, 2),
        rests_until=found.rests_until,
        reason=found.reason,
    )


def _one(ask: Ask[None, None], name: str) -> ServerShown:
    (found,) = use.list_servers(ask.unit, known=[name], trunks=ask.house.trunks)
    return _shown(found)


def _shown(found: use.ServerStanding) -> ServerShown:
    return ServerShown(
        server=found.server,
        state=found.state,
        reason=found.reason,
        since=found.since,
        calls=found.calls,
        trunks=list(found.trunks),
        drained_at=found.drained_at,
        drained_by=found.drained_by,
    )


ROUTES: tuple[Route, ...] = (
    Route(method="GET", path="/api/servers", do=list_servers, right=Right.SEE),
    Route(method="POST", path="/api/servers/{name}/drain", do=drain_server, right=Right.ADMINISTER),
    Route(method="POST", path="/api/servers/{name}/use", do=use_server, right=Right.ADMINISTER),
    Route(method="GET", path="/api/trunks/{name}", do=show_trunk, right=Right.SEE),
)
