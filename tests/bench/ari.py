"""scripts/bench ari: what aioari's dispatch by name costs beside the same request sent straight.

Not here: dialing as a whole (dial.py). adapters/ari/exchange.py says why the three hot operations go straight.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from dialerd.adapters.ari.client import connected
from dialerd.adapters.ari.http import AriHttp, AriStatus
from tests.lab import Lab
from tests.lab.lab import PASSWORD

Request = Callable[[int], Awaitable[object]]


async def measure(request: Request, first: int, count: int) -> tuple[float, float]:
    """CPU milliseconds per request, and requests per second, one after the other."""
    used, began = _cpu(), time.monotonic()
    for index in range(first, first + count):
        with suppress(AriStatus):
            await request(index)
    took = time.monotonic() - began
    return (_cpu() - used) * 1000 / count, count / took


async def compare(lab: Lab, count: int, rounds: int) -> None:
    http = AriHttp(url=lab.ari_url, username="dialerd", password=PASSWORD)
    async with connected(http) as client:

        async def originate_straight(index: int) -> None:
            body = {"endpoint": "PJSIP/+12126660002@carrier", "app": "bench", "timeout": 20}
            await http.call("POST", f"/channels/s{os.getpid():08d}{index:08d}", body=body)

        async def originate_by_name(index: int) -> None:
            await client.channels.originateWithId(
                channelId=f"n{os.getpid():08d}{index:08d}",
                endpoint="PJSIP/+12126660002@carrier",
                app="bench",
                timeout="20",
            )

        async def hang_up_straight(index: int) -> None:
            await http.call("DELETE", f"/channels/gone{index:08d}")

        async def hang_up_by_name(index: int) -> None:
            await client.channels.hangup(channelId=f"gone{index:08d}")

        pairs = {
            "originate": (originate_straight, originate_by_name),
            "hang_up": (hang_up_straight, hang_up_by_name),
        }
        for first in range(0, rounds * count, count):
            for name, (straight, by_name) in pairs.items():
                ours = await measure(straight, first, count)
                theirs = await measure(by_name, first, count)
                row = {
                    "bench": "ari",
                    "operation": name,
                    "straight_cpu_ms": round(ours[0], 3),
                    "aioari_cpu_ms": round(theirs[0], 3),
                    "cpu_ratio": round(theirs[0] / ours[0], 2),
                    "rate_ratio": round(ours[1] / theirs[1], 2),
                }
                print(json.dumps(row), flush=True)


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    lab = Lab(f"bench{os.getpid()}")
    lab.up()
    try:
        asyncio.run(compare(lab, given.count, given.rounds))
    finally:
        lab.down()


if __name__ == "__main__":
    main()
