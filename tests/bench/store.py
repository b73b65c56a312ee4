"""scripts/bench store: what claims, scrubs, takings-in and counters cost with ten thousand and ten million rows.

Not here: how the databases are made (hugestore.py). Needs 10 GB of room in --folder; a measuring of ten million rows
takes some minutes, nearly all of them for making the rows.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from dialerd import log
from dialerd.adapters.clock import SystemClock, SystemDice
from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.call import Facts, Outcome
from dialerd.domain.chunk import FIRST, next_size
from dialerd.domain.trunk import Trunk
from dialerd.domain.words import Disposition, RunId, RunState
from dialerd.engine import Engine
from dialerd.ports import AttemptRow, Store, Unit
from dialerd.simulate.callees import NumberPlan
from dialerd.simulate.clock import SeededDice
from dialerd.simulate.exchange import SimulatedExchange
from dialerd.usecases import campaigns, dialing, runs
from tests.bench.hugestore import NOW, fill_dnc, fill_list, fill_run, new_database, spec

_AT_ONCE = 100  # targets per claim
_PAUSE_S = 0.1  # between two rounds: some 700 calls a second, far more than any trunk; not an endless rush of commits
_WAY_OUT = dialing.WayOut(trunk="carrier", asterisk="pbx1")
_TRUNK = Trunk(
    name="carrier",
    servers=("simulated",),
    endpoint="PJSIP/{number}@carrier",
    max_channels=50,
    calls_per_second=50.0,
    caller_ids=("+12125550100",),
)


def say(measured: str, **figures: object) -> None:
    row = {key: round(value, 3) if isinstance(value, float) else value for key, value in figures.items()}
    print(json.dumps({"bench": "store", "measured": measured, **row}), flush=True)


def spread(times: Sequence[float]) -> dict[str, float]:
    """Milliseconds: the middle one, the one in a hundred, the worst."""
    hundredths = statistics.quantiles([*times, max(times)], n=100, method="inclusive")
    return {"p50_ms": hundredths[49] * 1000, "p99_ms": hundredths[98] * 1000, "max_ms": max(times) * 1000}


async def timed(store: Store, job: Callable[[Unit], Any], times: list[float]) -> Any:
    """A write from asking to the answer after its commit, as the engine waits for it."""
    began = time.perf_counter()
    result = await store.write(job)
    times.append(time.perf_counter() - began)
    return result


def warm(path: Path) -> None:
    """Have the file in memory, as that of a daemon at work is."""
    with path.open("rb") as handle:
        while handle.read(1 << 24):
            pass


async def claims(path: Path, run_id: int, rounds: int) -> dict[str, float]:
    """Claim a hundred targets, settle their attempts, put the targets at the end of the order; again and again."""
    store, dice = SqliteStore.open(path), SystemDice()
    claimed: list[float] = []
    settled: list[float] = []
    worked: list[float] = []  # CPU of the writer's thread, which other programs on the machine delay least

    def settle(unit: Unit, attempts: Sequence[AttemptRow]) -> None:
        for each in attempts:
            outcome = Outcome(
                disposition=Disposition.BUSY,
                facts=Facts(placed_at=NOW, cause=17),
                ended_at=NOW,
                spent=True,
                reason="",
            )
            dialing.settle(unit, each.id, outcome)

    def claim_100(unit: Unit) -> dialing.Claim:
        began = time.thread_time()
        claim = dialing.claim(unit, RunId(run_id), limit=_AT_ONCE, way_out=_WAY_OUT, new_id=dice.attempt_id, now=NOW)
        worked.append(time.thread_time() - began)
        return claim

    def put_back(unit: Unit, attempts: Sequence[AttemptRow]) -> None:
        connection = unit.dialing._connection  # type: ignore[attr-defined]  # no use case turns back time
        connection.executemany(
            "UPDATE target SET state = 'pending', attempts_spent = 0, rank = rank + 1, not_before = NULL WHERE id = ?",
            [(each.target_id,) for each in attempts],
        )

    for _ in range(rounds):
        claim = await timed(store, claim_100, claimed)
        await timed(store, partial(settle, attempts=claim.attempts), settled)
        await store.write(partial(put_back, attempts=claim.attempts))
        await asyncio.sleep(_PAUSE_S)
    await store.close()
    cpu = {f"cpu_{name}": value for name, value in spread(worked).items()}
    return spread(claimed) | cpu | {"settle_of_100_p50_ms": statistics.median(settled) * 1000}


async def scrub(path: Path, run_id: int) -> dict[str, Any]:
    """Hold every target of a run against the lists, in the chunks that the daemon uses."""
    store = SqliteStore.open(path)
    holds: list[float] = []
    await store.write(lambda unit: unit.runs.request_scrub(RunId(run_id)))
    began = time.perf_counter()
    size, is_over = FIRST, False
    while not is_over:
        is_over = await timed(store, partial(dialing.scrub, run_id=RunId(run_id), now=NOW, size=size), holds)
        size = next_size(size, holds[-1], most=dialing.SCRUBBED_AT_ONCE)
    took = time.perf_counter() - began
    row = await store.read(lambda unit: unit.runs.get(RunId(run_id)))
    await store.close()
    assert row is not None
    return {"targets": row.targets, "listed": row.done, "took_s": took, "hold": spread(holds)}


async def first_dial(path: Path, order: str, contacts: str, *, watch_s: float) -> dict[str, Any]:
    """A daemon on the file: from `campaign run` to the first INVITE, and what the taking in does meanwhile."""
    store, clock, dice = SqliteStore.open(path), SystemClock(), SystemDice()
    exchange = SimulatedExchange("simulated", clock, dice, NumberPlan(SeededDice(1)))
    trunks = {"carrier": _TRUNK}
    engine = Engine(
        store=store, clock=clock, dice=dice, exchanges={"simulated": exchange}, trunks=trunks, min_ring_s=15.0
    )
    name = f"first-{order}-{time.time_ns() % 1000000}"
    of = spec(name, contacts, order=order, max_calls=50, calls_per_second=50)

    def pause_all(unit: Unit) -> None:
        for other in unit.runs.unfinished():  # they have the same numbers, and would be first
            unit.runs.set_state(other.id, RunState.PAUSED, clock.now())

    def begin(unit: Unit) -> RunId:
        now = clock.now()
        campaigns.apply_campaign(unit, of, trunks=trunks, actor="bench", now=now)
        return runs.run_campaign(unit, name, trunks=trunks, actor="bench", now=now).id

    await store.write(pause_all)
    await engine.start()
    await asyncio.sleep(0.5)  # reconciled
    began = time.perf_counter()
    run_id = await store.write(begin)
    engine.poke()
    while not exchange.record:  # noqa: ASYNC110  # the exchange tells nobody but its record
        await asyncio.sleep(0.005)
    took = time.perf_counter() - began
    waits: list[float] = []
    while time.perf_counter() - began < watch_s:
        await timed(store, lambda unit: unit.runs.get(run_id), waits)  # how long others wait for the writer
        await asyncio.sleep(0.01)
    row = await store.read(lambda unit: unit.runs.get(run_id))
    assert row is not None
    await engine._loop.stop()
    await store.write(lambda unit: runs.stop_run(unit, name, actor="bench", now=clock.now()))
    await engine.close()
    await store.close()
    return {"first_dial_s": took, "taken_in_per_s": row.targets / watch_s, "writer_wait": spread(waits)}


async def counters(path: Path, run_id: int) -> dict[str, float]:
    """What `campaign status` reads of a run."""
    store = SqliteStore.open(path)
    times = []
    for _ in range(200):
        began = time.perf_counter()
        await store.read(lambda unit: (unit.runs.get(RunId(run_id)), unit.runs.dispositions(RunId(run_id))))
        times.append(time.perf_counter() - began)
    await store.close()
    return spread(times)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--folder", type=Path, help="where the databases are made (default: the temporary folder)")
    given = parser.parse_args()
    log.configure(level="error")
    with tempfile.TemporaryDirectory(prefix="dialerd-bench-", dir=given.folder) as folder:
        began = time.perf_counter()
        small, large = Path(folder, "small.db"), Path(folder, "large.db")
        tens = {small: given.small, large: given.large}
        for path, count in tens.items():
            new_database(path)
            fill_list(path, "customers", count)
            fill_dnc(path, "global", count)
            fill_run(path, spec("claims", "customers"), count, attempts=count // 2)
            fill_run(path, spec("scrub", "customers"), count // 10)
        say("made", seconds=time.perf_counter() - began, large_mb=large.stat().st_size >> 20)
        measure(tens, given.rounds)


def measure(tens: dict[Path, int], rounds: int) -> None:
    p99 = []
    for path, count in tens.items():
        warm(path)
        figures = asyncio.run(claims(path, 1, rounds))
        p99.append(figures["p99_ms"])
        say("claim of 100", targets=count, attempts_behind=count // 2, dnc=count, **figures)
    say("claim of 100, ratio", p99=p99[-1] / p99[0])
    for path, count in tens.items():
        say("progress counters", targets=count, **asyncio.run(counters(path, 1)))
    for path, count in tens.items():
        say("scrub", dnc=count, **asyncio.run(scrub(path, 2)))
    for path, count in tens.items():
        for order in ("fifo", "lifo", "random", "priority"):
            figures = asyncio.run(first_dial(path, order, "customers", watch_s=5.0))
            say("first dial", contacts=count, order=order, **figures)


if __name__ == "__main__":
    main()
