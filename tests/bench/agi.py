"""scripts/bench agi: hooks per second and how long each takes, against a store of people who have been called.

Prints per hook the rate, the processor time of a request (whole: Asterisk's side of the socket, which is played in the
same process, with it), the median and the 99th percentile. The processor time tells how many a second one core does,
whatever else runs on it; the rate is a lower bound. Not here: what a hook does (tests/agi).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import median, quantiles

from dialerd.adapters.clock import SystemClock
from dialerd.adapters.sqlite import SqliteStore
from dialerd.agi import AgiServer, hooks
from dialerd.domain.dispositionset import read_disposition_set
from dialerd.domain.words import AgentKind
from dialerd.ports import Unit
from dialerd.usecases import agents
from tests.bench.hugestore import NOW, fill_dnc, fill_list, fill_run, new_database, spec

_PEOPLE = 20_000
_AGENTS = 100
_SAID = """\
agi_network: yes
agi_network_script: {hook}
agi_channel: {phone}-0000000f
agi_uniqueid: 1795261718.16
agi_callerid: {number}
"""

# Hook: its arguments. {number} and {attempt} are somebody's who was called. The phone is one of a hundred agents'.
_HOOKS: dict[str, tuple[str, ...]] = {
    "dnc-check": ("{number}",),
    "who-called": ("{number}",),
    "attribute": ("answer", "yes", "{attempt}"),
    "callback": ("90", "{attempt}"),
    "disposition": ("sale", "{attempt}"),
    "agent-login": (),
    "agent-pause": ("lunch",),
    "agent-ready": (),
    "agent-logout": (),
    "dnc-add": ("{attempt}",),
}


def _phone(n: int) -> str:
    return f"PJSIP/{1000 + n % _AGENTS}"


def _person(n: int) -> dict[str, str]:
    """One who was called, as hugestore and `fill` have them."""
    attempt = f"d{n * (4294967295 // _PEOPLE):08x}{n:024x}"
    return {"number": f"+1{2_122_000_000 + n * 7919 % 6_700_417}", "attempt": attempt, "phone": _phone(n)}


async def fill(path: Path) -> None:
    new_database(path)
    fill_list(path, "customers", _PEOPLE)
    fill_dnc(path, "global", 100_000)
    fill_run(path, spec("called", "customers", dispositions="outcomes"), _PEOPLE, attempts=_PEOPLE)
    with closing(sqlite3.connect(path)) as connection, connection:  # out of area code 200, in which nobody has a number
        for table in ("contact", "target", "dnc_entry"):
            moved = "number = '+1' || (substr(number, 3) + 122000000)"
            connection.execute(f"UPDATE {table} SET {moved}")  # noqa: S608  # constants of this file
        connection.execute("UPDATE attempt SET number = (SELECT number FROM target WHERE target.id = target_id)")
    store = SqliteStore.open(path)

    def staff(unit: Unit) -> None:
        table = {"name": "outcomes", "disposition": [{"code": "sale"}]}
        unit.dispositions.put(read_disposition_set(table, source="the benchmark"), NOW)
        for n in range(_AGENTS):
            agents.add_agent(
                unit,
                f"agent{n}",
                endpoint=_phone(n),
                kind=AgentKind.OUTBOUND,
                may_outbound=True,
                allowed=("PJSIP/*",),
                actor="bench",
                now=NOW,
            )

    await store.write(staff)
    await store.close()


async def ask(port: int, hook: str, n: int) -> tuple[float, str]:
    """How long a hook took, in seconds, and its status."""
    person = _person(n)
    given = [f"agi_arg_{place}: {each.format(**person)}\n" for place, each in enumerate(_HOOKS[hook], 1)]
    said = _SAID.format(hook=hook, **person) + "".join(given) + "\n"
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(said.encode())
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
            took_s, status = await ask(port, hook, index + 1)
            took.append(took_s)
            seen[status] = seen.get(status, 0) + 1

    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(caller() for _ in range(at_once)))
    whole_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu
    row = {
        "bench": "agi",
        "hook": hook,
        "at_once": at_once,
        "requests": requests,
        "per_s": round(requests / whole_s),
        "cpu_ms_each": round(cpu_s / requests * 1000, 2),
        "per_s_of_a_core": round(requests / cpu_s),
        "median_ms": round(median(took) * 1000, 1),
        "p99_ms": round(quantiles(took, n=100)[98] * 1000, 1),
        "statuses": seen,
        "load": os.getloadavg()[0],
    }
    print(json.dumps(row), flush=True)


async def run(requests: int, at_once: int) -> None:
    with tempfile.TemporaryDirectory(prefix="dialerd-bench-") as name:
        path = Path(name) / "dialerd.db"
        await fill(path)
        store = SqliteStore.open(path)
        setting = hooks.Setting(region="US", phones=("PJSIP/*",))
        server = AgiServer("127.0.0.1:0", store, SystemClock(), setting, lambda: None)
        async with server.listening():
            for hook in _HOOKS:
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
