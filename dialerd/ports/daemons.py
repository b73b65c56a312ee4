"""Daemons that share campaigns, as the store keeps them: who there is, what the others have up, the pace of all.

Not here: what a daemon may claim by that (usecases/seats.py). Times are seconds of the database's own clock, as the
daemons are on several machines.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dialerd.domain.seat import Seat
from dialerd.domain.words import AttemptId, RunId
from dialerd.ports.rows import AttemptRow


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonRow:
    """`left_s`: of its lease; below zero: it is over. `calls`: its open attempts at calls, those of a leader too."""

    name: str
    host: str
    leads: bool
    began_at: datetime
    left_s: float
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UpElsewhere:
    """Calls that other daemons have up: over a trunk, at a server, of a run."""

    trunk: int
    server: int
    run: int


class Daemons(Protocol):
    def all(self) -> list[DaemonRow]: ...

    def enter(self, seat: Seat, *, lease_s: float, now: datetime) -> None:
        """Take a seat, or another one of the same name; who leads is the only one that does. Also renews it."""
        ...

    def renew(self, seat: Seat, *, lease_s: float) -> bool:
        """False: the seat is taken away, and whatever was open is settled."""
        ...

    def leave(self, seat: Seat) -> None:
        """Give the seat back; not where an attempt is open that stands under its name."""
        ...

    def clear(self) -> None:
        """Nobody shares anything."""
        ...

    def take_away(self, *, but: str) -> list[str]:
        """The seats whose leases are over are taken away; their names. `but`: the leader's own stays. Paces that nobody
        has kept for an hour are forgotten."""
        ...

    def may_help(self, seat: Seat, *, least_s: float) -> bool:
        """Whether that seat is held by that session, for so long at least, and somebody leads."""
        ...

    def orphans(self, own: Collection[str]) -> list[AttemptRow]:
        """Open attempts at calls that belong to no daemon that there is."""
        ...

    def led_elsewhere(self, attempt_ids: Collection[AttemptId], own: Collection[str]) -> set[AttemptId]:
        """Those of these attempts that another daemon that there is has made, or that are open and not one's own: an
        orphan ends in its time."""
        ...

    def up_elsewhere(self, own: Collection[str], *, trunk: str, server: str, run_id: RunId) -> UpElsewhere: ...

    def paces(self, names: Collection[str]) -> tuple[float, Mapping[str, float]]:
        """The time now, and when the pace of each name allows its next call; one that is not known does so now."""
        ...

    def set_pace(self, name: str, next_at: float) -> None: ...
