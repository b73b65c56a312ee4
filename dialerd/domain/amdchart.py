"""The trade-off of detection's parameters drawn: people lost to the right, machines missed upwards; as text and as SVG.

Not here: the trials (amdtuning.py).
"""

from __future__ import annotations

from collections.abc import Iterator

from dialerd.domain.amdtuning import Trial, Tuning

_WIDE, _HIGH = 56, 14
_SVG_WIDE, _SVG_HIGH, _EDGE = 640, 400, 56


def as_text(tuning: Tuning) -> Iterator[str]:
    """Lines of a chart: `o` an unbeaten setting, `N` the one in use now, `S` the suggested one."""
    right, top = _reach(tuning)
    cells = [[" "] * (_WIDE + 1) for _ in range(_HIGH + 1)]
    for trial, mark in _marks(tuning):
        row = _HIGH - round(trial.missed_share / top * _HIGH)
        cells[row][round(trial.lost_share / right * _WIDE)] = mark
    yield "machines missed"
    for number, line in enumerate(cells):
        label = f"{top * (_HIGH - number) / _HIGH:.0%}" if number in (0, _HIGH // 2, _HIGH) else ""
        yield f"{label:>5} |{''.join(line).rstrip()}"
    yield f"{'':>5} +{'-' * (_WIDE + 1)}"
    yield f"{'':>7}0%{f'{right:.0%} people lost':>{_WIDE - 1}}"
    yield f"{'':>7}o unbeaten   N in use now   S suggested"


def as_svg(tuning: Tuning) -> str:
    """A drawing of its own, for a browser."""
    right, top = _reach(tuning)

    def place(trial: Trial) -> tuple[float, float]:
        across = _EDGE + trial.lost_share / right * (_SVG_WIDE - 2 * _EDGE)
        return across, _SVG_HIGH - _EDGE - trial.missed_share / top * (_SVG_HIGH - 2 * _EDGE)

    bottom, end = _SVG_HIGH - _EDGE, _SVG_WIDE - _EDGE
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(place, tuning.best))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SVG_WIDE} {_SVG_HIGH}" font-family="sans-serif"'
        ' font-size="12">',
        '<title>People lost against machines missed</title><rect width="100%" height="100%" fill="white"/>',
        f'<path d="M{_EDGE} {_EDGE}V{bottom}H{end}" fill="none" stroke="black"/>',
        f'<text x="{_EDGE}" y="{_EDGE - 12}">machines missed, up to {top:.0%}</text>',
        f'<text x="{end}" y="{bottom + 28}" text-anchor="end">people lost, up to {right:.0%}</text>',
        f'<polyline points="{line}" fill="none" stroke="#888"/>',
    ]
    for trial, mark in _marks(tuning):
        x, y = place(trial)
        told = f"{trial.parameters}: people lost {trial.lost_share:.1%}, machines missed {trial.missed_share:.1%}"
        colour = {"o": "#888", "N": "#c33", "S": "#283"}[mark]
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"><title>{told}</title></circle>')
        if mark != "o":
            text = {"N": "in use now", "S": "suggested"}[mark]
            parts.append(f'<text x="{x + 8:.1f}" y="{y - 6:.1f}" fill="{colour}">{text}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _marks(tuning: Tuning) -> Iterator[tuple[Trial, str]]:
    yield from ((each, "o") for each in tuning.best)
    yield tuning.now, "N"
    yield tuning.suggested, "S"


def _reach(tuning: Tuning) -> tuple[float, float]:
    """The largest shares shown, never nought."""
    trials = [trial for trial, _ in _marks(tuning)]
    return max(0.01, *(each.lost_share for each in trials)), max(0.01, *(each.missed_share for each in trials))
