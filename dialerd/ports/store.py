"""A Store runs jobs over a Unit, which is one transaction with every feature's rows in reach.

Not here: what each feature can do (a file per noun), the rows (rows.py), any SQL (adapters/sql).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from dialerd.ports.agents import Agents, Queues
from dialerd.ports.callbacks import Callbacks
from dialerd.ports.contacts import Contacts, Dnc, Imports, Lists
from dialerd.ports.dialing import Dialing
from dialerd.ports.dispositions import Dispositions
from dialerd.ports.floor import Floor
from dialerd.ports.flows import Flows
from dialerd.ports.messagelog import MessageLog
from dialerd.ports.optouts import OptOuts
from dialerd.ports.pasts import Pasts
from dialerd.ports.persons import Persons
from dialerd.ports.previews import Previews
from dialerd.ports.recordings import Recordings
from dialerd.ports.regulation import Regulation
from dialerd.ports.reports import Reports
from dialerd.ports.runs import Campaigns, Occurrences, Runs
from dialerd.ports.strategies import Strategies
from dialerd.ports.users import ApiTokens, Audit, KeptAnswers, Sessions, Users
from dialerd.ports.views import Views

T = TypeVar("T")


class Unit(Protocol):
    """One transaction with every feature's rows in reach. What a job raises undoes all that it did."""

    @property
    def campaigns(self) -> Campaigns: ...
    @property
    def runs(self) -> Runs: ...
    @property
    def occurrences(self) -> Occurrences: ...
    @property
    def lists(self) -> Lists: ...
    @property
    def imports(self) -> Imports: ...
    @property
    def contacts(self) -> Contacts: ...
    @property
    def dnc(self) -> Dnc: ...
    @property
    def pasts(self) -> Pasts: ...
    @property
    def persons(self) -> Persons: ...
    @property
    def dialing(self) -> Dialing: ...
    @property
    def regulation(self) -> Regulation: ...
    @property
    def dispositions(self) -> Dispositions: ...
    @property
    def agents(self) -> Agents: ...
    @property
    def queues(self) -> Queues: ...
    @property
    def flows(self) -> Flows: ...
    @property
    def previews(self) -> Previews: ...
    @property
    def callbacks(self) -> Callbacks: ...
    @property
    def optouts(self) -> OptOuts: ...
    @property
    def recordings(self) -> Recordings: ...
    @property
    def strategies(self) -> Strategies: ...
    @property
    def messages(self) -> MessageLog: ...
    @property
    def views(self) -> Views: ...
    @property
    def reports(self) -> Reports: ...
    @property
    def floor(self) -> Floor: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def users(self) -> Users: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def tokens(self) -> ApiTokens: ...
    @property
    def answers(self) -> KeptAnswers: ...


class Store(Protocol):
    """Runs jobs: writes one after the other and durable when they return, reads beside them."""

    async def write(self, job: Callable[[Unit], T], *, patient: bool = False) -> T:
        """`patient`: a chunk of long work; what is not goes before it, and it has a commit of its own."""
        ...

    async def read(self, job: Callable[[Unit], T]) -> T: ...

    def post(self, job: Callable[[Unit], object]) -> None:
        """Write without waiting, in order with every other write. A failure is reported by the store itself."""
        ...

    async def close(self) -> None: ...
