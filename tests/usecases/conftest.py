"""A database in memory with a list and a campaign, as the use cases see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest

from dialerd.adapters.sql.unit import SqlUnit
from dialerd.domain.call import Facts, Outcome
from dialerd.domain.campaign import CampaignSpec, read_campaign
from dialerd.domain.trunk import Trunk
from dialerd.domain.words import AttemptId, Disposition
from dialerd.ports import AttemptRow, RunRow
from dialerd.usecases import asked, campaigns, contacts, dialing, lists, runs, standing
from tests import stores

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # a Monday morning in New York
CALLER_ID = "+12125550100"
ACTOR = "cli:ann"


T = TypeVar("T")


def trunk(name: str = "carrier", caller_id: str = CALLER_ID) -> Trunk:
    return Trunk(
        name=name,
        servers=("pbx1",),
        endpoint="PJSIP/{number}@carrier",
        max_channels=10,
        calls_per_second=5.0,
        caller_ids=(caller_id,),
    )


WAY_OUT = dialing.WayOut(trunk="carrier", asterisk="pbx1")
TRUNKS = {"carrier": trunk(), "other": trunk("other", "+12125550177")}


def spec(**changes: Any) -> CampaignSpec:
    table = {
        "name": "spring",
        "lists": ["customers"],
        "trunk": "carrier",
        "caller_id": CALLER_ID,
        "on_human": {"play": "hello-world"},
        **changes,
    }
    return read_campaign({key: value for key, value in table.items() if value is not None}, source="test")


@dataclass(frozen=True)
class House:
    """A unit of work with short words for what the tests do to it."""

    unit: SqlUnit

    def read(self, job: Callable[[SqlUnit], T]) -> T:
        return job(self.unit)

    def audit(self) -> list[tuple[str, str, str]]:
        rows = self.unit.audit._connection.execute("SELECT actor, action, subject FROM audit ORDER BY id")
        return [tuple(row) for row in rows]

    def with_contacts(self, *numbers: str, name: str = "customers") -> None:
        for number in numbers:
            contacts.add_contact(self.unit, name, [number], attributes={}, zone=None, priority=0, actor=ACTOR, now=NOW)

    def start(self) -> RunRow:
        """Run the campaign and take its contacts in, as the daemon does."""
        run = runs.run_campaign(self.unit, "spring", trunks=TRUNKS, actor=ACTOR, now=NOW)
        dialing.take_in(self.unit, run.id, draw=lambda: 0.5, now=NOW)
        return self.latest()

    def latest(self) -> RunRow:
        return standing.latest_run(self.unit, "spring")

    def dial(self, limit: int = 1, now: datetime = NOW) -> list[AttemptRow]:
        return list(self.claim(limit, now).attempts)

    def claim(self, limit: int, now: datetime) -> dialing.Claim:
        run_id = self.latest().id
        return dialing.claim(self.unit, run_id, limit=limit, way_out=WAY_OUT, new_id=self.ids(), now=now)

    def ids(self) -> Callable[[], AttemptId]:
        """The ids of the run's next attempts."""
        run = self.latest()
        return map(AttemptId, (f"d{run.id:016x}{index:016x}" for index in range(run.attempts, 99))).__next__

    def end(self, attempt: AttemptRow, disposition: Disposition, at: datetime, **facts: Any) -> None:
        outcome = Outcome(
            disposition=disposition,
            facts=Facts(placed_at=attempt.claimed_at, **facts),
            ended_at=at,
            spent=True,
            reason="",
        )
        asked.settle(self.unit, attempt.id, outcome)


@pytest.fixture(params=stores.KINDS)
def empty(request: pytest.FixtureRequest) -> Iterator[House]:
    with stores.empty(request.param) as connection:
        yield House(SqlUnit(connection))


@pytest.fixture
def house(empty: House) -> House:
    lists.create_list(empty.unit, "customers", region="US", actor=ACTOR, now=NOW)
    campaigns.apply_campaign(empty.unit, spec(), trunks=TRUNKS, actor=ACTOR, now=NOW)
    return empty
