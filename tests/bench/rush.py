"""The whole engine with its database in a file and an exchange without telephony, as fast as it goes, in real time.

Not here: what is measured so (engine.py, memory.py, soak.py), how the rows are made (hugestore.py).
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path

from dialerd.adapters.clock import SystemClock, SystemDice
from dialerd.adapters.sqlite import SqliteStore
from dialerd.domain.call import CallPlan
from dialerd.domain.call import events as ev
from dialerd.domain.sounds import Sound
from dialerd.domain.trunk import Trunk
from dialerd.domain.words import AttemptId
from dialerd.engine import Engine
from dialerd.ports import DialReply, Done, Gone, Reply
from dialerd.simulate.callees import NumberPlan
from dialerd.simulate.clock import SeededDice
from dialerd.simulate.exchange import SimulatedExchange
from tests.bench.hugestore import fill_list, fill_run, new_database, spec

RUNS = 4  # a campaign and a trunk start at most 1,000 calls a second
PER_SECOND = 1000.0
_SERVER = "at once"

Stays = Callable[[int], float | None]
"""How many seconds the n-th callee listens; None: busy."""


class AtOnce(SimulatedExchange):
    """Every call is busy or answered as soon as it is asked for; what is played lasts as long as the callee `stays`."""

    def __init__(self, stays: Stays) -> None:
        super().__init__(_SERVER, SystemClock(), SystemDice(), NumberPlan(SeededDice(1)))
        self.calls = 0
        self._stays = stays
        self._up: dict[AttemptId, float] = {}

    async def originate(self, plan: CallPlan) -> DialReply:
        stays_s = self._stays(self.calls)
        self.calls += 1
        self._up[plan.attempt_id] = stays_s or 0.0
        asyncio.get_running_loop().call_soon(self._begin, plan.attempt_id, stays_s is not None)
        return ev.OriginateTaken()

    def _begin(self, attempt_id: AttemptId, is_answered: bool) -> None:
        if is_answered:
            self._say(attempt_id, ev.Answered())
        else:
            self._over(attempt_id, ev.Destroyed(17, 486))

    def _over(self, attempt_id: AttemptId, event: ev.Destroyed) -> None:
        if self._up.pop(attempt_id, None) is not None:
            self._say(attempt_id, event)

    async def play(self, attempt_id: AttemptId, playback_id: str, sounds: Sequence[Sound], language: str = "") -> Reply:
        if attempt_id not in self._up:
            return Gone()
        played = ev.PlaybackEnded(playback_id)
        asyncio.get_running_loop().call_later(self._up[attempt_id], self._say, attempt_id, played)
        return Done()

    async def hang_up(self, attempt_id: AttemptId) -> Reply:
        asyncio.get_running_loop().call_soon(self._over, attempt_id, ev.Destroyed(16))
        return Done()

    @property
    def up(self) -> int:
        return len(self._up)

    async def channels(self) -> dict[AttemptId, ev.ChannelSeen]:
        return {each: ev.ChannelSeen(ev.Place.ANSWERED) for each in self._up}

    async def sounds(self) -> Mapping[str, Collection[str]] | None:
        return None

    def _say(self, attempt_id: AttemptId, event: ev.CallEvent) -> None:
        self.line.tell(lambda sink: sink.on_call_event(self.name, attempt_id, event))


def make(path: Path, targets: int, *, at_once: int, runs: int = RUNS) -> None:
    """A database with so many active runs and targets in all; `at_once` calls in all may be up.

    In a process of its own: the gigabyte that it takes to make millions of rows quickly is not to be seen in ours.
    """
    maker = get_context("spawn").Process(target=_make, args=(path, targets, at_once, runs))
    maker.start()
    maker.join()
    if maker.exitcode:
        raise SystemExit(f"the database for the measurement was not made: exit code {maker.exitcode}")


def _make(path: Path, targets: int, at_once: int, runs: int) -> None:
    new_database(path)
    for n in range(runs):
        fill_list(path, f"list{n}", targets // runs)
        paces = {"max_calls": at_once // runs, "calls_per_second": PER_SECOND, "amd": False, "max_attempts": 1}
        fill_run(path, spec(f"rush{n}", f"list{n}", trunk=f"trunk{n}", **paces), targets // runs)


def engine_on(store: SqliteStore, exchange: AtOnce, *, at_once: int, runs: int = RUNS) -> Engine:
    trunks = {
        f"trunk{n}": Trunk(
            name=f"trunk{n}",
            servers=(_SERVER,),
            endpoint="PJSIP/{number}@carrier",
            max_channels=at_once // runs,
            calls_per_second=PER_SECOND,
            caller_ids=("+12125550100",),
        )
        for n in range(runs)
    }
    clock, dice = SystemClock(), SystemDice()
    return Engine(
        store=store, clock=clock, dice=dice, exchanges={_SERVER: exchange}, trunks=trunks, min_ring_s=15.0,
        check_sounds=False,
    )  # fmt: skip


def cpu_s() -> float:
    """What this process has used, its threads included."""
    return time.process_time()


def rss_mb() -> float:
    """What this process has in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def on_disk(path: Path) -> int:
    """Bytes of the database with its log."""
    return sum(each.stat().st_size for each in path.parent.glob(f"{path.name}*"))
