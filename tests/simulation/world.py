"""A campaign on the simulated exchange for tests: numbers by ending, and the invariants that hold whatever happens.

Not here: which faults (the tests).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from dialerd.domain.campaign import CampaignSpec, read_campaign
from dialerd.domain.contact import Contact
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.trunk import Trunk
from dialerd.simulate.callees import NumberPlan
from dialerd.simulate.campaign import Outcome, simulate
from dialerd.simulate.clock import VirtualClock
from dialerd.simulate.exchange import SimulatedExchange
from dialerd.simulate.faults import NONE, Faults
from dialerd.simulate.record import peak_calls
from tests.numbers import number

START = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
MAX_CALLS, RATE = 10, 5


def campaign(**keys: object) -> CampaignSpec:
    given = {
        "name": "c",
        "lists": ["l"],
        "trunk": "carrier",
        "caller_id": "+12125550100",
        "on_human": {"play": "hello"},
        "max_calls": MAX_CALLS,
        "calls_per_second": RATE,
        "max_ring_s": 20,
        "hours": {"timezone": "UTC", "mon-sun": "00:00-24:00"},
    }
    return read_campaign(given | keys, source="test")


def trunk(*, max_channels: int = 50, calls_per_second: float = 50) -> Trunk:
    return Trunk(
        name="carrier",
        servers=("simulated",),
        endpoint="PJSIP/{number}@carrier",
        max_channels=max_channels,
        calls_per_second=calls_per_second,
        caller_ids=("+12125550100",),
    )


def run(
    endings: Iterable[str],
    *,
    spec: CampaignSpec | None = None,
    way_out: Trunk | None = None,
    seed: int = 1,
    faults: Faults = NONE,
    trouble: Callable[[SimulatedExchange, VirtualClock], None] | None = None,
    start: datetime = START,
) -> Outcome:
    zones = ("America/New_York",)
    contacts = [
        Contact(numbers=(PhoneNumber(e164=number(n, ending), zones=zones),)) for n, ending in enumerate(endings)
    ]
    return simulate(
        spec or campaign(),
        trunk=way_out or trunk(),
        contacts=contacts,
        callees=NumberPlan,
        start=start,
        seed=seed,
        faults=faults,
        trouble=trouble,
    )


def check_invariants(outcome: Outcome, *, max_attempts: int) -> None:
    """What no fault may break (DESIGN.md, Invariants), judged by the exchange's own record."""
    attempts = [row.attempt for row in outcome.attempts]
    assert all(attempt.disposition is not None for attempt in attempts), "an attempt is left open"
    spent = Counter(attempt.number for attempt in attempts if attempt.spent)
    assert max(spent.values(), default=0) <= max_attempts
    dialed = Counter(each.number for each in attempts if each.spent or each.cause or each.sip_code)
    invites = Counter(call.number for call in outcome.record)
    assert all(count <= dialed[each] for each, count in invites.items()), "dialed more often than written down"
    assert outcome.run.done == outcome.run.targets
    assert outcome.run.attempts == len(attempts)
    assert sum(outcome.dispositions.values()) == len(attempts)
    assert dict(Counter(attempt.disposition for attempt in attempts)) == dict(outcome.dispositions)
    for each in invites:
        assert peak_calls(call for call in outcome.record if call.number == each) == 1, "a number in two calls"
    for call in outcome.record:
        if call.ending == "dialer" and call.answered_at is None:
            assert call.ended_at is not None
            assert (call.ended_at - call.invited_at).total_seconds() >= 15, "a ringing phone was cancelled early"
