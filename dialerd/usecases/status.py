"""Where a campaign stands, in figures; and with `why`, what holds each of its targets that is not being called.

Not here: changing it (runs.py), one contact's case (explain.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dialerd.domain.disposition import is_live
from dialerd.domain.errors import NotFoundError
from dialerd.domain.gates import TITLES
from dialerd.domain.hours import CONTACT_ZONE, opening
from dialerd.domain.lifecycle import possible
from dialerd.domain.pacing.power import over_cap
from dialerd.domain.regulation import Rulebook
from dialerd.domain.words import CampaignState, Channel, Disposition, Mode, RunState
from dialerd.ports import RunRow, Unit
from dialerd.usecases.messageroutes import route_hold
from dialerd.usecases.regulation import pacing_meters
from dialerd.usecases.standing import get_campaign, standing
from dialerd.usecases.strategies import own_route, plan_for

NO_DAEMON = "no daemon is running on this database"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A campaign and its latest run. `actions`: what can be done to it now; `reason`: why the run ends or ended before
    its last target, or why its follow-up was not started; `held`: why a run that goes on places no calls."""

    campaign: str
    run: int | None
    state: str
    mode: str
    targets: int
    pending: int
    in_progress: int
    done: int
    attempts: int
    calls_now: int
    abandoned_rate: float
    dispositions: Mapping[str, int]
    started_at: datetime | None
    finished_at: datetime | None
    next_start_at: datetime | None
    reason: str
    held: str
    actions: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Targets that one gate keeps from being called or written to, `since` then, where that is known.

    `until`: when the first of them is looked at again; of messages at their route's rate, when the last of them goes.
    """

    gate: str
    reason: str
    targets: int
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slowed:
    """An abandon meter over its cap that holds a pace down: counts of people, and `cap` as a share of them."""

    meter: str
    abandoned: int
    live_answers: int
    cap: float
    reason: str


def status(unit: Unit, name: str, now: datetime) -> Status:
    """The campaign's latest run in figures."""
    row = get_campaign(unit, name)
    now_at = standing(unit, row, now)
    run = now_at.run
    dispositions = unit.runs.dispositions(run.id) if run else {}
    return Status(
        campaign=name,
        run=run.number if run else None,
        state=str(now_at.state),
        mode=(run or row).spec.mode,
        targets=run.targets if run else 0,
        pending=run.pending + run.waiting if run else 0,
        in_progress=run.in_progress if run else 0,
        done=run.done if run else 0,
        attempts=run.attempts if run else 0,
        calls_now=run.in_progress if run else 0,
        abandoned_rate=abandoned_rate(dispositions),
        dispositions={str(each): count for each, count in dispositions.items()},
        started_at=run.created_at if run else None,
        finished_at=run.finished_at if run else None,
        next_start_at=now_at.next_start_at,
        reason=run.reason if run else "",
        held=run.held if run and run.state is RunState.ACTIVE else "",
        actions=possible(now_at.state),
    )


def abandoned_rate(dispositions: Mapping[str, int]) -> float:
    """Abandoned calls as a share of all answered by a person."""
    live = sum(count for each, count in dispositions.items() if is_live(each))
    return dispositions.get(Disposition.ABANDONED, 0) / live if live else 0.0


def why(
    unit: Unit, name: str, now: datetime, *, is_daemon_running: bool, rulebook: Rulebook | None = None
) -> list[Hold]:
    """What holds the targets that are neither done nor being called, each of them counted once, most first. `rulebook`
    None: whether the packs of its messages are there is not told.

    Every target that is left is behind one hold, so that "nothing dials and nothing says why" cannot be.
    """
    row = get_campaign(unit, name)
    run = unit.runs.latest(row.id)
    if run is None or run.state.is_over:
        return []
    waiting = [
        Hold(gate=each.gate, reason=TITLES[each.gate], targets=each.targets, until=each.next_at)
        for each in unit.runs.held(run.id)
    ]
    if not run.pending:
        return [*_before_targets(run, is_daemon_running=is_daemon_running), *waiting]
    return [*_of_pending(unit, run, rulebook, now, is_daemon_running=is_daemon_running), *waiting]


def pacing(unit: Unit, name: str) -> Mapping[str, Any] | None:
    """What the pacer of the campaign's active or last run said last of itself; None where its mode learns nothing."""
    run = unit.runs.latest(get_campaign(unit, name).id)
    return None if run is None else unit.runs.pacing(run.id)


def slowed(unit: Unit, name: str, rulebook: Rulebook, now: datetime) -> list[Slowed]:
    """The abandon meters that hold the campaign's run in mode power to one call per agent.

    None where a pack that it names has been taken away: that holds the run as a whole. Raises NotFoundError.
    """
    run = unit.runs.latest(get_campaign(unit, name).id)
    if run is None or run.state.is_over or run.spec.mode is not Mode.POWER or run.spec.ratio == 1:
        return []
    if _lacks(run, rulebook):
        return []
    return [
        Slowed(
            meter=each.name,
            abandoned=each.abandoned,
            live_answers=each.live_answers,
            cap=each.cap,
            reason=f"one call per agent instead of {run.spec.ratio}: {each.name} is over its cap, {each.abandoned} of"
            f" {each.live_answers} people were abandoned, at most {each.cap:.1%} may be",
        )
        for each in over_cap(pacing_meters(unit, run, rulebook, now))
    ]


