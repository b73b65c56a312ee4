"""scripts/bench memory: what the engine's process has in memory with a run of a million targets and 500 calls up.

Not here: the engine's house and the exchange that answers at once (rush.py), memory over a million calls (soak.py).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from pathlib import Path

from dialerd import daemon, log
from dialerd.adapters.sqlite import SqliteStore
from tests.bench.rush import AtOnce, engine_on, make, on_disk, rss_mb

_STAYS_S = 5.0  # each call
_LOOK_S = 0.25


async def measure(path: Path, calls: int, at_once: int) -> dict[str, float]:
    """What is in memory before the first call, and the most that is while so many are up and come and go."""
    store, exchange = SqliteStore.open(path), AtOnce(lambda n: _STAYS_S)
    engine = engine_on(store, exchange, at_once=at_once, runs=1)
    before, most, most_up = rss_mb(), 0.0, 0
    await engine.start()
    while exchange.calls < calls:
        await asyncio.sleep(_LOOK_S)
        most_up = max(most_up, exchange.up)
        most = max(most, rss_mb())
    await engine.drain(0.0)
    await engine.close()
    await store.close()
    return {"calls_up": most_up, "rss_mb": most, "rss_before_mb": before}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--targets", type=int, default=1_000_000)
    parser.add_argument("--at-once", type=int, default=500)
    parser.add_argument("--calls", type=int, default=5_000)
    given = parser.parse_args()
    log.configure(level="error")
    assert daemon.__name__ == "dialerd.daemon", "its code is in memory, as it is in a daemon's process"
    with tempfile.TemporaryDirectory(prefix="dialerd-bench-") as folder:
        path = Path(folder, "memory.db")
        make(path, given.targets, at_once=given.at_once, runs=1)
        figures = asyncio.run(measure(path, given.calls, given.at_once))
        row = {"bench": "memory", "targets": given.targets, "calls": given.calls, "database_mb": on_disk(path) / 1e6}
    print(json.dumps(row | {key: round(value, 1) for key, value in figures.items()}), flush=True)


if __name__ == "__main__":
    main()
