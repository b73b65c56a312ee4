"""What can be asked of the store about opt-outs.

Not here: what one is (domain/optout.py), do-not-call lists (contacts.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from dialerd.domain.optout import OptOut
from dialerd.domain.words import AttemptId


class OptOuts(Protocol):
    def add(self, record: OptOut) -> None: ...

    def of(self, address: str) -> list[OptOut]:
        """Those by which the address was put on a list, the latest first."""
        ...

    def take_back(self, list_name: str, addresses: Iterable[str], *, by: str, now: datetime) -> None:
        """Keep that addresses were taken off a list, with every opt-out that had put them there."""
        ...

    def people(self) -> int:
        """How many different people have ever opted out, by any way; walks them all, for people to ask."""
        ...

    def last_talk(self, agent: str) -> AttemptId | None:
        """The attempt whose person the agent talks to, or has talked to last."""
        ...

    def barred_attempts(self, now: datetime) -> list[AttemptId]:
        """Open attempts that nobody has answered yet, at addresses that a do-not-call list has got meanwhile.

        Looks at the open attempts only, as many as there are channels.
        """
        ...

    def barred_previews(self, now: datetime) -> list[str]:
        """The agents who are shown a record whose number a do-not-call list has got meanwhile."""
        ...
