"""One whole campaign on the real engine, a simulated exchange, virtual time and a database in memory.

Not here: who the callees are (callees.py), what is concluded from the outcome. Alike for the same seed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.campaign import CampaignSpec
from dialerd.domain.contact import Contact
from dialerd.domain.regulation import EMPTY, Rulebook
from dialerd.domain.trunk import Trunk
from dialerd.domain.words import RunId
from dialerd.engine import Engine
from dialerd.ports import Dice, DncEntry, ExportRow, RunRow, Unit
from dialerd.simulate.callees import Callees
from dialerd.simulate.clock import SeededDice, VirtualClock, run_virtual
from dialerd.simulate.exchange import SimulatedExchange
from dialerd.simulate.faults import NONE, Faults
from dialerd.simulate.record import SimulatedCall

LIMIT = timedelta(days=30)
"""A campaign that has not ended after so long never will; the simulation is ended then."""


_REFRESH_S = 3600.0  # nobody else writes to this store


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it: the run as the store has it, every attempt, and the exchange's own record beside it."""

    run: RunRow
    dispositions: Mapping[str, int]
    attempts: Sequence[ExportRow]
    record: Sequence[SimulatedCall]
    lasted: timedelta


def simulate(
    spec: CampaignSpec,
    *,
    trunk: Trunk,
    contacts: Sequence[Contact],
    callees: Callable[[Dice], Callees],
    start: datetime,
    seed: int,
    faults: Faults = NONE,
    trouble: Callable[[SimulatedExchange, VirtualClock], None] | None = None,
    rulebook: Rulebook = EMPTY,
    dnc: Sequence[DncEntry] = (),
) -> Outcome:
    """Run the campaign. `trouble` may plan outages on the exchange before it begins. `dnc`: the do-not-call lists.

    Raises Deadlock where the engine would wait for ever.
    """
    return run_virtual(_run(spec, trunk, contacts, callees, start, seed, faults, trouble, rulebook, dnc))


async def _run(
    spec: CampaignSpec,
    trunk: Trunk,
    contacts: Sequence[Contact],
    callees: Callable[[Dice], Callees],
    start: datetime,
    seed: int,
    faults: Faults,
    trouble: Callable[[SimulatedExchange, VirtualClock], None] | None,
    rulebook: Rulebook,
    dnc: Sequence[DncEntry],
) -> Outcome:
    clock, dice, store = VirtualClock(start), SeededDice(seed), SqliteStore.in_memory()
    # Dice of their own for the callees, so that a change of the engine's draws does not change who is called.
    name = trunk.servers[0]
    exchange = SimulatedExchange(name, clock, SeededDice(seed + 1), callees(SeededDice(seed + 2)), faults=faults)
    run_id = await store.write(lambda unit: _set_up(unit, spec, contacts, dnc, start))
    engine = Engine(
        store=store,
        clock=clock,
        dice=dice,
        exchanges={name: exchange},
        trunks={trunk.name: trunk},
        min_ring_s=15.0,
        rulebook=rulebook,
        refresh_s=_REFRESH_S,
    )
    await engine.start()
    if trouble is not None:
        trouble(exchange, clock)
    await engine.idle(LIMIT.total_seconds())
    lasted = clock.now() - start
    await engine.drain(60.0)
    await engine.close()
    run = await store.read(lambda unit: unit.runs.get(run_id))
    assert run is not None, "a run is never deleted here"
    outcome = Outcome(
        run=run,
        dispositions=await store.read(lambda unit: unit.runs.dispositions(run_id)),
        attempts=await store.read(lambda unit: list(unit.dialing.export(run_id))),
        record=tuple(exchange.record),
        lasted=lasted,
    )
    await store.close()
    return outcome


def _set_up(
    unit: Unit, spec: CampaignSpec, contacts: Sequence[Contact], dnc: Sequence[DncEntry], now: datetime
) -> RunId:
    for name in spec.lists:
        unit.lists.create(name, "US", now)
    first = unit.lists.get(spec.lists[0])
    assert first is not None, "just made"
    unit.contacts.add(first.id, contacts, now)
    unit.dnc.add(dnc)
    return unit.runs.create(unit.campaigns.put(spec, now).id, spec, now).id
