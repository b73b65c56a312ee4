"""The habits of people as a campaign's past attempts show them: what they pressed where, where they left, what came
back of messages.

Not here: the rates of past calls (rates.py), the attempts themselves (the store).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from dialerd.domain.flow import FlowSpec
from dialerd.domain.flow.nodes import Collect, Menu, Request
from dialerd.domain.flow.path import Visit
from dialerd.domain.habits import Habits, NodeHabits, Writing

LEAST_VISITS = 50
"""Visits to a node, or messages, from which shares are taken: one of 10 % is known to some 4 points then."""

Walked = tuple[Sequence[Visit], bool]
"""The way of one call, and whether the person hung up at its last node."""


def measured_nodes(walked: Iterable[Walked], flow: FlowSpec, *, otherwise: Habits) -> Habits:
    """With what was done at those nodes of the flow to which enough people came.

    What was typed at a collect node is not kept, only whether anything was.
    """
    came, ways, left = Counter[str](), Counter[tuple[str, str]](), Counter[str]()
    for path, is_left in walked:
        for visit in path:
            came[visit.node] += 1
            ways[visit.node, visit.way] += 1
        if is_left and path:
            left[path[-1].node] += 1
    found: dict[str, NodeHabits] = {}
    for name, node in flow.node.items():
        if (count := came[name]) < LEAST_VISITS:
            continue
        own = otherwise.node.get(name, NodeHabits()).model_copy(update={"hangup": left[name] / count})
        if isinstance(node, Menu):
            own = own.model_copy(update={"press": {key: ways[name, key] / count for key in node.keys}})
        elif isinstance(node, Collect):
            own = own.model_copy(update={"press": {}, "answers": ways[name, "answer"] / count})
        found[name] = own
    asking = [name for name, node in flow.node.items() if isinstance(node, Request)]
    asked = sum(came[name] for name in asking)
    fails = sum(ways[name, "fail"] for name in asking) / asked if asked >= LEAST_VISITS else otherwise.fails
    return otherwise.model_copy(update={"node": {**otherwise.node, **found}, "fails": fails})


def measured_writing(codes: Mapping[str, int], words: Mapping[str, int], *, otherwise: Writing) -> Writing:
    """What became of `codes` messages, by how each ended first (sent, delivered, undelivered, bounced), and of which
    replies (`words`, as they were written) there were so many. Too few: as otherwise."""
    total = sum(codes.values())
    if total < LEAST_VISITS:
        return otherwise
    bounced, undelivered = codes.get("bounced", 0), codes.get("undelivered", 0)
    arrived = total - bounced - undelivered
    reply = {word: min(1.0, count / arrived) for word, count in words.items()} if arrived else {}
    excess = max(1.0, sum(reply.values()) + otherwise.unsubscribes)
    return otherwise.model_copy(
        update={
            "refused": 0.0,
            "delivered": arrived / total,
            "bounced": bounced / total,
            "reply": {word: share / excess for word, share in reply.items()},
        }
    )
