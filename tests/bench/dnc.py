"""scripts/bench dnc: millions of do-not-call entries from a file while another process claims on the same database.

Prints entries per second, the peak of memory, how long the claiming daemon's writer waited beside the import and
without it, and what is left and made up for when the import is killed (SIGKILL) in the middle and begun again.
Not here: contact files (import.py), the claiming process (meanwhile.py).
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
from pathlib import Path

from dialerd.adapters.sqlite import SqliteStore
from tests.bench.meanwhile import Memory, children_cpu_s, claiming, fill_dialed, national
from tests.cli.conftest import SETTINGS

_ALONE_S = 10.0


def write_file(path: Path, entries: int) -> int:
    """One in 200 is no number; how many are."""
    with path.open("w") as handle:
        handle.write("number\n")
        for index in range(entries):
            handle.write(("n/a" if index % 200 == 7 else national(index)) + "\n")
    return entries - sum(1 for index in range(entries) if index % 200 == 7)


def entries_in(folder: Path) -> int:
    with SqliteStore.unit(folder / "dialerd.db", write=False) as unit:
        return unit.dnc.lists()["global"]


def say(measured: str, **figures: object) -> None:
    row = {key: round(value, 1) if isinstance(value, float) else value for key, value in figures.items()}
    print(json.dumps({"bench": "dnc", "measured": measured, **row, "load": os.getloadavg()[0]}), flush=True)


def run(folder: Path, measured: str, rows: int, *, killed_after: int = 0) -> None:
    """One import to its end, or until so many entries are in."""
    before = entries_in(folder)
    words = [sys.executable, "-m", "dialerd", "--config", str(folder / "dialerd.toml"), "dnc", "import"]
    with claiming(folder / "dialerd.db") as daemon:
        began, cpu_before = time.monotonic(), children_cpu_s()
        importer = subprocess.Popen([*words, str(folder / "dnc.csv")], stderr=subprocess.DEVNULL)
        memory = Memory(importer.pid)
        memory.start()
        while importer.poll() is None:
            time.sleep(0.05)
            if killed_after and entries_in(folder) >= killed_after:
                importer.kill()
        took, cpu_s = time.monotonic() - began, children_cpu_s() - cpu_before
        memory.over.set()
    added = entries_in(folder) - before
    read = added if killed_after else rows
    say(
        measured,
        added=added,
        took_s=took,
        read_per_s=round(read / took),
        cpu_us_per_row=cpu_s / read * 1_000_000,
        peak_mb=round(memory.peak_mb),
        database_mb=(folder / "dialerd.db").stat().st_size >> 20,
        daemon=daemon,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=10_000_000, help="at most 12,000,000")
    parser.add_argument("--folder", type=Path, help="where the database is made (default: the temporary folder)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dialerd-bench-", dir=given.folder) as name:
        folder = Path(name)
        (folder / "dialerd.toml").write_text(SETTINGS)
        good = write_file(folder / "dnc.csv", given.entries)
        asyncio.run(fill_dialed(folder / "dialerd.db", 100_000))
        with claiming(folder / "dialerd.db") as daemon:
            time.sleep(_ALONE_S)
        say("claims alone", daemon=daemon)
        run(folder, "killed in the middle", given.entries, killed_after=given.entries // 2)
        run(folder, "begun again", given.entries)
        run(folder, "the same file once more", given.entries)
        assert entries_in(folder) == good, "every number of the file is on the list, once"


if __name__ == "__main__":
    main()
