"""The way that a call has taken through its flow: the nodes, when it came to each, and how it left it.

Not here: taking it (step.py), what shares of people go which way (domain/habits.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dialerd.domain.flow.moves import Position


@dataclass(frozen=True, slots=True)
class Visit:
    """A call was at `node`, `after_s` seconds after its answer. `way`: how it left: the key of a menu, answer, timeout,
    invalid, fail, recorded, done, no agent; empty: by a node's only way, or it has not left it. What was typed where
    several keys are an answer is not in it: that may be secret.
    """

    node: str
    after_s: float
    way: str = ""


def followed(known: Sequence[Visit], at: Position, after_s: float) -> tuple[Visit, ...]:
    """The path with the position that a step has led to; the last one is where the call is."""
    left = [
        replace(known[n], way=way) if n < len(known) else Visit(node, after_s, way)
        for n, (node, way) in enumerate(at.path)
    ]
    here = known[len(left)] if len(known) > len(left) else Visit(at.node, after_s)
    return (*left, here)


def as_rows(path: Iterable[Visit]) -> list[list[Any]]:
    """As it is kept: node, seconds, way."""
    return [[visit.node, round(visit.after_s, 1), visit.way] for visit in path]


def of_rows(rows: Iterable[Sequence[Any]]) -> tuple[Visit, ...]:
    return tuple(Visit(node, after_s, way) for node, after_s, way in rows)
