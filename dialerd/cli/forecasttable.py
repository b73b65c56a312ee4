"""How a forecast is shown: as tables, and as a document for programs.

Not here: asking for one (simulate.py), what is in it (simulate/forecast.py, simulate/findings.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from rich.console import Group
from rich.table import Table

from dialerd.cli.context import simple_table
from dialerd.simulate.findings import COUNTS, Finding
from dialerd.simulate.forecast import MEASURES, PERCENTILES, Forecast
from dialerd.simulate.scene import Scene


def document(forecast: Forecast, scene: Scene) -> dict[str, Any]:
    """What was counted is nested by its words: nodes, menu, 1."""
    table: dict[str, Any] = {
        "varied": dict(forecast.varied),
        "runs": len(forecast.courses),
        "unfinished": sum(not course.is_over for course in forecast.courses),
        "ends_at": {f"p{share}": _ends_at(forecast, scene, share) for share in PERCENTILES},
        **{
            measure: {f"p{share}": forecast.percentile(measure, share) for share in PERCENTILES} for measure in MEASURES
        },
    }
    for finding in forecast.found:
        *path, last = finding
        inner = table
        for word in path:
            inner = inner.setdefault(word, {})
        inner[last] = {f"p{share}": round(forecast.finding(finding, share), 6) for share in PERCENTILES}
    return table


def tables(found: Sequence[Forecast], scene: Scene) -> Group:
    columns = ("", "end", "calls", "reached", "calls/h", "abandoned", "agents talk")
    first = simple_table(columns, (row for forecast in found for row in _rows(forecast, scene)))
    return Group(first, *(each for forecast in found for each in _details(forecast, scene)))


def _name(forecast: Forecast, scene: Scene) -> str:
    return ", ".join(f"{key} = {value}" for key, value in forecast.varied.items()) or scene.spec.name


def _ends_at(forecast: Forecast, scene: Scene, share: int) -> datetime:
    return scene.start + timedelta(seconds=round(forecast.percentile("lasted_s", share)))


def _rows(forecast: Forecast, scene: Scene) -> Iterator[tuple[object, ...]]:
    for share in PERCENTILES:
        end = f"{_ends_at(forecast, scene, share):%a %H:%M}"
        if share == PERCENTILES[-1] and not all(course.is_over for course in forecast.courses):
            end = "not over"
        yield (
            f"{_name(forecast, scene)}: {share} %",
            end,
            f"{forecast.percentile('calls', share):.0f}",
            f"{forecast.percentile('reached', share):.0f}",
            f"{forecast.percentile('calls_per_h', share):.0f}",
            f"{forecast.percentile('abandoned', share):.2%}",
            f"{forecast.percentile('talking', share):.0%}" if scene.names or "agents" in forecast.varied else "-",
        )


def _details(forecast: Forecast, scene: Scene) -> Iterator[Table | str]:
    yield ""
    columns = (_name(forecast, scene), "", "", *(f"{share} %" for share in PERCENTILES))
    yield simple_table(columns, (_row(forecast, finding) for finding in sorted(forecast.found, key=_in_order(scene))))


def _row(forecast: Forecast, finding: Finding) -> tuple[object, ...]:
    words = (*finding, "", "")[:3]
    return (*words, *(_shown(finding, forecast.finding(finding, share)) for share in PERCENTILES))


def _shown(finding: Finding, value: float) -> str:
    if finding[-1] in COUNTS:
        return f"{value:.0f}"
    return f"{value:.1f} s" if finding[-1].endswith("_s") else f"{value:.1%}"


def _in_order(scene: Scene) -> Callable[[Finding], tuple[object, ...]]:
    """As the flow and the strategy have their nodes and steps; numbers before the shares of them."""
    nodes = list(scene.flow.node) if scene.flow is not None else []
    steps = [step.name for step in scene.strategy.step] if scene.strategy is not None else []
    kinds = ["dispositions", "steps", "nodes", "transfers", "messages", "opt_outs"]
    places = {name: at for at, name in enumerate([*steps, *nodes])}

    def key(finding: Finding) -> tuple[object, ...]:
        kind, *rest = finding
        name = rest[0] if len(rest) > 1 else ""
        return kinds.index(kind), places.get(name, len(places)), name, finding[-1] not in COUNTS, finding[-1]

    return key
