"""scripts/bench drop: what a file dropped into a watched folder does to the daemon that dials meanwhile.

Prints the event loop's lag, how long a claim's write took and the calls placed per second, first without a file and
then while one comes in. Not here: what reading and adding rows costs (import.py).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from dialerd import log
from dialerd.adapters.clock import SystemClock, SystemDice
from dialerd.adapters.files import DropFolder
from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.trunk import Trunk
from dialerd.engine import DropKeeper, Engine
from dialerd.ports import Unit
from dialerd.simulate.callees import NumberPlan
from dialerd.simulate.clock import SeededDice
from dialerd.simulate.exchange import SimulatedExchange
from dialerd.tasks import end, spawn
from dialerd.usecases import campaigns, drops, lists, runs
from tests.bench.hugestore import fill_list, new_database, spec
from tests.bench.meanwhile import figures, national

_DIALED = 50_000
_TICK_S = 0.01
_TRUNKS = {
    "carrier": Trunk(
        name="carrier",
        servers=("simulated",),
        endpoint="PJSIP/{number}@carrier",
        max_channels=1000,
        calls_per_second=30.0,
        caller_ids=("+12125550100",),
    )
}


def write_file(path: Path, rows: int) -> None:
    lines = (f"{national(n)},Ann{n},Doe{n % 977},a{n}@example.com,CA,{n % 1000}.50\n" for n in range(rows))
    path.write_text("phone,first_name,last_name,email,state,balance\n" + "".join(lines))


def set_up(unit: Unit, folder: Path, clock: SystemClock) -> None:
    now = clock.now()
    lists.create_list(unit, "dropped", region="US", actor="bench", now=now)
    drops.watch_folder(unit, "dropped", str(folder), map_name=None, actor="bench", now=now)
    of = spec("c", "dialed", max_calls=500, calls_per_second=30)
    campaigns.apply_campaign(unit, of, trunks=_TRUNKS, actor="bench", now=now)
    runs.run_campaign(unit, "c", trunks=_TRUNKS, actor="bench", now=now)


class Watch:
    """How late the event loop wakes a sleeper, and how long a write takes that does nothing."""

    def __init__(self, store: SqliteStore, exchange: SimulatedExchange) -> None:
        self._store = store
        self._exchange = exchange

    async def until(self, is_over: Callable[[], bool]) -> dict[str, object]:
        lags, waits = [], []
        began, before = time.perf_counter(), len(self._exchange.record)
        while not is_over():
            at = time.perf_counter()
            await asyncio.sleep(_TICK_S)
            woken = time.perf_counter()
            lags.append(woken - at - _TICK_S)
            await self._store.write(lambda unit: unit.runs.unfinished())
            waits.append(time.perf_counter() - woken)
        took = time.perf_counter() - began
        calls = (len(self._exchange.record) - before) / took
        return {
            "seconds": round(took, 1),
            "lag": figures(lags),
            "write": figures(waits),
            "calls_per_s": round(calls, 1),
        }


async def measure(path: Path, folder: Path, rows: int) -> None:
    store, clock, dice = SqliteStore.open(path), SystemClock(), SystemDice()
    exchange = SimulatedExchange("simulated", clock, dice, NumberPlan(SeededDice(1)))
    await store.write(lambda unit: set_up(unit, folder, clock))
    engine = Engine(
        store=store, clock=clock, dice=dice, exchanges={"simulated": exchange}, trunks=_TRUNKS, min_ring_s=15.0
    )
    await engine.start()
    watch = Watch(store, exchange)
    settled_at = time.perf_counter() + 5
    await watch.until(lambda: time.perf_counter() > settled_at)  # the targets are in, the pace is reached
    quiet_until = time.perf_counter() + 10
    say("without a file", await watch.until(lambda: time.perf_counter() > quiet_until))
    write_file(folder / "contacts.csv", rows)
    keeper = spawn("drops", DropKeeper(store, clock, DropFolder, engine.poke).run())
    while not (folder / "taken").exists():  # noqa: ASYNC110  # the folder tells nobody
        await asyncio.sleep(0.01)
    figures_of = await watch.until(lambda: bool(list((folder / "taken").glob("*.json"))))
    listed = await store.read(lambda unit: unit.lists.get("dropped"))
    assert listed is not None
    took = figures_of["seconds"]
    assert isinstance(took, float)
    say("while a file comes in", figures_of | {"added": listed.contacts, "rows_per_s": round(listed.contacts / took)})
    await end(keeper)
    await engine._loop.stop()
    await engine.close()
    await store.close()


def say(measured: str, row: dict[str, object]) -> None:
    print(json.dumps({"bench": "drop", "measured": measured, **row}), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=200_000)
    given = parser.parse_args()
    log.configure(level="error")
    with tempfile.TemporaryDirectory(prefix="dialerd-bench-") as name:
        path, folder = Path(name, "dialerd.db"), Path(name, "in")
        folder.mkdir()
        new_database(path)
        fill_list(path, "dialed", _DIALED)
        asyncio.run(measure(path, folder, given.rows))


if __name__ == "__main__":
    main()
