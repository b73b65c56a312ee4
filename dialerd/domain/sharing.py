"""Sharing: who goes where when several places want the same people. Strict by priority, even among equals.

Not here: who may go where and what is made of it (assignment.py); this knows names, places and numbers only.

What holds of the outcome, of those who may be moved at all:
- as many people as can be are at the places of the highest priority, then at those of the next, and so on: nobody is
  free or at a place of lower priority while a place that is open to him, or could be made so by others changing
  places, has a seat;
- where people may go to two equal places, neither has more than twice as many as the other, and one more;
- a second look at the outcome changes nothing, whatever is drawn.
Method: seats are filled along augmenting paths, the highest priority first (this is exact: sets of people who can be
seated together are a matroid), from where everybody is. The way is searched by groups, people who are alike.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby

Place = int | str
"""A run's id or a queue's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """`at`: where he stays if nothing moves him; None: free. Only the settled are moved while their place wants them;
    who `has_had_turn` makes room for an equal place that has nobody."""

    name: str
    open_to: frozenset[Place]
    at: Place | None = None
    is_settled: bool = True
    has_had_turn: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """A place that wants up to `seats` people."""

    place: Place
    priority: int
    seats: int


def share(candidates: Sequence[Candidate], claims: Sequence[Claim], *, draw: float) -> Mapping[str, Place | None]:
    """A place for each name, or None. Candidates come in the order in which they are to be moved.

    `draw`, uniform in [0, 1), says in which order equal places come; every order is as likely.
    """
    split = _Split(candidates, claims, draw)
    # Every step seats more people at some priority or evens them out, and leaves those above as many as they were;
    # turns are taken once by each: it ends.
    while any(split.fill(level) | split.even_out(level) | split.take_turns(level) for level in split.levels):
        pass
    return split.where


class _Split:
    """One sharing under way. `_groups`: by place and by what they are open to, those who may be moved from there."""

    def __init__(self, candidates: Sequence[Candidate], claims: Sequence[Claim], draw: float) -> None:
        self._claims = {claim.place: claim for claim in claims}
        self._rank = {each.name: rank for rank, each in enumerate(candidates)}
        self._open_to = {each.name: each.open_to for each in candidates}
        self._may_turn = {each.name for each in candidates if each.has_had_turn}
        self._count: dict[Place | None, int] = {None: 0} | dict.fromkeys(self._claims, 0)
        self._groups: dict[Place | None, dict[frozenset[Place], dict[str, None]]] = {at: {} for at in self._count}
        self.where: dict[str, Place | None] = {}
        for each in reversed(candidates):  # the first to be moved is the first without a seat
            stays = each.at in each.open_to and each.at in self._claims and not self._is_full(self._claims[each.at])
            self._seat(each.name, each.at if stays else None)
            if not stays or each.is_settled:
                self._group(each.name)[each.name] = None
        for groups in self._groups.values():
            for open_to, names in groups.items():
                groups[open_to] = dict.fromkeys(reversed(names))
        ordered = sorted(self._claims.values(), key=lambda claim: (-claim.priority, str(claim.place)))
        self.levels = [_drawn(list(group), draw) for _, group in groupby(ordered, key=lambda claim: claim.priority)]

    def fill(self, level: Sequence[Claim]) -> bool:
        """Give the seats of one priority to the free and to those at lower ones, the emptiest place first."""
        wanting, moved = list(level), False
        lower = [each for each in self._claims.values() if each.priority < level[0].priority]
        lower.sort(key=lambda each: (each.priority, -self._count[each.place], str(each.place)))
        sources = [None, *(each.place for each in lower)]
        while wanting:
            claim = min(wanting, key=lambda each: self._count[each.place])  # the first drawn of the emptiest
            if self._is_full(claim) or not self._bring(claim, sources):
                wanting.remove(claim)
            else:
                moved = True
        return moved

    def even_out(self, level: Sequence[Claim]) -> bool:
        """Move people between equals, but only where one has less than half of another: small differences are no
        reason to move anybody."""
        moved = False
        for claim in level:
            least = 2 * self._count[claim.place] + 2
            while not self._is_full(claim) and self._bring(claim, self._fuller(level, least)):
                moved, least = True, self._count[claim.place] + 2
        return moved

    def take_turns(self, level: Sequence[Claim]) -> bool:
        """Where there are fewer people than equal places, the places that have nobody get theirs in time."""
        moved = False
        for claim in level:
            if self._count[claim.place] or self._is_full(claim):
                continue
            for name in sorted(self._may_turn, key=self._rank.__getitem__):
                at = self.where[name]
                is_equal = at is not None and self._claims[at].priority == claim.priority
                if is_equal and claim.place in self._open_to[name]:
                    self._may_turn.remove(name)
                    self._move(name, claim.place)
                    moved = True
                    break
        return moved

    def _bring(self, claim: Claim, sources: Sequence[Place | None]) -> bool:
        """One more for a place, out of the first of `sources` that has one, directly or by others changing places:
        A comes from B, where C takes over, who was at a source. Places of lower priority take no part in between."""
        leaves: dict[Place, tuple[str, Place]] = {}  # a place in between: who leaves it, and where to
        frontier: deque[Place] = deque([claim.place])
        seen: set[Place | None] = {claim.place, *sources}
        while frontier:
            place = frontier.popleft()
            for source in sources:
                name = self._first(source, place)
                if name is not None:
                    self._move(name, place)
                    while place in leaves:
                        name, place = leaves[place]
                        self._move(name, place)
                    return True
            for between, other in self._claims.items():
                if between not in seen and other.priority >= claim.priority:
                    name = self._first(between, place)
                    if name is not None:
                        seen.add(between)
                        leaves[between] = (name, place)
                        frontier.append(between)
        return False

    def _first(self, source: Place | None, place: Place) -> str | None:
        """The first at `source` who may be moved and is open to `place`."""
        firsts = [next(iter(names)) for open_to, names in self._groups[source].items() if names and place in open_to]
        return min(firsts, key=self._rank.__getitem__, default=None)

    def _fuller(self, level: Sequence[Claim], least: int) -> Sequence[Place]:
        fuller = [claim.place for claim in level if self._count[claim.place] >= least]
        return sorted(fuller, key=lambda place: -self._count[place])

    def _is_full(self, claim: Claim) -> bool:
        return self._count[claim.place] >= claim.seats

    def _move(self, name: str, to: Place) -> None:
        self._group(name).pop(name, None)
        self._count[self.where[name]] -= 1
        self._seat(name, to)
        self._group(name)[name] = None

    def _seat(self, name: str, at: Place | None) -> None:
        self.where[name] = at
        self._count[at] += 1

    def _group(self, name: str) -> dict[str, None]:
        return self._groups[self.where[name]].setdefault(self._open_to[name], {})


def _drawn(level: list[Claim], draw: float) -> list[Claim]:
    """In an order of which every one is as likely: whoever is open to some of the places only has a fair draw too."""
    if len(level) == 1:
        return level
    return sorted(level, key=lambda claim: blake2b(f"{draw!r} {claim.place!r}".encode(), digest_size=8).digest())
