"""What the engine holds at this moment, as numbers by label: for whoever watches, read from what is in memory.

Not here: what was counted over time (meters.py), what the store counts (usecases/figures.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from dialerd.domain.metrics import MOST_RUNS
from dialerd.domain.pacing.view import AbandonMeter
from dialerd.domain.words import RunState
from dialerd.engine.agentbook import AgentBook
from dialerd.engine.callerdesk import CallerDesk
from dialerd.engine.runkeeper import RunKeeper
from dialerd.engine.runline import RunLine
from dialerd.engine.trunkdesk import TrunkDesk

Sample = tuple[str, tuple[str, ...], float]
"""A metric's name, its labels' values, its value."""

_PHASES = ("ringing", "detecting", "connected", "waiting", "talking")


def read(runs: RunKeeper, book: AgentBook, callers: CallerDesk, trunks: TrunkDesk) -> Iterator[Sample]:
    """A walk over runs, agents, callers and trunks; nothing is asked of anybody."""
    yield from _runs(runs.all_lines())
    states = Counter(line.seen.state.value for line in book.lines.values())
    yield from (("dialerd_agents", (state,), n) for state, n in states.items())
    at_work = Counter(line.works_for for line in book.lines.values() if line.works_for is not None)
    for line in runs.lines.values():
        if line.row.spec.queue is not None and line.row.id in at_work:
            yield "dialerd_agents_at_work", (line.row.spec.name,), at_work[line.row.id]
    yield from (("dialerd_queue_callers", (queue,), n) for queue, n in callers.waiting().items())
    for name, standing in trunks.standing().items():
        yield "dialerd_trunk_channels", (name,), standing.in_use
        yield "dialerd_trunk_max_channels", (name,), standing.max_channels
        yield "dialerd_trunk_calls_per_second", (name,), standing.calls_per_second
        yield "dialerd_trunk_resting", (name,), float(standing.is_resting)


def _runs(lines: Iterable[RunLine]) -> Iterator[Sample]:
    told = sorted(lines, key=lambda line: line.row.id, reverse=True)
    states: Counter[str] = Counter({line.row.id: line.row.state.value for line in told}.values())
    yield from (("dialerd_runs", (state,), n) for state, n in states.items())
    calls: Counter[tuple[str, str]] = Counter()
    held: dict[str, bool] = {}
    for line in told[:MOST_RUNS]:
        name = line.row.spec.name
        for phase, up in zip(_PHASES, line.phases, strict=True):
            calls[name, phase] += len(up)
        is_held = bool(line.held_by or line.messages_held_by)
        held[name] = held.get(name, False) or (is_held and line.row.state is RunState.ACTIVE)
        yield from _learnt(line)
        for meter in line.meters:
            yield from _abandoned(name, meter)
    yield from (("dialerd_calls", labels, n) for labels, n in calls.items())
    yield from (("dialerd_run_held", (name,), float(is_held)) for name, is_held in held.items())


def _learnt(line: RunLine) -> Iterator[Sample]:
    if line.learner is None:
        return
    name, account = line.row.spec.name, line.learner.account()
    believed = account.estimates
    yield "dialerd_pacing_answer_rate", (name,), believed.answer_rate
    yield "dialerd_pacing_human_rate", (name,), believed.human_rate
    yield "dialerd_pacing_talk_seconds", (name,), believed.talk_s
    yield "dialerd_pacing_wrap_up_seconds", (name,), believed.wrap_up_s
    yield "dialerd_pacing_risk", (name,), account.theta
    if account.meter.name not in {meter.name for meter in line.meters}:
        yield from _abandoned(name, account.meter)


def _abandoned(campaign: str, meter: AbandonMeter) -> Iterator[Sample]:
    share = meter.abandoned / meter.live_answers if meter.live_answers else 0.0
    yield "dialerd_abandoned_share", (campaign, meter.name), share
    yield "dialerd_abandoned_limit", (campaign, meter.name), meter.cap
