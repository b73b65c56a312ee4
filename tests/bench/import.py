"""scripts/bench import: a contact file into a list while another process claims on the same database.

Prints rows per second, the peak of memory of each process, and how long the claiming daemon's writer waited. The
do-not-call list is filled first; a part of the file is on it, doubled, or no number.
Not here: the claiming process (meanwhile.py), do-not-call files (dnc.py), the dialing itself (dial.py).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from dialerd.adapters.sqlite import SqliteStore
from dialerd.ports import DncEntry, Unit
from tests.bench.meanwhile import AREAS, Memory, children_cpu_s, claiming, fill_dialed, national
from tests.cli.conftest import SETTINGS


def write_file(path: Path, rows: int) -> None:
    with path.open("w") as handle:
        handle.write("phone,first_name,last_name,email,state,balance\n")
        for index in range(rows):
            number = "n/a" if index % 200 == 7 else national(index - 1 if index % 200 == 9 else index)
            handle.write(f"{number},Ann{index},Doe{index % 977},a{index}@example.com,CA,{index % 1000}.50\n")


def fill(unit: Unit, numbers: list[str], now: datetime) -> None:
    unit.dnc.add(DncEntry(list_name="global", number=number, source="bench", added_at=now) for number in numbers)


async def prepare(database: Path, dnc: int, dialed: int) -> None:
    now = datetime.now(UTC)
    store = SqliteStore.open(database)
    for first in range(0, dnc, 5000):
        numbers = [f"+1{AREAS[n % 15]}{2_000_000 + n // 15}" for n in range(first, min(dnc, first + 5000))]
        await store.write(lambda unit, numbers=numbers: fill(unit, numbers, now))  # type: ignore[misc]
    await store.close()
    await fill_dialed(database, dialed)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--dnc", type=int, default=1_000_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dialerd-bench-") as name:
        folder = Path(name)
        (folder / "dialerd.toml").write_text(SETTINGS)
        write_file(folder / "contacts.csv", given.rows)
        asyncio.run(prepare(folder / "dialerd.db", given.dnc, given.rows // 100))
        for again in (False, True):
            print(json.dumps(one(folder, given.rows, given.dnc, again=again)), flush=True)


def one(folder: Path, rows: int, dnc: int, *, again: bool) -> dict[str, object]:
    words = ["--config", str(folder / "dialerd.toml"), "list", "import", "big", str(folder / "contacts.csv"), "--json"]
    with claiming(folder / "dialerd.db") as daemon:
        began, cpu_before = time.monotonic(), children_cpu_s()
        importer = subprocess.Popen([sys.executable, "-m", "dialerd", *words], stdout=subprocess.PIPE, text=True)
        memory = Memory(importer.pid)
        memory.start()
        out, _ = importer.communicate()
        took = time.monotonic() - began
        cpu_s = children_cpu_s() - cpu_before  # the claiming process has not ended yet: the importer's own
        memory.over.set()
    document = json.loads(out)
    return {
        "bench": "import",
        "rows": rows,
        "dnc": dnc,
        "again": again,
        "took_s": round(took, 1),
        "rows_per_s": round(rows / took),
        "cpu_us_per_row": round(cpu_s / rows * 1_000_000, 1),
        "peak_mb": round(memory.peak_mb),
        "load": os.getloadavg()[0],
        **{key: document[key] for key in ("added", "already_there", "doubled", "on_dnc", "rejected")},
        "daemon": daemon,
    }


if __name__ == "__main__":
    main()
