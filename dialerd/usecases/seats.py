"""Claims where several daemons dial: each is held against what the others have up and the pace of all, in its own
transaction; and the calls of a daemon that is gone.

Not here: what a claim decides (dialing.py), what may be shared and how a pace goes (domain/seat.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.regulation import Pack
from dialerd.domain.seat import CLAIM_LEFT_S, LOOK_AGAIN_S, Ceiling, after, granted, held_up, kept_by_leader, opens_at
from dialerd.domain.words import AttemptId, Channel, Mode, RunId
from dialerd.ports import AttemptRow, RunRow, Unit
from dialerd.usecases import dialing
from dialerd.usecases.dialing import Claim, WayOut
from dialerd.usecases.finishing import ends_at

_NOT_FOR_US = Claim(attempts=(), held=0, is_dry=True, due_at=None)


def claim(
    unit: Unit,
    run_id: RunId,
    *,
    limit: int,
    way_out: WayOut,
    calls_up: int,
    channel: Channel = Channel.VOICE,
    packs: Sequence[Pack] = (),
    new_id: Callable[[], AttemptId],
    now: datetime,
) -> Claim:
    """What dialing.claim does, as far as the other daemons leave room. `calls_up`: this one's calls of the run.

    A helper claims only what is not the leader's, while its seat is its own for long enough and somebody leads: all of
    that is read in this transaction, which no other daemon's crosses.
    """
    ceiling, run = way_out.ceiling, unit.runs.get(run_id)
    assert ceiling is not None, "who has a seat has a ceiling"
    if run is None:
        return _NOT_FOR_US
    if not ceiling.seat.leads:
        if not unit.daemons.may_help(ceiling.seat, least_s=CLAIM_LEFT_S):
            return _full(1.0)
        over_at = ends_at(run)
        if kept(unit, run.spec) or (over_at is not None and over_at <= now):
            return _NOT_FOR_US
    room, again_s = _room(unit, run, way_out, ceiling, calls_up)
    if room < 1:
        return _full(again_s)
    claimed = dialing.claim(
        unit, run_id, limit=min(limit, room), way_out=way_out, channel=channel, packs=packs, new_id=new_id, now=now
    )
    _began(unit, run, way_out, ceiling, len(claimed.attempts))
    return claimed


def _full(again_s: float) -> Claim:
    return Claim(attempts=(), held=0, is_dry=False, due_at=None, again_s=again_s)


def take_turn(unit: Unit, *, run_id: RunId, way_out: WayOut) -> float:
    """Take the place of one call in the pace of all, for a call that a leader's agent waits for: it is dialed next.
    Where the others leave no room now nothing is taken: seconds after which to ask again."""
    run = None if way_out.ceiling is None else unit.runs.get(run_id)
    if run is None or way_out.ceiling is None:
        return 0.0
    room, again_s = _room(unit, run, way_out, way_out.ceiling, 0)
    if room < 1:
        return again_s
    _began(unit, run, way_out, way_out.ceiling, 1)
    return 0.0


def has_channel(unit: Unit, run: RunRow, way_out: WayOut) -> bool:
    """Whether the others leave a channel to it, now that it is claimed; always, where nobody shares."""
    return way_out.ceiling is None or _channels(unit, run, way_out, way_out.ceiling)[0] > 0


def _paces(run: RunRow, way_out: WayOut, ceiling: Ceiling) -> dict[str, float]:
    """The paces that a call of the run keeps, with their calls per second. Those of agents are kept by the leader."""
    paces = {f"trunk {way_out.trunk}": ceiling.rate}
    if run.spec.mode is Mode.AGENTLESS:
        paces[f"run {run.id}"] = run.spec.calls_per_second
    return paces


def hold_up(unit: Unit, attempt: AttemptRow, late_s: float) -> None:
    """A call has come so much after its place in the paces that it keeps: the next one does, too."""
    names = f"trunk {attempt.trunk}", f"run {attempt.run_id}"
    now_s, at = unit.daemons.paces(names)
    for name in names:
        unit.daemons.set_pace(name, held_up(at[name], now_s, late_s))


def _room(unit: Unit, run: RunRow, way_out: WayOut, ceiling: Ceiling, calls_up: int) -> tuple[int, float]:
    """How many calls may be begun now; where none, seconds after which to ask again."""
    room, of_run = _channels(unit, run, way_out, ceiling)
    if run.spec.mode is Mode.AGENTLESS:
        room = min(room, run.spec.max_calls - calls_up - of_run)
    if room < 1:
        return 0, LOOK_AGAIN_S
    paces = _paces(run, way_out, ceiling)
    now_s, at = unit.daemons.paces(paces)
    room = min(room, *(granted(at[name], now_s, rate) for name, rate in paces.items()))
    return room, max(opens_at(at[name], now_s, rate) for name, rate in paces.items()) - now_s


def _channels(unit: Unit, run: RunRow, way_out: WayOut, ceiling: Ceiling) -> tuple[int, int]:
    """Those that the others leave; and the calls of the run that they have up."""
    up = unit.daemons.up_elsewhere(ceiling.seat.own, trunk=way_out.trunk, server=way_out.asterisk, run_id=run.id)
    return min(ceiling.trunk_room - up.trunk, ceiling.server_room - up.server), up.run


def _began(unit: Unit, run: RunRow, way_out: WayOut, ceiling: Ceiling, count: int) -> None:
    if not count:
        return
    paces = _paces(run, way_out, ceiling)
    now_s, at = unit.daemons.paces(paces)
    for name, rate in paces.items():
        unit.daemons.set_pace(name, after(at[name], now_s, rate, count))


# Who dials what


def kept(unit: Unit, spec: CampaignSpec) -> str:
    """Why a campaign is dialed by the leader alone; empty: helpers dial it as well."""
    flow = None if spec.flow is None else unit.flows.get(spec.flow)
    return kept_by_leader(spec, None if flow is None else flow.spec)


def shared_runs(unit: Unit) -> tuple[list[RunRow], dict[str, str]]:
    """The unfinished runs that helpers dial; and by campaign, why the others are not theirs."""
    rows = unit.runs.unfinished()
    why = {row.spec.name: reason for row in rows if (reason := kept(unit, row.spec))}
    return [row for row in rows if row.spec.name not in why], why


# Those of a daemon that is gone


def settle_orphan(unit: Unit, attempt: AttemptRow, settle: Callable[[Unit], object]) -> bool:
    """Settle it, if it still belongs to no daemon: one of that name may have come back meanwhile."""
    owners = {row.name for row in unit.daemons.all()}
    now = unit.dialing.attempt(attempt.id)
    if now is None or now.disposition is not None or now.owner in owners:
        return False
    settle(unit)
    return True
