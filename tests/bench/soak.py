"""scripts/bench soak: a million calls in one process: do memory and file descriptors stay, what does a call leave.

A line for each tenth of the calls, as it ends; the last one compares the last tenth with the second.
Not here: the engine's house and the exchange that answers at once (rush.py).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path
from statistics import median

from dialerd import log
from dialerd.adapters.sqlite import SqliteStore
from tests.bench.rush import AtOnce, cpu_s, descriptors, engine_on, make, on_disk, rss_mb

_LOOK_S = 0.5


def say(**figures: object) -> None:
    row = {key: round(value, 3) if isinstance(value, float) else value for key, value in figures.items()}
    print(json.dumps({"bench": "soak", **row}), flush=True)


def stays(n: int) -> float | None:
    """Three of five are busy; the others listen for up to a fifth of a second."""
    return None if n % 5 < 3 else n % 7 * 0.03


async def soak(path: Path, calls: int, at_once: int) -> None:
    empty = on_disk(path)
    store, exchange = SqliteStore.open(path), AtOnce(stays)
    engine = engine_on(store, exchange, at_once=at_once)
    await engine.start()
    began, cpu = time.perf_counter(), cpu_s()
    memory: list[float] = []  # of each tenth, the middle of what was seen
    files: list[int] = []
    seen: list[float] = []
    for tenth in range(1, 11):
        seen.clear()
        until = calls * tenth // 10
        while exchange.calls < until:
            await asyncio.sleep(_LOOK_S)
            seen.append(rss_mb())
        memory.append(median(seen or [rss_mb()]))
        files.append(descriptors())
        took, used = time.perf_counter() - began, cpu_s() - cpu
        say(
            tenth=tenth,
            calls=exchange.calls,
            rss_mb=memory[-1],
            descriptors=files[-1],
            cpu_ms_per_call=used / exchange.calls * 1000,
            seconds=took,
        )
    await engine.idle(600.0)
    await engine.drain(0.0)
    await engine.close()
    await store.close()
    say(
        calls=exchange.calls,
        rss_last_to_second_tenth=memory[-1] / memory[1],
        descriptors_last_to_second_tenth=files[-1] / files[1],
        bytes_on_disk_per_call=(on_disk(path) - empty) / exchange.calls,
        bytes_on_disk_per_target_before=empty / calls,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--at-once", type=int, default=400)
    parser.add_argument("--folder", type=Path, help="where the database is made (default: the temporary folder)")
    given = parser.parse_args()
    log.configure(level="error")
    with tempfile.TemporaryDirectory(prefix="dialerd-bench-", dir=given.folder) as folder:
        path = Path(folder, "soak.db")
        make(path, given.calls, at_once=given.at_once)
        asyncio.run(soak(path, given.calls, given.at_once))


if __name__ == "__main__":
    main()
