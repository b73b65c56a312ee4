"""The counters of the unfinished runs, as the store keeps them: what `status` and reports show, for whoever watches;
and the daemons that share them.

Not here: what the engine holds (engine/reading.py). A handful of rows for each run, however many attempts it has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dialerd.domain.metrics import MOST_RUNS
from dialerd.ports import Unit

Sample = tuple[str, tuple[str, ...], float]


def read(unit: Unit) -> list[Sample]:
    """A metric's name, its labels' values, its value; at one moment, so that they fit each other."""
    return list(_figures(unit))


def _figures(unit: Unit) -> Iterator[Sample]:
    runs = sorted(unit.runs.unfinished(), key=lambda run: run.id, reverse=True)[:MOST_RUNS]
    names = {run.id: run.spec.name for run in runs}
    for run in runs:
        name = run.spec.name
        yield "dialerd_run_attempts", (name,), run.attempts
        for state in ("pending", "waiting", "in_progress", "done"):
            yield "dialerd_run_targets", (name, state), getattr(run, state)
    ended: Counter[tuple[str, str]] = Counter()
    if names:
        for tally in unit.reports.tallies("disposition", list(names), since=None, until=None):
            ended[names[tally.run_id], tally.disposition] += tally.attempts
    yield from (("dialerd_run_dispositions", labels, n) for labels, n in ended.items())
    for daemon in unit.daemons.all():
        labels = daemon.name, "leads" if daemon.leads else "helps"
        yield "dialerd_daemon_calls", labels, daemon.calls
        yield "dialerd_daemon_lease_seconds", labels, daemon.left_s
