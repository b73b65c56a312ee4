"""A graph is drawn by Graphviz and Mermaid as it is, whatever its labels say."""

from __future__ import annotations

from dialerd.domain.flow.draw import draw
from dialerd.domain.graph import Edge, Graph, Node
from tests.domain.flow.samples import RENEWAL, read

NASTY = Graph(
    'a "b"',
    (Node("end", 'say "hi"\\\nthen]', "box"), Node("x", "<b>`#1`</b>", "diamond")),
    (Edge("end", "x", "1|2"), Edge("x", "end", "", is_dashed=True)),
)


def test_labels_are_text_and_nothing_else() -> None:
    assert NASTY.as_dot().splitlines()[3:] == [
        '  "end" [label="say \\"hi\\"\\\\\\nthen]" shape=box];',
        '  "x" [label="<b>`#1`</b>" shape=diamond];',
        '  "end" -> "x" [label="1|2"];',
        '  "x" -> "end" [label="" style=dashed];',
        "}",
    ]
    assert NASTY.as_mermaid().splitlines() == [
        "flowchart TD",
        '  n0["say #quot;hi#quot;\\<br/>then]"]',
        '  n1{"#lt;b#gt;#96;#35;1#96;#lt;/b#gt;"}',
        '  n0 -->|"1|2"| n1',
        "  n1 -.-> n0",
    ]


def test_a_flow_is_drawn_with_each_of_its_ways() -> None:
    graph = draw(read())
    assert len(graph.nodes) == 1 + RENEWAL.count("[node.")
    ways = {(edge.tail, edge.label, edge.head) for edge in graph.edges}
    assert {("menu", "9", "optout"), ("menu", "timeout", "bye"), ("how", "left = 0", "paid")} <= ways
    assert (" start", "", "greeting") in ways
