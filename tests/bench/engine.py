"""scripts/bench engine: calls per second through engine and database alone, every attempt on disk before it is dialed.

Not here: the engine's house and the exchange that answers at once (rush.py).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path

from dialerd import log
from dialerd.adapters.sqlite import SqliteStore
from tests.bench.rush import AtOnce, Stays, cpu_s, engine_on, make

_KINDS: dict[str, Stays] = {"busy": lambda n: None, "answered, hears a message": lambda n: 0.0}


async def rush(path: Path, stays: Stays, *, calls: int, at_once: int) -> dict[str, float]:
    store, exchange = SqliteStore.open(path), AtOnce(stays)
    engine = engine_on(store, exchange, at_once=at_once)
    began, cpu = time.perf_counter(), cpu_s()
    await engine.start()
    await engine.idle(600.0)
    took, used = time.perf_counter() - began, cpu_s() - cpu
    rows = [await store.read(lambda unit, each=each: unit.runs.get(each)) for each in range(1, 5)]  # type: ignore[misc]
    await engine.drain(0.0)
    await engine.close()
    await store.close()
    assert sum(row.done for row in rows) == exchange.calls == calls, "a call was lost, or dialed twice"
    return {"calls_per_s": calls / took, "cpu_ms_per_call": used / calls * 1000, "calls_per_cpu_s": calls / used}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--at-once", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    log.configure(level="error")
    for _ in range(given.rounds):
        for kind, stays in _KINDS.items():
            with tempfile.TemporaryDirectory(prefix="dialerd-bench-") as folder:
                path = Path(folder, "rush.db")
                make(path, given.calls, at_once=given.at_once)
                figures = asyncio.run(rush(path, stays, calls=given.calls, at_once=given.at_once))
            row = {"bench": "engine", "calls": kind, "count": given.calls, "at_once": given.at_once}
            print(json.dumps(row | {key: round(value, 3) for key, value in figures.items()}), flush=True)


if __name__ == "__main__":
    main()
