"""What people ask of Asterisk servers and trunks: have a server left alone and used again, and see how they stand.

Not here: obeying it (engine/serverdesk.py), what they are (the settings).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dialerd.domain.errors import NotFoundError
from dialerd.domain.trunk import Trunk
from dialerd.ports import Unit
from dialerd.ports.servers import ServerRow, TrunkStateRow

_NOTHING_TOLD = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerStanding:
    """`state`: ready, away (its calls may still be up), lost (they are settled), or unknown: no daemon has said."""

    server: str
    state: str
    reason: str
    since: datetime | None
    calls: int
    trunks: Sequence[str]
    drained_at: datetime | None
    drained_by: str


def drain_server(unit: Unit, name: str, *, known: Iterable[str], actor: str, now: datetime) -> bool:
    """No call is begun there any more; those that are up go on to their end. False: so it was. Raises NotFoundError."""
    row = _row(unit, name, known)
    if row.drained_at is not None:
        return False
    unit.servers.drain(name, actor=actor, now=now)
    unit.audit.add(actor=actor, action="server.drain", subject=name, detail={}, now=now)
    return True


def use_server(unit: Unit, name: str, *, known: Iterable[str], actor: str, now: datetime) -> bool:
    """Calls are begun there again. False: they were. Raises NotFoundError."""
    row = _row(unit, name, known)
    if row.drained_at is None:
        return False
    unit.servers.use(name)
    detail = {"drained_at": row.drained_at.isoformat(), "drained_by": row.drained_by}
    unit.audit.add(actor=actor, action="server.use", subject=name, detail=detail, now=now)
    return True


def _row(unit: Unit, name: str, known: Iterable[str]) -> ServerRow:
    names = list(known)
    if name not in names:
        raise NotFoundError(
            f"there is no server {name[:64]} in the settings", hint=f"those of [[asterisk]] are {', '.join(names)}"
        )
    return unit.servers.all().get(name, ServerRow(name=name))


def list_servers(unit: Unit, *, known: Iterable[str], trunks: Mapping[str, Trunk]) -> list[ServerStanding]:
    """Every server of the settings, as the daemon saw it last."""
    rows, calls = unit.servers.all(), unit.servers.calls()
    found = []
    for name in known:
        row = rows.get(name, ServerRow(name=name))
        found.append(
            ServerStanding(
                server=name,
                state=row.state or _NOTHING_TOLD,
                reason=row.reason,
                since=row.told_at,
                calls=sum(count for (server, _), count in calls.items() if server == name),
                trunks=[each.name for each in trunks.values() if name in each.servers],
                drained_at=row.drained_at,
                drained_by=row.drained_by,
            )
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkStanding:
    """A trunk of the settings and how it is used now. `calls`: by server. `calls_per_second_now`: what it is given by
    what was learnt of it; `rests_until`: none until then; `reason`: why it is less than the settings have."""

    trunk: Trunk
    calls: Mapping[str, int]
    calls_per_second_now: float
    rests_until: datetime | None
    reason: str


def list_trunks(unit: Unit, trunks: Mapping[str, Trunk], now: datetime) -> list[TrunkStanding]:
    learnt, calls = unit.servers.trunks(), unit.servers.calls()
    return [_standing(trunk, learnt.get(trunk.name), calls, now) for trunk in trunks.values()]


def _standing(
    trunk: Trunk, learnt: TrunkStateRow | None, calls: Mapping[tuple[str, str], int], now: datetime
) -> TrunkStanding:
    rests_until = learnt.rests_until if learnt and learnt.rests_until and learnt.rests_until > now else None
    is_less = learnt is not None and (learnt.pace < 1.0 or rests_until is not None)
    return TrunkStanding(
        trunk=trunk,
        calls={server: calls.get((server, trunk.name), 0) for server in trunk.servers},
        calls_per_second_now=0.0 if rests_until else trunk.calls_per_second * (learnt.pace if learnt else 1.0),
        rests_until=rests_until,
        reason=learnt.reason if learnt is not None and is_less else "",
    )


def get_trunk(unit: Unit, name: str, trunks: Mapping[str, Trunk], now: datetime) -> TrunkStanding:
    """Raises NotFoundError."""
    if name not in trunks:
        raise NotFoundError(
            f"there is no trunk {name[:64]} in the settings", hint=f"those of [[trunk]] are {', '.join(trunks)}"
        )
    (found,) = list_trunks(unit, {name: trunks[name]}, now)
    return found
