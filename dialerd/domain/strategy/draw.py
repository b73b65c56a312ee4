"""A strategy as a graph: its steps, and on each way the outcomes that lead there.

Not here: the text that draws it (domain/graph.py).
"""

from __future__ import annotations

from collections.abc import Iterator

from dialerd.domain.graph import Edge, Graph, Node
from dialerd.domain.strategy.spec import Do, Rule, Step, Strategy

_FINISH, _CALLBACK = "finish", "callback"


def drawing(strategy: Strategy) -> Graph:
    """Nodes are steps; a dashed way is taken by every outcome that no rule names."""
    edges = tuple(edge for step in strategy.step for edge in _edges(strategy, step))
    ends = {edge.head for edge in edges}
    nodes = [Node(f"step:{step.name}", _label(step)) for step in strategy.step]
    if _CALLBACK in ends:
        nodes.append(Node(_CALLBACK, "a call is promised", "oval"))
    if _FINISH in ends:
        nodes.append(Node(_FINISH, "finish", "end"))
    return Graph(strategy.name, tuple(nodes), edges)


def _label(step: Step) -> str:
    what = f"{step.channel}: {step.template}" if step.is_message else str(step.channel)
    return f"{step.name}\n{what}"


def _edges(strategy: Strategy, step: Step) -> Iterator[Edge]:
    tail = f"step:{step.name}"
    for rule in step.rule:
        head = strategy.leads_to(step, rule)
        end = _CALLBACK if rule.do is Do.CALLBACK else _FINISH
        yield Edge(tail, end if head is None else f"step:{head.name}", _said(rule))
    below = strategy.after(step) if step.otherwise == "next" else None
    yield Edge(tail, _FINISH if below is None else f"step:{below.name}", "otherwise", is_dashed=True)


def _said(rule: Rule) -> str:
    words = ", ".join(rule.on)
    if rule.max is not None:
        words += f", {rule.max} times" if rule.max > 1 else ", once"
    return words if not rule.after_min else f"{words}, after {rule.after_min:g} min"
