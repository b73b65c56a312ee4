"""scripts/bench agi: hooks per second and how long each takes, against a store with calls in it.

Prints per hook the rate, the processor time, the median and the 99th percentile; callers and server share one process,
so that the rates are lower bounds. Not here: what a hook does (tests/agi).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from dialerd.adapters.clock import SystemClock
from dialerd.adapters.sqlite import SqliteStore
from dialerd.agi import AgiServer, hooks
from tests.bench.meanwhile import fill_dialed

_SAID = """\
agi_network: yes
agi_network_script: {hook}
agi_channel: PJSIP/carrier-0000000f
agi_uniqueid: 1795261718.16
agi_callerid: {number}
agi_arg_1: {number}

"""


async def ask(port: int, hook: str, number: str) -> tuple[float, str]:
    """How long a hook took, in seconds, and its status."""
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(_SAID.format(hook=hook, number=number).encode())
    status = ""
    while line := await reader.readline():
        if line.startswith(b"SET VARIABLE DIALERD_STATUS"):
            status = line.decode().split('"')[1]
        writer.write(b"200 result=1\n")
    writer.close()
    return time.perf_counter() - began, status


async def measure(port: int, hook: str, requests: int, at_once: int) -> None:
    left = iter(range(requests))
    took: list[float] = []
    seen: dict[str, int] = {}

    async def caller() -> None:
        for index in left:
            took_s, status = await ask(port, hook, f"+1907{2_000_000 + index}")  # the store has called these
            took.append(took_s)
            seen[status] = seen.get(status, 0) + 1

    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(caller() for _ in range(at_once)))
    whole_s = time.perf_counter() - began
    row = {
        "bench": "agi",
        "hook": hook,
        "at_once": at_once,
        "requests": requests,
        "per_s": round(requests / whole_s),
        "cpu_ms_each": round((time.process_time() - cpu) / requests * 1000, 2),
        "median_ms": round(median(took) * 1000, 1),
        "p99_ms": round(quantiles(took, n=100)[98] * 1000, 1),
        "statuses": seen,
        "load": os.getloadavg()[0],
    }
    print(json.dumps(row), flush=True)


async def run(requests: int, at_once: int) -> None:
    with tempfile.TemporaryDirectory(prefix="dialerd-bench-") as name:
        path = Path(name) / "dialerd.db"
        await fill_dialed(path, 20_000)
        store = SqliteStore.open(path)
        setting = hooks.Setting(region="US", phones=("PJSIP/*",))
        server = AgiServer("127.0.0.1:0", store, SystemClock(), setting, lambda: None)
        async with server.listening():
            for hook in ("dnc-check", "who-called", "dnc-add"):
                await measure(server.port, hook, requests, at_once)
        await store.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=5000)
    parser.add_argument("--at-once", type=int, default=50)
    given = parser.parse_args()
    asyncio.run(run(given.requests, given.at_once))


if __name__ == "__main__":
    main()
