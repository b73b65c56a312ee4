"""Two daemons on one PostgreSQL: one dials, the other takes over when it is killed; judged by the carrier's record."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests import stores
from tests.asterisk.dialer import Dialer, nothing_left, until
from tests.lab import Lab
from tests.numbers import number

pytestmark = pytest.mark.asterisk

COUNT, KILLS = 90, 6
MIX = ("00", "02", "40", "01", "05", "20", "11", "03", "16", "40")


@pytest.fixture
def pair(lab: Lab, tmp_path: Path) -> Iterator[tuple[Dialer, Dialer]]:
    server, name = stores.server(), f"pair{os.getpid()}"
    url = server.create(name)
    made = []
    for which in ("one", "two"):
        home = tmp_path / which
        home.mkdir()
        config = lab.dialerd_config("@here@").replace('path = "@here@"', f'url = "{url}"\nrun = "."')
        assert url in config
        made.append(Dialer(home, config))
    yield made[0], made[1]
    for each in made:
        each.kill()
        each.show_log_if_asked()
    server.drop(name)


@pytest.mark.takes(60)
def test_two_daemons_killed_in_turn_lose_nothing_and_dial_nothing_twice(lab: Lab, pair: tuple[Dialer, Dialer]) -> None:
    dialing, waiting = pair
    numbers = [number(n, MIX[n % len(MIX)]) for n in range(COUNT)]
    dialing.campaign("shared", numbers, max_calls=20, calls_per_second=8, max_attempts=1)
    mark = lab.mark()
    dialing.start()
    waiting.start(waits=False)
    until(lambda: "standing_by" in waiting.log(), limit_s=60, what="a daemon that stands by")
    waiting.cli("campaign", "run", "shared")
    for turn in range(1, KILLS + 1):
        until(partial(_has_done, waiting, turn * COUNT // (KILLS + 3)), limit_s=120, what=f"turn {turn}")
        taken, stood = waiting.log().count("taking_over"), dialing.log().count("standing_by")
        dialing.kill()
        until(partial(_says, waiting, "taking_over", taken + 1), limit_s=60, what="a take-over")
        dialing.start(waits=False)
        until(partial(_says, dialing, "standing_by", stood + 1), limit_s=60, what="the killed one to stand by")
        dialing, waiting = waiting, dialing
    until(lambda: waiting.status("shared")["state"] == "completed", limit_s=300, what="the campaign", every_s=1)
    calls, attempts, status = lab.record(since=mark), waiting.export("shared"), waiting.status("shared")
    assert waiting.stop() != 0, "one that stands by has nothing to drain"
    assert dialing.stop() == 0
    print(f"{len(calls)} INVITEs for {COUNT} numbers, {KILLS} kills; {len(attempts)} attempts; {status}")
    invites = Counter(call.number for call in calls)
    settled = Counter(attempt["number"] for attempt in attempts if attempt["sip_code"] != "500")
    assert [each for each, count in invites.items() if count > 1] == [], "no number gets a second INVITE"
    assert set(settled) == set(numbers)
    assert all(attempt["disposition"] for attempt in attempts), "no attempt is left open"
    assert (status["done"], status["pending"], status["in_progress"]) == (COUNT, 0, 0)
    assert sum(status["dispositions"].values()) == len(attempts)
    nothing_left(lab)


def _says(dialer: Dialer, action: str, times: int) -> bool:
    return dialer.log().count(action) >= times


def _has_done(dialer: Dialer, targets: int) -> bool:
    return int(dialer.status("shared")["done"]) >= targets
