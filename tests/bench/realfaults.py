"""scripts/bench realfaults: a campaign on the real Asterisk while everything dies, judged by the carrier's own record.

One JSON line: 2,000 numbers, most of them dialed by an agentless campaign and some by one with agents, while the daemon
is killed 50 times and Asterisk 10 times (kill -9), their connection is cut, the disk is filled (a small file system of
its own, which takes root) and the daemon is stopped for 30 s. The story goes to stderr. Exit code 1 where a number was
dialed twice or lost, or anything is left over. With fewer `--calls` less breaks, in proportion.
Not here: the lab (tests/lab), the same drawn by the thousand on virtual time (faults.py).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path

from tests.asterisk.cable import Cable
from tests.asterisk.dialer import Dialer, nothing_left, until
from tests.lab import Lab, peak_rate
from tests.lab.record import CarrierCall
from tests.numbers import number

CALLS = 2000
TROUBLES = {"kill": 50, "restart": 10, "cut": 10, "fill": 3, "stop": 1}
RATE, AGENTS = 8, 10
_FULL_S, _STOP_S = 10.0, 30.0
_MIX = ("00", "02", "40", "01", "05", "20", "11", "03", "16", "31")
_PEOPLE = ("55", "56", "57", "58", "59")  # hang up 5 to 9 s after they answered
_DISK = "size=64m"
_LEAST_RING_S = 14.9
_AT_REST = {"ready", "paused", "logged_out", "wrap_up"}


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench realfaults")
    parser.add_argument("--calls", type=int, default=CALLS)
    parser.add_argument("--seed", type=int, default=20)
    given = parser.parse_args()
    lab = Lab(f"bench{os.getpid()}")
    lab.up()
    try:
        with tempfile.TemporaryDirectory() as home, _small_disk(Path(home) / "state") as disk:
            figures = _Course(lab, Path(home), disk, given.calls, random.Random(given.seed)).run()
    finally:
        lab.down()
    print(json.dumps(figures))
    wrong = ("dialed_twice", "lost", "left_open", "cancelled_early", "left_at_asterisk", "agents_left")
    was_felt = figures["disk_full_felt"] or not figures["disk_full"]
    sys.exit(1 if any(figures[each] for each in wrong) or not was_felt else 0)


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    """A file system that can be filled without harm to anybody else."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", _DISK, "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


