"""What a person can ask of the file of a flow or a strategy before it is kept: what is wrong with it, its graph.

Not here: what is wrong with which (domain/flow, domain/strategy), keeping them (flows.py, strategies.py). One shape
for both, whichever way it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from dialerd.domain.errors import BadInputError
from dialerd.domain.flow import Complaint, FlowSpec
from dialerd.domain.flow import examine as examine_flow
from dialerd.domain.flow.draw import draw as draw_flow
from dialerd.domain.graph import Graph
from dialerd.domain.strategy import Strategy
from dialerd.domain.strategy import drawing as draw_strategy
from dialerd.domain.strategy import examine as examine_strategy
from dialerd.ports import Unit
from dialerd.usecases.flows import get_flow
from dialerd.usecases.strategies import get_strategy

D = TypeVar("D")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    line: int
    complaint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """`name` None: it is none at all."""

    name: str | None
    complaints: Sequence[Wrong]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """`dot`: for Graphviz; `mermaid`: for Markdown that draws it."""

    dot: str
    mermaid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[D]):
    """What is kept as a file: its noun, how it is read, drawn and found, and its size in words ("3 nodes")."""

    noun: str
    examine: Callable[[str], tuple[D | None, tuple[Complaint, ...]]]
    draw: Callable[[D], Graph]
    kept: Callable[[Unit, str], D]
    size: Callable[[D], str]


FLOW: Kind[FlowSpec] = Kind(
    noun="flow",
    examine=examine_flow,
    draw=draw_flow,
    kept=lambda unit, name: get_flow(unit, name).spec,
    size=lambda spec: f"{len(spec.node)} nodes",
)
STRATEGY: Kind[Strategy] = Kind(
    noun="strategy",
    examine=examine_strategy,
    draw=draw_strategy,
    kept=get_strategy,
    size=lambda strategy: f"{len(strategy.step)} steps",
)


def check(kind: Kind[D], text: str) -> Checked:
    """Everything that is wrong with a file, each with its line."""
    found, wrong = kind.examine(text)
    return checked(getattr(found, "name", None), wrong)


def checked(name: str | None, wrong: Collection[Complaint]) -> Checked:
    return Checked(name=name, complaints=[Wrong(line=each.line, complaint=each.text) for each in wrong])


def read(kind: Kind[D], text: str, *, source: str, hint: str) -> D:
    """What a file defines that has nothing wrong. Raises BadInputError with every complaint, as source:line."""
    found, wrong = kind.examine(text)
    if found is None or wrong:
        raise BadInputError("; ".join(f"{source}:{each.line}: {each.text}" for each in wrong), hint=hint)
    return found


def draw(kind: Kind[D], definition: D) -> Drawn:
    """Its graph."""
    graph = kind.draw(definition)
    return Drawn(dot=graph.as_dot(), mermaid=graph.as_mermaid())