def _before_targets(run: RunRow, *, is_daemon_running: bool) -> list[Hold]:
    """A run without a pending target may be one whose contacts have not come in."""
    if run.is_prepared:
        return []
    if not is_daemon_running:
        return [Hold(gate="daemon", reason=NO_DAEMON, targets=0)]
    return [Hold(gate="target", reason="the run is still taking its contacts in", targets=0)]


def _of_pending(
    unit: Unit, run: RunRow, rulebook: Rulebook | None, now: datetime, *, is_daemon_running: bool
) -> list[Hold]:
    """Pending targets are next in line: what holds them holds the run as a whole, or everybody who is to be called, or
    to be written to over one route."""
    if not is_daemon_running:
        return [Hold(gate="daemon", reason=NO_DAEMON, targets=run.pending)]
    if run.state is not RunState.ACTIVE:
        return [Hold(gate="run", reason=f"the run is {run.state}", targets=run.pending)]
    hours = run.spec.contact_hours
    if hours.timezone != CONTACT_ZONE and not run.precedence:
        state = opening(hours, (), now)
        if not state.is_open:
            return [Hold(gate="hours", reason=TITLES["hours"], targets=run.pending, until=state.until)]
    if run.spec.strategy is None:
        return [_of_calls(unit, run, run.pending)]
    messages, calls, rest = _by_way(unit, run)
    holds = [_of_calls(unit, run, calls)] if calls else []
    lacks = "" if rulebook is None else _lacks(run, rulebook)
    if messages and lacks:
        holds.append(Hold(gate="regulation", reason=lacks, targets=messages.total()))
        messages.clear()
    for (channel, route), count in messages.items():
        held = route_hold(unit, channel, route, waiting=count, now=now)
        gate = "way_out" if held.is_way_out else "pace"
        holds.append(Hold(gate=gate, reason=held.reason, targets=count, since=held.since, until=held.until))
    if rest:
        holds.append(
            Hold(gate="target", reason="no answer has come in time: they are about to be settled", targets=rest)
        )
    return sorted(holds, key=lambda hold: -hold.targets)


def _lacks(run: RunRow, rulebook: Rulebook) -> str:
    """The pack that the run obeys and that is not there any more."""
    try:
        rulebook.of(run.spec.regulations)
    except NotFoundError as error:
        return str(error)
    return ""


def _by_way(unit: Unit, run: RunRow) -> tuple[Counter[tuple[Channel, str | None]], int, int]:
    """How many are next in line for a message over each route (None: any of the channel), for a call, for nothing."""
    plan = plan_for(unit, run.spec)
    messages: Counter[tuple[Channel, str | None]] = Counter()
    calls = rest = 0
    for channel, name, count in unit.strategies.in_line(run.id):
        if channel is None:
            rest += count
        elif channel.is_call:
            calls += count
        else:
            messages[channel, own_route(plan, name, channel)] += count
    return messages, calls, rest


def _of_calls(unit: Unit, run: RunRow, targets: int) -> Hold:
    spec = run.spec
    team = "" if spec.queue is None else _team(unit, spec.queue)
    if run.held:
        return Hold(gate="way_out", reason=f"{run.held}{team}", targets=targets)
    if spec.queue is not None:
        pace = f"{run.in_progress} up, more calls start as agents of queue {spec.queue} can take them{team}"
        return Hold(gate="pace", reason=f"next in line: {pace}", targets=targets)
    pace = f"{run.in_progress} of {spec.max_calls} calls are up, at most {spec.calls_per_second:g} start a second"
    return Hold(gate="pace", reason=f"next in line: {pace}", targets=targets)


def _team(unit: Unit, queue: str) -> str:
    """What the agents of a queue do, most first: `; its agents: 2 on call for spring, 1 paused`."""
    spec = unit.queues.get(queue)
    names = frozenset(() if spec is None else spec.agents)
    standings = Counter(
        f"{row.seen.state.replace('_', ' ')}{f' for {row.seen.campaign}' if row.seen.campaign else ''}"
        for row in unit.agents.all()
        if row.name in names
    )
    told = ", ".join(f"{count} {standing}" for standing, count in standings.most_common())
    return f"; its agents: {told}" if told else ""


def is_over(state: str) -> bool:
    """Whether a status' state will not change by itself any more."""
    settled: Sequence[str] = (
        CampaignState.DRAFT,
        CampaignState.READY,
        CampaignState.COMPLETED,
        CampaignState.STOPPED,
    )
    return state in settled
