"""A flow as a graph: each node with what it does, each way with what leads along it.

Not here: the text that draws it (domain/graph.py).
"""

from __future__ import annotations

from dialerd.domain.flow.message import Message
from dialerd.domain.flow.nodes import Branch, Callback, HangUp, Node, Play, RecordCall, Request, Set
from dialerd.domain.flow.prompt import Part
from dialerd.domain.flow.spec import FlowSpec
from dialerd.domain.flow.transfer import Transfer
from dialerd.domain.graph import Edge, Graph, Shape
from dialerd.domain.graph import Node as Drawn

_LABEL = 40
_QUIET = frozenset({"timeout", "invalid", "fail", "otherwise", "no agent"})
_START = " start"  # no node's name


def draw(spec: FlowSpec) -> Graph:
    nodes = [Drawn(name, f"{name}\n{_short(told(node))}", _shape(node)) for name, node in spec.node.items()]
    edges = [
        Edge(name, way.to, _short(way.label), is_dashed=way.label in _QUIET)
        for name, node in spec.node.items()
        for way in node.ways
    ]
    return Graph(spec.name, (Drawn(_START, spec.name, "oval"), *nodes), (Edge(_START, spec.start), *edges))


def told(node: Node) -> str:
    """What a node does, in a few words."""
    match node:
        case Branch():
            return "branch"
        case Set():
            given = [*node.attributes, *([f"disposition {node.disposition}"] if node.disposition else [])]
            return f"set {', '.join(given)}"
        case RecordCall():
            return "record the call" if node.on else "record the call no more"
        case Request():
            return f"{node.method} {node.url}"
        case Callback():
            return f"callback in {node.in_min:g} min" if node.in_min is not None else f"callback at {node.at}"
        case Message():
            return f"{node.do} {node.subject or node.text}"
        case Transfer():
            return f"transfer to {node.place}"
        case HangUp():
            return f"hang up{f': {node.disposition}' if node.disposition else ''}"
        case Play():
            return f"play {said(node.say)}"
        case _:
            prompt = said(getattr(node, "say", ()))
            return f"{node.do} {prompt}".strip()


def said(prompt: tuple[Part, ...]) -> str:
    return " + ".join(part.value if part.way == "sound" else f"{part.way} {part.value}" for part in prompt)


def _shape(node: Node) -> Shape:
    if isinstance(node, HangUp | Transfer):
        return "end"
    return "diamond" if isinstance(node, Branch) else "box"


def _short(text: str) -> str:
    return text if len(text) <= _LABEL else f"{text[: _LABEL - 1]}…"
