"""A sample campaign of 5,000 contacts on the simulated exchange: `python -m dialerd.simulate.demo`.

Not here: the real one (scripts/demo without --simulated).
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from dialerd import log
from dialerd.domain.campaign import CampaignSpec, read_campaign
from dialerd.domain.contact import Contact
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.trunk import Trunk
from dialerd.domain.words import RunState
from dialerd.simulate.callees import Population
from dialerd.simulate.campaign import Outcome, simulate

CONTACTS = 5_000
START = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)

TRUNK = Trunk(
    name="carrier",
    servers=("simulated",),
    endpoint="PJSIP/{number}@carrier",
    max_channels=200,
    calls_per_second=50.0,
    caller_ids=("+12125550100",),
)


def sample_campaign() -> CampaignSpec:
    return read_campaign(
        {
            "name": "demo",
            "lists": ["customers"],
            "trunk": "carrier",
            "caller_id": "+12125550100",
            "on_human": {"play": "demo"},
            "max_calls": 100,
            "calls_per_second": 20,
            "max_attempts": 2,
            "retry_after_min": 30,
            "hours": {"timezone": "America/New_York", "mon-sun": "09:00-20:00"},
        },
        source="the demo",
    )


def sample_contacts(count: int) -> list[Contact]:
    zones = ("America/New_York",)
    return [Contact(numbers=(PhoneNumber(e164=f"+1212{6_000_000 + n}", zones=zones),)) for n in range(count)]


def run_demo(*, contacts: int = CONTACTS, seed: int = 1) -> Outcome:
    return simulate(
        sample_campaign(),
        trunk=TRUNK,
        contacts=sample_contacts(contacts),
        callees=Population,
        start=START,
        seed=seed,
    )


def main() -> int:
    """Run it and show the outcome; the exit code."""
    log.configure(level="warning", form="text")
    outcome = run_demo()
    table = Table("disposition", "attempts", box=None, pad_edge=False)
    for disposition, count in outcome.dispositions.items():
        table.add_row(disposition, str(count))
    console = Console()
    console.print(f"simulated exchange: {outcome.run.targets} contacts, {outcome.run.attempts} attempts,")
    console.print(f"state {outcome.run.state} after {outcome.lasted} of virtual time")
    console.print(table)
    return 0 if outcome.run.state is RunState.COMPLETED else 1


if __name__ == "__main__":
    sys.exit(main())
