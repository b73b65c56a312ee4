"""Fault runs: drawn campaigns with drawn troubles on the real engine and virtual time; every invariant after each.

`--seed N` plays one and tells its story. A JSON object for every thousand seeds and one for the whole; a seed that
fails is printed with its story, and the exit code is 1.
Not here: what is drawn and what must hold (tests/faults), the same on a real Asterisk (realfaults.py).
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
import warnings
from collections.abc import Iterator, Sequence

from dialerd import log
from tests.faults.drawn import draw
from tests.faults.play import Verdict, play

_SEEDS, _AT_ONCE, _TOLD = 100_000, 50, 1000


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench faults")
    parser.add_argument("--seed", type=int, help="play this one alone and tell its story")
    parser.add_argument("--seeds", type=int, default=_SEEDS, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    if given.seed is not None:
        sys.exit(tell(given.seed))
    sys.exit(play_all(given.first, given.seeds, given.processes))


def tell(seed: int) -> int:
    log.configure(level="info", form="text")
    verdict = play(seed)
    print(verdict)
    print("\n".join(verdict.account))
    print("broken" if verdict.broken else "every invariant held")
    return 1 if verdict.broken else 0


def play_all(first: int, seeds: int, processes: int) -> int:
    began, chunks = time.perf_counter(), range(first, first + seeds, _AT_ONCE)
    played = calls = failed = 0
    virtual_h = cpu_s = 0.0
    with multiprocessing.Pool(processes) as pool:
        for chunk in pool.imap(_chunk, [range(n, min(n + _AT_ONCE, first + seeds)) for n in chunks]):
            played, calls, failed = played + chunk[0], calls + chunk[1], failed + len(chunk[4])
            virtual_h, cpu_s = virtual_h + chunk[2], cpu_s + chunk[3]
            for story in chunk[4]:
                print(story, file=sys.stderr, flush=True)
            if played % _TOLD == 0 or played == seeds:
                figures = {"bench": "faults", "first": first, "seeds": played, "failed": failed, "calls": calls}
                figures |= {"virtual_hours": round(virtual_h), "cpu_s": round(cpu_s)}
                figures |= {"cpu_ms_per_seed": round(1000 * cpu_s / played, 1)}
                print(json.dumps(figures | {"wall_s": round(time.perf_counter() - began)}), flush=True)
    return 1 if failed else 0


def _chunk(seeds: Sequence[int]) -> tuple[int, int, float, float, list[str]]:
    log.configure(level="critical", form="text")
    warnings.simplefilter("error")
    began = time.process_time()
    verdicts = list(_verdicts(seeds))
    broken = [str(each) for each in verdicts if each.broken]
    virtual_h = sum(each.virtual_s for each in verdicts) / 3600
    return len(verdicts), sum(each.calls for each in verdicts), virtual_h, time.process_time() - began, broken


def _verdicts(seeds: Sequence[int]) -> Iterator[Verdict]:
    for seed in seeds:
        try:
            yield play(seed)
        except Exception as error:  # noqa: BLE001  # a run that breaks is a seed to be looked at, like any other
            broken = f"the run itself broke: {error!r}"
            yield Verdict(drawn=draw(seed), broken=(broken,), calls=0, virtual_s=0.0, account=())


if __name__ == "__main__":
    main()
