"""Which Asterisk server a call goes through: of those that can carry it, the one with the most free capacity.

Not here: how many calls are up and what is wrong with a server (engine/trunkdesk.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """One server that a trunk is at. `trouble`: why no call can be placed there now; empty: it can. `calls`: of
    campaigns, up or being placed, over whichever trunk; `room`: how many there may be at once."""

    name: str
    calls: int
    room: int
    trouble: str = ""
    is_drained: bool = False
    has_agents: bool = True

    @property
    def load(self) -> float:
        return self.calls / self.room

    @property
    def lack(self) -> str:
        """Why it is not chosen; empty: it may be."""
        if self.trouble:
            return self.trouble
        if self.is_drained:
            return f"Asterisk {self.name} is drained: dialerd server use {self.name} ends that"
        return "" if self.has_agents else f"no agent's phone is at Asterisk {self.name}, nor can be reached from there"


@dataclass(frozen=True, slots=True)
class Chosen:
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class NoServer:
    reason: str


def choose_server(servers: Sequence[ServerFacts]) -> Chosen | NoServer:
    """The least loaded in proportion to its room; among equals the first. A server that is away, drained or out of
    reach of the agents gets nothing; where all the others are full, the chosen one is."""
    usable = [each for each in servers if not each.lack]
    if not usable:
        return NoServer("; ".join(each.lack for each in servers))
    best = min(usable, key=lambda each: each.load)
    return Chosen(best.name, f"{best.calls} of {best.room} calls are up at {best.name}, and nowhere less in proportion")


def share(wanted: int, *, free: int, others: int) -> int:
    """How many of the calls of one look a server is given that has room for `free`: as many as each of the `others`
    with room, rounded up; so they are spread, and whoever is next gets what is left."""
    return max(0, min(free, -(-wanted // (others + 1))))
