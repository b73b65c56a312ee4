"""What came of a forecast's course beside its end: by disposition, by node of the flow, by step, by channel.

Not here: playing it (forecast.py).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

from dialerd.domain.flow import FlowSpec
from dialerd.domain.flow.transfer import Transfer
from dialerd.domain.words import Disposition, RunId
from dialerd.ports import Unit
from dialerd.ports.flows import WalkedRow
from dialerd.simulate.routes import SimulatedRoute
from dialerd.simulate.scene import Scene

Finding = tuple[str, ...]
"""What was counted, from the general to the particular: nodes, menu, 1."""

Findings = Mapping[Finding, float]
COUNTS = frozenset({"came", "attempts", "sent", "opt_outs"})
"""The last words of those findings that are numbers; those in _s are seconds; any other is a share."""

_LATE = 0.9


def findings_of(unit: Unit, run_id: RunId, scene: Scene, routes: Iterable[SimulatedRoute]) -> Findings:
    """Shares are of all attempts, of those at a step, of those who came to a node, of the messages that were sent."""
    found: dict[Finding, float] = {}
    ended = unit.runs.dispositions(run_id)
    for code, count in ended.items():
        found["dispositions", str(code)] = count / sum(ended.values())
    if scene.strategy is not None:
        found |= _steps(unit, run_id)
    if scene.flow is not None:
        found |= _nodes(list(unit.flows.paths(run_id)), scene.flow)
    for route in routes:
        found |= _messages(route)
    if scene.flow is not None or scene.strategy is not None or scene.spec.opt_out_key is not None:
        found["opt_outs",] = unit.optouts.people()
    return found


def _steps(unit: Unit, run_id: RunId) -> Findings:
    steps: dict[str, Counter[str]] = defaultdict(Counter)
    for row in unit.dialing.export(run_id):
        steps[row.attempt.step][row.attempt.final or str(row.attempt.disposition)] += 1
    found: dict[Finding, float] = {}
    for step, codes in steps.items():
        name = step or "callback"  # a call that was promised is at no step
        found["steps", name, "attempts"] = codes.total()
        found |= {("steps", name, code): count / codes.total() for code, count in codes.items()}
    return found


def _nodes(rows: Sequence[WalkedRow], flow: FlowSpec) -> Findings:
    came, ways, waits = Counter[str](), Counter[Finding](), defaultdict[str, list[float]](list)
    for row in rows:
        for visit in row.path:
            came[visit.node] += 1
            if visit.way:
                ways[visit.node, visit.way] += 1
        last = row.path[-1].node
        if row.disposition is Disposition.CUSTOMER_HANGUP:
            ways[last, "hangup"] += 1
        if row.waited_s is not None:
            waits[last].append(row.waited_s)
    found: dict[Finding, float] = {("nodes", node, "came"): count for node, count in came.items()}
    found |= {("nodes", node, way): count / came[node] for (node, way), count in ways.items()}
    for node, spec in flow.node.items():
        if isinstance(spec, Transfer) and spec.context is None and came[node]:
            waited = sorted(waits[node])
            found["transfers", node, "came"] = came[node]
            found["transfers", node, "connected"] = len(waited) / came[node]
            if waited:
                found["transfers", node, "waited_s"] = fmean(waited)
                found["transfers", node, "waited_90_s"] = waited[round(_LATE * (len(waited) - 1))]
    return found


def _messages(route: SimulatedRoute) -> Findings:
    sent = len(route.record)
    shares = {"delivered": route.arrived, "replied": route.replies} if sent else {}
    return {
        ("messages", route.name, "sent"): sent,
        **{("messages", route.name, what): count / sent for what, count in shares.items()},
    }
