"""The writer's time is measured, and a slow transaction told with the jobs that made it."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from functools import partial
from pathlib import Path
from typing import Any

from dialerd.adapters.sqlite import SqliteStore
from dialerd.meters import Meters
from dialerd.ports import Unit


def test_waits_and_transactions_are_timed_and_a_slow_one_is_told_with_its_jobs_once_a_minute(
    tmp_path: Path, told: list[MutableMapping[str, Any]]
) -> None:
    meters, now = Meters(), [1000.0]

    def work(unit: Unit, takes_s: float) -> None:
        now[0] += takes_s

    async def main() -> None:
        store = SqliteStore.open(tmp_path / "a.db", meters=meters, steady=lambda: now[0])
        await store.write(partial(work, takes_s=0.02))
        assert meters.slow_commits == 0
        for _ in range(3):
            await store.write(partial(work, takes_s=0.07))
        now[0] += 60.0
        await store.write(partial(work, takes_s=0.07))
        await store.close()

    asyncio.run(main())
    slow = [each for each in told if each["action"] == "slow_commit"]
    name = f"test_committimer.{work.__qualname__}".replace(".<locals>", "")
    assert [each["jobs"] for each in slow] == [{name: 1}] * 2
    assert "70 ms" in slow[0]["event"]
    assert meters.slow_commits == 4
    assert meters.commit.count == meters.writer_wait.count == 5
    assert abs(meters.commit.sum_s - (0.02 + 4 * 0.07)) < 1e-6
