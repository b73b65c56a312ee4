"""scripts/bench dial: calls per second and CPU per call of dialerd beside a bare ARI loop, on the same lab in one run.

Not here: the lab (tests/lab). The bare loop is the least a client can do: originate, read events, continue, no
database and no rules; its rate is what this Asterisk gives on this machine at this moment.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import tempfile
import time
from pathlib import Path

import aiohttp

from tests.asterisk.dialer import Dialer
from tests.lab import Lab, peak_rate
from tests.lab.lab import PASSWORD
from tests.numbers import number

_TICKS = os.sysconf("SC_CLK_TCK")


async def bare(lab: Lab, numbers: list[str], at_once: int) -> dict[str, float]:
    """Dial every number, `at_once` up at a time; an answered one goes on in the dialplan, which ends it."""
    headers = {"Authorization": aiohttp.encode_basic_auth("dialerd", PASSWORD)}
    base = f"{lab.ari_url}/ari"
    ended: dict[str, asyncio.Event] = {}
    slots = asyncio.Semaphore(at_once)
    connector = aiohttp.TCPConnector(limit=20)
    async with aiohttp.ClientSession(headers=headers, connector=connector) as session:
        events = await session.ws_connect(f"{base}/events?app=bench", max_msg_size=0)
        unwanted = ["ChannelVarset", "ChannelDialplan", "ChannelCreated", "ChannelCallerId", "ChannelConnectedLine"]
        body = {"disallowed": [{"type": each} for each in unwanted]}
        async with session.put(f"{base}/applications/bench/eventFilter", json=body) as reply:
            await reply.read()

        async def go_on(channel: str) -> None:
            url = f"{base}/channels/{channel}/continue?context=lab-ivr&extension=end&priority=1"
            async with session.post(url) as reply:
                await reply.read()

        async def read() -> None:
            async for message in events:
                event = json.loads(message.data)
                channel = event.get("channel", {}).get("id")
                if event["type"] == "StasisStart":
                    asyncio.get_running_loop().create_task(go_on(channel))
                elif event["type"] == "ChannelDestroyed" and channel in ended:
                    ended[channel].set()

        async def call(index: int, to: str) -> None:
            channel = f"b{os.getpid():08d}{index:08d}"
            ended[channel] = asyncio.Event()
            body = {"endpoint": f"PJSIP/{to}@carrier", "app": "bench", "callerId": "+12125550100", "timeout": 20}
            async with session.post(f"{base}/channels/{channel}", json=body) as reply:
                await reply.read()
            await ended[channel].wait()
            slots.release()

        reader = asyncio.get_running_loop().create_task(read())
        began, cpu = time.monotonic(), _own_cpu()
        calls = []
        for index, to in enumerate(numbers):
            await slots.acquire()
            calls.append(asyncio.get_running_loop().create_task(call(index, to)))
        await asyncio.gather(*calls)
        took = time.monotonic() - began
        used = _own_cpu() - cpu
        reader.cancel()
        await events.close()
    return {"calls_per_s": len(numbers) / took, "cpu_ms_per_call": used * 1000 / len(numbers)}


def dialerd(lab: Lab, numbers: list[str], at_once: int, home: Path) -> dict[str, float]:
    """The same numbers as a campaign of the daemon, with its database, rules and records."""
    config = lab.dialerd_config(home / "bench.db").replace("max_channels = 100", f"max_channels = {at_once}")
    dialer = Dialer(home, config.replace("calls_per_second = 50.0", "calls_per_second = 1000.0"))
    pace = {"max_calls": at_once, "calls_per_second": 1000, "amd": False}
    dialer.campaign("bench", numbers, on_human='context = "lab-ivr"\nextension = "end"', **pace)
    dialer.start()
    while "reconciled" not in dialer.log():
        time.sleep(0.05)
    assert dialer.process is not None
    mark, cpu = lab.mark(), cpu_of(dialer.process.pid)
    dialer.cli("campaign", "run", "bench")
    while dialer.status("bench")["state"] != "completed":
        time.sleep(0.2)
    used = cpu_of(dialer.process.pid) - cpu
    dialer.stop()
    record = lab.record(since=mark)
    ends = [call.ended_at for call in record if call.ended_at is not None]
    took = (max(ends) - record[0].invited_at).total_seconds()
    return {
        "calls_per_s": len(record) / took,
        "cpu_ms_per_call": used * 1000 / len(record),
        "peak_in_a_second": peak_rate(record),
    }


def _own_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    lab = Lab(f"bench{os.getpid()}")
    lab.up()
    try:
        for kind, ending in (("busy", "02"), ("answered", "40")):
            numbers = [number(n % 1000, ending) for n in range(given.calls)]
            for _ in range(given.rounds):
                with tempfile.TemporaryDirectory(prefix="dialerd-bench-") as folder:
                    plain = asyncio.run(bare(lab, numbers, given.at_once))
                    ours = dialerd(lab, numbers, given.at_once, Path(folder))
                row = {
                    "bench": "dial",
                    "calls": kind,
                    "count": given.calls,
                    "at_once": given.at_once,
                    "dialerd": {key: round(value, 2) for key, value in ours.items()},
                    "bare": {key: round(value, 2) for key, value in plain.items()},
                    "rate_ratio": round(ours["calls_per_s"] / plain["calls_per_s"], 2),
                    "cpu_ratio": round(ours["cpu_ms_per_call"] / plain["cpu_ms_per_call"], 2),
                }
                print(json.dumps(row), flush=True)
    finally:
        lab.down()


if __name__ == "__main__":
    main()
