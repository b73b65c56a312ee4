"""A graph of nodes and edges as a text that Graphviz or Mermaid draws; for flows and strategies alike.

Not here: what the nodes are (domain/flow, domain/strategy.py). Labels are data: nothing in them is read as markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Shape = Literal["box", "oval", "diamond", "end"]
_DOT: dict[Shape, str] = {"box": "box", "oval": "oval", "diamond": "diamond", "end": "doublecircle"}
_MERMAID: dict[Shape, tuple[str, str]] = {
    "box": ("[", "]"),
    "oval": ("([", "])"),
    "diamond": ("{", "}"),
    "end": ("((", "))"),
}


@dataclass(frozen=True, slots=True)
class Node:
    id: str
    label: str
    shape: Shape = "box"


@dataclass(frozen=True, slots=True)
class Edge:
    tail: str
    head: str
    label: str = ""
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    name: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def as_dot(self) -> str:
        """For `dot -Tsvg`."""
        return "\n".join(self._dot()) + "\n"

    def as_mermaid(self) -> str:
        """For Markdown that draws Mermaid."""
        return "\n".join(self._mermaid()) + "\n"

    def _dot(self) -> Iterator[str]:
        yield f"digraph {_dot_text(self.name)} {{"
        yield "  node [fontname=sans fontsize=11];"
        yield "  edge [fontname=sans fontsize=10];"
        for node in self.nodes:
            yield f"  {_dot_text(node.id)} [label={_dot_text(node.label)} shape={_DOT[node.shape]}];"
        for edge in self.edges:
            options = f"label={_dot_text(edge.label)}" + (" style=dashed" if edge.is_dashed else "")
            yield f"  {_dot_text(edge.tail)} -> {_dot_text(edge.head)} [{options}];"
        yield "}"

    def _mermaid(self) -> Iterator[str]:
        ids = {node.id: f"n{index}" for index, node in enumerate(self.nodes)}  # ids of the user may be words of Mermaid
        yield "flowchart TD"
        for node in self.nodes:
            left, right = _MERMAID[node.shape]
            yield f"  {ids[node.id]}{left}{_mermaid_text(node.label)}{right}"
        for edge in self.edges:
            arrow = "-.->" if edge.is_dashed else "-->"
            label = f"|{_mermaid_text(edge.label)}|" if edge.label else ""
            yield f"  {ids[edge.tail]} {arrow}{label} {ids[edge.head]}"


def _dot_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _mermaid_text(text: str) -> str:
    """Between quotes only `"`, `#` and markup mean something; as entities they do not."""
    entities = {'"': "#quot;", "#": "#35;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "\n": "<br/>", "`": "#96;"}
    return '"' + "".join(entities.get(each, each) for each in text) + '"'
