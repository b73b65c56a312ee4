"""What is wrong between the nodes of a flow: ways to nowhere, nodes out of reach, endless loops, unknown names.

Not here: what is wrong within one node (nodes.py), whether sounds, queues and codes exist (usecases/flows.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dialerd.domain.dispositionset import CODE
from dialerd.domain.filters.tree import OWN
from dialerd.domain.flow.lines import Path
from dialerd.domain.flow.node import Way
from dialerd.domain.flow.nodes import Branch, Collect, Node, Request, Set
from dialerd.domain.flow.spec import FlowSpec

_NODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}\Z")
_WORD = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")


@dataclass(frozen=True, slots=True, order=True)
class Complaint:
    """What is wrong, and on which line of the file."""

    line: int
    text: str


def complaints(spec: FlowSpec) -> Iterator[tuple[Path, str]]:
    """Everything that is wrong, each with the path of its key."""
    yield from _names(spec)
    lost = list(_ways_to_nowhere(spec))
    yield from lost
    if lost:
        return  # what follows would only be their echo
    reached = _reached(spec)
    for name in spec.node:
        if name not in reached:
            yield ("node", name), f"node {name}: no way leads here"
    yield from _loops(spec)
    yield from _unset(spec, reached)
    yield from _told_secrets(spec)


def _names(spec: FlowSpec) -> Iterator[tuple[Path, str]]:
    for index, name in enumerate(spec.attributes):
        if not _WORD.match(name) or name in OWN:
            yield ("attributes", index), f"attributes: {name[:64]!r} is no attribute's name: a to z, 0 to 9, _"
    for name, node in spec.node.items():
        where: Path = ("node", name)
        if not _NODE.match(name):
            yield where, f"node {name[:40]!r}: a node's name is 1 to 40 of a-z, 0-9, - and _"
        code = getattr(node, "disposition", None)
        if code is not None and not CODE.match(code):
            yield (*where, "disposition"), f"node {name}: disposition is no code: a to z, 0 to 9, _"
        for key, word in _written(node):
            if not _WORD.match(word) or word in OWN:
                yield (*where, *key), f"node {name}: {word[:64]!r} is no name: a to z, 0 to 9, _, and not a field's"
            elif not isinstance(node, Set) and word in spec.attributes:
                yield (*where, *key), f"node {name}: {word} is an attribute of the contact already: name it otherwise"


def _written(node: Node) -> Iterator[tuple[Path, str]]:
    match node:
        case Set():
            yield from ((("attributes", name), name) for name in node.attributes)
        case Request():
            yield from ((("answers", name), name) for name in node.answers)
        case _:
            answer = getattr(node, "answer", None)
            if answer is not None:
                yield ("answer",), answer


def _ways_to_nowhere(spec: FlowSpec) -> Iterator[tuple[Path, str]]:
    if spec.start not in spec.node:
        yield ("start",), f"start: there is no node {spec.start[:40]}"
    for name, node in spec.node.items():
        for way in node.ways:
            if way.to not in spec.node:
                yield ("node", name, *way.key), f"node {name}: {_key(way)} leads to {way.to[:40]}: no such node"


def _key(way: Way) -> str:
    return ".".join(str(part) for part in way.key)


def _reached(spec: FlowSpec) -> list[str]:
    """The nodes that a call can come to."""
    found, todo = {spec.start: None}, [spec.start]
    while todo:
        for way in spec.node[todo.pop()].ways:
            if way.to not in found:
                found[way.to] = None
                todo.append(way.to)
    return list(found)


def _loops(spec: FlowSpec) -> Iterator[tuple[Path, str]]:
    """Circles that a person goes round without doing anything; each is told once, where it closes."""
    done: set[str] = set()
    for first in spec.node:
        trail: list[str] = []
        ways: list[Iterator[Way]] = []
        todo = [first] if first not in done else []
        while todo:
            name = todo.pop()
            trail.append(name)
            done.add(name)
            ways.append(iter([way for way in spec.node[name].ways if not way.heard]))
            while ways and not todo:
                way = next(ways[-1], None)
                if way is None:
                    ways.pop()
                    trail.pop()
                elif way.to in trail:
                    circle = " -> ".join([*trail[trail.index(way.to) :], way.to])
                    said = f"node {trail[-1]}: {_key(way)} closes a loop in which nobody is asked anything: {circle}"
                    yield ("node", trail[-1], *way.key), said
                elif way.to not in done:
                    todo.append(way.to)


def _unset(spec: FlowSpec, reached: list[str]) -> Iterator[tuple[Path, str]]:
    """Names that are used where no attribute or answer has them, or not on every way that leads there."""
    always = frozenset(spec.attributes) | OWN
    known = _known(spec, reached, always)
    anywhere = always.union(*(words for name in reached for words in spec.node[name].writes.values()))
    for name in reached:
        node = spec.node[name]
        for key, words in node.reads:
            for word in sorted(words - known[name]):
                yield ("node", name, *key), f"node {name}: {_undefined(word, anywhere)}"
        if isinstance(node, Branch):
            for key, words in node.asks:
                for word in sorted(words - anywhere):
                    yield ("node", name, *key), f"node {name}: {_undefined(word, anywhere)}"


def _undefined(word: str, anywhere: frozenset[str]) -> str:
    if word in anywhere:
        return f"{word} has no value on some way to this node"
    return f"{word} is neither in attributes nor an answer of a node before"


def _known(spec: FlowSpec, reached: list[str], always: frozenset[str]) -> Mapping[str, frozenset[str]]:
    """For each node the names that have a value on every way to it."""
    known = {spec.start: always}
    todo = [spec.start]
    while todo:
        name = todo.pop()
        writes = spec.node[name].writes
        for way in spec.node[name].ways:
            here = known[name] | writes.get("", frozenset()) | writes.get(way.label, frozenset())
            before = known.get(way.to)
            after = here if before is None else before & here
            if after != before:
                known[way.to] = after
                todo.append(way.to)
    return known


def _told_secrets(spec: FlowSpec) -> Iterator[tuple[Path, str]]:
    """Secret answers anywhere but in what is sent to a web server."""
    secret = frozenset(node.answer for node in spec.node.values() if isinstance(node, Collect) and node.secret)
    for name, node in spec.node.items():
        for key, words in node.reads:
            if isinstance(node, Request) and key[0] == "send" and node.method == "POST":
                continue
            for word in sorted(words & secret):
                said = f"node {name}: {word} is secret: it may decide a branch and be sent by POST, no more"
                yield ("node", name, *key), said
