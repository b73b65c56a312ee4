"""What other processes do while a file is imported: a daemon's claims and how long they wait; the memory of a family.

Run as a module with a database it is the claiming process. Not here: what is imported (import.py, dnc.py).
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from dialerd.adapters.clock import SystemDice
from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.campaign import read_campaign
from dialerd.domain.contact import Contact
from dialerd.domain.phone import PhoneNumber
from dialerd.domain.words import RunId
from dialerd.ports import AttemptRow, Unit

AREAS = (212, 213, 305, 312, 415, 512, 617, 702, 713, 718, 206, 303, 404, 602, 619)
_CAMPAIGN = {
    "name": "c",
    "lists": ["dialed"],
    "trunk": "carrier",
    "caller_id": "+12125550100",
    "on_human": {"play": "hello"},
    "finite": False,
}


def national(index: int) -> str:
    """A valid number of its own for each index, in no order, so that the indexes are hit all over."""
    spread = (index * 7_368_787) % 12_000_000  # coprime: each comes once
    return f"({AREAS[spread % 15]}) {200 + spread // 150_000 * 9 + spread % 9:03d}-{spread // 15 % 10_000:04d}"


async def fill_dialed(database: Path, dialed: int) -> None:
    """A campaign with `dialed` targets for the claiming process."""
    now = datetime.now(UTC)
    store = SqliteStore.open(database)
    spec = read_campaign(_CAMPAIGN, source="bench")
    made = [Contact(numbers=(PhoneNumber(e164=f"+1907{2_000_000 + n}", zones=("UTC",)),)) for n in range(dialed)]
    listed = await store.write(lambda unit: unit.lists.create("dialed", "US", now))
    await store.write(lambda unit: unit.contacts.add(listed.id, made, now))
    run = await store.write(lambda unit: unit.runs.create(unit.campaigns.put(spec, now).id, spec, now))
    while not await store.write(lambda unit: unit.runs.prepare(run.id, size=1000, draw=lambda: 0.5, now=now)):
        pass
    await store.close()


async def claim(database: Path) -> None:
    """What a daemon writes, one claim every 20 ms, until stdin closes; then how long each had to wait."""
    store = SqliteStore.open(database)
    over = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        over.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    runs = await store.read(lambda unit: unit.runs.unfinished())
    waits: list[float] = []
    count = 0

    def job(unit: Unit) -> None:
        # The job runs with the lock held: what is waited for has been waited for by now.
        waits.append(time.monotonic() - asked)
        for target in unit.dialing.candidates(RunId(runs[0].id), dnc=None, limit=1, now=datetime.now(UTC)):
            unit.dialing.open_attempt(
                AttemptRow(
                    id=SystemDice().attempt_id(),
                    target_id=target.id,
                    run_id=target.run_id,
                    number=target.number,
                    trunk="carrier",
                    asterisk="pbx1",
                    caller_id="+12125550100",
                    claimed_at=datetime.now(UTC),
                )
            )

    answered: list[float] = []
    while not over.is_set():
        asked = time.monotonic()
        await store.write(job)
        answered.append(time.monotonic() - asked)
        count += 1
        await asyncio.sleep(0.02)
    await store.close()
    print(json.dumps({"claims": count, "lock": figures(waits), "answered": figures(answered)}))


@contextmanager
def claiming(database: Path) -> Iterator[dict[str, object]]:
    """Another process claims as a daemon does, as long as this lasts; then the dict holds what it measured."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.meanwhile", str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    measured: dict[str, object] = {}
    time.sleep(1)
    try:
        yield measured
    finally:
        out, _ = process.communicate("")
    measured.update(json.loads(out))


def figures(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "p50_ms": round(ordered[len(ordered) // 2] * 1000, 1),
        "p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1000, 1),
        "max_ms": round(ordered[-1] * 1000, 1),
    }


def children_cpu_s() -> float:
    """Of the children that have ended, and theirs: what a row costs whatever else the machine is doing."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Memory(threading.Thread):
    """The peak of memory of a process and its children together, looked at 20 times a second."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self.peak_mb = 0.0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.05):
            self.peak_mb = max(self.peak_mb, sum(resident_mb(pid) for pid in family(self._pid)))


def family(pid: int) -> list[int]:
    try:
        children = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        for task in Path(f"/proc/{pid}/task").iterdir():
            children += [int(word) for word in (task / "children").read_text().split() if int(word) not in children]
    except OSError:
        return [pid]
    return [pid, *children]


def resident_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


if __name__ == "__main__":
    asyncio.run(claim(Path(sys.argv[1])))
