"""scripts/bench dial: calls per second and CPU per call of dialerd beside a bare ARI loop, on the same lab in one run;
then how long a slot stays empty between two calls.

Not here: the lab (tests/lab). The bare loop is the least a client can do: originate, read events, continue, no
database and no rules; its rate is what this Asterisk gives on this machine at this moment. There are more slots than
are needed to keep the machine busy: a slot is guarded for a moment after its call (calldesk.py), which the bare loop
does not do, and with few of them that is what would be measured.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import aiohttp

from dialerd.engine.calldesk import SLOT_GUARD_S
from tests.asterisk.dialer import Dialer
from tests.lab import Lab, peak_rate
from tests.lab.lab import PASSWORD
from tests.lab.record import CarrierCall
from tests.numbers import one_of_many

_TICKS = os.sysconf("SC_CLK_TCK")
_SETTLED_S = 1.0  # until the carrier's last channels of the bare loop are gone, too


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


def dialerd(lab: Lab, numbers: list[str], at_once: int, home: Path) -> tuple[dict[str, float], list[CarrierCall]]:
    """The same numbers as a campaign of the daemon, with its database, rules and records; and the carrier's record."""
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
    while "run_ended" not in dialer.log():  # nobody asks the bare loop how far it is: a status costs 20 ms of a core
        time.sleep(0.2)
    used = cpu_of(dialer.process.pid) - cpu
    dialer.stop()
    record = lab.record(since=mark)
    ends = [call.ended_at for call in record if call.ended_at is not None]
    took = (max(ends) - record[0].invited_at).total_seconds()
    figures = {
        "calls_per_s": len(record) / took,
        "cpu_ms_per_call": used * 1000 / len(record),
        "peak_in_a_second": peak_rate(record),
    }
    return figures, record


def refill(record: Sequence[CarrierCall], at_once: int) -> dict[str, float]:
    """How long slots stayed empty: milliseconds from a call's end, as the carrier saw it, to the INVITE in its place.

    With `at_once` slots always wanted, the n-th end makes room for the INVITE that comes so many later. The time for
    which a slot is guarded after its call's end is meant, and taken off.
    """
    begins = sorted(call.invited_at for call in record)[at_once:]
    ends = sorted(call.ended_at for call in record if call.ended_at is not None)
    empty = sorted((begin - end).total_seconds() - SLOT_GUARD_S for begin, end in zip(begins, ends, strict=False))
    return {
        "calls_per_s": len(record) / (ends[-1] - record[0].invited_at).total_seconds(),
        "empty_p50_ms": empty[len(empty) // 2] * 1000,
        "empty_p99_ms": empty[len(empty) * 99 // 100] * 1000,
    }


def _own_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=4000)
    parser.add_argument("--at-once", type=int, default=100, help="enough that no slot is waited for")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--slots", type=int, default=7, help="how many make about 100 busy calls a second")
    given = parser.parse_args()
    lab = Lab(f"bench{os.getpid()}")
    lab.up()
    try:
        for kind, ending in (("busy", "02"), ("answered", "40")):
            numbers, ratios = [one_of_many(n, ending) for n in range(given.calls)], list[float]()
            for _ in range(given.rounds):
                with tempfile.TemporaryDirectory(prefix="dialerd-bench-") as folder:
                    plain = asyncio.run(bare(lab, numbers, given.at_once))
                    time.sleep(_SETTLED_S)
                    ours, _ = dialerd(lab, numbers, given.at_once, Path(folder))
                ratios.append(ours["calls_per_s"] / plain["calls_per_s"])
                row = {
                    "bench": "dial",
                    "calls": kind,
                    "count": given.calls,
                    "at_once": given.at_once,
                    "dialerd": {key: round(value, 2) for key, value in ours.items()},
                    "bare": {key: round(value, 2) for key, value in plain.items()},
                    "rate_ratio": round(ratios[-1], 2),
                    "cpu_ratio": round(ours["cpu_ms_per_call"] / plain["cpu_ms_per_call"], 2),
                }
                print(json.dumps(row), flush=True)
            found = {"rounds": given.rounds, "median_rate_ratio": round(median(ratios), 3)}
            print(json.dumps({"bench": "dial", "calls": kind, **found}), flush=True)
        numbers = [one_of_many(n, "02") for n in range(given.calls)]
        with tempfile.TemporaryDirectory(prefix="dialerd-bench-") as folder:
            _, record = dialerd(lab, numbers, given.slots, Path(folder))
        figures = {key: round(value, 1) for key, value in refill(record, given.slots).items()}
        print(json.dumps({"bench": "dial", "calls": "busy", "slots": given.slots, **figures}), flush=True)
    finally:
        lab.down()


if __name__ == "__main__":
    main()
