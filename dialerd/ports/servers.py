"""Asterisk servers and trunks as the store keeps them: what an admin wants of one, what the daemon says of them.

Not here: what may be asked (usecases/servers.py), what is chosen (domain/server.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRow:
    """`drained_at`: since when no call is begun there, None: calls are. `state`: what the daemon said last, "ready",
    "away" or "lost", empty: nothing yet; `reason` why, `told_at` since when."""

    name: str
    drained_at: datetime | None = None
    drained_by: str = ""
    state: str = ""
    reason: str = ""
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkStateRow:
    """`pace`: the share of its calls per second that it is given, by what the daemon has learnt. `rests_until`: it was
    given none until then. `reason`: why; empty: it is as the settings have it."""

    name: str
    pace: float
    rests_until: datetime | None
    reason: str
    told_at: datetime


class Servers(Protocol):
    def all(self) -> dict[str, ServerRow]:
        """Those of which anything is known, by name."""
        ...

    def drain(self, name: str, *, actor: str, now: datetime) -> None: ...
    def use(self, name: str) -> None: ...
    def tell(self, name: str, *, state: str, reason: str, now: datetime) -> None: ...

    def calls(self) -> Mapping[tuple[str, str], int]:
        """How many calls are up, by server and trunk; along an index of those that are."""
        ...

    def trunks(self) -> dict[str, TrunkStateRow]:
        """What was learnt of each trunk, by name."""
        ...

    def tell_trunk(self, row: TrunkStateRow) -> None: ...

    def calls_since(self, moment: datetime) -> dict[str, int]:
        """By trunk, the calls that were begun since then, those to numbers that calls were passed on to with them."""
        ...