class _Course:
    def __init__(self, lab: Lab, home: Path, disk: Path, calls: int, dice: random.Random) -> None:
        self._lab, self._disk, self._dice = lab, disk, dice
        self._cable = Cable(lab.port("http"))
        config = lab.dialerd_config(disk / "dialerd.db")
        self._dialer = Dialer(home, config.replace(lab.ari_url, f"http://127.0.0.1:{self._cable.port}"))
        talked_to = calls // 10
        automated = calls - talked_to
        self._automated = [number(n % 1000, _MIX[(n + n // 1000) % len(_MIX)]) for n in range(automated)]
        self._talked_to = [number(n, _PEOPLE[n % len(_PEOPLE)]) for n in range(talked_to)]
        self._team = [f"agent{1001 + n}" for n in range(AGENTS)]
        self._troubles = {name: max(1, times * calls // CALLS) for name, times in TROUBLES.items()}
        self._fulls_heard = self._deaths = 0

    def run(self) -> dict[str, object]:
        dialer, began = self._dialer, time.monotonic()
        dialer.campaign("hard", self._automated, max_calls=60, calls_per_second=RATE, max_attempts=1, max_ring_s=20)
        dialer.staff("sales", self._team, log_in=False, wrap_up_s=1)
        dialer.campaign("talks", self._talked_to, mode="progressive", queue="sales", max_attempts=1, max_ring_s=20)
        mark = self._lab.mark()
        dialer.start()
        self._bring_back()
        for campaign in ("talks", "hard"):
            dialer.cli("campaign", "run", campaign)
        self._suffer()
        until(self._is_over, limit_s=1800, what="both campaigns over", every_s=3)
        until(lambda: set(dialer.agents().values()) <= _AT_REST, limit_s=120, what="every agent at rest", every_s=1)
        took_s = time.monotonic() - began
        agents, rows = dialer.agents(), [*dialer.export("hard"), *dialer.export("talks")]
        undone = sum(dialer.status(each)["targets"] - dialer.status(each)["done"] for each in ("hard", "talks"))
        assert dialer.stop() == 0
        self._cable.close()
        with suppress(AssertionError):  # what is left is a figure
            nothing_left(self._lab)
        everybody = {*self._automated, *self._talked_to}  # the carrier has the agents' phones, too
        calls = [call for call in self._lab.record(since=mark) if call.number in everybody]
        return self._figures(calls, rows, agents, undone, took_s)

    def _suffer(self) -> None:
        acts: dict[str, Callable[[], None]] = {
            "kill": self._kill,
            "restart": self._restart,
            "cut": lambda: print(f"  {self._cable.cut()} connections", file=sys.stderr),
            "fill": self._fill,
            "stop": self._stop,
        }
        troubles = [name for name, times in self._troubles.items() for _ in range(times)]
        self._dice.shuffle(troubles)
        moments = sorted(self._dice.sample(range(len(self._automated) * 17 // 20), len(troubles)))
        for moment, trouble in zip(moments, troubles, strict=True):
            until(partial(self._has_done, moment), limit_s=600, what=f"{moment} done", every_s=0.1)
            time.sleep(self._dice.uniform(0, 0.5))
            status = self._dialer.status("hard")
            print(f"{trouble:8} {status['done']:5} done, {status['in_progress']:2} up", file=sys.stderr, flush=True)
            acts[trouble]()

    # What breaks

    def _kill(self) -> None:
        self._dialer.kill()
        self._dialer.start(waits=False)

    def _restart(self) -> None:
        self._lab.pbx.down(hard=True)
        self._lab.pbx.up()

    def _fill(self) -> None:
        heard = self._dialer.log().count("disk is full")
        with closing(sqlite3.connect(self._disk / "dialerd.db", timeout=30)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the room that the log has already is taken too
        with (self._disk / "filler").open("wb", buffering=0) as filler, suppress(OSError):
            while True:
                filler.write(b"\0" * 65536)
        time.sleep(_FULL_S)
        (self._disk / "filler").unlink()
        heard = self._dialer.log().count("disk is full") - heard
        self._fulls_heard += bool(heard)
        print(f"  told of {heard} times", file=sys.stderr)

    def _stop(self) -> None:
        assert self._dialer.process is not None
        self._dialer.process.send_signal(signal.SIGSTOP)
        time.sleep(_STOP_S)
        self._dialer.process.send_signal(signal.SIGCONT)

    # What people do meanwhile

    def _has_done(self, targets: int) -> bool:
        self._systemd()
        return int(self._dialer.status("hard")["done"]) >= targets

    def _is_over(self) -> bool:
        self._systemd()
        self._bring_back()
        return all(self._dialer.status(each)["state"] == "completed" for each in ("hard", "talks"))

    def _systemd(self) -> None:
        """A daemon that has ended by itself is begun again, and counted."""
        process = self._dialer.process
        with suppress(TimeoutError):
            if process is not None:
                code = process.wait(0)
                self._deaths += 1
                tail = "\n".join(self._dialer.log().splitlines()[-20:])
                print(f"  the daemon has ended by itself, code {code}:\n{tail}", file=sys.stderr, flush=True)
                self._dialer.process = None
                self._dialer.start(waits=False)

    def _bring_back(self) -> None:
        """A supervisor: who has been given up logs in again."""
        for name, state in self._dialer.agents().items():
            if state == "logged_out":
                self._dialer.run("agent", "login", name, "--no-wait")

    # What came of it

    def _figures(
        self,
        calls: Sequence[CarrierCall],
        rows: Sequence[dict[str, str]],
        agents: dict[str, str],
        undone: int,
        took_s: float,
    ) -> dict[str, object]:
        invites = Counter(call.number for call in calls)
        known = {row["number"] for row in rows}
        everybody = {*self._automated, *self._talked_to}
        dispositions = Counter(row["disposition"] for row in rows)
        unknown = {row["number"] for row in rows if row["disposition"] == "interrupted"}
        return {
            "bench": "realfaults",
            "numbers": len(everybody),
            "kills": self._troubles["kill"],
            "asterisk_kills": self._troubles["restart"],
            "cuts": self._troubles["cut"],
            "disk_full": self._troubles["fill"],
            "disk_full_felt": self._fulls_heard,
            "stopped_s": self._troubles["stop"] * _STOP_S,
            "took_s": round(took_s),
            "daemon_ended_by_itself": self._deaths,
            "invites": len(calls),
            "dialed_twice": sum(count > 1 for count in invites.values()),
            "lost": undone + len(everybody - known),
            "left_open": sum(not row["disposition"] for row in rows),
            "unknown_outcome": len(unknown),
            "unknown_outcome_not_dialed": len(unknown - set(invites)),
            "cancelled_early": sum(map(_is_cancelled_early, calls)),
            "left_at_asterisk": self._lab.channels_up() + self._lab.bridges_up(),
            "agents_left": sum(state not in _AT_REST for state in agents.values()),
            "peak_invites_in_two_s": peak_rate(calls, window_s=2),
            "dispositions": dict(dispositions.most_common()),
        }


def _is_cancelled_early(call: CarrierCall) -> bool:
    """It rang, nobody had answered, and it was our side that ended it."""
    if call.answered_at is not None or call.ended_at is None or call.hung_up_by != "caller":
        return False
    return (call.ended_at - call.invited_at).total_seconds() < _LEAST_RING_S


if __name__ == "__main__":
    main()
